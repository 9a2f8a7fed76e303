//! The pages of a row.

use super::book::Book;
use super::post::Server;
use super::{Error, Options, events, socket};
use crate::STATION;
use crate::measured::{Age, Measured};
use crate::page::{self, Page, Told};
use crate::row::{Row, Way};
use crate::traffic::{Traffic, Us};
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What is said.
pub(super) const TEXT: &str = "warn me below 0 C";
/// How often it is looked whether all are live.
const LOOK: Duration = Duration::from_millis(20);
/// After the last one is live, its truck is on the road: it has parked after this.
const SETTLE: Duration = Duration::from_millis(200);

/// What a page has to know.
#[derive(Clone)]
pub(super) struct Setting {
    pub url: String,
    pub address: std::net::SocketAddr,
    pub station: String,
    pub fleet: &'static str,
    pub seen: Cursor,
    pub park_ms: u64,
    pub book: Book,
}

/// All of them; they end when this is dropped.
pub(super) struct Pages {
    book: Book,
    trucks: Vec<Arc<Page>>,
    fleet: &'static Fleet,
    way: Way,
    pages: usize,
    begin: watch::Sender<Option<Instant>>,
    /// Who speaks, listens, and keeps the streams.
    _tasks: JoinSet<()>,
}

impl Pages {
    pub async fn open(options: &Options, row: Row, server: &mut Server) -> Result<Self, Error> {
        let (scenario, book) = (&options.scenario, Book::new()?);
        let fleet = row.fleet(scenario.period_ms()).ok_or(Error::Row(row))?;
        let setting = Setting {
            url: server.url.clone(),
            address: server.address,
            station: server.station.clone(),
            fleet: row.name,
            seen: server.cursor().await?,
            park_ms: (scenario.park_s * 1e3).round() as u64,
            book: book.clone(),
        };
        let (begin, begun) = watch::channel(None);
        let (mut trucks, mut tasks) = (Vec::new(), JoinSet::new());
        for number in 0..options.pages as u64 {
            let words = Traffic::of_page(scenario.seed, number, 0.0, scenario.words_per_s).map(|(at, _)| at);
            let words = Words { begun: begun.clone(), words: Box::new(words) };
            match row.way {
                Way::Trucks => {
                    let (page, told) = Page::open(page::Options {
                        seen: Some(setting.seen.clone()),
                        watch: vec![setting.station.clone()],
                        park_ms: setting.park_ms as i64,
                        ..page::Options::new(&setting.url, fleet)
                    })?;
                    let page = Arc::new(page);
                    tasks.spawn(listen(told, book.clone()));
                    tasks.spawn(speak(words, page.clone(), book.clone()));
                    trucks.push(page);
                }
                Way::Events => events::spawn(&mut tasks, setting.clone(), words)?,
                Way::Socket => socket::spawn(&mut tasks, setting.clone(), words)?,
            }
        }
        Ok(Self { book, trucks, fleet, way: row.way, pages: options.pages, begin, _tasks: tasks })
    }

    /// Waits until all are live.
    pub async fn live(&self) {
        let Fleet { keep_one_out, every_ms, .. } = self.fleet;
        // Who neither parks nor goes by the clock stays at home until there is something to say.
        let is_live = |page: &Arc<Page>| {
            let trips = page.counters().trips;
            (trips.out > 0 || !keep_one_out) && (trips.home > 0 || !keep_one_out && every_ms.is_none())
        };
        loop {
            let live = match self.way {
                Way::Trucks => self.trucks.iter().filter(|page| is_live(page)).count(),
                Way::Events | Way::Socket => self.book.streams(),
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

    /// Traffic ends: what was counted until now, and how old news was.
    pub fn end(&mut self) -> (Measured, Option<Age>) {
        self.begin.send_replace(None);
        (self.counts(), self.book.end())
    }

    /// What was counted until now; parked are seconds.
    pub fn counts(&self) -> Measured {
        let mut counts = self.book.counts();
        for page in &self.trucks {
            let page::Counters { trips, bytes_out, bytes_home, empty_out, waited_ms, .. } = page.counters();
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

/// When a page says something.
pub(super) struct Words {
    begun: watch::Receiver<Option<Instant>>,
    words: Box<dyn Iterator<Item = Us> + Send>,
}

impl Words {
    /// Waits until the next word is said; for ever if none is. It may be asked anew only when it has answered.
    pub async fn next(&mut self) -> Option<()> {
        let start = *self.begun.wait_for(Option::is_some).await.ok()?;
        let at = start? + Duration::from_micros(self.words.next()?);
        tokio::time::sleep_until(at).await;
        // The traffic may have ended meanwhile.
        self.begun.borrow().map(|_| ())
    }
}

async fn speak(mut words: Words, page: Arc<Page>, book: Book) {
    while words.next().await.is_some() {
        if page.say(STATION, TEXT).await.is_err() {
            book.count(|counts| counts.unsaid += 1);
        }
    }
}

async fn listen(mut told: mpsc::Receiver<Told>, book: Book) {
    while let Some(told) = told.recv().await {
        match told {
            Told::Applied(items) => book.applied(&items),
            Told::Heard(ids) => book.count(|counts| counts.words_delivered += ids.len() as u64),
            Told::Reloaded(_) => book.count(|counts| counts.reloads += 1),
            Told::State(_) => {}
        }
    }
}
