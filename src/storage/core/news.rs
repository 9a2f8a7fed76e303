//! What is about to become an entry of the journal, and the numbers that entries get.

use super::bodies;
use crate::storage::entry::Entry;
use crate::storage::seam::Said;
use crate::storage::words::Visitor;
use bytes::Bytes;
use std::sync::Arc;
use weather::time::Timestamp;

/// A journal entry without its number.
#[derive(Debug, PartialEq)]
pub(super) struct News {
    pub station: Arc<str>,
    /// The only visitor who may read it.
    pub visitor: Option<Visitor>,
    pub body: Bytes,
}

impl News {
    /// A new word.
    pub(super) fn word(said: &Said<'_>, said_at: Timestamp) -> Self {
        let (station, visitor) = (said.station.into(), Some(said.visitor.clone()));
        News { station, visitor, body: bodies::words(said, said_at) }
    }

    /// A station was added, changed or removed.
    pub(super) fn station(slug: &str) -> Self {
        News { station: slug.into(), visitor: None, body: bodies::station(slug) }
    }

    /// What a station observed in a stretch has changed.
    pub(super) fn backfill(slug: &str, from: Timestamp, to: Timestamp) -> Self {
        News { station: slug.into(), visitor: None, body: bodies::backfill(slug, from, to, None) }
    }

    /// A visitor's words about a station are gone.
    pub(super) fn forgotten(visitor: &Visitor, station: &str) -> Self {
        News { station: station.into(), visitor: Some(visitor.clone()), body: bodies::forgotten(station) }
    }
}

/// Which numbers of the journal are given out.
pub(super) struct Numbering {
    /// The newest entry that was told, or was there at the start.
    head: u64,
    /// Numbers up to here are not given out: see [`LEAP`].
    floor: u64,
}

/// Under [`crate::storage::Durability::Normal`] a power cut takes what was not checkpointed: some thousand pages of the
/// log with at most some ten thousand entries, whose numbers pages may have seen. Numbers go on this far behind the last
/// one that survived, so that none means two things. 2⁵³ allows nine billion such starts.
const LEAP: u64 = 1_000_000;

impl Numbering {
    /// Goes on from `head`. `lossy`: see [`LEAP`].
    pub(super) fn new(head: u64, lossy: bool) -> Self {
        Self { head, floor: if lossy { head + LEAP } else { 0 } }
    }

    /// The newest entry that is known.
    pub(super) fn head(&self) -> u64 {
        self.head
    }

    /// Numbers news, on from the head that was read in this transaction.
    pub(super) fn number(&self, news: Vec<News>, committed_at: Timestamp) -> Vec<Entry> {
        let first = self.head.max(self.floor) + 1;
        let entry = |(seq, News { station, visitor, body })| Entry { seq, station, visitor, committed_at, body };
        (first..).zip(news).map(entry).collect()
    }

    /// The numbers that the next entry leaves out: after the first, up to the second.
    pub(super) fn leap(&self) -> Option<(u64, u64)> {
        (self.floor > self.head).then_some((self.head, self.floor))
    }

    /// Entries up to `head` are committed.
    pub(super) fn reached(&mut self, head: u64) {
        self.head = head;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_from_the_head_and_leap_once_after_a_run_that_could_lose_some() {
        let seqs = |numbering: &Numbering| {
            let entries = numbering.number(vec![News::station("a"), News::station("b")], Timestamp(7));
            entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
        };
        let mut numbering = Numbering::new(4, false);
        assert_eq!(seqs(&numbering), [5, 6]);
        assert_eq!(seqs(&numbering), [5, 6], "what failed took no number");
        numbering.reached(6);
        assert_eq!(seqs(&numbering), [7, 8]);
        let mut numbering = Numbering::new(4, true);
        assert_eq!(seqs(&numbering), [1_000_005, 1_000_006]);
        numbering.reached(1_000_006);
        assert_eq!(seqs(&numbering), [1_000_007, 1_000_008]);
    }
}
