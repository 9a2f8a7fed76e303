//! The pages of a fleet.

use super::book::Book;
use super::error::Error;
use super::server::Server;
use super::setting::{Setting, Words};
use super::{events, socket, trucks};
use crate::measured::Measured;
use crate::page::{self, Page};
use crate::scenario::Scenario;
use crate::traffic::Traffic;
use channel::fleet::{Down, Fleet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often it is looked whether all are live.
const LOOK: Duration = Duration::from_millis(20);
/// After the last one is live, its truck is on the road: it has parked after this.
const SETTLE: Duration = Duration::from_millis(200);

/// All of them; they end when this is dropped.
pub(super) struct Pages {
    pub book: Book,
    trucks: Vec<Arc<Page>>,
    fleet: &'static Fleet,
    pages: usize,
    begin: watch::Sender<Option<Instant>>,
    /// The tasks that speak, listen, and keep the streams.
    _tasks: JoinSet<()>,
}

impl Pages {
    pub async fn open(
        scenario: &Scenario,
        fleet: &'static Fleet,
        pages: usize,
        asks_keeper: bool,
        server: &mut Server,
    ) -> Result<Self, Error> {
        let book = Book::new()?;
        let setting = Setting {
            url: server.url.clone(),
            address: server.address,
            station: server.station.clone(),
            fleet: scenario.fleet(fleet),
            seen: server.cursor().await?,
            park_ms: (scenario.park_s * 1e3).round() as u64,
            asks_keeper,
            book: book.clone(),
        };
        let (begin, begun) = watch::channel(None);
        let (mut open, mut tasks) = (Vec::new(), JoinSet::new());
        for number in 0..pages as u64 {
            let words = Traffic::of_page(scenario.seed, number, 0.0, scenario.words_per_s).map(|(at, _)| at);
            let words = Words { begun: begun.clone(), words: Box::new(words) };
            match fleet.down {
                Down::Trucks => open.push(trucks::spawn(&mut tasks, &setting, words)?),
                Down::Events => events::spawn(&mut tasks, setting.clone(), words)?,
                Down::Socket => socket::spawn(&mut tasks, setting.clone(), words)?,
            }
        }
        Ok(Self { book, trucks: open, fleet: setting.fleet, pages, begin, _tasks: tasks })
    }

    /// Waits until all are live.
    pub async fn live(&self) {
        let Fleet { keep_one_out, every_ms, .. } = self.fleet;
        // A page that neither parks nor goes by the clock sends nothing until there is something to say.
        let is_live = |page: &Arc<Page>| {
            let trips = page.counters().trips;
            (trips.out > 0 || !keep_one_out) && (trips.home > 0 || !keep_one_out && every_ms.is_none())
        };
        loop {
            let live = match self.fleet.down {
                Down::Trucks => self.trucks.iter().filter(|page| is_live(page)).count(),
                Down::Events | Down::Socket => self.book.streams(),
            };
            if live == self.pages {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        tokio::time::sleep(SETTLE).await;
    }

    /// Traffic begins.
    pub fn begin(&self, start: Instant) {
        self.book.begin();
        self.begin.send_replace(Some(start));
    }

    /// Traffic ends: what was counted until now, and how old news was. Parked are seconds.
    pub fn end(&mut self, now: Instant) -> Measured {
        self.begin.send_replace(None);
        let counts = self.book.end(now, self.pages as u64);
        self.with_trucks(counts, now)
    }

    /// What was counted until now; parked are seconds.
    pub fn counts(&self, now: Instant) -> Measured {
        self.with_trucks(self.book.counts(now), now)
    }

    /// Adds what the trucks' pages count themselves.
    fn with_trucks(&self, mut counts: Measured, now: Instant) -> Measured {
        for page in &self.trucks {
            let page::Counters { trips, bytes_out, bytes_home, empty_out, waited_ms, .. } = page.counters_at(now);
            counts.trips += u64::from(trips.departed);
            counts.legs_out += u64::from(trips.departed);
            counts.legs_home += u64::from(trips.home);
            counts.empty_out += empty_out;
            counts.empty_home += u64::from(trips.empty_legs) - empty_out;
            counts.tickets += u64::from(trips.tickets);
            counts.relieved += u64::from(trips.relieved);
            counts.lost += u64::from(trips.lost);
            counts.repeated += u64::from(trips.repeated);
            counts.bytes_up += bytes_out;
            counts.bytes_down += bytes_home;
            counts.parked += waited_ms as f64 / 1e3;
        }
        counts
    }
}
