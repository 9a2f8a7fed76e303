//! Loads, and how they join on to what home has seen.

use super::Ms;
use channel::cargo::{self, Why};
use channel::clipboard::Id;
use channel::cursor::Cursor;
use std::cmp::Ordering;
use std::sync::Arc;

/// A piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// Its place in the journal.
    pub at: Cursor,
    /// All of it, as JSON.
    pub json: Arc<str>,
}

/// What a truck brings home. A load that sends home away, to wait or to fetch the page anew, needs no places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Load {
    /// Why it comes home.
    pub why: Why,
    /// Where it joins on.
    pub after: Option<Cursor>,
    /// How far it reaches.
    pub seen: Option<Cursor>,
    /// The news, in order.
    pub cargo: Vec<Item>,
    /// Words that are stored.
    pub heard: Vec<Id>,
    /// How long the truck was parked, ms.
    pub parked_ms: Ms,
    /// When to come back, ms.
    pub retry_ms: Option<Ms>,
    /// The name of the limit that kept it from parking.
    pub limit: Option<Arc<str>>,
}

impl Load {
    /// The dock's load, as home reads it.
    pub fn of(load: &cargo::Load, epoch: &Arc<str>, mut heard: Vec<Id>, retry_ms: Option<Ms>) -> Self {
        heard.extend(load.heard().cloned());
        let place = |seq| Cursor::new(epoch.clone(), seq);
        let item = |item: &Arc<channel::backlog::Item>| Item {
            at: place(item.seq()),
            json: String::from_utf8_lossy(item.json()).into(),
        };
        Self {
            why: load.why,
            after: Some(place(load.after)),
            seen: Some(place(load.seen)),
            cargo: load.cargo.iter().map(item).collect(),
            heard,
            parked_ms: load.parked_ms as Ms,
            retry_ms,
            limit: load.limit.map(|limit| limit.name().into()),
        }
    }
}

/// What a load brings to a page that has seen everything up to some place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Joined {
    /// How far the page has seen now.
    pub seen: Option<Cursor>,
    /// What it had not seen yet, in order.
    pub fresh: Vec<Item>,
    /// How much of the cargo it had.
    pub repeated: usize,
    /// The load begins later than the page has seen: nothing of it can be used.
    pub gap: bool,
    /// The load is of another journal.
    pub foreign: bool,
}

/// Joins a load on to `seen`.
pub(super) fn join(seen: Option<&Cursor>, load: &Load) -> Joined {
    let empty = load.cargo.is_empty();
    let joins = compare(load.after.as_ref(), seen);
    if !matches!(joins, Some(Ordering::Less | Ordering::Equal)) {
        let (gap, foreign) = (!empty && joins.is_some(), !empty && joins.is_none());
        return Joined { seen: seen.cloned(), fresh: Vec::new(), repeated: 0, gap, foreign };
    }
    let mut fresh: Vec<Item> = Vec::new();
    let mut reached = seen;
    for item in &load.cargo {
        if compare(Some(&item.at), reached) == Some(Ordering::Greater) {
            reached = Some(&item.at);
            fresh.push(item.clone());
        }
    }
    // News that the page does not watch moves the cursor, too.
    if compare(load.seen.as_ref(), reached) == Some(Ordering::Greater) {
        reached = load.seen.as_ref();
    }
    let repeated = load.cargo.len() - fresh.len();
    Joined { seen: reached.cloned(), fresh, repeated, gap: false, foreign: false }
}

/// Compares two places; `None` if they are not in one journal.
fn compare(a: Option<&Cursor>, b: Option<&Cursor>) -> Option<Ordering> {
    let (a, b) = (a?, b?);
    (a.epoch() == b.epoch()).then(|| a.seq().cmp(&b.seq()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Cursor> {
        text.parse().ok()
    }

    fn load(after: &str, seen: &str, cargo: &[&str]) -> Load {
        let item = |place: &&str| Item { at: at(place).expect("a cursor"), json: "{}".into() };
        let cargo = cargo.iter().map(item).collect();
        let (after, seen) = (at(after), at(seen));
        Load { why: Why::Cargo, after, seen, cargo, heard: vec![], parked_ms: 0, retry_ms: None, limit: None }
    }

    fn joined(seen: &str, load: &Load) -> (String, Vec<u64>, usize, bool, bool) {
        let Joined { seen, fresh, repeated, gap, foreign } = join(at(seen).as_ref(), load);
        let fresh = fresh.iter().map(|item| item.at.seq()).collect();
        (seen.map(|seen| seen.to_string()).unwrap_or_default(), fresh, repeated, gap, foreign)
    }

    #[test]
    fn a_load_joins_on_overlaps_or_leaves_a_gap() {
        let news = load("J.2", "J.6", &["J.3", "J.5"]);
        assert_eq!(joined("J.2", &news), ("J.6".into(), vec![3, 5], 0, false, false));
        assert_eq!(joined("J.3", &news), ("J.6".into(), vec![5], 1, false, false));
        assert_eq!(joined("J.9", &news), ("J.9".into(), vec![], 2, false, false));
        assert_eq!(joined("J.1", &news), ("J.1".into(), vec![], 0, true, false));
        assert_eq!(joined("K.2", &news), ("K.2".into(), vec![], 0, false, true));
    }

    #[test]
    fn an_empty_load_is_neither_gap_nor_foreign() {
        assert_eq!(joined("J.1", &load("J.2", "J.6", &[])), ("J.1".into(), vec![], 0, false, false));
        assert_eq!(joined("K.1", &load("J.2", "J.6", &[])), ("K.1".into(), vec![], 0, false, false));
        assert_eq!(joined("J.3", &load("J.2", "J.6", &[])), ("J.6".into(), vec![], 0, false, false));
        assert_eq!(joined("J.3", &load("", "", &[])), ("J.3".into(), vec![], 0, false, false));
    }
}
