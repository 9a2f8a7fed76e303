//! The owner's alerts: they are those of the configuration, and what happens to them is written to webhooks.

use super::{KEPT_AT_ONCE, Watch};
use crate::keeper::alerts::letter;
use crate::keeper::alerts::phrases::Listener;
use crate::keeper::alerts::rule::Rule;
use crate::keeper::alerts::state::{AlertState, Event};
use crate::keeper::held::{Book, Held, Key};
use crate::keeper::owner::{Place, difference};
use crate::keeper::stats::set;
use crate::storage::words::{Alert, AlertChange};
use crate::storage::{Error, Letter};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch::Receiver;
use weather::preference::Preference;
use weather::time::Timestamp;

impl Watch {
    /// Tells each time that letters were stored.
    pub(crate) fn letters(&self) -> Receiver<u64> {
        self.written.subscribe()
    }

    /// Makes the owner's alerts those of the configuration, for the stations that there are now. A new one knows nothing of before: it
    /// rings at the next report beyond its limit, after the place `seq` in the journal.
    pub(super) async fn follow_wishes(&self, book: &mut Book, seq: u64) -> Result<(), Error> {
        let directory = self.storage.directory();
        if book.looked_at.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &directory)) {
            return Ok(());
        }
        let held = book.alerts.values().flat_map(|own| own.values()).map(|held| (&held.alert, &held.rule));
        let (made, gone) = difference(&self.wishes, &directory, held);
        // First the queue: a report that comes from now on is held against the alert.
        made.iter().for_each(|((_, station, _), _)| self.queue.heed(station));
        let now = (self.clock)();
        let made: Vec<Held> = made.into_iter().map(|(place, rule)| new(place, rule, now, seq)).collect();
        let forget = |(visitor, station, number): &Place| {
            let (visitor, station) = (visitor.clone(), station.clone());
            AlertChange::Forget { visitor, station, number: *number }
        };
        let put = made.iter().map(|held| AlertChange::Put(held.alert.clone()));
        let changes: Vec<AlertChange> = gone.iter().map(forget).chain(put).collect();
        for some in changes.chunks(KEPT_AT_ONCE) {
            if !self.insist(|| self.storage.wish(some.to_vec())).await? {
                self.overtaken();
            }
        }
        for (visitor, station, number) in gone {
            book.forget(&(visitor, station), number);
        }
        made.into_iter().for_each(|held| book.keep(held));
        set(&self.counters.alerts, book.count());
        book.looked_at = Some(directory);
        Ok(())
    }

    /// Stores what has happened together with the letters that tell of it.
    pub(super) async fn write_letters(
        &self,
        book: &mut Book,
        key: &Key,
        webhook: &str,
        events: &[(u32, Event, Timestamp)],
    ) -> Result<(), Error> {
        let (now, directory) = ((self.clock)(), self.storage.directory());
        let (Some(own), Some(station)) = (book.alerts.get_mut(key), directory.by_slug(&key.1)) else { return Ok(()) };
        let to = Listener { zone: station.zone.clone(), now, preference: Preference::default() };
        let moved: BTreeSet<u32> = events.iter().map(|(number, ..)| *number).collect();
        let (mut letters, mut changes) = (Vec::new(), Vec::new());
        for (number, held) in own.iter_mut().filter(|(number, _)| moved.contains(number)) {
            let events: Vec<Event> =
                events.iter().filter(|(of, ..)| of == number).map(|(_, event, _)| *event).collect();
            for content in letter::contents(station, &held.rule, &held.state, &events, &to) {
                letters.push(self.insist(async || Letter::new(webhook, now, &content)).await?);
            }
            held.state.told();
            changes.push(held.put());
        }
        let count = letters.len() as u64;
        if !self.insist(|| self.storage.ring(&key.1, changes.clone(), letters.clone())).await? {
            self.overtaken();
        }
        self.written.send_modify(|written| *written += count);
        Ok(())
    }
}

/// A new alert of the owner.
fn new((visitor, station, number): Place, rule: Rule, created_at: Timestamp, seq: u64) -> Held {
    let state = AlertState::default();
    let alert = Alert {
        visitor,
        station,
        number,
        rule: serde_json::to_string(&rule).unwrap_or_default(),
        state: serde_json::to_string(&state).unwrap_or_default(),
        units: String::new(),
        created_at,
        seq,
    };
    Held { alert, rule, state, stored_seq: seq, changed: false }
}
