//! A bay and the trucks that are parked in it.

use super::{Ms, TruckId};
use crate::backlog::Item;
use crate::cargo::Load;
use crate::clipboard::{Id, SAY_MAX_WORDS};
use crate::crowd::Party;
use crate::watch::Watch;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most words that a bay knows as its page's own: those of one truck that is parked and of one that arrives. An older
/// one is forgotten, and is news like any other.
const OWN_MAX_WORDS: usize = 2 * SAY_MAX_WORDS;

/// A parked truck.
#[derive(Debug, Clone)]
pub(super) struct Parked<D> {
    pub driver: D,
    pub bay: Id,
    pub watch: Watch,
    pub party: Party,
    /// How far its page has seen, by what this truck and later ones of its bay have said.
    pub seen: u64,
    /// The same, or as far as this bay's trucks have taken all that it watches since it parked.
    ///
    /// Of what it watches, nothing but `echoes` lies between here and the head: else it would have left.
    pub base: u64,
    /// Words of its own page, in order: they are aboard, and wait with it for something to leave for.
    pub echoes: Vec<Arc<Item>>,
    pub since: Ms,
    pub ticket: Ms,
}

/// The place of one page.
#[derive(Debug, Clone, Default)]
pub(super) struct Bay {
    /// The parked trucks, longest-waiting first.
    pub trucks: Vec<TruckId>,
    /// Words that the page says itself, the newest last.
    pub own: VecDeque<Id>,
    /// Trucks with words that are on their way to the yard.
    pub saying: usize,
}

impl Bay {
    /// Notes words as the page's own.
    pub(crate) fn note(&mut self, words: &[Id]) {
        for word in words {
            if !self.own.contains(word) {
                self.own.push_back(word.clone());
            }
        }
        let beyond = self.own.len().saturating_sub(OWN_MAX_WORDS);
        self.own.drain(..beyond);
    }
}

impl<D> Parked<D> {
    /// What it watches up to this place has been taken home by others, or has been seen.
    pub(crate) fn taken(&mut self, upto: u64) {
        self.base = self.base.max(upto);
        let base = self.base;
        self.echoes.retain(|item| item.seq() > base);
    }

    /// It leaves with a load.
    pub(crate) fn goes(self, load: Load, now: Ms) -> (D, Load) {
        (self.driver, load.parked(now.saturating_sub(self.since)))
    }
}
