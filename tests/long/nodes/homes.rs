//! Homes of all fleets, behind a balancer: what each of them was told, in the order in which it was told.

use super::verdict::Told;
use channel::cursor::Cursor;
use channel::fleet::{Down, FLEETS, Fleet};
use lab::page::{self, Options, Page};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;

/// One in so many homes watches all stations.
const WATCHES_ALL: usize = 10;

/// One in so many homes is of a fleet that fetches news only with words.
const SPEAKS: usize = 20;

/// All homes.
pub struct Homes {
    pub all: Vec<Home>,
    /// Something was told to one of them.
    moved: Arc<Notify>,
}

/// A home, and what it was told.
pub struct Home {
    pub page: Page,
    pub fleet: &'static Fleet,
    /// The number of the only station that it watches.
    pub station: Option<usize>,
    book: Arc<Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    told: Told,
    /// The times of the reports that it knows.
    reports: HashSet<i64>,
    /// Its words that are stored, as it was told.
    heard: Vec<String>,
}

impl Homes {
    /// Opens so many homes, which have seen everything up to a cursor.
    pub fn open(url: &str, count: usize, stations: &[String], (seen, park_ms): (&Cursor, i64)) -> Self {
        let moved = Arc::new(Notify::new());
        let mut all = Vec::new();
        for number in 0..count {
            let station = (number % WATCHES_ALL != 0).then_some(number % stations.len());
            let fleet = fleet(number);
            let watch: Vec<String> = station.iter().map(|station| stations[*station].clone()).collect();
            let seen = seen.clone();
            let told = Told { watch: watch.clone(), starts: vec![seen.seq()], ..Told::default() };
            let book = Arc::new(Mutex::new(Book { told, ..Book::default() }));
            let options = Options { watch, park_ms, seen: Some(seen), ..Options::new(url, fleet) };
            let (page, told) = Page::open(options).expect("a page");
            tokio::spawn(write_down(told, book.clone(), moved.clone()));
            all.push(Home { page, fleet, station, book });
        }
        Self { all, moved }
    }

    /// Waits until this is so at every home.
    pub async fn until(&self, is_so: impl Fn(&Home) -> bool) {
        for home in &self.all {
            loop {
                let moved = self.moved.notified();
                if is_so(home) {
                    break;
                }
                moved.await;
            }
        }
    }
}

/// The fleet of a home. Few are of those that fetch news only with words: each word is written, and answered.
fn fleet(number: usize) -> &'static Fleet {
    let asks = |fleet: &&Fleet| fleet.keep_one_out || fleet.every_ms.is_some();
    let of_trucks = FLEETS.iter().filter(|fleet| fleet.down == Down::Trucks);
    let (often, seldom): (Vec<_>, Vec<_>) = of_trucks.partition(asks);
    let turn = number / WATCHES_ALL;
    if number % SPEAKS == 1 { seldom[number / SPEAKS % seldom.len()] } else { often[turn % often.len()] }
}

impl Home {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it knows those of these reports, one a station, that it watches.
    pub fn knows(&self, reports: &[i64]) -> bool {
        let book = self.book();
        match self.station {
            Some(station) => book.reports.contains(&reports[station]),
            None => reports.iter().all(|at| book.reports.contains(at)),
        }
    }

    /// Says something. Some fleets fetch news only then.
    pub async fn say(&self, station: &str, text: &str) {
        let id = self.page.say(station, text).await.expect("a word");
        self.book().told.said.push(id.as_str().to_owned());
    }

    /// Whether a truck leaves without a word, too.
    pub fn asks(&self) -> bool {
        self.fleet.keep_one_out || self.fleet.every_ms.is_some()
    }

    /// How many of its words it knows to be stored.
    pub fn heard(&self) -> usize {
        self.book().heard.len()
    }

    /// Whether it has begun anew.
    pub fn is_anew(&self) -> bool {
        self.book().told.starts.len() > 1
    }

    /// How many words it has said.
    pub fn said(&self) -> usize {
        self.book().told.said.len()
    }

    /// All that it was told.
    pub fn told(&self) -> Told {
        self.book().told.clone()
    }
}

async fn write_down(mut told: Receiver<page::Told>, book: Arc<Mutex<Book>>, moved: Arc<Notify>) {
    while let Some(event) = told.recv().await {
        let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            page::Told::Reloaded(cursor) => {
                book.told.starts.push(cursor.seq());
                book.told.before = book.told.seqs.len();
            }
            page::Told::Heard(ids) => book.heard.extend(ids.iter().map(|id| id.as_str().to_owned())),
            page::Told::Applied(items) => {
                for item in items {
                    let json: Value = serde_json::from_str(&item.json).expect("JSON");
                    book.told.seqs.push(item.at.seq());
                    book.reports.extend(json["observed_at"].as_i64());
                }
            }
            page::Told::State(_) => {}
        }
        drop(book);
        moved.notify_waiters();
    }
}
