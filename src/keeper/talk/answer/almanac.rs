//! The sun, the moon, how many days, and the records of today.

use super::Answering;
use crate::keeper::language::clock;
use crate::keeper::language::facts::Found;
use crate::keeper::language::period::{Period, Stretch};
use crate::keeper::talk::intent::OfSun;
use chrono::NaiveDate;
use weather::climate::counts::{self, Kind};
use weather::climate::news::{self, Today};
use weather::climate::{Calendar, Day};
use weather::day;
use weather::daylight::{Daylight, hours_and_minutes};
use weather::moon;
use weather::quantity::Quantity;
use weather::time::{MINUTE_MS, Timestamp};
use weather::units::format_half_up;

impl Answering<'_> {
    fn calendar(&self) -> Calendar {
        Calendar::of(self.today(), None, self.facts.interval_ms)
    }

    fn today(&self) -> NaiveDate {
        day::date_at(&self.context.here.zone, self.context.now)
    }

    pub(super) fn count(&self, kind: Kind, period: Period) -> String {
        let days = if let Found::Known(days) = &self.facts.found { days.as_slice() } else { &[] };
        let (called, name) = (kind.name(), period.name());
        if days.is_empty() {
            return format!("I have no reading of the temperature {name}.");
        }
        let rule = format!("{} {}", kind.rule(), self.text(Quantity::Temperature, kind.limit_c()));
        let known = self.known(days, period);
        match counts::count(days, kind, &self.calendar()).days {
            0 => format!("No {called} {name} ({rule}).{known}"),
            1 => format!("1 {} {name} ({rule}).{known}", called.trim_end_matches('s')),
            count => format!("{count} {called} {name} ({rule}).{known}"),
        }
    }

    /// How many of a period's days are known, unless all of them are.
    fn known(&self, days: &[Day], period: Period) -> String {
        let Stretch::Days(from, to) = period.stretch(&self.context.here.zone, self.context.now) else {
            return String::new();
        };
        match days.first() {
            Some(first) if period.is_ever() => format!(" My records begin on {}.", clock::date(first.date)),
            _ if days.len() as i64 > (to - from).num_days() => String::new(),
            _ => format!(" I have readings of {} of the {} days.", days.len(), (to - from).num_days() + 1),
        }
    }

    pub(super) fn new_records(&self) -> String {
        let too_few =
            || format!("I have readings of too few days: I tell of records after {} of them.", news::DAYS_MIN);
        let Found::Years(days) = &self.facts.found else { return too_few() };
        let calendar = self.calendar();
        let zone = &self.context.here.zone;
        if days.temperature.len().max(days.rain.len()) <= news::DAYS_MIN {
            return too_few();
        }
        let new = news::of(days, &Today::of(days, &calendar), &calendar);
        let texts: Vec<String> = new.iter().map(|new| new.text(zone, self.context.preference) + ".").collect();
        if texts.is_empty() { "No record today.".to_owned() } else { texts.join(" ") }
    }

    pub(super) fn sun(&self, asked: OfSun, date: NaiveDate) -> String {
        let here = &self.context.here;
        let Some(place) = here.coordinates else {
            return "Nobody has told me where I stand, so I know no sunrise and no sunset.".to_owned();
        };
        let name = self.day_name(date);
        let Some(sun) = Daylight::of(place, &here.zone, date) else {
            return format!("I cannot tell the sun {name}.");
        };
        let time = |at: Option<Timestamp>| at.map(|at| self.minute(at));
        let length = hours_and_minutes(sun.up_ms);
        let never = || match (sun.is_midnight_sun(), sun.is_polar_night()) {
            (true, _) => format!("The sun does not set {name}."),
            (_, true) => format!("The sun does not rise {name}."),
            _ => format!("The sun is up for {length} {name}."),
        };
        match asked {
            OfSun::Rise => time(sun.rise).map_or_else(never, |at| format!("Sunrise {name}: {at}.")),
            OfSun::Set => time(sun.set).map_or_else(never, |at| format!("Sunset {name}: {at}.")),
            OfSun::Length => match time(sun.rise).zip(time(sun.set)) {
                Some((rise, set)) => format!("Sunrise {name}: {rise}, sunset: {set}. The sun is up for {length}."),
                None => never(),
            },
            OfSun::Twilight => match time(sun.dawn).zip(time(sun.dusk)) {
                Some((dawn, dusk)) => format!("Civil dawn {name}: {dawn}, civil dusk: {dusk}."),
                None => never(),
            },
        }
    }

    pub(super) fn moon(&self, date: NaiveDate) -> String {
        let (zone, now) = (&self.context.here.zone, self.context.now);
        let bounds = day::bounds(zone, date);
        // Of today as it is now, of another day as it is at noon.
        let at = if date == self.today() { now } else { bounds.0.plus(bounds.1.since(bounds.0) / 2) };
        let lit = format_half_up(moon::illuminated(at) * 100.0, 0);
        let next = |degrees| clock::date(day::date_at(zone, moon::next(degrees, now)));
        format!(
            "The moon {}: {}, {lit} % lit. Next full moon: {}, next new moon: {}.",
            self.day_name(date),
            moon::phase(bounds).name(),
            next(180.0),
            next(0.0)
        )
    }

    /// `today`, `tomorrow`, `on Sat 14 Nov 2026`.
    fn day_name(&self, date: NaiveDate) -> String {
        match (date - self.today()).num_days() {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            -1 => "yesterday".to_owned(),
            _ => format!("on {}", clock::date(date)),
        }
    }

    /// To the nearest minute, as almanacs print it.
    fn minute(&self, at: Timestamp) -> String {
        at.plus(MINUTE_MS / 2).to_utc().with_timezone(&self.context.here.zone).format("%H:%M").to_string()
    }
}
