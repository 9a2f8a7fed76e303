//! Rain since midnight, made of what a file says of rain, line after line.

use chrono::NaiveDate;
use std::collections::HashMap;
use std::fmt;
use weather::day;
use weather::rain::{Counter, Gauge, without_noise};
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::zone::Zone;

/// What a file says of rain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Rain {
    /// What fell since the line before.
    Amounts,
    /// A console's counter of the day, which may be reset late.
    Counter,
    /// A counter that is never reset.
    Total,
}

impl fmt::Display for Rain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rain::Amounts => "fell since the line before",
            Rain::Counter => "a counter of the day",
            Rain::Total => "a counter that is never reset",
        })
    }
}

/// Rain as it adds up.
#[derive(Debug, Default)]
pub(crate) struct Fallen {
    /// The local day that is being added up: its date, and where it begins and ends.
    day: Option<(NaiveDate, Timestamp, Timestamp)>,
    fallen: f64,
    gauge: Option<Gauge>,
}

/// The rain of all columns of a file as it has added up, for the file that comes next.
#[derive(Debug, Default)]
pub struct Rains(pub(super) HashMap<(SensorName, Rain), Fallen>);

/// Rain since midnight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Since {
    /// At the time of the line.
    pub now: f64,
    /// What fell until the end of the day that ended right then: it is the last instant of that day that says it.
    pub until_midnight: Option<(Timestamp, f64)>,
}

impl Fallen {
    /// Takes in what a line says, mm; rain since midnight, if that follows from it.
    pub(super) fn take(&mut self, rain: Rain, zone: &Zone, at: Timestamp, mm: f64) -> Option<Since> {
        match rain {
            Rain::Amounts => Some(self.add(zone, at, mm)),
            Rain::Counter => self.read(zone, Counter::Daily, at, mm),
            Rain::Total => self.read(zone, Counter::Total, at, mm),
        }
    }

    fn read(&mut self, zone: &Zone, counter: Counter, at: Timestamp, counted: f64) -> Option<Since> {
        let gauge = Gauge::read(zone, counter, self.gauge, at, counted)?;
        if self.gauge.is_none_or(|newest| newest.at <= at) {
            self.gauge = Some(gauge);
        }
        Some(Since { now: gauge.fallen, until_midnight: None })
    }

    /// The stretch that a line is about ends with its time, so rain at midnight is yesterday's.
    fn add(&mut self, zone: &Zone, at: Timestamp, mm: f64) -> Since {
        let last = at.plus(-1);
        if !self.day.is_some_and(|(_, from, to)| (from..to).contains(&last)) {
            let date = day::date_at(zone, last);
            let (from, to) = day::bounds(zone, date);
            self.day = Some((date, from, to));
            self.fallen = 0.0;
        }
        self.fallen = without_noise(self.fallen + mm);
        let is_midnight = self.day.is_some_and(|(_, _, to)| to == at);
        match is_midnight {
            true => Since { now: 0.0, until_midnight: Some((last, self.fallen)) },
            false => Since { now: self.fallen, until_midnight: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn berlin() -> Zone {
        Zone::inside("Europe/Berlin").expect("a zone")
    }

    fn local(text: &str) -> Timestamp {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
        berlin().from_local_datetime(&naive).earliest().expect("it exists").into()
    }

    #[test]
    fn amounts_add_up_from_midnight_and_what_ends_at_midnight_is_yesterdays() {
        let mut fallen = Fallen::default();
        let mut add = |at: &str, mm: f64| fallen.take(Rain::Amounts, &berlin(), local(at), mm).expect("always");
        assert_eq!(add("2026-06-21 23:50", 0.254).now, 0.254);
        assert_eq!(add("2026-06-21 23:55", 0.508).now, 0.762);
        let midnight = local("2026-06-22 00:00");
        assert_eq!(
            add("2026-06-22 00:00", 0.254),
            Since { now: 0.0, until_midnight: Some((midnight.plus(-1), 1.016)) }
        );
        assert_eq!(add("2026-06-22 00:05", 2.0).now, 2.0, "more than yesterday, at once");
        assert_eq!(add("2026-06-24 12:00", 0.2).now, 0.2, "a day without lines");
    }
}
