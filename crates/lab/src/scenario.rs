//! What is to be measured: traffic, road, times. The same for a simulation and for a run over the network.

use channel::Options;
use channel::fleet::{FLEETS, Fleet};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// Most pieces of news or words a second: above it the fleets differ by their token bucket only.
pub const RATE_MAX_PER_S: f64 = 10.0;
/// Longest round trip, seconds: home gives a truck up that is later than this beyond its parking time.
pub const ROUND_TRIP_MAX_S: f64 = 5.0;
/// Longest measurement, hours: home counts its trucks in 32 bits.
pub const HOURS_MAX: f64 = 100_000.0;
/// Periods of the polling fleet, seconds. Home waits 5 s for an answer, and twice the period before it is anxious.
pub const PERIOD_S: (f64, f64) = (0.5, 3_600.0);

/// A scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// λs: pieces of news a second, at random times.
    pub news_per_s: f64,
    /// λc: words a second, at random times.
    pub words_per_s: f64,
    /// R: the mean round trip, seconds; half of it each way.
    pub round_trip_s: f64,
    /// Each way takes R/2 and up to half of this more or less, uniformly.
    pub jitter_s: f64,
    /// The share of ways, out or home, on which a truck is lost.
    pub loss: f64,
    /// A proxy cuts what has waited this long for its answer, seconds.
    pub cut_s: Option<f64>,
    /// H: how long trucks are willing to park, seconds; the server shortens each by a random 0 to 10 %.
    pub park_s: f64,
    /// T: the period of the polling fleet, seconds.
    pub period_s: f64,
    /// How long each fleet is measured, seconds.
    pub seconds: f64,
    /// The fleets, in the order of the table.
    #[serde(serialize_with = "names")]
    pub fleets: Vec<&'static Fleet>,
    /// The same seed is the same traffic on the same road.
    pub seed: u64,
}

impl Default for Scenario {
    /// A station that reports every minute, to a page whose visitor rarely speaks.
    fn default() -> Self {
        Self {
            news_per_s: 1.0 / 60.0,
            words_per_s: 1.0 / 120.0,
            round_trip_s: 0.1,
            jitter_s: 0.0,
            loss: 0.0,
            cut_s: None,
            park_s: 25.0,
            period_s: 5.0,
            seconds: 3_600_000.0,
            fleets: FLEETS.iter().collect(),
            seed: 1,
        }
    }
}

/// A value out of its limits.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BadScenario {
    /// A number that is too small or too large.
    #[error("{what} must be {low} to {high}, not {given}")]
    Range {
        /// What is out of its limits.
        what: &'static str,
        /// The lowest.
        low: f64,
        /// The highest.
        high: f64,
        /// What was given.
        given: f64,
    },
    /// With this jitter a way would take less than no time.
    #[error("the jitter ({jitter_s} s) must not be more than the round trip ({round_trip_s} s)")]
    Jitter {
        /// The jitter that was given.
        jitter_s: f64,
        /// The round trip that was given.
        round_trip_s: f64,
    },
    /// There is nothing to compare.
    #[error("name a fleet at least")]
    NoFleet,
}

impl Scenario {
    /// Whether everything is within its limits.
    pub fn check(&self) -> Result<(), BadScenario> {
        let range = |what, given: f64, low: f64, high: f64| {
            if (low..=high).contains(&given) { Ok(()) } else { Err(BadScenario::Range { what, low, high, given }) }
        };
        let park = Options::default();
        range("news a second", self.news_per_s, 0.0, RATE_MAX_PER_S)?;
        range("words a second", self.words_per_s, 0.0, RATE_MAX_PER_S)?;
        range("the round trip in seconds", self.round_trip_s, 0.0, ROUND_TRIP_MAX_S)?;
        range("the share of losses", self.loss, 0.0, 0.5)?;
        range("the proxy's patience in seconds", self.cut_s.unwrap_or(1.0), 1.0, 86_400.0)?;
        // The dock clamps what is outside, so that the figures would belong to another scenario.
        range("the parking time in seconds", self.park_s, ms(park.park_min_ms), ms(park.park_max_ms))?;
        range("the period in seconds", self.period_s, PERIOD_S.0, PERIOD_S.1)?;
        range("the hours", self.seconds / 3_600.0, 1.0 / 3_600.0, HOURS_MAX)?;
        if self.jitter_s < 0.0 || self.jitter_s > self.round_trip_s {
            return Err(BadScenario::Jitter { jitter_s: self.jitter_s, round_trip_s: self.round_trip_s });
        }
        if self.fleets.is_empty() { Err(BadScenario::NoFleet) } else { Ok(()) }
    }

    /// A fleet as this scenario has it: with the period asked for, if it goes by the clock.
    ///
    /// Another period than the table's makes a copy that stays for as long as the program runs, because homes hold on to
    /// their fleet: some bytes for each run.
    pub fn fleet(&self, fleet: &'static Fleet) -> &'static Fleet {
        let period_ms = (self.period_s * 1e3).round() as u32;
        match fleet.every_ms {
            Some(every_ms) if every_ms != period_ms => {
                Box::leak(Box::new(Fleet { every_ms: Some(period_ms), ..*fleet }))
            }
            _ => fleet,
        }
    }

    /// Whether nothing is lost on the way and nothing cut: what the formulas are for.
    pub fn is_calm(&self) -> bool {
        self.loss == 0.0 && self.cut_s.is_none_or(|cut_s| cut_s > self.park_s + self.round_trip_s + self.jitter_s)
    }
}

fn names<S: Serializer>(fleets: &[&'static Fleet], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(fleets.iter().map(|fleet| fleet.name))
}

fn ms(ms: u64) -> f64 {
    ms as f64 / 1e3
}

/// A text that is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not {expected}")]
pub struct BadValue {
    given: String,
    expected: &'static str,
}

/// A name that no fleet has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no fleet: use all, or some of {names}, with commas", names = fleet_names())]
pub struct NoFleet {
    given: String,
}

/// The names of all fleets, with commas between.
pub fn fleet_names() -> String {
    FLEETS.each_ref().map(|fleet| fleet.name).join(", ")
}

/// Fleets as people ask for them: `all`, or names with commas between.
pub fn fleets(text: &str) -> Result<Vec<&'static Fleet>, NoFleet> {
    if text.trim() == "all" {
        return Ok(FLEETS.iter().collect());
    }
    let named = |name: &str| Fleet::named(name.trim()).ok_or_else(|| NoFleet { given: name.trim().to_owned() });
    text.split(',').map(named).collect()
}

/// A rate a second: `0.5`, `1/60` (one in 60 s), `2/min`, `30/h`.
pub fn rate(text: &str) -> Result<f64, BadValue> {
    let bad = || BadValue { given: text.to_owned(), expected: "a rate such as 0.5, 1/60, 2/min or 30/h" };
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    let Some((count, time)) = text.split_once('/') else { return number(text).ok_or_else(bad) };
    let seconds = match time.trim() {
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3_600.0),
        time => number(time).filter(|seconds| *seconds > 0.0),
    };
    Ok(number(count).ok_or_else(bad)? / seconds.ok_or_else(bad)?)
}

/// A share: `0.1%` or `0.001`.
pub fn share(text: &str) -> Result<f64, BadValue> {
    let bad = || BadValue { given: text.to_owned(), expected: "a share such as 0.1% or 0.001" };
    let (number, whole) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |percent| (percent.trim(), 100.0));
    let share = number.parse::<f64>().map_err(|_| bad())? / whole;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(bad()) }
}

/// A time in seconds: `100ms`, `25s`, `2min`.
pub fn seconds(text: &str) -> Result<f64, BadValue> {
    let bad = |_| BadValue { given: text.to_owned(), expected: "a time such as 100ms, 25s or 2min" };
    humantime::parse_duration(text).map(|time: Duration| time.as_secs_f64()).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        for (text, per_s) in
            [("0.5", 0.5), ("1/60", 1.0 / 60.0), ("2/min", 1.0 / 30.0), ("30 / h", 1.0 / 120.0), ("0", 0.0)]
        {
            assert_eq!(rate(text), Ok(per_s), "{text:?}");
        }
        for text in ["", "1/0", "1/", "/60", "-1", "often", "inf", "NaN", "1/2/3", "1/day"] {
            assert!(rate(text).is_err(), "{text:?}");
        }
        let error = rate("often").expect_err("no rate").to_string();
        assert_eq!(error, "\"often\" is not a rate such as 0.5, 1/60, 2/min or 30/h");
    }

    #[test]
    fn shares_and_times_are_read_as_people_write_them() {
        assert_eq!((share("0.1%"), share("0.5"), share("100 %")), (Ok(0.001), Ok(0.5), Ok(1.0)));
        assert!(share("101%").is_err() && share("-1%").is_err() && share("few").is_err());
        assert_eq!((seconds("100ms"), seconds("2min")), (Ok(0.1), Ok(120.0)));
        assert!(seconds("100").is_err() && seconds("soon").is_err());
    }

    #[test]
    fn fleets_are_asked_for_by_name() {
        assert_eq!(fleets("all").map(|all| all.len()), Ok(FLEETS.len()));
        let two = fleets("ping-pong, sse").expect("two fleets");
        assert_eq!(two.iter().map(|fleet| fleet.name).collect::<Vec<_>>(), ["ping-pong", "sse"]);
        let error = fleets("ping-pong,pigeon").expect_err("no such fleet").to_string();
        assert!(error.starts_with("\"pigeon\" is no fleet: use all, or some of stay-home, "), "{error}");
    }

    #[test]
    fn only_a_fleet_with_a_clock_takes_another_period() {
        let scenario = Scenario { period_s: 2.0, ..Scenario::default() };
        for fleet in &FLEETS {
            let asked = scenario.fleet(fleet);
            assert_eq!((asked.name, asked.every_ms), (fleet.name, fleet.every_ms.map(|_| 2_000)));
            assert!(std::ptr::eq(Scenario::default().fleet(fleet), fleet), "the table's own: {fleet}");
        }
    }

    #[test]
    fn what_is_out_of_its_limits_is_named() {
        assert_eq!(Scenario::default().check(), Ok(()));
        let wrong = |change: fn(&mut Scenario)| {
            let mut scenario = Scenario::default();
            change(&mut scenario);
            scenario.check().expect_err("out of its limits").to_string()
        };
        assert_eq!(wrong(|s| s.park_s = 60.0), "the parking time in seconds must be 5 to 45, not 60");
        assert_eq!(wrong(|s| s.news_per_s = f64::NAN), "news a second must be 0 to 10, not NaN");
        assert_eq!(wrong(|s| s.jitter_s = 0.2), "the jitter (0.2 s) must not be more than the round trip (0.1 s)");
        assert_eq!(wrong(|s| s.fleets.clear()), "name a fleet at least");
    }

    #[test]
    fn a_road_is_calm_if_nothing_is_lost_or_cut() {
        let calm = Scenario { cut_s: Some(60.0), ..Scenario::default() };
        assert!(calm.is_calm());
        assert!(!Scenario { cut_s: Some(20.0), ..calm.clone() }.is_calm());
        assert!(!Scenario { loss: 0.01, ..calm }.is_calm());
    }
}
