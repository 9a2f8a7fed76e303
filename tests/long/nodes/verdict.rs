//! What is right, in pure functions over what the database holds, what homes were told and what senders were answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An entry of the journal.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    pub seq: u64,
    pub station: String,
    /// Who alone may read it; empty: all.
    pub visitor: String,
    pub kind: String,
    /// The time of a report, or a word's name.
    pub names: String,
}

/// What a home was told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The stations that it watches; none: all.
    pub watch: Vec<String>,
    /// The words that it has said.
    pub said: Vec<String>,
    /// Where it began, and began anew.
    pub starts: Vec<u64>,
    /// The entries, as they came.
    pub seqs: Vec<u64>,
    /// How many of them had come when it began anew last.
    pub before: usize,
}

impl Told {
    /// What it was told since it began anew last.
    pub fn since_anew(&self) -> Self {
        let (start, seqs) = (self.starts[self.starts.len() - 1], self.seqs[self.before..].to_vec());
        Self { starts: vec![start], seqs, before: 0, ..self.clone() }
    }
}

/// Numbers that are not there though later ones are, and that no leap has left out: `(after, upto)` of each gap.
pub fn gaps(seqs: &[u64], leaps: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let pairs = seqs.windows(2).map(|pair| (pair[0], pair[1]));
    pairs.filter(|(a, b)| b - a != 1 && !leaps.iter().any(|(after, upto)| after == a && upto + 1 == *b)).collect()
}

/// What a home was told that is not what the journal holds for it: missed, doubled or in another order.
pub fn amiss(journal: &[Entry], told: &Told) -> Option<String> {
    let &[start] = &told.starts[..] else { return Some(format!("it began anew: {:?}", told.starts)) };
    let own = journal.iter().find(|entry| told.said.contains(&entry.names)).map(|entry| entry.visitor.as_str());
    let is_for_it = |entry: &&Entry| match entry.visitor.as_str() {
        "" => told.watch.is_empty() || told.watch.contains(&entry.station),
        visitor => own == Some(visitor),
    };
    let due: Vec<u64> =
        journal.iter().filter(|entry| entry.seq > start).filter(is_for_it).map(|entry| entry.seq).collect();
    if due == told.seqs {
        return None;
    }
    let (wanted, got): (BTreeSet<_>, BTreeSet<_>) = (due.iter().collect(), told.seqs.iter().collect());
    let missed: Vec<_> = wanted.difference(&got).take(5).collect();
    let strange: Vec<_> = got.difference(&wanted).take(5).collect();
    let doubled = told.seqs.len() - got.len();
    Some(format!("missed {missed:?}, told what is not there {strange:?}, {doubled} doubled, of {}", due.len()))
}

/// Acknowledged readings, by station and time, that are not stored as they were sent.
pub fn lost(acknowledged: &BTreeMap<(String, i64), f64>, stored: &HashMap<(String, i64), f64>) -> Vec<(String, i64)> {
    acknowledged.iter().filter(|(of, value)| stored.get(of) != Some(value)).map(|(of, _)| of.clone()).collect()
}

/// Reports or words that the journal holds twice.
pub fn doubled(journal: &[Entry]) -> Vec<&Entry> {
    let mut known = BTreeSet::new();
    let named = journal.iter().filter(|entry| !entry.names.is_empty());
    named.filter(|entry| !known.insert((&entry.kind, &entry.station, &entry.names))).collect()
}
