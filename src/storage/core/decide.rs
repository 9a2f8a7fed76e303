//! Decides what is new in what is said, and what it changes. Pure: no database, no clock.

use super::jobs::{Talk, What};
use super::news::News;
use crate::storage::error::Error;
use crate::storage::seam::{AlertKey, KnownAlert, KnownWords, Named, Said, Spoken, alert_key};
use crate::storage::words::{Alert, AlertChange, Announced, Author, Visitor};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be written, and what is to be answered.
#[derive(Default)]
pub(super) struct Decided<'a> {
    pub spoken: Spoken<'a>,
    /// What is told that is no word, in order.
    pub told: Vec<News>,
    /// One for each talk.
    pub outcomes: Vec<Result<bool, Error>>,
}

/// What has to be known of the database before deciding.
pub(super) fn named(talks: &[Talk]) -> Named<'_> {
    let mut named = Named::default();
    for talk in talks {
        match &talk.what {
            What::Say { words, .. } => named.words.extend(words.iter().map(|word| word.id.as_str())),
            What::Answer { word, id, .. } => named.words.extend([word.id.as_str(), id.as_str()]),
            What::Announce { words, .. } => named.words.extend(words.iter().map(|word| word.id.as_str())),
            What::Speak { .. } | What::Ring { .. } | What::Wish { .. } | What::Tell { .. } | What::Seen { .. } => {}
        }
        if let What::Answer { changes, .. }
        | What::Speak { changes, .. }
        | What::Ring { changes, .. }
        | What::Wish { changes } = &talk.what
        {
            named.alerts.extend(changes.iter().map(alert_key));
        }
    }
    named
}

/// Takes what is said, in order, into what is known.
pub(super) fn decide<'a>(known: KnownWords, talks: &'a [Talk], alerts_max: u64) -> Decided<'a> {
    let mut table = Table { known, alerts_max, decided: Decided::default() };
    for talk in talks {
        let outcome = table.take(&talk.what);
        table.decided.outcomes.push(outcome);
    }
    table.decided
}

struct Table<'a> {
    known: KnownWords,
    alerts_max: u64,
    decided: Decided<'a>,
}

impl<'a> Table<'a> {
    fn take(&mut self, what: &'a What) -> Result<bool, Error> {
        match what {
            What::Say { visitor, talker, units, words } => {
                self.decided.spoken.heard.insert(visitor.as_str());
                for word in words {
                    let (id, station, text) = (&word.id, &word.station, &word.text);
                    self.say(Said { id, visitor, station, author: Author::You, text, units, answers: None, talker });
                }
                Ok(true)
            }
            What::Answer { word, id, text, changes } => {
                if self.known.words.get(&word.id) != Some(&false) {
                    return Ok(false);
                }
                self.change(changes.iter())?;
                self.known.words.insert(word.id.clone(), true);
                self.decided.spoken.answered.push(&word.id);
                let (visitor, station, units, talker) = (&word.visitor, &word.station, &word.units, &word.talker);
                let answers = Some(word.id.as_str());
                // A visitor who has said a word by that id, of all ids, has answered it: it must not wait for ever.
                self.say(Said { id, visitor, station, author: Author::Keeper, text, units, answers, talker });
                Ok(true)
            }
            What::Speak { visitor, station, id, text, changes } => {
                let there: Vec<_> = changes.iter().filter(|change| self.is_there(change)).collect();
                if there.is_empty() && !changes.is_empty() {
                    return Ok(true);
                }
                if let Some(done) = self.is_done(&there) {
                    return Ok(done);
                }
                let units = there.iter().find_map(|change| match change {
                    AlertChange::Put(alert) | AlertChange::Move { alert, .. } => Some(alert.units.as_str()),
                    AlertChange::Forget { .. } => None,
                });
                self.change(there.into_iter())?;
                if let Some(text) = text {
                    let units = units.unwrap_or_default();
                    let (author, talker) = (Author::Keeper, visitor.as_str());
                    self.say(Said { id, visitor, station, author, text, units, answers: None, talker });
                }
                Ok(true)
            }
            What::Ring { changes, letters, .. } => {
                let there: Vec<_> = changes.iter().filter(|change| self.is_there(change)).collect();
                if let Some(done) = self.is_done(&there) {
                    return Ok(done);
                }
                if !there.is_empty() {
                    self.change(there.into_iter())?;
                    self.decided.spoken.letters.extend(letters);
                }
                Ok(true)
            }
            What::Wish { changes } => {
                // What somebody else has made since is as good, and may have rung.
                let gone: BTreeSet<AlertKey> = changes
                    .iter()
                    .filter(|change| matches!(change, AlertChange::Forget { .. }))
                    .map(alert_key)
                    .collect();
                let is_new = |change: &&AlertChange| {
                    let key = alert_key(change);
                    gone.contains(&key) || !self.known.alerts.contains_key(&key)
                };
                let new: Vec<_> = changes.iter().filter(is_new).collect();
                let is_all = new.len() == changes.len();
                self.change(new.into_iter())?;
                Ok(is_all)
            }
            What::Seen { visitors } => {
                self.decided.spoken.heard.extend(visitors.iter().map(Visitor::as_str));
                Ok(true)
            }
            What::Announce { station, words } => {
                for Announced { id, visitor, units, text } in words {
                    let (author, talker) = (Author::Keeper, visitor.as_str());
                    self.say(Said { id, visitor, station, author, text, units, answers: None, talker });
                }
                Ok(true)
            }
            What::Tell { visitor, station, body } => {
                let (visitor, station) = (Some(visitor.clone()), station.as_str().into());
                self.decided.told.push(News { station, visitor, body: body.clone() });
                Ok(true)
            }
        }
    }

    /// Takes in a word that is not known yet.
    fn say(&mut self, said: Said<'a>) {
        if !self.known.words.contains_key(said.id) {
            self.known.words.insert(said.id.to_owned(), said.author == Author::Keeper);
            self.decided.spoken.said.push(said);
        }
    }

    /// Whether the alert that a change is about is still there, and is the same.
    fn is_there(&self, change: &AlertChange) -> bool {
        let known = self.known.alerts.get(&alert_key(change));
        match change {
            AlertChange::Put(alert) | AlertChange::Move { alert, .. } => {
                known.is_some_and(|known| known.made_at == alert.created_at)
            }
            AlertChange::Forget { .. } => known.is_some(),
        }
    }

    /// Whether there is nothing to do: true if all is stored already, as after a commit that was answered by nobody; false if something
    /// else is stored than what the changes were made from. `None`: it is to be done.
    fn is_done(&self, changes: &[&AlertChange]) -> Option<bool> {
        let moves = changes.iter().filter_map(|change| match change {
            AlertChange::Move { alert, from } => Some((alert, from, self.known.alerts.get(&alert_key(change))?)),
            AlertChange::Put(_) | AlertChange::Forget { .. } => None,
        });
        if moves.clone().all(|(_, from, known)| known.at == *from) {
            return None;
        }
        Some(moves.clone().all(|(alert, _, known)| (known.at.0, &known.at.1) == (alert.seq, &alert.state)))
    }

    /// All of it, or nothing if there would be too many.
    fn change(&mut self, changes: impl Iterator<Item = &'a AlertChange> + Clone) -> Result<(), Error> {
        let mut after: BTreeMap<AlertKey, Option<&'a Alert>> = BTreeMap::new();
        for change in changes {
            let put = match change {
                AlertChange::Put(alert) | AlertChange::Move { alert, .. } => Some(alert),
                AlertChange::Forget { .. } => None,
            };
            after.insert(alert_key(change), put);
        }
        let is_known = |key: &AlertKey| self.known.alerts.contains_key(key);
        // Those of the owner take nobody's place.
        let is_visitors = |(visitor, ..): &AlertKey| visitor.webhook().is_none();
        let is_made = |(key, put): &(&AlertKey, &Option<&Alert>)| put.is_some() && !is_known(key) && is_visitors(key);
        let is_gone = |(key, put): &(&AlertKey, &Option<&Alert>)| put.is_none() && is_known(key) && is_visitors(key);
        let made = after.iter().filter(is_made).count() as u64;
        let gone = after.iter().filter(is_gone).count() as u64;
        let total = (self.known.alerts_total + made).saturating_sub(gone);
        if total > self.alerts_max && made > gone {
            return Err(Error::TooManyAlerts);
        }
        self.known.alerts_total = total;
        for (key, put) in after {
            match put {
                Some(alert) => {
                    let at = (alert.seq, alert.state.clone());
                    self.known.alerts.insert(key.clone(), KnownAlert { made_at: alert.created_at, at })
                }
                None => self.known.alerts.remove(&key),
            };
            self.decided.spoken.alerts.insert(key, put);
        }
        Ok(())
    }
}
