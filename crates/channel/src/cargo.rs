//! The load: what a truck takes home, put together from items that were encoded once.

use super::backlog::{Found, Item, LoadMax};
use super::clipboard::Id;
use super::crowd::Limit;
use super::fleet::Fleet;
use super::watch::Watch;
use std::io::Write;
use std::sync::Arc;

/// Why a truck goes home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// There is news, or words of its own page, aboard.
    Cargo,
    /// It does not park.
    Turn,
    /// Its time is up.
    Ticket,
    /// Another truck took its place.
    Relieved,
    /// The server stops.
    Closing,
    /// The journal does not go on from home's cursor: home has to fetch its state anew.
    Reload,
}

impl Why {
    /// All of them.
    pub const ALL: [Why; 6] = [Why::Cargo, Why::Turn, Why::Ticket, Why::Relieved, Why::Closing, Why::Reload];

    /// The name on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Why::Cargo => "cargo",
            Why::Turn => "turn",
            Why::Ticket => "ticket",
            Why::Relieved => "relieved",
            Why::Closing => "closing",
            Why::Reload => "reload",
        }
    }
}

/// A load: everything that its truck watches in the journal after `after`, up to `seen`, is aboard, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Why the truck goes home.
    pub why: Why,
    /// Where it joins on.
    pub after: u64,
    /// How far it reaches.
    pub seen: u64,
    /// The news, in order.
    pub cargo: Vec<Arc<Item>>,
    /// Words of the truck that took its place, which home may forget.
    pub heard: Arc<[Id]>,
    /// How long the truck was parked, milliseconds.
    pub parked_ms: u64,
    /// The limit that kept the truck from parking.
    pub limit: Option<Limit>,
}

/// The part of a load that the dock does not know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Note<'a> {
    /// The time at which it leaves, Unix milliseconds.
    pub now_ms: i64,
    /// Words that home may forget.
    pub heard: &'a [Id],
    /// The server's build, if home's is another: of `A-Z a-z 0-9 _ -`.
    pub build: Option<&'a str>,
    /// When home should come again, milliseconds.
    pub retry_ms: Option<u64>,
}

/// Room for all of a load but its cargo, its ids, its cursors' epochs and a build: twelve names and five numbers of 20
/// digits.
const FRAME_BYTES: usize = 250;

impl Load {
    /// A load without cargo.
    pub fn empty(why: Why, after: u64, seen: u64) -> Self {
        Self { why, after, seen, cargo: Vec::new(), heard: Arc::default(), parked_ms: 0, limit: None }
    }

    /// A load of what was found after `after`; `otherwise` says why the truck goes home if that is nothing. It reaches no
    /// less far than its page: a ring may not be there yet.
    pub fn of(found: Found, after: u64, otherwise: Why) -> Self {
        let why = if found.items.is_empty() { otherwise } else { Why::Cargo };
        Self { cargo: found.items, ..Self::empty(why, after, found.seen.max(after)) }
    }

    /// The words that home may forget: those of the truck that took this one's place, and those that are aboard as news.
    pub fn heard(&self) -> impl Iterator<Item = &Id> {
        let aboard = self.cargo.iter().filter_map(|item| item.word());
        self.heard.iter().chain(aboard.filter(|word| !self.heard.contains(word)))
    }

    /// The same load after some time in the bay.
    pub fn parked(self, parked_ms: u64) -> Self {
        Self { parked_ms, ..self }
    }

    /// The load as JSON.
    pub fn encode(&self, epoch: &str, note: Note<'_>) -> Vec<u8> {
        let Note { now_ms, heard, build, retry_ms } = note;
        let cargo_bytes: usize = self.cargo.iter().map(|item| item.json().len() + 1).sum();
        let heard = || heard.iter().chain(self.heard().filter(|word| !heard.contains(word)));
        let heard_bytes: usize = heard().map(|id| id.as_str().len() + 3).sum();
        let mut json = Vec::with_capacity(FRAME_BYTES + 2 * epoch.len() + cargo_bytes + heard_bytes);
        let Self { why, after, seen, parked_ms, .. } = self;
        // Names, ids and epochs are of characters that JSON does not escape; writing to a Vec does not fail.
        let why = why.name();
        let _ = write!(json, r#"{{"v":1,"why":"{why}","after":"{epoch}.{after}","seen":"{epoch}.{seen}","cargo":["#);
        for (index, item) in self.cargo.iter().enumerate() {
            json.extend_from_slice(if index > 0 { b"," } else { b"" });
            json.extend_from_slice(item.json());
        }
        json.extend_from_slice(b"],\"heard\":[");
        for (index, id) in heard().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let _ = write!(json, r#"{comma}"{}""#, id.as_str());
        }
        let _ = write!(json, r#"],"parked":{parked_ms},"now":{now_ms}"#);
        if let Some(limit) = self.limit {
            let _ = write!(json, r#","limit":"{}""#, limit.name());
        }
        if let Some(ms) = retry_ms {
            let _ = write!(json, r#","retry":{ms}"#);
        }
        if let Some(build) = build {
            let _ = write!(json, r#","build":"{build}""#);
        }
        json.push(b'}');
        json
    }
}

/// A truck whose page has seen less than the ring remembers; the journal has to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The row of the table that its page follows.
    pub fleet: &'static Fleet,
    /// How far its page has seen.
    pub seen: u64,
    /// The dock's head when it came; what is newer in the journal is not announced yet.
    pub head: u64,
    /// What it watches.
    pub watch: Watch,
    /// The most that its load may take.
    pub load_max: LoadMax,
}

impl Behind {
    /// The truck's load, given all of the journal after `seen`, up to the head at least; `None` if that is not to be had.
    pub fn load(self, items: Option<Vec<Arc<Item>>>) -> Load {
        let announced = items.iter().flatten().filter(|item| item.seq() <= self.head);
        let found = Found::among(announced, &self.watch, self.head, self.load_max);
        // A page that missed more than one load is quicker to fetch anew.
        if items.is_none() || found.seen < self.head {
            return Load::empty(Why::Reload, self.head, self.head);
        }
        Load::of(found, self.seen, Why::Turn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::News;
    use super::*;

    fn item(seq: u64) -> Arc<Item> {
        Arc::new(Item::new(
            "E",
            &News { seq, topic: "t".into(), word: None, committed_ms: 5, body: format!("{{\"n\":{seq}}}").into() },
        ))
    }

    fn text(load: &Load, note: Note<'_>) -> String {
        String::from_utf8(load.encode("E", note)).expect("text")
    }

    #[test]
    fn a_load_is_the_json_of_the_protocol() {
        let load = Load { seen: 3, cargo: vec![item(2), item(3)], parked_ms: 1830, ..Load::empty(Why::Cargo, 1, 1) };
        let heard = &["0123456789abcdef", "fedcba9876543210"].map(|id| Id::new(id).expect("an id"));
        assert_eq!(
            text(&load, Note { now_ms: 9, heard, ..Note::default() }),
            r#"{"v":1,"why":"cargo","after":"E.1","seen":"E.3","cargo":[{"at":"E.2","committed_at":5,"n":2},{"at":"E.3","committed_at":5,"n":3}],"heard":["0123456789abcdef","fedcba9876543210"],"parked":1830,"now":9}"#
        );
        assert_eq!(
            text(
                &Load::empty(Why::Closing, 7, 7),
                Note { now_ms: 9, heard: &[], build: Some("b1"), retry_ms: Some(250) }
            ),
            r#"{"v":1,"why":"closing","after":"E.7","seen":"E.7","cargo":[],"heard":[],"parked":0,"now":9,"retry":250,"build":"b1"}"#
        );
        assert_eq!(
            text(
                &Load { limit: Some(Limit::Visitor), ..Load::empty(Why::Turn, 7, 8) },
                Note { retry_ms: Some(5_000), ..Note::default() }
            ),
            r#"{"v":1,"why":"turn","after":"E.7","seen":"E.8","cargo":[],"heard":[],"parked":0,"now":0,"limit":"visitor","retry":5000}"#
        );
    }

    #[test]
    fn every_load_is_json() {
        for why in Why::ALL {
            for limit in [None, Some(Limit::Dock)] {
                let cargo = vec![item(9)];
                let load = Load { cargo, parked_ms: u64::MAX, limit, ..Load::empty(why, u64::MAX, u64::MAX) };
                let note = Note { now_ms: i64::MIN, heard: &[], build: Some("x"), retry_ms: Some(u64::MAX) };
                let json: serde_json::Value = serde_json::from_str(&text(&load, note)).expect("JSON");
                assert_eq!(json["why"], why.name());
            }
        }
    }

    fn behind() -> Behind {
        let fleet = Fleet::named("ping-pong").expect("a fleet");
        Behind { fleet, seen: 2, head: 5, watch: Watch::all(), load_max: LoadMax { items: 3, bytes: 1_000 } }
    }

    #[test]
    fn a_truck_behind_the_ring_is_loaded_from_the_journal() {
        let load = behind().load(Some((3..=5).map(item).collect()));
        assert_eq!((load.why, load.after, load.seen, load.cargo.len()), (Why::Cargo, 2, 5, 3));
        let load = Behind { watch: Watch::of(["u"]), ..behind() }.load(Some((3..=5).map(item).collect()));
        assert_eq!((load.why, load.after, load.seen, load.cargo.len()), (Why::Turn, 2, 5, 0));
    }

    #[test]
    fn what_is_not_announced_yet_does_not_ride_ahead() {
        let load = behind().load(Some((3..=9).map(item).collect()));
        assert_eq!((load.seen, load.cargo.len()), (5, 3), "else the page would be ahead of the dock");
    }

    #[test]
    fn a_page_that_missed_too_much_reloads() {
        let all = || Some((3..=5).map(item).collect());
        let (few, little) = (LoadMax { items: 2, bytes: 1_000 }, LoadMax { items: 3, bytes: 2 * item(3).json().len() });
        for (items, load_max) in [(None, few), (all(), few), (all(), little)] {
            let load = Behind { load_max, ..behind() }.load(items);
            assert_eq!((load.why, load.after, load.seen), (Why::Reload, 5, 5));
        }
    }
}
