//! What the dock counts.

use super::cargo::{Load, Why};
use super::clipboard::Clipboard;
use super::crowd::Limit;
use super::fleet::{FLEETS, Fleet, ROWS};
use super::tally::Tally;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The upper ends of the classes in which the age of news is counted, milliseconds; one class more has no end.
pub const AGES_MS: [u64; 15] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

/// What the dock has done since it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Pages that have a truck parked right now.
    pub bays: usize,
    /// By the table's rows.
    pub fleets: [FleetStats; ROWS],
    /// Trucks that turned round because of a limit.
    pub limited: [(Limit, u64); Limit::ALL.len()],
    /// Trucks whose pages had seen more than was announced here.
    pub ahead: u64,
    /// News by its age when it left, in the classes of [`AGES_MS`] and one for all older.
    pub ages: [u64; AGES_MS.len() + 1],
    /// The ages of all of it, milliseconds.
    pub age_ms: u64,
}

/// What the trucks of one fleet have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetStats {
    /// Which one.
    pub fleet: &'static Fleet,
    /// Trucks parked right now.
    pub parked: usize,
    /// Trucks that came: requests, or frames of a socket.
    pub trucks: u64,
    /// Those of them that brought no words.
    pub trucks_empty: u64,
    /// Words that they brought, each as often as it was aboard.
    pub words: u64,
    /// Bytes that they brought: bodies, without heads.
    pub bytes_up: u64,
    /// Streams that were opened.
    pub streams: u64,
    /// Loads that went home, by their reason.
    pub loads: [(Why, u64); Why::ALL.len()],
    /// Loads that brought home neither news nor the confirmation of a word.
    pub loads_empty: u64,
    /// News that went home, each as often as it was loaded.
    pub items: u64,
    /// Bytes that went home: bodies, without heads.
    pub bytes_down: u64,
    /// How long the trucks that left had been parked, all together, milliseconds.
    pub parked_ms: u64,
    /// What homes have reported.
    pub homes: Tally,
}

impl Stats {
    /// Trucks parked right now.
    pub fn parked(&self) -> usize {
        self.fleets.iter().map(|fleet| fleet.parked).sum()
    }

    /// Loads that went home for a reason.
    pub fn loads(&self, why: Why) -> u64 {
        self.fleets.iter().map(|fleet| fleet.loads[why as usize].1).sum()
    }

    /// Loads that went home.
    pub fn left(&self) -> u64 {
        Why::ALL.into_iter().map(|why| self.loads(why)).sum()
    }

    /// What was counted for a fleet.
    pub fn of(&self, fleet: &Fleet) -> &FleetStats {
        &self.fleets[fleet.row()]
    }
}

/// The running count; no count orders anything, so none needs a lock.
#[derive(Debug, Default)]
pub(super) struct Counters {
    fleets: [FleetCounters; ROWS],
    limited: [AtomicU64; Limit::ALL.len()],
    ahead: AtomicU64,
    ages: [AtomicU64; AGES_MS.len() + 1],
    age_ms: AtomicU64,
}

#[derive(Debug, Default)]
struct FleetCounters {
    trucks: AtomicU64,
    trucks_empty: AtomicU64,
    words: AtomicU64,
    bytes_up: AtomicU64,
    streams: AtomicU64,
    loads: [AtomicU64; Why::ALL.len()],
    loads_empty: AtomicU64,
    items: AtomicU64,
    bytes_down: AtomicU64,
    parked_ms: AtomicU64,
    lost: AtomicU64,
    repeated: AtomicU64,
    gaps: AtomicU64,
    news: AtomicU64,
    age_ms: AtomicU64,
}

fn add(counter: &AtomicU64, more: u64) {
    // A load and a store for nothing are cheaper than one that nobody needs.
    if more > 0 {
        counter.fetch_add(more, Relaxed);
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Relaxed)
}

impl Counters {
    /// A truck came.
    pub(crate) fn came(&self, clipboard: &Clipboard, bytes: usize) {
        let fleet = &self.fleets[clipboard.fleet.row()];
        add(&fleet.trucks, 1);
        add(&fleet.trucks_empty, clipboard.say.is_empty().into());
        add(&fleet.words, clipboard.say.len() as u64);
        add(&fleet.bytes_up, bytes as u64);
        let Tally { lost, repeated, gaps, news, age_ms } = clipboard.tally;
        add(&fleet.lost, lost);
        add(&fleet.repeated, repeated);
        add(&fleet.gaps, gaps);
        add(&fleet.news, news);
        add(&fleet.age_ms, age_ms);
    }

    /// A stream was opened.
    pub(crate) fn opened(&self, fleet: &Fleet) {
        add(&self.fleets[fleet.row()].streams, 1);
    }

    /// A truck was ahead of the ring.
    pub(crate) fn ahead(&self) {
        add(&self.ahead, 1);
    }

    /// A load left the yard.
    pub(crate) fn left(&self, fleet: &Fleet, load: &Load) {
        let fleet = &self.fleets[fleet.row()];
        add(&fleet.loads[load.why as usize], 1);
        add(&fleet.items, load.cargo.len() as u64);
        add(&fleet.parked_ms, load.parked_ms);
        if let Some(limit) = load.limit {
            add(&self.limited[limit as usize], 1);
        }
    }

    /// A load goes over the wire.
    pub(crate) fn sent(&self, fleet: &Fleet, load: &Load, heard: usize, bytes: usize, now_ms: i64) {
        let fleet = &self.fleets[fleet.row()];
        add(&fleet.loads_empty, (load.cargo.is_empty() && heard == 0).into());
        add(&fleet.bytes_down, bytes as u64);
        for item in &load.cargo {
            // A clock that was set back makes no news younger than now.
            let age_ms = now_ms.saturating_sub(item.committed_ms()).max(0).unsigned_abs();
            add(&self.ages[AGES_MS.partition_point(|end| *end < age_ms)], 1);
            add(&self.age_ms, age_ms);
        }
    }

    /// The count so far, with what is parked now.
    pub(crate) fn stats(&self, parked: [usize; ROWS], bays: usize) -> Stats {
        let fleet = |row: usize| {
            let counted = &self.fleets[row];
            FleetStats {
                fleet: &FLEETS[row],
                parked: parked[row],
                trucks: read(&counted.trucks),
                trucks_empty: read(&counted.trucks_empty),
                words: read(&counted.words),
                bytes_up: read(&counted.bytes_up),
                streams: read(&counted.streams),
                loads: Why::ALL.map(|why| (why, read(&counted.loads[why as usize]))),
                loads_empty: read(&counted.loads_empty),
                items: read(&counted.items),
                bytes_down: read(&counted.bytes_down),
                parked_ms: read(&counted.parked_ms),
                homes: Tally {
                    lost: read(&counted.lost),
                    repeated: read(&counted.repeated),
                    gaps: read(&counted.gaps),
                    news: read(&counted.news),
                    age_ms: read(&counted.age_ms),
                },
            }
        };
        Stats {
            bays,
            fleets: std::array::from_fn(fleet),
            limited: Limit::ALL.map(|limit| (limit, read(&self.limited[limit as usize]))),
            ahead: read(&self.ahead),
            ages: self.ages.each_ref().map(read),
            age_ms: read(&self.age_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::News;
    use super::super::backlog::Item;
    use super::*;

    fn fleet(name: &str) -> &'static Fleet {
        Fleet::named(name).expect("a fleet")
    }

    #[test]
    fn loads_are_counted_by_their_fleet_and_reason() {
        let counters = Counters::default();
        for (name, why) in [("sse", Why::Ticket), ("sse", Why::Reload), ("polling", Why::Ticket)] {
            counters.left(fleet(name), &Load::empty(why, 1, 1).parked(20));
        }
        let stats = counters.stats([2; ROWS], 2);
        assert_eq!((stats.loads(Why::Ticket), stats.loads(Why::Reload), stats.loads(Why::Cargo)), (2, 1, 0));
        assert_eq!((stats.left(), stats.parked(), stats.bays), (3, 2 * ROWS, 2));
        let sse = stats.of(fleet("sse"));
        assert_eq!((sse.loads[Why::Ticket as usize], sse.parked_ms), ((Why::Ticket, 1), 40));
    }

    #[test]
    fn the_numbers_of_reasons_and_limits_are_their_places() {
        assert!(Why::ALL.iter().enumerate().all(|(index, why)| *why as usize == index));
        assert!(Limit::ALL.iter().enumerate().all(|(index, limit)| *limit as usize == index));
        assert!(AGES_MS.is_sorted());
    }

    #[test]
    fn news_is_counted_in_the_class_of_its_age() {
        let counters = Counters::default();
        for (committed_ms, class) in [(1_000, 0), (2_000, 0), (998, 1), (900, 6), (899, 7), (-100_000, AGES_MS.len())] {
            let news = News { seq: 1, topic: "t".into(), word: None, committed_ms, body: "{}".into() };
            let load = Load { cargo: vec![Item::new("E", &news).into()], ..Load::empty(Why::Cargo, 0, 1) };
            let before = counters.stats([0; ROWS], 0).ages[class];
            counters.sent(fleet("polling"), &load, 0, 100, 1_000);
            assert_eq!(counters.stats([0; ROWS], 0).ages[class], before + 1, "{committed_ms}");
        }
        assert_eq!(counters.stats([0; ROWS], 0).age_ms, 2 + 100 + 101 + 101_000);
    }

    #[test]
    fn a_load_that_confirms_a_word_is_not_empty() {
        let counters = Counters::default();
        counters.sent(fleet("polling"), &Load::empty(Why::Turn, 1, 1), 1, 10, 0);
        counters.sent(fleet("polling"), &Load::empty(Why::Turn, 1, 1), 0, 10, 0);
        let stats = counters.stats([0; ROWS], 0);
        assert_eq!((stats.of(fleet("polling")).loads_empty, stats.of(fleet("polling")).bytes_down), (1, 20));
    }
}
