//! What the address of a history page asks for: which time, which sensor, and what is laid over.

use super::window::{WINDOW_MIN_MS, Window};
use chrono::{DateTime, NaiveDate};
use form_urlencoded::Serializer;
use weather::day;
use weather::station::{SensorName, Slug};
use weather::time::{DAY_MS, SERIES_BEGIN, Timestamp};
use weather::zone::Zone;

/// So many other stations may be laid over: with the station itself as many lines as people tell apart.
pub(crate) const WITH_MAX: usize = 3;
/// So much of what was typed is repeated in an error, in characters.
const ECHO_MAX_CHARS: usize = 40;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Which time.
    pub stretch: Stretch,
    /// Of which sensor.
    pub sensor: SensorName,
    /// Stations that are laid over.
    pub with: Vec<Slug>,
    /// Whether the same days of last year are laid over.
    pub last_year: bool,
}

/// Which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stretch {
    /// Up to now.
    Range(Range),
    /// From one edge to the other; up to now, if there is no other.
    Between(Edge, Option<Edge>),
}

impl Default for Stretch {
    fn default() -> Self {
        Self::Range(Range::Day)
    }
}

/// How far back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// 24 hours.
    Day,
    /// This local day and the six before it.
    Week,
    /// This local day and the 29 before it.
    Month,
    /// This local day and the 365 before it.
    Year,
    /// Everything.
    All,
}

/// An edge of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// A local day, which belongs to the stretch.
    Day(NaiveDate),
    /// An instant.
    Instant(Timestamp),
}

/// Why a page shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadQuestion {
    /// No such range.
    #[error("There is no range “{0}”. Choose 24h, 7d, 30d, 1y or all.")]
    Range(String),
    /// No date and no instant.
    #[error("“{0}” is no date. Write it like 2026-11-30.")]
    Date(String),
    /// The first edge is missing.
    #[error("Say the first day, too.")]
    NoFirst,
    /// The edges are the wrong way round.
    #[error("The first day comes after the last.")]
    Order,
    /// No name of a sensor, or none of this station's.
    #[error("The station has no sensor “{0}”.")]
    Sensor(String),
    /// No such station.
    #[error("There is no station “{0}” to lay over.")]
    Station(String),
    /// Too many stations.
    #[error("At most {WITH_MAX} other stations can be laid over.")]
    TooMany,
}

impl Range {
    /// All ranges: the value in addresses, and what people read.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Day, "24h", "24 hours"),
        (Self::Week, "7d", "7 days"),
        (Self::Month, "30d", "30 days"),
        (Self::Year, "1y", "1 year"),
        (Self::All, "all", "All"),
    ];

    /// The local days before this one that belong to it.
    fn days_before(self) -> Option<u64> {
        match self {
            Self::Week => Some(6),
            Self::Month => Some(29),
            Self::Year => Some(365),
            Self::Day | Self::All => None,
        }
    }
}

impl Edge {
    fn read(text: &str) -> Result<Self, BadQuestion> {
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            let known = day::bounds(&Zone::UTC, date).0 >= SERIES_BEGIN && text.len() == "2026-11-30".len();
            return if known { Ok(Self::Day(date)) } else { Err(BadQuestion::Date(echo(text))) };
        }
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| BadQuestion::Date(echo(text)))?;
        Ok(Self::Instant(Timestamp::from(instant)))
    }

    fn written(self) -> String {
        match self {
            Self::Day(date) => date.to_string(),
            Self::Instant(at) => at.rfc3339(),
        }
    }

    fn first(self, zone: &Zone) -> Timestamp {
        match self {
            Self::Day(date) => day::bounds(zone, date).0,
            Self::Instant(at) => at,
        }
    }

    fn end(self, zone: &Zone) -> Timestamp {
        match self {
            Self::Day(date) => day::bounds(zone, date).1,
            Self::Instant(at) => at,
        }
    }
}

impl Asked {
    /// Reads the query of an address: `range=7d`, or `from=2026-11-01&to=2026-11-30`, and `sensor=indoor&with=harbour&year=1`.
    /// What is empty counts as not asked. Edges stand before a range.
    pub fn read(query: &str) -> Result<Self, BadQuestion> {
        let mut asked = Self::default();
        let (mut from, mut to) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            match &*name {
                _ if value.is_empty() => {}
                "range" => {
                    let known = Range::ALL.iter().find(|(_, name, _)| *name == value);
                    let (range, ..) = known.ok_or_else(|| BadQuestion::Range(echo(value)))?;
                    asked.stretch = Stretch::Range(*range);
                }
                "from" => from = Some(Edge::read(value)?),
                "to" => to = Some(Edge::read(value)?),
                "sensor" => {
                    asked.sensor = SensorName::new(value).map_err(|_| BadQuestion::Sensor(echo(value)))?;
                }
                "with" => {
                    let slug = Slug::new(value).map_err(|_| BadQuestion::Station(echo(value)))?;
                    if !asked.with.contains(&slug) {
                        asked.with.push(slug);
                    }
                }
                "year" => asked.last_year = value == "1",
                _ => {}
            }
        }
        if asked.with.len() > WITH_MAX {
            return Err(BadQuestion::TooMany);
        }
        match (from, to) {
            (Some(from), to) => asked.stretch = Stretch::Between(from, to),
            (None, Some(_)) => return Err(BadQuestion::NoFirst),
            (None, None) => {}
        }
        Ok(asked)
    }

    /// What asks for this, name by name, without what is usual.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        match &self.stretch {
            Stretch::Range(Range::Day) => {}
            Stretch::Range(range) => {
                let name = Range::ALL.iter().find(|(one, ..)| one == range).map_or("24h", |(_, name, _)| name);
                fields.push(("range", name.to_owned()));
            }
            Stretch::Between(from, to) => {
                fields.push(("from", from.written()));
                fields.extend(to.map(|to| ("to", to.written())));
            }
        }
        if !self.sensor.is_main() {
            fields.push(("sensor", self.sensor.as_str().to_owned()));
        }
        fields.extend(self.with.iter().map(|slug| ("with", slug.to_string())));
        if self.last_year {
            fields.push(("year", "1".to_owned()));
        }
        fields
    }

    /// The query that asks for this; empty, or with its question mark.
    pub fn query(&self) -> String {
        match Serializer::new(String::new()).extend_pairs(self.fields()).finish() {
            query if query.is_empty() => query,
            query => format!("?{query}"),
        }
    }

    /// The address that asks for this.
    pub(crate) fn path(&self, slug: &Slug) -> String {
        format!("/s/{slug}/history{}", self.query())
    }

    /// The same of another time.
    pub(crate) fn over(&self, stretch: Stretch) -> Self {
        Self { stretch, ..self.clone() }
    }

    /// The window of a station whose clocks are in `zone` and whose first values are of `first`. It does not go beyond now.
    pub fn window(&self, zone: &Zone, now: Timestamp, first: Option<NaiveDate>) -> Result<Window, BadQuestion> {
        let today = day::date_at(zone, now);
        let (from, to) = match &self.stretch {
            Stretch::Range(range) => {
                let before = range.days_before().and_then(|days| today.checked_sub_days(chrono::Days::new(days)));
                let first = match range {
                    Range::All => first,
                    _ => before,
                };
                (first.map_or(now.plus(-DAY_MS), |date| day::bounds(zone, date).0), now)
            }
            Stretch::Between(from, to) => {
                let (from, to) = (from.first(zone), to.map_or(now, |edge| edge.end(zone)));
                (from, if from < now { to.min(now) } else { to })
            }
        };
        let from = from.max(SERIES_BEGIN);
        if to < from {
            return Err(BadQuestion::Order);
        }
        Ok(Window { from, to: to.max(from.plus(WINDOW_MIN_MS)) })
    }
}

/// The start of what was typed.
fn echo(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).take(ECHO_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests;
