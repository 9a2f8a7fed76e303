//! The history page: finished strings for its template.

use super::asked::{Asked, BadQuestion, Edge, Range, Stretch, WITH_MAX};
use super::calendar::{self, DAYS_MAX, Month};
use super::figure::Figure;
use super::past::Past;
use super::rose::Rose;
use super::window::Window;
use crate::pages::names::capital;
use crate::pages::views::{ForReader, Frame};
use crate::pages::{clock, state};
use crate::storage::words::Visitor;
use askama::Template;
use askama_web::WebTemplate;
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::{DAY_MS, Timestamp};
use weather::zone::Zone;

/// `/s/<slug>/history`.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "history.html")]
pub struct HistoryPage {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    /// What is wrong with the question; empty if nothing is.
    complaint: String,
    ranges: Vec<Choice>,
    sensors: Vec<Choice>,
    /// The first and the last local day of the window, and this one, for the form.
    dates: Dates,
    /// What the form of dates sends along.
    kept: Vec<(&'static str, String)>,
    /// What the form of stations sends along.
    asked: Vec<(&'static str, String)>,
    /// `22 Nov 2026, 00:00 – 15:18`; empty if nothing is shown.
    window: String,
    /// The window before this one, and the one after it, if that is not to come.
    earlier: String,
    later: String,
    year: Choice,
    /// Stations that are laid over, each with the way to leave it out.
    with: Vec<Choice>,
    /// Stations that may be laid over: slug and name.
    offered: Vec<(String, String)>,
    figures: Vec<Figure>,
    /// The way to the CSV of a picture, up to its name.
    csv: String,
    rose: Option<Rose>,
    months: Vec<Month>,
    degrees: &'static str,
    /// What the scripts begin with; `None`: there is nothing that they could show.
    live: Option<Live>,
}

/// What the scripts begin with.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// The journal's cursor, taken before anything was read.
    pub cursor: String,
    /// The stations whose news go on with the pictures, the page's own first; blanks between.
    pub watch: String,
    pub now: i64,
    pub from: i64,
    pub to: i64,
    /// The visitor's units as scripts have them, JSON.
    pub units: String,
}

/// A link among others.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub href: String,
    pub label: String,
    /// True if it is what the page shows.
    pub current: bool,
}

/// Dates as a form has them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dates {
    pub from: String,
    pub to: String,
    pub today: String,
}

/// Everything beside the past that the page is made of.
pub struct Around<'a> {
    /// Whose past.
    pub station: &'a Station,
    /// The present.
    pub now: Timestamp,
    /// The visitor's units.
    pub preference: Preference,
    /// The journal's cursor, taken before the past was read.
    pub cursor: String,
    /// Other stations: slug and name. None are offered if they are too many.
    pub others: Vec<(String, String)>,
}

impl HistoryPage {
    /// The same with a token for the visitor's forms.
    pub fn signed(self, visitor: Option<&Visitor>) -> Self {
        Self { frame: self.frame.signed(visitor), ..self }
    }

    /// The same with what the owner alone sees.
    pub fn read_by(self, owner: ForReader) -> Self {
        Self { frame: self.frame.read_by(owner), ..self }
    }

    /// The page of a past.
    pub fn of(past: &Past, asked: &Asked, around: Around<'_>) -> Self {
        let (window, slug, preference) = (past.window, &around.station.slug, around.preference);
        let zone = &around.station.zone;
        let asked = &Asked { sensor: past.sensor.clone(), ..asked.clone() };
        let (now, cursor) = (around.now, around.cursor.clone());
        let exact = |window: Window| {
            let edges = Stretch::Between(Edge::Instant(window.from), Some(Edge::Instant(window.to)));
            asked.over(edges)
        };
        let csv = exact(window).query();
        let step = |by: i64| {
            let moved = window.plus(by * window.length_ms());
            asked.over(by_days(moved, zone)).path(slug)
        };
        let mut page = Self::empty(asked, around, String::new());
        page.sensors = past.sensors.iter().map(|sensor| sensor_choice(sensor, asked, &past.station)).collect();
        page.dates.from = day::date_at(zone, window.from).to_string();
        page.dates.to = day::date_at(zone, window.to.plus(-1)).to_string();
        page.window = written(window, zone);
        if asked.stretch != Stretch::Range(Range::All) {
            page.earlier = step(-1);
        }
        if window.to < now.plus(-DAY_MS) {
            page.later = step(1);
        }
        let figures = past.groups.iter().map(|group| Figure::of(past, group, preference));
        page.figures = figures.collect();
        page.csv = format!("/s/{slug}/history/csv{csv}{}figure=", if csv.is_empty() { "?" } else { "&" });
        page.rose = Rose::of(past, preference);
        page.months = calendar::months(past, preference);
        if !page.is_blank() {
            // A map of texts becomes JSON.
            let units = serde_json::to_string(&state::units(preference)).unwrap_or_default();
            let own = std::iter::once(slug);
            let watch = own.chain(&past.others).map(ToString::to_string).collect::<Vec<_>>().join(" ");
            page.live = Some(Live { cursor, watch, now: now.0, from: window.from.0, to: window.to.0, units });
        }
        page
    }

    /// The page without a past, because the question makes no sense.
    pub fn refused(asked: &Asked, why: &BadQuestion, around: Around<'_>) -> Self {
        Self::empty(asked, around, why.to_string())
    }

    fn empty(asked: &Asked, around: Around<'_>, complaint: String) -> Self {
        let Around { station, now, preference, others, .. } = around;
        let slug = &station.slug;
        let range = |(range, _, label): (Range, &str, &str)| Choice {
            href: asked.over(Stretch::Range(range)).path(slug),
            label: label.to_owned(),
            current: complaint.is_empty() && asked.stretch == Stretch::Range(range),
        };
        let with = asked.with.iter().map(|one| {
            let rest = asked.with.iter().filter(|other| *other != one).cloned().collect();
            let name = others.iter().find(|(slug, _)| slug == one.as_str()).map_or(one.as_str(), |(_, name)| name);
            let href = Asked { with: rest, ..asked.clone() }.path(slug);
            Choice { href, label: name.to_owned(), current: true }
        });
        let year = Asked { last_year: !asked.last_year, ..asked.clone() }.path(slug);
        let is_offered =
            |slug: &str| slug != station.slug.as_str() && !asked.with.iter().any(|one| one.as_str() == slug);
        let title = format!("History – {}", station.name);
        let kept = Asked { stretch: Stretch::default(), ..asked.clone() }.fields();
        Self {
            frame: Frame::still(&title, &asked.path(slug), now, preference).local(&station.zone, now),
            slug: slug.to_string(),
            name: station.name.clone(),
            zone: station.zone.name().to_owned(),
            ranges: Range::ALL.into_iter().map(range).collect(),
            sensors: Vec::new(),
            dates: Dates { today: day::date_at(&station.zone, now).to_string(), ..Dates::default() },
            kept,
            asked: asked.fields(),
            window: String::new(),
            earlier: String::new(),
            later: String::new(),
            year: Choice { href: year, label: "A year before".to_owned(), current: asked.last_year },
            with: with.collect(),
            offered: match asked.with.len() {
                0..WITH_MAX => others.iter().filter(|(slug, _)| is_offered(slug)).cloned().collect(),
                _ => Vec::new(),
            },
            figures: Vec::new(),
            csv: String::new(),
            rose: None,
            months: Vec::new(),
            degrees: preference.unit(Quantity::Temperature).symbol(),
            live: None,
            complaint,
        }
    }

    /// True if there is nothing to show.
    fn is_blank(&self) -> bool {
        self.figures.iter().all(Figure::is_empty)
    }
}

fn sensor_choice(sensor: &SensorName, asked: &Asked, station: &Station) -> Choice {
    let label = if sensor.is_main() { "Main".to_owned() } else { capital(sensor) };
    let of = Asked { sensor: sensor.clone(), ..asked.clone() };
    Choice { href: of.path(&station.slug), label, current: *sensor == asked.sensor }
}

/// Whole local days about a window; the instants themselves, if it is shorter.
fn by_days(window: Window, zone: &Zone) -> Stretch {
    if window.length_ms() < 2 * DAY_MS {
        return Stretch::Between(Edge::Instant(window.from), Some(Edge::Instant(window.to)));
    }
    let (from, to) = (day::date_at(zone, window.from), day::date_at(zone, window.to.plus(-1)));
    Stretch::Between(Edge::Day(from), Some(Edge::Day(to)))
}

/// A window as people read it.
pub(crate) fn written(window: Window, zone: &Zone) -> String {
    let last = window.to.plus(-1);
    let (from, to) = (clock::local(zone, window.from), clock::local(zone, window.to));
    if day::date_at(zone, window.from) == day::date_at(zone, last) {
        let whole = day::bounds(zone, day::date_at(zone, last)) == (window.from, window.to);
        let times = if whole { String::new() } else { format!(", {}–{}", from.format("%H:%M"), to.format("%H:%M")) };
        return format!("{}{times}", from.format("%a %-d %b %Y"));
    }
    let midnights = [window.from, window.to].map(|at| day::bounds(zone, day::date_at(zone, at)).0 == at);
    let form = if window.length_ms() < 2 * DAY_MS && midnights != [true, true] {
        "%a %-d %b %Y, %H:%M"
    } else {
        "%a %-d %b %Y"
    };
    let to = if form.contains("%H") { to } else { clock::local(zone, last) };
    format!("{} – {}", from.format(form), to.format(form))
}
