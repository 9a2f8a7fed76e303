//! The table behind a picture, and the same as CSV: exactly the spans that the picture shows.

use super::bars::Bar;
use super::groups::{Shape, shape};
use super::look::Look;
use super::past::{Past, Strand, Strands, Whose};
use crate::pages::clock;
use crate::storage::Span;
use weather::preference::{Numbers, Preference};
use weather::time::Timestamp;
use weather::zone::Zone;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// What stands above the columns of values, with their unit.
    pub heads: Vec<String>,
    /// The oldest first.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// When it begins, RFC 3339, UTC.
    pub iso: String,
    /// The same on the station's clock, `2026-11-22 15:18`.
    pub local: String,
    /// Digits; empty where there is no value.
    pub cells: Vec<String>,
    /// The same of amounts, as fine as gauges count: tips of 0.254 mm are no tenths. Empty where the digits are all there is.
    pub exact: Vec<String>,
}

impl Row {
    /// The cells as people read them: with a true minus and their decimal sign, and a dash where there is no value.
    pub(crate) fn shown(&self, numbers: &Numbers) -> impl Iterator<Item = String> {
        let numbers = *numbers;
        self.cells.iter().map(move |cell| if cell.is_empty() { "–".to_owned() } else { numbers.written(cell.clone()) })
    }
}

/// A column of a strand: its name, and what it says of a span.
type Column = (&'static str, fn(&Span) -> f64);

/// What is said of each span.
fn columns(strand: &Strand) -> &'static [Column] {
    match (shape(strand.quantity), &strand.whose) {
        (Shape::Peak, _) => &[("high", |span| span.max)],
        (_, Whose::Own) => &[("mean", |span| span.mean), ("low", |span| span.min), ("high", |span| span.max)],
        _ => &[("mean", |span| span.mean)],
    }
}

impl Table {
    /// The table of a group; of amounts, that of its bars.
    pub(crate) fn of(past: &Past, of: &Strands, fallen: &[Vec<Bar>], looks: &[Look], preference: Preference) -> Self {
        let unit = preference.unit(of.group.quantities[0]).symbol();
        let in_unit = |text: String| if unit.is_empty() { text } else { format!("{text}, {unit}") };
        let zone = &past.station.zone;
        if shape(of.group.quantities[0]) == Shape::Bars {
            let heads = looks.iter().map(|look| in_unit(look.label.clone())).collect();
            let starts = starts(fallen.iter().flatten().map(|bar| (bar.from, bar.to)));
            let cells = |at: Timestamp, digits: &dyn Fn(f64) -> String| -> Vec<String> {
                let cell =
                    |bars: &Vec<Bar>| bars.iter().find(|bar| bar.from <= at && at < bar.to).map(|bar| bar.amount);
                fallen.iter().map(|bars| cell(bars).map_or(String::new(), digits)).collect()
            };
            let quantity = of.group.quantities[0];
            let of_bars = |(from, to)| {
                let at = middle(from, to);
                let exact = cells(at, &|mm| preference.value(quantity, mm).to_string());
                Row { exact, ..row(zone, from, cells(at, &|mm| preference.digits(quantity, mm))) }
            };
            return Self { heads, rows: starts.into_iter().map(of_bars).collect() };
        }
        let heads = of.strands.iter().zip(looks).flat_map(|(strand, look)| {
            columns(strand).iter().map(move |(name, _)| in_unit(format!("{} {name}", look.label)))
        });
        // What is laid over has times of its own; it is read at those of the station.
        let own = of.strands.iter().filter(|strand| strand.whose == Whose::Own);
        let mut times = starts(own.flat_map(|strand| &strand.spans).map(|span| (span.from, span.to)));
        if times.is_empty() {
            times = starts(of.strands.iter().flat_map(|strand| &strand.spans).map(|span| (span.from, span.to)));
        }
        let cells = |at: Timestamp| {
            let of_strand = |strand: &Strand| {
                let after = strand.spans.partition_point(|span| span.from <= at);
                let span = after.checked_sub(1).and_then(|index| strand.spans.get(index)).filter(|span| at < span.to);
                let cell = |value: fn(&Span) -> f64| {
                    span.map_or(String::new(), |s| preference.digits(strand.quantity, value(s)))
                };
                columns(strand).iter().map(|(_, value)| cell(*value)).collect::<Vec<_>>()
            };
            of.strands.iter().flat_map(of_strand).collect()
        };
        Self {
            heads: heads.collect(),
            rows: times.into_iter().map(|(from, to)| row(zone, from, cells(middle(from, to)))).collect(),
        }
    }

    /// The same as CSV: the time in UTC and on the station's clock, and the columns of the table.
    pub(crate) fn csv(&self, zone: &Zone) -> Vec<u8> {
        let mut written = csv::Writer::from_writer(Vec::new());
        let head = ["time".to_owned(), format!("local time, {}", zone.name())];
        let cells = |row: &'_ Row| if row.exact.is_empty() { row.cells.clone() } else { row.exact.clone() };
        let rows = self.rows.iter().map(|row| (row, cells(row))).collect::<Vec<_>>();
        let rows = rows.iter().map(|(row, cells)| [&row.iso, &row.local].into_iter().chain(cells));
        let heads: Vec<String> = self.heads.iter().map(|head| harmless(head)).collect();
        let rows = std::iter::once(head.iter().chain(&heads).collect()).chain(rows.map(Iterator::collect));
        for row in rows {
            let row: Vec<&String> = row;
            // Memory takes everything, and all rows are of one length.
            if written.write_record(row).is_err() {
                break;
            }
        }
        written.into_inner().unwrap_or_default()
    }
}

/// A name that no spreadsheet takes for a formula: stations are called as their owners like.
fn harmless(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{name}") } else { name.to_owned() }
}

fn middle(from: Timestamp, to: Timestamp) -> Timestamp {
    from.plus(to.since(from) / 2)
}

/// Times without repetition, in order.
fn starts(times: impl Iterator<Item = (Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times.dedup_by_key(|(from, _)| *from);
    times
}

fn row(zone: &Zone, at: Timestamp, cells: Vec<String>) -> Row {
    Row {
        iso: at.rfc3339(),
        local: clock::local(zone, at).format("%Y-%m-%d %H:%M").to_string(),
        cells,
        exact: Vec::new(),
    }
}
