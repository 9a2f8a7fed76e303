//! All alerts in memory, and the events that reports cause.

use super::alerts::phrases::{self, Listener};
use super::alerts::rule::Rule;
use super::alerts::state::{AlertState, Event, Input, Reading};
use super::report;
use crate::storage::words::{Alert, AlertChange, Visitor};
use crate::storage::{Directory, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use weather::time::{MINUTE_MS, Timestamp};

/// Events older than this are told as past, ms.
const NOW_MS: i64 = 10 * MINUTE_MS;

/// A visitor's alerts at a station.
pub(super) type Alerts = BTreeMap<u32, Held>;
/// The visitor, and the station's slug.
pub(super) type Key = (Visitor, String);

#[derive(Default)]
pub(super) struct Book {
    pub alerts: BTreeMap<Key, Alerts>,
    pub by_station: HashMap<String, BTreeSet<Visitor>>,
    /// Every journal entry up to this one was compared with the alerts.
    pub head: u64,
    /// Silence counts from here: the keeper did not listen before.
    pub since: Option<Timestamp>,
    /// The stations for which the owner's alerts were looked at last.
    pub looked_at: Option<Arc<Directory>>,
}

pub(super) struct Held {
    pub alert: Alert,
    pub rule: Rule,
    pub state: AlertState,
    /// The journal entry that is stored with it.
    pub stored_seq: u64,
    /// True if storage has an older state.
    pub changed: bool,
}

impl Held {
    /// The change that stores a new one.
    pub(crate) fn made(&mut self) -> AlertChange {
        self.put();
        AlertChange::Put(self.alert.clone())
    }

    /// The change that stores what has become of it.
    pub(crate) fn put(&mut self) -> AlertChange {
        // A state has only numbers and lists, so this cannot fail.
        let state = serde_json::to_string(&self.state).unwrap_or_default();
        let from = (self.stored_seq, std::mem::replace(&mut self.alert.state, state));
        (self.stored_seq, self.changed) = (self.alert.seq, false);
        AlertChange::Move { alert: self.alert.clone(), from }
    }
}

/// The events of each visitor's alerts: number, event, time.
pub(super) type Happened = BTreeMap<Key, Vec<(u32, Event, Timestamp)>>;

/// The text that is said at once: one sentence for each alert, if all events are new. Else `None`: a summary is said.
pub(super) fn blurts(
    own: &Alerts,
    events: &[(u32, Event, Timestamp)],
    now: Timestamp,
    to: &impl Fn(&Held) -> Listener,
) -> Option<String> {
    let numbers: BTreeSet<u32> = events.iter().map(|(number, ..)| *number).collect();
    let is_news = events.iter().all(|(.., at)| now.since(*at) <= NOW_MS) && numbers.len() == events.len();
    // If the visitor has not heard earlier episodes either, one summary tells all.
    let more = own.iter().any(|(number, held)| {
        let untold = held.state.untold.len();
        let ended = events.iter().any(|(n, event, _)| n == number && *event == Event::Ended);
        untold > usize::from(ended) || (ended && held.state.untold.last().is_some_and(|episode| !episode.told))
    });
    if !is_news || more {
        return None;
    }
    let text = |(number, event, _): &(u32, Event, Timestamp)| {
        let held = own.get(number)?;
        phrases::blurt(*number, &held.rule, &held.state, *event, to(held))
    };
    Some(events.iter().filter_map(text).collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
}

pub(super) fn is_due(own: &Alerts) -> bool {
    own.values().any(|held| held.state.is_due())
}

impl Book {
    /// Adds an alert.
    pub(crate) fn keep(&mut self, held: Held) {
        let key = (held.alert.visitor.clone(), held.alert.station.clone());
        self.by_station.entry(key.1.clone()).or_default().insert(key.0.clone());
        self.alerts.entry(key).or_default().insert(held.alert.number, held);
    }

    /// Forgets one.
    pub(crate) fn forget(&mut self, key: &Key, number: u32) {
        let Some(own) = self.alerts.get_mut(key) else { return };
        own.remove(&number);
        if own.is_empty() {
            self.alerts.remove(key);
            if let Some(visitors) = self.by_station.get_mut(&key.1) {
                visitors.remove(&key.0);
                if visitors.is_empty() {
                    self.by_station.remove(&key.1);
                }
            }
        }
    }

    /// The number of alerts.
    pub(crate) fn count(&self) -> usize {
        self.alerts.values().map(BTreeMap::len).sum()
    }

    /// Stations have got other slugs: their alerts go with them.
    pub(crate) fn follow(&mut self, now: impl Fn(&str) -> Option<Arc<str>>) {
        let renamed: Vec<_> =
            self.by_station.keys().filter_map(|station| Some((station.clone(), now(station)?))).collect();
        for (old, new) in renamed {
            for visitor in self.by_station.remove(&old).unwrap_or_default() {
                let own = self.alerts.remove(&(visitor.clone(), old.clone())).unwrap_or_default();
                for (_, mut held) in own {
                    held.alert.station = new.to_string();
                    self.keep(held);
                }
            }
        }
    }

    /// Compares entries with all alerts of their stations, in order; returns the events. `now`: what a station of another slug is
    /// called now.
    pub(crate) fn hold_against(&mut self, entries: &[Entry], now: impl Fn(&str) -> Option<Arc<str>>) -> Happened {
        let mut happened = Happened::new();
        for entry in entries {
            let renamed = now(&entry.station);
            let station = renamed.as_ref().unwrap_or(&entry.station);
            let Some(visitors) = self.by_station.get(&**station) else { continue };
            let Some(reading) = report::reading(entry) else { continue };
            for visitor in visitors {
                let key = (visitor.clone(), station.to_string());
                let Some(own) = self.alerts.get_mut(&key) else { continue };
                let events = hold(own, entry, &reading);
                if !events.is_empty() {
                    happened.entry(key).or_default().extend(events);
                }
            }
        }
        happened
    }
}

/// Compares one report with a visitor's alerts.
fn hold(own: &mut Alerts, entry: &Entry, reading: &Reading) -> Vec<(u32, Event, Timestamp)> {
    let mut events = Vec::new();
    for (number, held) in own.iter_mut().filter(|(_, held)| held.alert.seq < entry.seq) {
        let state = std::mem::take(&mut held.state);
        let (state, event) = state.feed(&held.rule, Input::Reading(reading), entry.committed_at);
        held.state = state;
        held.alert.seq = entry.seq;
        held.changed = true;
        events.extend(event.map(|event| (*number, event, reading.at)));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_go_with_a_station_that_is_called_something_else() {
        let visitor = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
        let at = Timestamp(1_000);
        let alert = Alert {
            visitor: visitor.clone(),
            station: "old".to_owned(),
            number: 1,
            rule: String::new(),
            state: String::new(),
            units: String::new(),
            created_at: at,
            seq: 0,
        };
        let mut book = Book::default();
        book.keep(Held { alert, rule: Rule::Silence, state: AlertState::default(), stored_seq: 0, changed: false });
        let now = |slug: &str| (slug == "old").then(|| Arc::<str>::from("new"));
        book.follow(now);
        let of = |station: &str| (visitor.clone(), station.to_owned());
        assert_eq!((book.count(), book.alerts.contains_key(&of("new"))), (1, true));
        assert_eq!(book.alerts[&of("new")][&1].alert.station, "new");
        let body = br#"{"kind":"report","station":"old","observed_at":900,"values":{"temperature":1}}"#;
        let entry = Entry { seq: 7, station: "old".into(), visitor: None, committed_at: at, body: body[..].into() };
        book.hold_against(&[entry], now);
        assert_eq!(
            book.alerts[&of("new")][&1].alert.seq,
            7,
            "a report from before the change is held against them, too"
        );
    }
}
