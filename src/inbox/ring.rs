//! The ring of uploads and its shares: nobody's uploads may flush those of another. Pure.

use super::{NOBODYS_MAX, UPLOADS_MAX};
use channel::crowd::Source;
use std::collections::{HashMap, VecDeque};
use weather::station::StationId;

/// Whom an upload counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Party {
    /// A station.
    Station(StationId),
    /// An address whose uploads are no station's; `None`: one that is not known, or this machine's.
    Nobody(Option<Source>),
}

/// The ring.
#[derive(Debug)]
pub(super) struct Ring<T> {
    /// The number of the newest.
    newest: u64,
    held: VecDeque<Held<T>>,
    counts: HashMap<Party, usize>,
    /// How many are no station's.
    nobodys: usize,
}

#[derive(Debug)]
struct Held<T> {
    number: u64,
    party: Party,
    upload: T,
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self { newest: 0, held: VecDeque::new(), counts: HashMap::new(), nobodys: 0 }
    }
}

impl<T> Ring<T> {
    /// Takes an upload; its number, and the one that goes for it.
    ///
    /// If there is no room, the oldest goes of the party that holds most. Of parties that hold the same, the one that came first loses.
    pub(super) fn push(&mut self, party: Party, upload: impl FnOnce(u64) -> T) -> (u64, Option<T>) {
        self.newest += 1;
        let is_nobodys = matches!(party, Party::Nobody(_));
        let gone = if is_nobodys && self.nobodys >= NOBODYS_MAX {
            self.lets_go(|party| matches!(party, Party::Nobody(_)))
        } else if self.held.len() >= UPLOADS_MAX {
            self.lets_go(|_| true)
        } else {
            None
        };
        let number = self.newest;
        self.held.push_back(Held { number, party, upload: upload(number) });
        *self.counts.entry(party).or_default() += 1;
        self.nobodys += usize::from(is_nobodys);
        (number, gone)
    }

    fn lets_go(&mut self, may: impl Fn(&Party) -> bool) -> Option<T> {
        let most = self.counts.iter().filter(|(party, _)| may(party)).map(|(_, count)| *count).max()?;
        let is_it = |held: &Held<T>| may(&held.party) && self.counts.get(&held.party) == Some(&most);
        let gone = self.held.remove(self.held.iter().position(is_it)?)?;
        match most {
            1 => drop(self.counts.remove(&gone.party)),
            _ => drop(self.counts.insert(gone.party, most - 1)),
        }
        self.nobodys -= usize::from(matches!(gone.party, Party::Nobody(_)));
        Some(gone.upload)
    }

    /// All, the newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.held.iter().rev().map(|held| &held.upload)
    }

    /// The one of that number.
    pub(super) fn get(&self, number: u64) -> Option<&T> {
        let place = self.held.binary_search_by_key(&number, |held| held.number).ok()?;
        self.held.get(place).map(|held| &held.upload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody(last: u8) -> Party {
        Party::Nobody(Source::of(std::net::IpAddr::from([192, 0, 2, last])))
    }

    fn station(id: i64) -> Party {
        Party::Station(StationId(id))
    }

    fn held(ring: &Ring<u64>, of: Party) -> Vec<u64> {
        ring.held.iter().filter(|held| held.party == of).map(|held| held.number).collect()
    }

    #[test]
    fn uploads_of_nobody_do_not_flush_those_of_stations() {
        let mut ring = Ring::default();
        ring.push(station(1), |number| number);
        ring.push(nobody(1), |number| number);
        for _ in 0..10 * UPLOADS_MAX {
            ring.push(nobody(2), |number| number);
        }
        assert_eq!((held(&ring, station(1)), held(&ring, nobody(1))), (vec![1], vec![2]));
        assert_eq!(held(&ring, nobody(2)).len(), NOBODYS_MAX - 1, "and one address does not flush another");
        for last in 0..=255 {
            ring.push(nobody(last), |number| number);
        }
        assert_eq!((ring.nobodys, held(&ring, station(1))), (NOBODYS_MAX, vec![1]));
    }

    #[test]
    fn a_station_that_sends_much_does_not_flush_one_that_sends_little() {
        let mut ring = Ring::default();
        ring.push(station(1), |number| number);
        for _ in 0..10 * UPLOADS_MAX {
            ring.push(station(2), |number| number);
        }
        assert_eq!((held(&ring, station(1)), ring.held.len()), (vec![1], UPLOADS_MAX));
        for id in 3..10 * UPLOADS_MAX as i64 {
            ring.push(station(id), |number| number);
        }
        let newest = held(&ring, station(10 * UPLOADS_MAX as i64 - 1));
        assert_eq!((newest.len(), ring.held.len()), (1, UPLOADS_MAX), "of all that have one, the oldest goes");
        assert_eq!(ring.counts.values().sum::<usize>(), UPLOADS_MAX);
        assert_eq!(ring.counts.len(), UPLOADS_MAX, "and nothing is kept of who has none");
    }
}
