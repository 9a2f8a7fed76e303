//! The pictures of a window in numbers, for the page's scripts: in the visitor's units, with the same axes as the page's own.

use super::bars::Bar;
use super::figure::Plan;
use super::groups::{Shape, shape};
use super::look::Look;
use super::page::written;
use super::past::{Past, Strand, Strands, Whose};
use super::ticks::{self, Round};
use serde::Serialize;
use weather::preference::Preference;
use weather::time::Timestamp;
use weather::units::{Unit, round_half_up};

/// Numbers are so much finer than people read them: a line has no steps.
const MORE_DECIMALS: u32 = 1;

/// All pictures.
#[derive(Debug, Serialize)]
pub(crate) struct Pictures {
    from: Timestamp,
    to: Timestamp,
    /// The window as people read it.
    window: String,
    /// What the station's clocks are ahead of UTC, in seconds, and since when.
    zone: Vec<(Timestamp, i32)>,
    /// Round times.
    ticks: Vec<Round>,
    figures: Vec<Picture>,
}

/// A picture.
#[derive(Debug, Serialize)]
struct Picture {
    name: &'static str,
    title: String,
    unit: &'static str,
    decimals: u32,
    /// The decimal sign that people read.
    decimal: &'static str,
    summary: String,
    /// Numbers beside it, bottom up, and their labels; none if there is nothing to show.
    ticks: Vec<(f64, String)>,
    /// The number that stands out.
    strong: Option<f64>,
    /// The ends of its axis.
    ends: Option<(f64, f64)>,
    strands: Vec<Told>,
}

/// A strand. Where it has a gap, there is a time without a value.
#[derive(Debug, Default, Serialize)]
struct Told {
    label: String,
    class: String,
    /// The station and the datastream whose news go on with it; empty: none.
    station: String,
    key: String,
    shape: &'static str,
    /// The middle of what the window has of each span, or of the whole bar.
    at: Vec<Timestamp>,
    value: Vec<Option<f64>>,
    /// The band; empty: it has none.
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    /// The last span: the first instant after it, its length, and how many readings it has.
    to: Option<Timestamp>,
    length_ms: i64,
    count: u32,
}

impl Pictures {
    /// What scripts are told of a past.
    pub(crate) fn of(past: &Past, preference: Preference) -> Self {
        let (window, zone) = (past.window, &past.station.zone);
        Self {
            from: window.from,
            to: window.to,
            window: written(window, zone),
            zone: zone.changes(window.from, window.to),
            ticks: ticks::rounds(window, zone),
            figures: past.groups.iter().map(|group| Picture::of(past, group, preference)).collect(),
        }
    }
}

impl Picture {
    fn of(past: &Past, of: &Strands, preference: Preference) -> Self {
        let plan = Plan::of(past, of, preference);
        let decimals = preference.decimals(of.group.quantities[0]);
        let number = Number { unit: plan.unit, decimals: decimals + MORE_DECIMALS };
        let strand = |(place, look): (usize, &Look)| match plan.fallen.get(place) {
            Some(bars) => fallen(bars, look, number),
            None => measured(past, &of.strands[place], look, number),
        };
        Self {
            name: of.group.name,
            unit: plan.unit.symbol(),
            decimals,
            decimal: preference.numbers.sign(),
            ticks: plan.scale.map_or(Vec::new(), |scale| scale.lines(preference.numbers).collect()),
            strong: plan.strong,
            ends: plan.scale.map(|scale| scale.ends()),
            strands: plan.looks.iter().enumerate().map(strand).collect(),
            title: plan.title,
            summary: plan.summary,
        }
    }
}

/// How numbers are written.
#[derive(Clone, Copy)]
struct Number {
    unit: Unit,
    decimals: u32,
}

impl Number {
    fn of(self, canonical: f64) -> Option<f64> {
        Some(round_half_up(self.unit.from_canonical(canonical), self.decimals))
    }
}

fn measured(past: &Past, strand: &Strand, look: &Look, number: Number) -> Told {
    let is_peak = shape(strand.quantity) == Shape::Peak;
    // News of a year before do not come: the server is asked for them.
    let (station, key) = match &strand.whose {
        Whose::Own => (past.station.slug.to_string(), past.sensor.key(strand.quantity)),
        Whose::Other(place, _) => match past.others.get(*place) {
            Some(slug) => (slug.to_string(), past.sensor.key(strand.quantity)),
            None => Default::default(),
        },
        Whose::LastYear => Default::default(),
    };
    let has_band = look.is_own() && !is_peak;
    let mut told = Told {
        label: look.label.clone(),
        class: look.class.clone(),
        station,
        key,
        shape: if is_peak { "peak" } else { "mean" },
        ..Told::default()
    };
    for stretch in strand.stretches() {
        if let Some(first) = stretch.first().filter(|_| !told.at.is_empty()) {
            told.push(first.from, None, has_band.then_some((None, None)));
        }
        for span in stretch {
            let value = if is_peak { span.max } else { span.mean };
            let band = has_band.then(|| (number.of(span.min), number.of(span.max)));
            told.push(past.window.middle(span.from, span.to), number.of(value), band);
        }
    }
    if let Some(last) = strand.spans.last() {
        (told.to, told.length_ms, told.count) = (Some(last.to), last.to.since(last.from), last.count);
    }
    told
}

fn fallen(bars: &[Bar], look: &Look, number: Number) -> Told {
    let mut told = Told { label: look.label.clone(), class: look.class.clone(), shape: "bars", ..Told::default() };
    for bar in bars {
        // The whole bar's, also where the window has a part of it: all bars are of one width.
        told.push(bar.from.plus(bar.to.since(bar.from) / 2), number.of(bar.amount), None);
    }
    if let Some(last) = bars.last() {
        (told.to, told.length_ms, told.count) = (Some(last.to), last.to.since(last.from), last.count);
    }
    told
}

impl Told {
    fn push(&mut self, at: Timestamp, value: Option<f64>, band: Option<(Option<f64>, Option<f64>)>) {
        self.at.push(at);
        self.value.push(value);
        if let Some((low, high)) = band {
            self.low.push(low);
            self.high.push(high);
        }
    }
}
