//! The one very large number, and what stands around it.

use super::clock;
use super::facts::Facts;
use super::freshness::{self, Freshness};
use super::marks;
use super::warmth;
use weather::clock::{Off, off};
use weather::derived::Follows;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station_state::StationState;
use weather::time::Timestamp;
use weather::units::format_half_up;

/// Instead of a number that is not there.
pub(crate) const DASH: &str = "—";

/// A station's temperature and its day, ready to print. An empty text is not shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hero {
    /// True if there ever was a temperature.
    pub any: bool,
    /// How the station is.
    pub station: StationState,
    /// How fresh the temperature is; waiting if there never was one.
    pub state: Freshness,
    /// The digits, however old; a dash if there never was a temperature.
    pub number: String,
    /// The unit behind them.
    pub unit: &'static str,
    /// The same in the other scale, `65.1 °F`.
    pub other: String,
    /// The colour's step.
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
    /// What these facts say now.
    pub(crate) fn of(facts: &Facts, now: Timestamp, preference: Preference) -> Self {
        const T: Quantity = Quantity::Temperature;
        let latest = facts.main(T);
        let state = Freshness::of(latest.map(|latest| latest.observed_at), now, facts.interval_ms);
        let offline = state == Freshness::Offline;
        let value = latest.map(|latest| latest.value);
        let current = value.filter(|_| !offline);
        let trend = facts.trend().filter(|_| !offline);
        let observed_at = latest.map(|latest| latest.observed_at).or_else(|| facts.observed_at());
        let text = |value: Option<f64>| value.map_or(String::new(), |value| preference.text(T, value));
        let at = |at: Timestamp, value: f64| Moment::of(preference.text(T, value), at, facts, now);
        let follows = if offline { Follows::default() } else { facts.follows() };
        let extreme = facts.extreme(T);
        let short = |at: Option<Timestamp>| at.map_or(String::new(), |at| freshness::age(at, now));
        Self {
            any: latest.is_some(),
            station: facts.state(now),
            state,
            number: value.map_or(DASH.to_owned(), |value| preference.number(T, value)),
            unit: preference.unit(T).symbol(),
            other: value.map_or(String::new(), |value| preference.other_scale().text(T, value)),
            warmth: value.map(warmth::step),
            freezing: current.is_some_and(|value| value <= 0.0),
            feels: text(follows.feels_like),
            dew: text(follows.dew_point),
            wbgt: text(follows.wet_bulb_globe),
            trend: trend.map_or("", |trend| direction(trend, preference)),
            trend_text: trend.map_or(String::new(), |trend| preference.difference(T, trend)),
            low: extreme.map(|extreme| at(extreme.low_at, extreme.low)).unwrap_or_default(),
            high: extreme.map(|extreme| at(extreme.high_at, extreme.high)).unwrap_or_default(),
            between: current.zip(extreme).map_or(String::new(), |(value, e)| between(value, e.low, e.high)),
            gone: if offline { gone(facts, now) } else { String::new() },
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

    /// The window's title: `18.4 °C – Town Hall`; an old value says so.
    pub(crate) fn title(&self, name: &str) -> String {
        match (self.station, self.state) {
            (StationState::Offline, _) => format!("Offline – {name}"),
            (StationState::Clock(_), _) => format!("{} – {name}", self.station.word()),
            (_, Freshness::Live) => format!("{} {} – {name}", self.number, self.unit),
            (_, Freshness::Stale) => format!("({}) {} {} – {name}", self.age_short, self.number, self.unit),
            (StationState::Stale, _) => format!("({}) {name}", self.station_age_short),
            _ => name.to_owned(),
        }
    }
}

/// What is wrong with a clock. `static/js/view/texts.js` says the same.
fn clock_note(clock: Off, now: Timestamp) -> String {
    format!("Heard {}, but its clock is {}.", freshness::ago(clock.heard_at, now), off(clock.by_ms))
}

/// Since when there is nothing new of a station, or of a temperature. A station that is heard is not gone.
fn gone(facts: &Facts, now: Timestamp) -> String {
    let (what, at) = match facts.state(now) {
        StationState::Clock(_) => return String::new(),
        StationState::Offline => ("Offline", facts.observed_at()),
        _ => ("No temperature", facts.main(Quantity::Temperature).map(|latest| latest.observed_at)),
    };
    let Some(at) = at else { return String::new() };
    let ahead = if freshness::is_ahead(at, now) { ", which is in the future" } else { "" };
    format!("{what} since {}{ahead}", clock::moment(&facts.station.zone, at, now))
}

/// A change too small to be printed is none.
fn direction(difference: f64, preference: Preference) -> &'static str {
    match preference.difference(Quantity::Temperature, difference).chars().next() {
        Some('+') => "up",
        Some('−') => "down",
        _ => "steady",
    }
}

fn between(value: f64, low: f64, high: f64) -> String {
    let part = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    format_half_up(part * 100.0, 1)
}
