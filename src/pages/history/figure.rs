//! A picture of a group of quantities: finished strings for the template.

use super::bars::{Bar, Width, bars};
use super::groups::{Shape, shape};
use super::look::{Look, looks};
use super::past::{Past, Strand, Strands, Whose};
use super::scale::Scale;
use super::summary;
use super::table::Table;
use super::ticks;
use super::window::Window;
use crate::pages::chart::{Tick, percent};
use crate::storage::Span;
use weather::preference::{Numbers, Preference};
use weather::quantity::Quantity;
use weather::units::Unit;

/// Width and height of the drawing's own coordinates.
const BOX: f64 = 1000.0;
/// Labels of lines are so far apart at least, percent of the height: a line of text on the lowest picture.
const LABELS_APART_PERCENT: f64 = 11.0;

/// A picture, ready to print.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// The unit of its axis.
    pub unit: &'static str,
    /// What it shows, in one sentence; empty: it shows nothing.
    pub summary: String,
    /// Lines across, top down.
    pub y: Vec<Tick>,
    /// Times, left to right.
    pub x: Vec<Tick>,
    /// Lines with their bands.
    pub lines: Vec<Drawn>,
    /// Paths of bars, one for each strand.
    pub bars: Vec<Drawn>,
    /// The same in numbers.
    pub table: Table,
    /// How people read those.
    pub numbers: Numbers,
}

/// A line, or a row of bars.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    /// How it looks.
    pub class: String,
    /// Its path.
    pub path: String,
    /// The band's path; empty: it has none.
    pub band: String,
    /// What it is.
    pub label: String,
    /// From the top, percent: where the label stands, if it has a place in the picture.
    pub at: Option<String>,
}

/// What a picture of a group is made of.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Its heading.
    pub title: String,
    /// The unit of its axis.
    pub unit: Unit,
    /// Its axis; `None`: there is nothing to show.
    pub scale: Option<Scale>,
    /// The number that stands out on it.
    pub strong: Option<f64>,
    /// What it shows, in one sentence.
    pub summary: String,
    /// The look of each strand.
    pub looks: Vec<Look>,
    /// The bars of each strand; of lines there are none.
    pub fallen: Vec<Vec<Bar>>,
    /// Whether it shows bars.
    pub is_bars: bool,
}

impl Plan {
    /// The plan of a group.
    pub(crate) fn of(past: &Past, of: &Strands, preference: Preference) -> Self {
        let own = of.group.quantities[0];
        let unit = preference.unit(own);
        let looks = looks(of);
        let is_bars = shape(own) == Shape::Bars;
        let width = Width::of(past.window, of.strands.first().map_or(&[], |strand| &strand.spans));
        let fallen: Vec<Vec<Bar>> = match is_bars {
            true => of.strands.iter().map(|strand| bars(&strand.spans, width, &past.station.zone)).collect(),
            false => Vec::new(),
        };
        let (low, high) = if is_bars { fallen_range(&fallen) } else { range(&of.strands, &looks) };
        let limits = own.limits();
        let limits = unit.from_canonical(*limits.start())..=unit.from_canonical(*limits.end());
        let floor = if from_zero(own) { 0.0 } else { low };
        let scale =
            || Scale::over(unit.from_canonical(floor), unit.from_canonical(high), preference.decimals(own), &limits);
        let summary = match fallen.first() {
            Some(bars) => summary::fallen(past, bars, width, preference),
            None => summary::measured(past, of, preference),
        };
        Self {
            title: if is_bars { format!("{} {}", of.group.title, width.name()) } else { of.group.title.to_owned() },
            unit,
            scale: (low <= high).then(scale),
            strong: (unit.canonical() == Unit::Celsius).then(|| unit.from_canonical(0.0)),
            summary,
            looks,
            fallen,
            is_bars,
        }
    }
}

impl Figure {
    /// Draws a group.
    pub(crate) fn of(past: &Past, of: &Strands, preference: Preference) -> Self {
        let plan = Plan::of(past, of, preference);
        let mut figure = Self {
            name: of.group.name,
            table: Table::of(past, of, &plan.fallen, &plan.looks, preference),
            title: plan.title,
            unit: plan.unit.symbol(),
            summary: plan.summary,
            numbers: preference.numbers,
            y: Vec::new(),
            x: Vec::new(),
            lines: Vec::new(),
            bars: Vec::new(),
        };
        let Some(scale) = plan.scale else { return figure };
        let drawing = Drawing { window: past.window, scale, unit: plan.unit };
        figure.y = scale.ticks(plan.strong, preference.numbers);
        figure.x = ticks::shown(past.window, &past.station.zone);
        if plan.is_bars {
            let rows = plan.fallen.iter().zip(plan.looks);
            figure.bars = rows.map(|(bars, look)| drawing.row(bars, look)).collect();
        } else {
            let lines = of.strands.iter().zip(plan.looks);
            figure.lines = lines.map(|(strand, look)| drawing.line(strand, look)).collect();
            set_apart(&mut figure.lines);
        }
        figure
    }

    /// True if there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.summary.is_empty()
    }

    /// True if it shows more than one line or row of bars.
    pub(crate) fn has_more(&self) -> bool {
        self.lines.len().max(self.bars.len()) > 1
    }

    /// True if a line has a band.
    pub(crate) fn has_band(&self) -> bool {
        self.lines.iter().any(|line| !line.band.is_empty())
    }
}

/// True for what has a ground below which there is nothing.
fn from_zero(quantity: Quantity) -> bool {
    matches!(
        quantity.unit(),
        Unit::MetrePerSecond | Unit::Millimetre | Unit::MillimetrePerHour | Unit::WattPerSquareMetre
    )
}

/// The lowest and the highest number that is drawn of lines and bands; the wrong way round if there are none.
fn range(strands: &[Strand], looks: &[Look]) -> (f64, f64) {
    let ends = |(strand, look): (&Strand, &Look)| {
        let has_band = look.is_own() && shape(strand.quantity) != Shape::Peak;
        let shown = shown(strand.quantity);
        let of = move |span: &Span| if has_band { (span.min, span.max) } else { (shown(span), shown(span)) };
        strand.spans.iter().map(of).collect::<Vec<_>>()
    };
    let all = strands.iter().zip(looks).flat_map(ends);
    all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (min, max)| (low.min(min), high.max(max)))
}

/// What a line shows of a span.
fn shown(quantity: Quantity) -> impl Fn(&Span) -> f64 + Copy {
    let peak = shape(quantity) == Shape::Peak;
    move |span| if peak { span.max } else { span.mean }
}

fn fallen_range(fallen: &[Vec<Bar>]) -> (f64, f64) {
    let high = fallen.iter().flatten().map(|bar| bar.amount).fold(f64::NEG_INFINITY, f64::max);
    if high.is_finite() { (0.0, high) } else { (f64::INFINITY, f64::NEG_INFINITY) }
}

/// Where things lie.
struct Drawing {
    window: Window,
    scale: Scale,
    unit: Unit,
}

impl Drawing {
    fn y(&self, value: f64) -> f64 {
        self.scale.down(self.unit.from_canonical(value))
    }

    fn x(&self, span: &Span) -> f64 {
        self.window.part(self.window.middle(span.from, span.to))
    }

    fn line(&self, strand: &Strand, look: Look) -> Drawn {
        let peak = shape(strand.quantity) == Shape::Peak;
        let shown = shown(strand.quantity);
        let (mut path, mut band) = (String::new(), String::new());
        for stretch in strand.stretches() {
            let along = |value: &dyn Fn(&Span) -> f64| -> Vec<String> {
                stretch.iter().map(|span| format!("{} {}", place(self.x(span)), place(self.y(value(span))))).collect()
            };
            // A lonely value would be a line of no length, which not every browser draws.
            let lonely = if stretch.len() == 1 { "h0.1" } else { "" };
            path.push_str(&format!("M{}{lonely}", along(&shown).join("L")));
            if !peak && strand.whose == Whose::Own && look.is_own() {
                let mut edge = along(&|span| span.max);
                edge.extend(along(&|span| span.min).into_iter().rev());
                band.push_str(&format!("M{}Z", edge.join("L")));
            }
        }
        let at = strand.spans.last().map(|span| percent(self.y(shown(span))));
        Drawn { class: look.class, path, band, label: look.label, at }
    }

    /// A row of bars; what is laid over is the tops of its bars.
    fn row(&self, bars: &[Bar], look: Look) -> Drawn {
        let own = look.is_own();
        let mut path = String::new();
        for bar in bars {
            let (left, right) = (self.window.part(bar.from), self.window.part(bar.to));
            let (left, right) = (left + (right - left) * 0.08, right - (right - left) * 0.08);
            let top = place(self.y(bar.amount));
            if own && bar.amount > 0.0 {
                path.push_str(&format!("M{} {}V{top}H{}V{}Z", place(left), place(1.0), place(right), place(1.0)));
            } else if !own {
                path.push_str(&format!("M{} {top}H{}", place(left), place(right)));
            }
        }
        Drawn { class: look.class, path, band: String::new(), label: look.label, at: None }
    }
}

/// A part of the box in its coordinates, to half a pixel.
fn place(part: f64) -> String {
    weather::units::format_half_up(part * BOX, 0)
}

/// Moves labels that would lie over each other. A line that is alone has none: the heading says what it is.
fn set_apart(lines: &mut [Drawn]) {
    if lines.len() < 2 {
        lines.iter_mut().for_each(|line| line.at = None);
        return;
    }
    let mut places: Vec<(usize, f64)> =
        lines.iter().enumerate().filter_map(|(index, line)| Some((index, line.at.as_ref()?.parse().ok()?))).collect();
    places.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut above = LABELS_APART_PERCENT / 2.0 - LABELS_APART_PERCENT;
    for (_, at) in &mut places {
        *at = at.max(above + LABELS_APART_PERCENT);
        above = *at;
    }
    // What was moved out of the picture moves back, and pushes those above it.
    let mut below = 100.0 + LABELS_APART_PERCENT;
    for (index, at) in places.into_iter().rev() {
        below = at.min(below - LABELS_APART_PERCENT);
        lines[index].at = Some(percent(below / 100.0));
    }
}
