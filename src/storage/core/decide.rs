//! Decides what is new in what is said, and what it changes. Pure: no database, no clock.

use super::jobs::{Talk, What};
use super::news::News;
use crate::storage::error::Error;
use crate::storage::seam::{AlertKey, KnownWords, Named, Said, Spoken, alert_key};
use crate::storage::words::{Alert, AlertChange, Announced, Author, Visitor};
use std::collections::BTreeMap;

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
                let units = there.iter().find_map(|change| match change {
                    AlertChange::Put(alert) => Some(alert.units.as_str()),
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
                if !there.is_empty() {
                    self.change(there.into_iter())?;
                    self.decided.spoken.letters.extend(letters);
                }
                Ok(true)
            }
            What::Wish { changes } => self.change(changes.iter()).map(|()| true),
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
        let made_at = self.known.alerts.get(&alert_key(change));
        match change {
            AlertChange::Put(alert) => made_at == Some(&alert.created_at),
            AlertChange::Forget { .. } => made_at.is_some(),
        }
    }

    /// All of it, or nothing if there would be too many.
    fn change(&mut self, changes: impl Iterator<Item = &'a AlertChange> + Clone) -> Result<(), Error> {
        let mut after: BTreeMap<AlertKey, Option<&'a Alert>> = BTreeMap::new();
        for change in changes {
            let put = match change {
                AlertChange::Put(alert) => Some(alert),
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
                Some(alert) => self.known.alerts.insert(key.clone(), alert.created_at),
                None => self.known.alerts.remove(&key),
            };
            self.decided.spoken.alerts.insert(key, put);
        }
        Ok(())
    }
}
