//! The overview of many stations as a table: a row a station, and a column for each figure that a station has.

use super::asked::{Asked, By, Sort};
use super::clock;
use super::facts::Facts;
use super::freshness;
use super::height::elevation_number;
use super::indoors;
use super::tiles::{Aside, Wind};
use super::warmth;
use askama::Template;
use std::ops::BitOr;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station_state::StationState;
use weather::time::Timestamp;

/// A column of the table: its name in the page, its heading, what rows are sorted by, and whose unit stands in the head.
#[derive(Debug, Clone, Copy)]
struct Column {
    name: &'static str,
    title: &'static str,
    by: By,
    quantity: Option<Quantity>,
    /// A click on its head sorts the largest first.
    down: bool,
}

/// All columns behind the station's name, in order; what is of one quantity has its name. `static/js/view/roster.js` has the texts of those that change.
const COLUMNS: [Column; 9] = {
    const fn column(name: &'static str, title: &'static str, by: By, quantity: Option<Quantity>) -> Column {
        Column { name, title, by, quantity, down: true }
    }
    const T: Option<Quantity> = Some(Quantity::Temperature);
    [
        column("elevation", "Height", By::Elevation, None),
        column("temperature", "Temperature", By::Temperature, T),
        Column { down: false, ..column("low", "Low", By::Low, T) },
        column("high", "High", By::High, T),
        column("humidity", "Humidity", By::Humidity, Some(Quantity::Humidity)),
        column("wind_speed", "Wind", By::Wind, Some(Quantity::WindSpeed)),
        column("precipitation", "Rain", By::Rain, Some(Quantity::Precipitation)),
        column("sea_level_pressure", "Pressure", By::Pressure, Some(Quantity::SeaLevelPressure)),
        column("heard", "Heard", By::Heard, None),
    ]
};

/// A set of columns: a bit each, in the order of [`COLUMNS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Columns(u16);

impl Columns {
    /// Those that a table of these stations needs: a figure that no station has needs none.
    pub(crate) fn of<'a>(facts: impl Iterator<Item = &'a Facts>) -> Self {
        let always = Self::where_(|column| matches!(column.by, By::Temperature | By::Heard));
        facts.map(Self::of_one).fold(always, BitOr::bitor)
    }

    fn of_one(facts: &Facts) -> Self {
        Self::where_(|column| match column.by {
            By::Elevation => facts.station.elevation_m.is_some(),
            By::Low | By::High => facts.main(Quantity::Temperature).is_some(),
            _ => column.quantity.is_some_and(|quantity| facts.main(quantity).is_some()),
        })
    }

    fn where_(is_there: impl Fn(&Column) -> bool) -> Self {
        Self(COLUMNS.iter().enumerate().filter(|(_, column)| is_there(column)).fold(0, |all, (bit, _)| all | 1 << bit))
    }

    fn iter(self) -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, column)| column)
    }
}

impl BitOr for Columns {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A heading of the table: a link that sorts by it.
#[derive(Debug)]
pub(crate) struct Head {
    pub name: &'static str,
    pub title: &'static str,
    pub unit: &'static str,
    /// The address of the same stations in that order; in the opposite one, if they are in it already.
    pub path: String,
    /// What such a click does, `Lowest low`.
    pub order: &'static str,
    /// `ascending` or `descending`; empty: they are sorted by something else.
    pub sorted: &'static str,
}

/// The headings, the station's name first.
pub(crate) fn heads(columns: Columns, asked: &Asked, preference: Preference) -> Vec<Head> {
    const NAME: Column = Column { name: "name", title: "Station", by: By::Name, quantity: None, down: false };
    let head = |column: &Column| {
        let is_this = asked.sort.by == column.by;
        let down = if is_this { !asked.sort.down } else { column.down };
        let wanted = Sort { by: column.by, down };
        let unit = column.quantity.map(|quantity| preference.unit(quantity).symbol());
        let metres = if preference.has_miles() { "ft" } else { "m" };
        Head {
            name: column.name,
            title: column.title,
            unit: unit.unwrap_or(if column.by == By::Elevation { metres } else { "" }),
            path: asked.sorted(wanted).path(),
            order: Sort::ALL.into_iter().find(|(sort, ..)| *sort == wanted).map_or("", |(.., text)| text),
            sorted: match asked.sort.down {
                _ if !is_this => "",
                true => "descending",
                false => "ascending",
            },
        }
    };
    [&NAME].into_iter().chain(columns.iter()).map(head).collect()
}

/// The rows of a page: those of stations that are heard, then of those that are silent. HTML.
#[derive(Debug)]
pub(crate) struct Roster {
    pub heads: Vec<Head>,
    pub heard: Vec<Arc<str>>,
    pub silent: Vec<Arc<str>>,
}

/// A station as a row.
#[derive(Debug, Template)]
#[template(path = "part/row.html")]
pub(crate) struct RosterRow<'a> {
    slug: &'a str,
    name: &'a str,
    state: StationState,
    /// The step of its temperature's colour.
    warmth: Option<usize>,
    cells: Vec<Cell>,
}

/// A figure in its column, without its unit: that stands in the head.
#[derive(Debug)]
struct Cell {
    column: &'static str,
    text: String,
    /// What else is shown where there is no outdoor temperature, with its unit.
    lead: Option<Aside>,
    /// The column that such a value has for itself: it is shown here only on screens that have no room for that column.
    also: &'static str,
    /// Of the age: the instant, RFC 3339.
    iso: String,
}

impl<'a> RosterRow<'a> {
    /// What these facts say now, in these columns.
    pub(crate) fn of(facts: &'a Facts, columns: Columns, now: Timestamp, preference: Preference) -> Self {
        let lead = indoors::indoors(facts, now, preference).and_then(|indoors| indoors.values.into_iter().next());
        let own = lead.as_ref().and_then(|lead| columns.iter().find(|column| column.name == lead.key));
        let at = facts.observed_at();
        let cell = |column: &Column| Cell {
            column: column.name,
            text: text(column, facts, now, preference),
            lead: lead.clone().filter(|_| column.by == By::Temperature),
            also: own.filter(|_| column.by == By::Temperature).map_or("", |own| own.name),
            iso: at.filter(|_| column.by == By::Heard).map_or(String::new(), |at| at.rfc3339()),
        };
        Self {
            slug: facts.station.slug.as_str(),
            name: &facts.station.name,
            state: facts.state(now),
            warmth: facts.main(Quantity::Temperature).map(|latest| warmth::step(latest.value)),
            cells: columns.iter().map(cell).collect(),
        }
    }
}

/// What stands in a column; empty: nothing that is as fresh as the station. `static/js/view/roster.js` says the same.
fn text(column: &Column, facts: &Facts, now: Timestamp, preference: Preference) -> String {
    let number = |quantity: Quantity| {
        let latest = facts.main_beside(quantity, facts.observed_at(), now);
        latest.map_or(String::new(), |latest| preference.number(quantity, latest.value))
    };
    let extreme = |value: fn(&crate::storage::Extreme) -> f64| {
        let extreme = facts.extreme(Quantity::Temperature);
        extreme.map_or(String::new(), |extreme| preference.number(Quantity::Temperature, value(extreme)))
    };
    match column.by {
        By::Name => facts.station.name.clone(),
        By::Elevation => {
            facts.station.elevation_m.map_or(String::new(), |metres| elevation_number(metres, preference).0)
        }
        By::Temperature => number(Quantity::Temperature),
        By::Low => extreme(|extreme| extreme.low),
        By::High => extreme(|extreme| extreme.high),
        By::Humidity => number(Quantity::Humidity),
        By::Wind => {
            let speed = number(Quantity::WindSpeed);
            let compass = Wind::of(facts, now, preference).compass;
            if speed.is_empty() || compass.is_empty() { speed } else { format!("{speed} {compass}") }
        }
        By::Rain => match facts.main(Quantity::Precipitation) {
            Some(latest) if is_today(facts, latest.observed_at, now) => number(Quantity::Precipitation),
            _ => String::new(),
        },
        By::Pressure => number(Quantity::SeaLevelPressure),
        By::Heard => heard(facts, now),
    }
}

/// A day's sum of another day says nothing of today.
fn is_today(facts: &Facts, at: Timestamp, now: Timestamp) -> bool {
    let day = |at: Timestamp| clock::local(&facts.station.zone, at).date_naive();
    day(at) == day(now)
}

/// How old the newest values are, in a word and a time: `12 s ago`, `Offline, 5 h ago`.
fn heard(facts: &Facts, now: Timestamp) -> String {
    let state = facts.state(now);
    let ago = facts.observed_at().map_or(String::new(), |at| freshness::ago(at, now));
    match state {
        StationState::Live => ago,
        StationState::Stale | StationState::Offline => format!("{}, {ago}", state.word()),
        StationState::Clock(_) | StationState::Waiting => state.word().into_owned(),
    }
}
