//! The one very large number, and what stands around it.

use super::clock;
use super::facts::Facts;
use super::freshness::{self, Freshness};
use super::indoors;
use super::lead::Datastream;
use super::marks;
use super::names::{DASH, lowered, titled};
use super::tiles::{self, Aside, Tile};
use super::warmth;
use weather::clock::{Off, off};
use weather::derived::Follows;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station_state::StationState;
use weather::time::Timestamp;
use weather::units::{Unit, format_half_up};

/// What leads a station's page, and its day, ready to print. An empty text is not shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hero {
    /// True if there ever was such a value.
    pub any: bool,
    /// Its name on the wire.
    pub key: String,
    /// What people call it: `Temperature`, `Soil 1 moisture`.
    pub title: String,
    /// The icon's name.
    pub icon: &'static str,
    /// What stands small beside it; of temperatures, what follows from them has places of its own.
    pub asides: Vec<Aside>,
    /// How the station is.
    pub station: StationState,
    /// How fresh the value is; waiting if there never was one.
    pub state: Freshness,
    /// The digits, however old; a dash if there never was a value, and in place of a day's sum that is not today's.
    pub number: String,
    /// The unit behind them.
    pub unit: &'static str,
    /// A temperature in the other scale, `65.1 °F`.
    pub other: String,
    /// The step of a temperature's colour.
    pub warmth: Option<usize>,
    /// True at 0 °C and below.
    pub freezing: bool,
    /// What it feels like, with its unit.
    pub feels: String,
    /// The dew point, with its unit, if the station does not send it.
    pub dew: String,
    /// The wet-bulb globe temperature, with its unit.
    pub wbgt: String,
    /// `up`, `down` or `steady`.
    pub trend: &'static str,
    /// `+0.6 °C`.
    pub trend_text: String,
    /// Today's lowest.
    pub low: Moment,
    /// Today's highest.
    pub high: Moment,
    /// Where between them it is now, percent.
    pub between: String,
    /// Since when there is nothing new: `Offline since 12:18`.
    pub gone: String,
    /// When it was observed.
    pub observed: Moment,
    /// `12 s ago`.
    pub age: String,
    /// What is wrong with the station's clock, or with all that it measures.
    pub clock: String,
    /// The age without "ago", for the title of a page with an old temperature.
    age_short: String,
    /// The same of the station's newest value, for a page without one.
    station_age_short: String,
}

/// Something with a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Moment {
    /// What.
    pub text: String,
    /// When, on the station's clock.
    pub time: String,
    /// When, RFC 3339.
    pub iso: String,
}

impl Moment {
    fn of(text: String, at: Timestamp, facts: &Facts, now: Timestamp) -> Self {
        Self { text, time: clock::moment(&facts.station.zone, at, now), iso: at.rfc3339() }
    }
}

impl Hero {
    /// The temperature, whatever leads: what cards show.
    pub(crate) fn of(facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        Self::made(facts, &Datastream::main(Quantity::Temperature), now, preference)
    }

    /// What frames and badges show: the outdoor temperature; without one, what leads of what is as fresh as the station.
    pub(crate) fn abroad(facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        Self::made(facts, &indoors::lead(facts, now), now, preference)
    }

    /// What leads.
    pub(crate) fn leading(facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        Self::made(facts, &facts.large(), now, preference)
    }

    fn made(facts: &Facts, of: &Datastream, now: Timestamp, preference: Preference) -> Self {
        let quantity = of.quantity;
        let latest = facts.newest(of);
        let is_warmth = quantity.unit() == Unit::Celsius;
        let is_outdoors = *of == Datastream::main(Quantity::Temperature);
        // What has fallen today has no lowest value, and does not move.
        let is_sum = quantity == Quantity::Precipitation;
        let state = Freshness::of(latest.map(|latest| latest.observed_at), now, facts.interval_ms);
        let offline = state == Freshness::Offline;
        let value = latest.map(|latest| latest.value);
        let current = value.filter(|_| !offline);
        let trend = facts.trend(of).filter(|_| !offline && !is_sum);
        let observed_at = latest.map(|latest| latest.observed_at).or_else(|| facts.observed_at());
        let text = |value: Option<f64>| value.map_or(String::new(), |value| preference.text(quantity, value));
        let at = |at: Timestamp, value: f64| Moment::of(preference.text(quantity, value), at, facts, now);
        let follows = if offline || !is_outdoors { Follows::default() } else { facts.follows() };
        let extreme = facts.extreme_of(of).filter(|_| !is_sum);
        let short = |at: Option<Timestamp>| at.map_or(String::new(), |at| freshness::age(at, now));
        let lower = |aside: Aside| Aside { word: lowered(&aside.word), ..aside };
        let asides = latest.filter(|_| !is_outdoors).map(|latest| tiles::asides(latest, facts, now, preference));
        Self {
            // The wind has a card of its own.
            any: latest.is_some() && quantity != Quantity::WindSpeed,
            key: of.key(),
            title: titled(&of.sensor, quantity),
            icon: quantity.icon(),
            asides: asides.unwrap_or_default().into_iter().map(lower).collect(),
            station: facts.state(now),
            state,
            number: latest.map_or(DASH.to_owned(), |latest| tiles::number(latest, facts, now, preference)),
            unit: preference.unit(quantity).symbol(),
            other: value
                .filter(|_| is_warmth)
                .map_or(String::new(), |value| preference.other_scale().text(quantity, value)),
            warmth: value.filter(|_| is_warmth).map(warmth::step),
            freezing: current.is_some_and(|value| is_warmth && value <= 0.0),
            feels: text(follows.feels_like),
            dew: text(follows.dew_point),
            wbgt: text(follows.wet_bulb_globe),
            trend: trend.map_or("", |trend| direction(quantity, trend, preference)),
            trend_text: trend.map_or(String::new(), |trend| preference.difference(quantity, trend)),
            low: extreme.map(|extreme| at(extreme.low_at, extreme.low)).unwrap_or_default(),
            high: extreme.map(|extreme| at(extreme.high_at, extreme.high)).unwrap_or_default(),
            between: current.zip(extreme).map_or(String::new(), |(value, e)| between(value, e.low, e.high)),
            gone: if offline { gone(facts, of, now) } else { String::new() },
            observed: observed_at.map(|at| Moment::of(String::new(), at, facts, now)).unwrap_or_default(),
            age: observed_at.map_or(String::new(), |at| freshness::ago(at, now)),
            clock: match facts.clock {
                Some(clock) => clock_note(clock, now),
                None if marks::is_frozen(facts) => marks::FROZEN.to_owned(),
                None => String::new(),
            },
            age_short: short(observed_at),
            station_age_short: short(facts.observed_at()),
        }
    }

    /// The same with one more value beside it: a tile that would stand alone in its row.
    pub(crate) fn with(mut self, tile: Tile) -> Self {
        let text = if tile.unit.is_empty() { tile.number } else { format!("{} {}", tile.number, tile.unit) };
        self.asides.insert(0, Aside { key: tile.key, word: lowered(tile.title), text });
        let lower = |aside: Aside| Aside { word: lowered(&aside.word), ..aside };
        self.asides.splice(1..1, tile.asides.into_iter().map(lower));
        self
    }

    /// The window's title: `18.4 °C – Town Hall`; an old value says so.
    pub(crate) fn title(&self, name: &str) -> String {
        match (self.station, self.state) {
            (StationState::Offline, _) => format!("Offline – {name}"),
            (StationState::Clock(_), _) => format!("{} – {name}", self.station.word()),
            (_, Freshness::Live) => format!("{} – {name}", self.value()),
            (_, Freshness::Stale) => format!("({}) {} – {name}", self.age_short, self.value()),
            (StationState::Stale, _) => format!("({}) {name}", self.station_age_short),
            _ => name.to_owned(),
        }
    }

    /// The digits with their unit.
    pub(crate) fn value(&self) -> String {
        if self.unit.is_empty() { self.number.clone() } else { format!("{} {}", self.number, self.unit) }
    }
}

/// What is wrong with a clock. `static/js/view/texts.js` says the same.
fn clock_note(clock: Off, now: Timestamp) -> String {
    format!("Heard {}, but its clock is {}.", freshness::ago(clock.heard_at, now), off(clock.by_ms))
}

/// Since when there is nothing new of a station, or of a value. A station that is heard is not gone.
fn gone(facts: &Facts, of: &Datastream, now: Timestamp) -> String {
    let (what, at) = match facts.state(now) {
        StationState::Clock(_) => return String::new(),
        StationState::Offline => ("Offline", facts.observed_at()),
        _ if of.quantity == Quantity::Temperature => {
            ("No temperature", facts.newest(of).map(|latest| latest.observed_at))
        }
        _ => ("No value", facts.newest(of).map(|latest| latest.observed_at)),
    };
    let Some(at) = at else { return String::new() };
    let ahead = if freshness::is_ahead(at, now) { ", which is in the future" } else { "" };
    format!("{what} since {}{ahead}", clock::moment(&facts.station.zone, at, now))
}

/// A change too small to be printed is none.
fn direction(quantity: Quantity, difference: f64, preference: Preference) -> &'static str {
    match preference.difference(quantity, difference).chars().next() {
        Some('+') => "up",
        Some('−') => "down",
        _ => "steady",
    }
}

fn between(value: f64, low: f64, high: f64) -> String {
    let part = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    format_half_up(part * 100.0, 1)
}
