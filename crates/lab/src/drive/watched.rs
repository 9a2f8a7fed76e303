//! Stations that post at their interval, as stations do, while pages watch: is anything lost, and how old is what pages show?
//!
//! Each post has a connection of its own, because most consoles keep none. Some pages watch one station each; the others watch
//! as many as an overview shows. A page goes ten times a second at most, as homes do.

use super::error::Error;
use super::machine::{Processes, Stretch};
use super::readings::Readings;
use super::report::Watched;
use super::spread::Spread;
use super::target::Target;
use super::truck::{self, Convoy, Delivery};
use super::wire::Wire;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, interval_at, sleep, timeout};

/// Stations that an overview shows and watches.
pub const OVERVIEW_STATIONS: usize = 60;
/// Between two departures of a page: homes go ten times a second at most.
const PAGE_PAUSE: Duration = Duration::from_millis(100);
/// What was posted last has so long to come home.
const LAST_MAX: Duration = Duration::from_secs(10);
/// Whether all is home is looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How many there are of each.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// What a station waits between two posts.
    pub every: Duration,
    /// For how long they post.
    pub time: Duration,
    /// Pages that watch one station each.
    pub pages: usize,
    /// Pages that watch [`OVERVIEW_STATIONS`].
    pub overviews: usize,
}

/// A post, and what became of it.
struct Post {
    sent: Instant,
    is_stored: bool,
    /// Pages that have it.
    home: usize,
}

#[derive(Default)]
struct Book {
    posts: HashMap<(String, i64), Post>,
    statuses: BTreeMap<u16, u64>,
    /// Posts that had no answer.
    failed: u64,
    answers: Vec<Duration>,
    ages: Vec<Duration>,
    overview_ages: Vec<Duration>,
}

impl Book {
    fn home(&mut self, delivery: Delivery) {
        let is_overview = delivery.watches > 1;
        for (station, at_ms) in delivery.stations.into_iter().zip(delivery.reports) {
            let Some(post) = self.posts.get_mut(&(station, at_ms)) else { continue };
            post.home += 1;
            let ages = if is_overview { &mut self.overview_ages } else { &mut self.ages };
            ages.push(delivery.at.saturating_duration_since(post.sent));
        }
    }

    /// How many times posts have to come home, how many times they have, how many are missing and how many came twice.
    fn counts(&self, watchers: &HashMap<String, usize>) -> (u64, u64, u64, u64) {
        let (mut expected, mut delivered, mut lost, mut doubled) = (0, 0, 0, 0);
        for ((station, _), post) in self.posts.iter().filter(|(_, post)| post.is_stored) {
            let wanted = watchers.get(station).copied().unwrap_or(0);
            expected += wanted as u64;
            delivered += post.home.min(wanted) as u64;
            lost += wanted.saturating_sub(post.home) as u64;
            doubled += post.home.saturating_sub(wanted) as u64;
        }
        (expected, delivered, lost, doubled)
    }
}

pub(super) async fn measure(
    target: &Arc<Target>,
    readings: &Arc<Readings>,
    server: &Processes,
    sizes: Sizes,
) -> Result<Watched, Error> {
    let Sizes { every, time, pages, overviews } = sizes;
    let slugs: Vec<String> = readings.names().map(str::to_owned).collect();
    let mut watchers: HashMap<String, usize> = HashMap::new();
    let mut trucks = truck::connect(target, pages + overviews, 1).await?;
    for (number, truck) in trucks.iter_mut().enumerate() {
        let watched: Vec<&str> = if number < pages {
            vec![slugs[number * slugs.len() / pages].as_str()]
        } else {
            slugs.iter().take(OVERVIEW_STATIONS).map(String::as_str).collect()
        };
        watched.iter().for_each(|slug| *watchers.entry((*slug).to_owned()).or_default() += 1);
        truck.watch(&watched, PAGE_PAUSE);
    }
    let book = Arc::new(Mutex::new(Book::default()));
    let shared = book.clone();
    let mut convoy = Convoy::start(trucks, move |delivery| lock(&shared).home(delivery)).await?;
    let stretch = Stretch::start(server)?;
    let end = Instant::now() + time;
    let mut stations = JoinSet::new();
    for number in 0..slugs.len() {
        let begins = tokio::time::Instant::now() + every.mul_f64(number as f64 / slugs.len() as f64);
        let (target, readings, book) = (target.clone(), readings.clone(), book.clone());
        stations.spawn(async move {
            let mut clock = interval_at(begins, every);
            clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                clock.tick().await;
                if Instant::now() >= end {
                    return;
                }
                post(&target, &readings, number, &book).await;
            }
        });
    }
    while Instant::now() < end {
        convoy.check(LOOK_EVERY).await?;
    }
    while stations.join_next().await.is_some() {}
    let used = stretch.end()?;
    let all_home = async {
        let mut look = interval(LOOK_EVERY);
        loop {
            look.tick().await;
            let (expected, delivered, ..) = lock(&book).counts(&watchers);
            if delivered >= expected {
                break;
            }
        }
    };
    let _ = timeout(LAST_MAX, all_home).await; // what is missing then is lost, and counted
    // What comes twice comes soon.
    sleep(PAGE_PAUSE).await;
    let book = std::mem::take(&mut *lock(&book));
    let (expected, delivered, lost, doubled) = book.counts(&watchers);
    Ok(Watched {
        posts: book.posts.len() as u64,
        stored: book.posts.values().filter(|post| post.is_stored).count() as u64,
        failed: book.failed,
        statuses: book.statuses,
        seconds: used.seconds,
        expected,
        delivered,
        lost,
        doubled,
        answer: Spread::of(book.answers),
        age: Spread::of(book.ages),
        overview_age: Spread::of(book.overview_ages),
        braked: convoy.road.braked.load(Ordering::Relaxed),
        server_cpu_share: used.server_s.map(|cpu_s| cpu_s / used.seconds),
        driver_cpu_share: used.driver_share,
    })
}

/// Posts a station's next reading over a connection of its own.
async fn post(target: &Target, readings: &Readings, number: usize, book: &Mutex<Book>) {
    let reading = readings.of(number, target);
    let key = (readings.name(number).to_owned(), reading.at_ms);
    let sent = Instant::now();
    // Before it is sent: a page may have it before the answer is here.
    lock(book).posts.insert(key.clone(), Post { sent, is_stored: false, home: 0 });
    let answered = async {
        let mut wire = Wire::connect(target.address).await?;
        wire.send(&reading.request).await?;
        let answer = wire.receive().await?;
        std::io::Result::Ok((answer.status, answer.at))
    };
    let answered = answered.await;
    let mut book = lock(book);
    match answered {
        Ok((status, at)) => {
            *book.statuses.entry(status).or_default() += 1;
            let is_stored = target.peer.took(status);
            if let Some(post) = book.posts.get_mut(&key) {
                post.is_stored = is_stored;
            }
            if is_stored {
                book.answers.push(at.saturating_duration_since(sent));
            }
        }
        Err(_) => book.failed += 1,
    }
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}
