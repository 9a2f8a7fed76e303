//! The backlog is the journal's tail in a bounded ring. Each item is encoded once and shared by all loads.

use super::clipboard::Id;
use super::watch::Watch;
use super::{News, Options};
use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;

/// A piece of news, ready for the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    seq: u64,
    topic: Arc<str>,
    word: Option<Id>,
    committed_ms: i64,
    json: Box<[u8]>,
}

impl Item {
    /// Encodes news of the journal `epoch`: `{"at":"E.7","committed_at":1795348800000,` goes before the rest of its body.
    pub fn new(epoch: &str, news: &News) -> Self {
        // A body that is no object would spoil the whole load: then its place alone is told.
        let fields = news.body.strip_prefix(b"{").unwrap_or(b"}");
        let comma = if fields.trim_ascii_start().starts_with(b"}") { "" } else { "," };
        let mut json = Vec::with_capacity(epoch.len() + fields.len() + AT_BYTES);
        // Writing to a Vec does not fail.
        let _ = write!(json, r#"{{"at":"{epoch}.{}","committed_at":{}{comma}"#, news.seq, news.committed_ms);
        json.extend_from_slice(fields);
        let News { seq, committed_ms, .. } = *news;
        Self { seq, topic: news.topic.clone(), word: news.word.clone(), committed_ms, json: json.into() }
    }

    /// Its place in the journal.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What it is about.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The word that it tells of, if a truck has brought it.
    pub fn word(&self) -> Option<&Id> {
        self.word.as_ref()
    }

    /// When it was committed, Unix milliseconds.
    pub fn committed_ms(&self) -> i64 {
        self.committed_ms
    }

    /// The JSON object as it goes over the wire.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// What it costs in memory, near enough.
    fn bytes(&self) -> usize {
        self.json.len() + size_of::<Self>()
    }
}

/// Room for `{"at":".","committed_at":,` and twenty digits twice.
const AT_BYTES: usize = 66;

/// What a truck finds: the watched items, and how far that reaches.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// In order.
    pub items: Vec<Arc<Item>>,
    /// Nothing watched up to here is missing.
    pub seen: u64,
}

/// The most that one load takes: what comes first. One item always fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadMax {
    /// Items.
    pub items: usize,
    /// Bytes of their JSON.
    pub bytes: usize,
}

impl Found {
    /// The first watched items, as many as a load takes; `head` is where the search ends.
    pub fn among<'a>(items: impl Iterator<Item = &'a Arc<Item>>, watch: &Watch, head: u64, max: LoadMax) -> Self {
        let mut found = Self { items: Vec::new(), seen: head };
        let mut bytes = 0;
        for item in items.filter(|item| watch.takes(&item.topic)) {
            bytes += item.json.len();
            if let Some(last) = found.items.last()
                && (found.items.len() >= max.items || bytes > max.bytes)
            {
                found.seen = last.seq;
                break;
            }
            found.items.push(item.clone());
        }
        found
    }
}

/// The place asked for is none of the ring's: older, or never announced. Only the journal knows what followed, if any does.
#[derive(Debug, PartialEq, Eq)]
pub struct NotInRing;

/// The ring.
#[derive(Debug, Clone)]
pub struct Backlog {
    items: VecDeque<Arc<Item>>,
    bytes: usize,
    /// Everything after this place is in the ring.
    floor: u64,
    /// The newest place.
    head: u64,
    entries_max: usize,
    bytes_max: usize,
    load_max: LoadMax,
}

impl Backlog {
    /// An empty ring within the limits of `options`.
    pub fn new(options: &Options) -> Self {
        let (entries_max, bytes_max) = (options.ring_max_entries, options.ring_max_bytes);
        let load_max = LoadMax { items: options.load_max_items, bytes: options.load_max_bytes };
        Self { items: VecDeque::new(), bytes: 0, floor: 0, head: 0, entries_max, bytes_max, load_max }
    }

    /// The newest place that was ever in the ring.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The most that one load takes.
    pub fn load_max(&self) -> LoadMax {
        self.load_max
    }

    /// Whether numbers are missing between the newest place and this one. A journal leaves some out when its database may have lost the last
    /// entries: then the newest items here may be among those.
    pub fn leaves_out(&self, seq: u64) -> bool {
        self.head != 0 && seq > self.head + 1
    }

    /// Forgets all items: only the journal knows which of them are still there. Everything after `floor` will be here.
    pub fn forget(&mut self, floor: u64) {
        self.items.clear();
        (self.bytes, self.floor) = (0, floor);
    }

    /// Adds an item; false if it is not newer than all before.
    pub fn push(&mut self, item: Arc<Item>) -> bool {
        if item.seq <= self.head {
            return false;
        }
        if self.head == 0 {
            // The first item ever: what the journal held before it was never here.
            self.floor = item.seq - 1;
        }
        self.head = item.seq;
        self.bytes += item.bytes();
        self.items.push_back(item);
        while self.items.len() > self.entries_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.items.pop_front() else { break };
            self.bytes -= oldest.bytes();
            self.floor = oldest.seq;
        }
        true
    }

    /// What a truck that has `seen` finds, up to the head or the most a load takes.
    pub fn since(&self, seen: u64, watch: &Watch) -> Result<Found, NotInRing> {
        let from = self.items.partition_point(|item| item.seq <= seen);
        let last_seen = from.checked_sub(1).map_or(self.floor, |last| self.items[last].seq);
        if seen != last_seen {
            return Err(NotInRing);
        }
        Ok(Found::among(self.items.range(from..), watch, self.head, self.load_max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(seq: u64, topic: &str) -> Arc<Item> {
        Arc::new(Item::new(
            "E",
            &News { seq, topic: topic.into(), word: None, committed_ms: 7, body: r#"{"kind":"x"}"#.into() },
        ))
    }

    fn ring(options: Options, seqs: std::ops::RangeInclusive<u64>) -> Backlog {
        let mut ring = Backlog::new(&options);
        for seq in seqs {
            assert!(ring.push(item(seq, if seq % 2 == 0 { "even" } else { "odd" })));
        }
        ring
    }

    fn seqs(found: Result<Found, NotInRing>) -> Option<(Vec<u64>, u64)> {
        found.ok().map(|found| (found.items.iter().map(|item| item.seq).collect(), found.seen))
    }

    #[test]
    fn an_item_says_where_it_is_before_all_else() {
        let json = |body: &'static str| {
            let item =
                Item::new("7Q", &News { seq: 12, topic: "t".into(), word: None, committed_ms: 7, body: body.into() });
            String::from_utf8(item.json.into()).expect("text")
        };
        let told = r#"{"at":"7Q.12","committed_at":7,"kind":"station","station":"a"}"#;
        assert_eq!(json(r#"{"kind":"station","station":"a"}"#), told);
        assert_eq!(json("{}"), r#"{"at":"7Q.12","committed_at":7}"#);
        assert_eq!(json("{ }"), r#"{"at":"7Q.12","committed_at":7 }"#);
        assert_eq!(json("[1]"), r#"{"at":"7Q.12","committed_at":7}"#, "never a broken load");
    }

    #[test]
    fn a_truck_finds_what_it_watches_after_what_it_has_seen() {
        let ring = ring(Options::default(), 1..=5);
        assert_eq!(seqs(ring.since(2, &Watch::all())), Some((vec![3, 4, 5], 5)));
        assert_eq!(seqs(ring.since(0, &Watch::of(["even"]))), Some((vec![2, 4], 5)));
        assert_eq!(seqs(ring.since(4, &Watch::of(["even"]))), Some((vec![], 5)), "the head is seen all the same");
        assert_eq!(seqs(ring.since(5, &Watch::all())), Some((vec![], 5)));
    }

    #[test]
    fn the_ring_is_bounded_by_entries() {
        let ring = ring(Options { ring_max_entries: 3, ..Options::default() }, 1..=9);
        assert_eq!(ring.items.len(), 3);
        assert_eq!(ring.since(5, &Watch::all()), Err(NotInRing));
        assert_eq!(seqs(ring.since(6, &Watch::all())), Some((vec![7, 8, 9], 9)));
    }

    #[test]
    fn the_ring_is_bounded_by_bytes() {
        let each = item(1, "odd").bytes();
        let ring = ring(Options { ring_max_bytes: 2 * each, ..Options::default() }, 1..=9);
        assert_eq!((ring.items.len(), ring.bytes), (2, 2 * each));
        assert_eq!(ring.since(6, &Watch::all()), Err(NotInRing));
        assert!(ring.since(7, &Watch::all()).is_ok());
    }

    #[test]
    fn a_load_that_is_full_reaches_as_far_as_its_last_item() {
        let ring = ring(Options { load_max_items: 2, ..Options::default() }, 1..=5);
        assert_eq!(seqs(ring.since(0, &Watch::of(["odd"]))), Some((vec![1, 3], 3)));
        assert_eq!(seqs(ring.since(2, &Watch::of(["odd"]))), Some((vec![3, 5], 5)));
    }

    #[test]
    fn a_load_that_is_full_of_bytes_reaches_as_far_as_its_last_item() {
        let each = item(1, "odd").json.len();
        let ring = |bytes| ring(Options { load_max_bytes: bytes, ..Options::default() }, 1..=5);
        assert_eq!(seqs(ring(2 * each).since(0, &Watch::of(["odd"]))), Some((vec![1, 3], 3)));
        assert_eq!(seqs(ring(3 * each).since(0, &Watch::of(["odd"]))), Some((vec![1, 3, 5], 5)));
        assert_eq!(seqs(ring(1).since(0, &Watch::all())), Some((vec![1], 1)), "one always fits, or nothing ever would");
    }

    #[test]
    fn a_place_before_the_first_item_is_unknown() {
        let ring = ring(Options::default(), 100..=101);
        assert_eq!(ring.since(98, &Watch::all()), Err(NotInRing));
        assert_eq!(seqs(ring.since(99, &Watch::all())), Some((vec![100, 101], 101)));
    }

    #[test]
    fn a_place_that_was_never_announced_is_unknown() {
        let mut ring = ring(Options::default(), 1..=5);
        // A journal that lost its last commits in a power cut leaves their numbers out.
        assert!(ring.push(item(9, "odd")));
        assert_eq!(ring.since(7, &Watch::all()), Err(NotInRing));
        assert_eq!(seqs(ring.since(5, &Watch::all())), Some((vec![9], 9)));
    }

    #[test]
    fn repeated_news_is_not_taken_twice() {
        let mut ring = ring(Options::default(), 1..=5);
        assert!(!ring.push(item(5, "odd")) && !ring.push(item(2, "even")));
        assert_eq!(ring.items.len(), 5);
    }
}
