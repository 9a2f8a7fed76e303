//! Decides what is new in what is said, and what it changes. Pure: no database, no clock.

use super::super::bodies;
use super::super::error::Error;
use super::super::merge::News;
use super::talk::{Talk, What};
use super::{Alert, AlertChange, Author, Visitor};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weather::time::Timestamp;

/// Visitor, station and number.
pub(in crate::storage) type AlertKey = (Visitor, String, u32);

/// What has to be known of the database before deciding.
#[derive(Debug, Default)]
pub(in crate::storage) struct Known {
    /// Words that are there already, among those that are named; true if answered.
    pub words: HashMap<String, bool>,
    /// Alerts that are there, among those that are named, and when they were made.
    pub alerts: HashMap<AlertKey, Timestamp>,
    /// How many alerts there are in all.
    pub alerts_total: u64,
}

/// A new word.
pub(in crate::storage) struct Said<'a> {
    pub id: &'a str,
    pub visitor: &'a Visitor,
    pub station: &'a str,
    pub author: Author,
    pub text: &'a str,
    pub units: &'a str,
    /// Which word it answers.
    pub answers: Option<&'a str>,
}

/// What is to be written, and what is to be answered.
#[derive(Default)]
pub(in crate::storage) struct Decided<'a> {
    /// New words, in order.
    pub said: Vec<Said<'a>>,
    /// What is told that is no word, in order.
    pub told: Vec<News>,
    /// Words that are answered now.
    pub answered: Vec<&'a str>,
    /// Alerts as they are in the end; `None`: gone.
    pub alerts: BTreeMap<AlertKey, Option<&'a Alert>>,
    /// Visitors who spoke.
    pub heard: BTreeSet<&'a str>,
    /// One for each talk.
    pub outcomes: Vec<Result<bool, Error>>,
}

impl Said<'_> {
    /// As the journal has it.
    pub fn news(&self, said_at: Timestamp) -> News {
        News { station: self.station.into(), visitor: Some(self.visitor.clone()), body: bodies::words(self, said_at) }
    }
}

/// Takes what is said, in order, into what is known.
pub(in crate::storage) fn decide<'a>(known: Known, talks: &'a [Talk], alerts_max: u64) -> Decided<'a> {
    let mut table = Table { known, alerts_max, decided: Decided::default() };
    for talk in talks {
        let outcome = table.take(&talk.what);
        table.decided.outcomes.push(outcome);
    }
    table.decided
}

struct Table<'a> {
    known: Known,
    alerts_max: u64,
    decided: Decided<'a>,
}

impl<'a> Table<'a> {
    fn take(&mut self, what: &'a What) -> Result<bool, Error> {
        match what {
            What::Say { visitor, units, words } => {
                self.decided.heard.insert(visitor.as_str());
                for word in words {
                    let (id, station, text) = (&word.id, &word.station, &word.text);
                    self.say(Said { id, visitor, station, author: Author::You, text, units, answers: None });
                }
                Ok(true)
            }
            What::Answer { word, id, text, changes } => {
                if self.known.words.get(&word.id) != Some(&false) {
                    return Ok(false);
                }
                self.change(changes.iter())?;
                self.known.words.insert(word.id.clone(), true);
                self.decided.answered.push(&word.id);
                let (visitor, station, units) = (&word.visitor, &word.station, &word.units);
                let answers = Some(word.id.as_str());
                // A visitor who has said a word by that id, of all ids, has answered it: it must not wait for ever.
                self.say(Said { id, visitor, station, author: Author::Keeper, text, units, answers });
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
                    self.say(Said { id, visitor, station, author: Author::Keeper, text, units, answers: None });
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
            self.decided.said.push(said);
        }
    }

    /// Whether the alert that a change is about is still there, and is the same.
    fn is_there(&self, change: &AlertChange) -> bool {
        let made_at = self.known.alerts.get(&key(change));
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
            after.insert(key(change), put);
        }
        let is_known = |key: &AlertKey| self.known.alerts.contains_key(key);
        let made = after.iter().filter(|(key, put)| put.is_some() && !is_known(key)).count() as u64;
        let gone = after.iter().filter(|(key, put)| put.is_none() && is_known(key)).count() as u64;
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
            self.decided.alerts.insert(key, put);
        }
        Ok(())
    }
}

/// Which alert a change is about.
pub(in crate::storage) fn key(change: &AlertChange) -> AlertKey {
    match change {
        AlertChange::Put(alert) => (alert.visitor.clone(), alert.station.clone(), alert.number),
        AlertChange::Forget { visitor, station, number } => (visitor.clone(), station.clone(), *number),
    }
}
