//! What the log tells of uploads that were refused, in whole or in part: each reason of each sender once, and then counts with
//! growing pauses. Pure. Who sends much, and who sends many kinds of nonsense, gets no more lines for it.

use super::house::is_private;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// What is refused again is counted for so long before the log tells the count, ms: first soon, then seldom. If nothing was refused
/// in that time, it is forgotten, and would be told anew.
const PAUSES_MS: [i64; 4] = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, DAY_MS];
/// Reasons of one station that are told at the same time: a station with a wrong name for each of its values has about so many.
const OF_STATION_MAX: usize = 8;
/// Reasons of all stations that are told at the same time; they take less than 3 MiB.
const OF_STATIONS_MAX: usize = 1_024;
/// Reasons of one address that is no station's.
const OF_ADDRESS_MAX: usize = 8;
/// Reasons of all senders in private networks that are no station's, and as many of all others: strangers in the internet take no line from
/// the owner's own consoles. So both together get 65 lines in a minute at most.
const OF_NOBODY_MAX: usize = 16;
/// Longest reason, in characters: the log writes no more of a field.
const REASON_MAX_CHARS: usize = 500;

/// Whose upload it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// A station's, by its slug.
    Station(String),
    /// No station's; where it came from, as far as that is known.
    Nobody(Option<IpAddr>),
}

/// Those who share room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stations,
    /// Senders in private networks.
    House,
    Strangers,
}

impl Who {
    fn kind(&self) -> Kind {
        match self {
            Self::Station(_) => Kind::Stations,
            Self::Nobody(Some(from)) if is_private(*from) => Kind::House,
            Self::Nobody(_) => Kind::Strangers,
        }
    }
}

/// A refusal, for the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Refusal {
    pub who: Who,
    /// Such as `JSON`.
    pub format: &'static str,
    /// Such as `POST`.
    pub way: &'static str,
    /// Whether the rest of the upload was taken.
    pub is_partly: bool,
    pub reason: String,
}

/// How often something was refused again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Again {
    pub times: u64,
    pub within_ms: i64,
}

/// `1 min`, `10 min`, `1 h`, `24 h`.
impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.within_ms {
            ms if ms < HOUR_MS => write!(f, "{} min", ms / MINUTE_MS),
            ms => write!(f, "{} h", ms / HOUR_MS),
        }
    }
}

/// What the log is to tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A refusal that is new.
    First(Refusal),
    /// One that came again.
    Again(Refusal, Again),
    /// So many that got no line of their own.
    Others(u64),
}

#[derive(Debug)]
struct Kept {
    since: Timestamp,
    times: u64,
    pause: usize,
}

/// What was told of.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    kept: HashMap<Refusal, Kept>,
    /// Refusals that found no place, and since when they are counted.
    others: u64,
    others_since: Option<Timestamp>,
}

impl Refusals {
    /// Takes in a refusal; returns what the log tells of it now.
    pub(super) fn take(&mut self, now: Timestamp, mut refusal: Refusal) -> Option<Told> {
        if let Some((end, _)) = refusal.reason.char_indices().nth(REASON_MAX_CHARS) {
            refusal.reason.truncate(end);
            refusal.reason.push('…');
        }
        if let Some(kept) = self.kept.get_mut(&refusal) {
            kept.times += 1;
            return None;
        }
        if !self.has_room(&refusal.who) {
            self.others += 1;
            self.others_since.get_or_insert(now);
            return None;
        }
        self.kept.insert(refusal.clone(), Kept { since: now, times: 0, pause: 0 });
        Some(Told::First(refusal))
    }

    fn has_room(&self, who: &Who) -> bool {
        let of = |is: &dyn Fn(&Who) -> bool| self.kept.keys().filter(|refusal| is(&refusal.who)).count();
        let of_this = of(&|other| other == who);
        let is_of_this_kind = |other: &Who| other.kind() == who.kind();
        let (of_one_max, of_kind_max) = match who {
            Who::Station(_) => (OF_STATION_MAX, OF_STATIONS_MAX),
            Who::Nobody(_) => (OF_ADDRESS_MAX, OF_NOBODY_MAX),
        };
        of_this < of_one_max && of(&is_of_this_kind) < of_kind_max
    }

    /// The counts that are due; all of them if this is the end.
    pub(super) fn due(&mut self, now: Timestamp, is_end: bool) -> Vec<Told> {
        let mut told = Vec::new();
        self.kept.retain(|refusal, kept| {
            let within_ms = now.since(kept.since).max(0);
            if !is_end && within_ms < PAUSES_MS[kept.pause] {
                return true;
            }
            let times = std::mem::take(&mut kept.times);
            if times == 0 {
                return false;
            }
            told.push(Told::Again(refusal.clone(), Again { times, within_ms: within_ms.max(MINUTE_MS) }));
            kept.since = now;
            kept.pause = (kept.pause + 1).min(PAUSES_MS.len() - 1);
            true
        });
        let is_due = |since: Timestamp| is_end || now.since(since) >= MINUTE_MS;
        if self.others_since.is_some_and(is_due) {
            self.others_since = None;
            told.push(Told::Others(std::mem::take(&mut self.others)));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(who: Who, reason: &str) -> Refusal {
        Refusal { who, format: "JSON", way: "POST", is_partly: false, reason: reason.to_owned() }
    }

    fn station(name: &str) -> Who {
        Who::Station(name.to_owned())
    }

    fn nobody(last: u8) -> Who {
        Who::Nobody(Some([192, 0, 2, last].into()))
    }

    #[test]
    fn a_reason_is_told_once_and_then_counted_with_growing_pauses() {
        let mut refusals = Refusals::default();
        let wrong = refusal(station("roof"), "temprature: unknown field");
        assert_eq!(refusals.take(Timestamp(0), wrong.clone()), Some(Told::First(wrong.clone())));
        let mut told = Vec::new();
        for second in 1..2 * DAY_MS / 1_000 {
            assert_eq!(refusals.take(Timestamp(second * 1_000), wrong.clone()), None);
            for line in refusals.due(Timestamp(second * 1_000), false) {
                let Told::Again(_, again) = line else { panic!("{line:?}") };
                told.push((again.times, again.to_string()));
            }
        }
        let expected = [(60, "1 min"), (600, "10 min"), (3_600, "1 h"), (86_400, "24 h")];
        assert_eq!(told, expected.map(|(times, within)| (times, within.to_owned())));
        assert!(refusals.take(Timestamp(0), refusal(station("roof"), "other")).is_some(), "another is not held back");
    }

    #[test]
    fn what_is_not_refused_again_is_forgotten() {
        let mut refusals = Refusals::default();
        let wrong = refusal(station("roof"), "no");
        refusals.take(Timestamp(0), wrong.clone());
        assert!(refusals.due(Timestamp(MINUTE_MS), false).is_empty() && refusals.kept.is_empty());
        assert!(refusals.take(Timestamp(MINUTE_MS), wrong).is_some(), "and told anew");
    }

    #[test]
    fn nobody_fills_the_log() {
        let (mut refusals, mut lines) = (Refusals::default(), 0);
        for number in 0..100_000_u32 {
            let [.., high, low] = number.to_be_bytes();
            let who = Who::Nobody(Some([198, 51, high, low].into()));
            lines += usize::from(refusals.take(Timestamp(0), refusal(who, &format!("reason {number}"))).is_some());
        }
        assert_eq!((lines, refusals.kept.len()), (OF_NOBODY_MAX, OF_NOBODY_MAX));
        let station = refusals.take(Timestamp(0), refusal(station("roof"), "no"));
        assert!(station.is_some(), "and a station is told of all the same");
        let console = Who::Nobody(Some([192, 168, 1, 7].into()));
        assert!(refusals.take(Timestamp(0), refusal(console, "no")).is_some(), "and so is a console in the house");
        assert_eq!(refusals.due(Timestamp(MINUTE_MS), false), [Told::Others(100_000 - OF_NOBODY_MAX as u64)]);
    }

    #[test]
    fn one_address_and_one_station_leave_room_for_others() {
        let mut refusals = Refusals::default();
        for number in 0..100 {
            refusals.take(Timestamp(0), refusal(nobody(1), &format!("reason {number}")));
            refusals.take(Timestamp(0), refusal(station("roof"), &format!("reason {number}")));
        }
        assert_eq!(refusals.kept.len(), OF_ADDRESS_MAX + OF_STATION_MAX);
        assert!(refusals.take(Timestamp(0), refusal(nobody(2), "no")).is_some());
        assert!(refusals.take(Timestamp(0), refusal(station("hut"), "no")).is_some());
        let long = "ä".repeat(1_000);
        let told = refusals.take(Timestamp(0), refusal(nobody(3), &long));
        assert!(matches!(told, Some(Told::First(told)) if told.reason.chars().count() == REASON_MAX_CHARS + 1));
    }

    #[test]
    fn at_the_end_all_counts_are_told() {
        let mut refusals = Refusals::default();
        let wrong = refusal(station("roof"), "no");
        (0..3).for_each(|_| drop(refusals.take(Timestamp(0), wrong.clone())));
        assert_eq!(refusals.due(Timestamp(1), true), [Told::Again(wrong, Again { times: 2, within_ms: MINUTE_MS })]);
    }
}
