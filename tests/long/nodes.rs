//! The drill: several nodes over one PostgreSQL, under load, while they are killed and hang, the database crashes and the bell is not heard.
//! Nothing that was acknowledged is lost, and homes that change node at every trip are told everything once, in order.

mod away;
mod balancer;
mod browser;
mod failover;
mod front;
mod homes;
mod house;
mod senders;
mod verdict;
mod wrong;

use crate::kit::length;
use crate::kit::postgres::Psql;
use balancer::Balancer;
use homes::{Home, Homes};
use house::{FAULTS, Fault, House};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use senders::Senders;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use verdict::Entry;

/// The manual, with configurations that are tried.
const SCALING: &str = include_str!("../../docs/SCALING.md");
/// Everything that is drawn is drawn from it; `DRILL_SEED` sets another one.
const SEED: u64 = 12;
const STATIONS: usize = 8;
const HOMES: usize = 200;
const SENDERS: u64 = 4;
/// How long trucks park, ms: short, so that homes change node often.
const PARK_MS: i64 = 10_000;
/// Within this time after a fault, all homes know what was acknowledged after it.
const BACK_MAX: Duration = Duration::from_millis(PARK_MS as u64 + 5_000);
/// Who is not back after this time is named.
const LATE: Duration = Duration::from_secs(6);
/// Who fetches news only with words says another one after this time: the truck of the first turned round at a node that had not read of
/// the readings yet.
const SPEAKS_AGAIN: Duration = Duration::from_secs(2);
/// Homes that ask by the clock, which is every five seconds, are waited for after one in so many faults, and at the end.
const BY_THE_CLOCK: usize = 5;
/// The longest time in which nothing happens, ms.
const QUIET_MAX_MS: u64 = 500;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_nodes_and_database_nothing_is_lost_missed_or_doubled() {
    let seed = std::env::var("DRILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let rounds: usize = length::either(30, 1_000);
    println!("{rounds} rounds, seed {seed}");
    let slugs: Vec<String> = (0..STATIONS).map(|number| format!("station-{number}")).collect();
    let (mut house, stations) = House::build(&slugs).await;
    let balancer = Balancer::start(house.nodes.clone()).await.expect("a port");
    let senders = Senders::new(house.nodes.clone(), stations);
    let homes = Homes::open(&balancer.url(), HOMES, &slugs, (&house.cursor(), PARK_MS));
    let mut sending: JoinSet<_> = (0..SENDERS).map(|number| senders.clone().send(seed + number)).collect();

    let mut random = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let mut slowest = HashMap::<Fault, Duration>::new();
    for round in 0..rounds {
        // When something happens is the test's input, not a wait for something.
        tokio::time::sleep(Duration::from_millis(random.random_range(0..QUIET_MAX_MS))).await;
        let fault = FAULTS[random.random_range(0..FAULTS.len())];
        house.suffer(fault, &mut random).await;
        let all = round % BY_THE_CLOCK == 0;
        let back = back(&homes, &senders, &slugs, all).await.unwrap_or_else(|who| {
            panic!(
                "round {round} of seed {seed}, {fault:?}: {} are not back after {BACK_MAX:?}: {:?}",
                who.len(),
                &who[..who.len().min(5)]
            )
        });
        println!("{round:4} {fault:?} {back:?}");
        let slowest = slowest.entry(fault).or_default();
        *slowest = back.max(*slowest);
    }
    senders.stop();
    while let Some(done) = sending.join_next().await {
        done.expect("no sender fails");
    }
    back(&homes, &senders, &slugs, true).await.expect("all homes are back at the end");
    println!("{:.1} s, slowest {slowest:?}, {} readings were known", began.elapsed().as_secs_f64(), senders.known());
    judge(&house.psql(), &senders, &homes);
}

/// Posts a reading of each station, and waits until all homes know it, or all but those that ask by the clock; how long that took, or who
/// does not.
async fn back(homes: &Homes, senders: &Senders, slugs: &[String], all: bool) -> Result<Duration, Vec<String>> {
    let posted = Instant::now();
    let marks = senders.post_all().await;
    let began = Instant::now();
    println!("     a reading of each station is stored after {:?}", began - posted);
    let speak = async |home: &Home| home.say(&slugs[home.station.unwrap_or(0)], "how cold is it?").await;
    for home in homes.all.iter().filter(|home| !home.asks()) {
        speak(home).await;
    }
    let is_waited_for = |home: &Home| all || home.fleet.every_ms.is_none();
    let is_back = |home: &Home| !is_waited_for(home) || (home.knows(&marks) && home.heard() == home.said());
    let late = || homes.all.iter().enumerate().filter(|(_, home)| !is_back(home));
    let mut is_told = false;
    while began.elapsed() < BACK_MAX {
        if tokio::time::timeout(SPEAKS_AGAIN, homes.until(is_back)).await.is_ok() {
            return Ok(began.elapsed());
        }
        if began.elapsed() >= LATE && !std::mem::replace(&mut is_told, true) {
            late().take(5).for_each(|(number, home)| {
                println!("     late: {number} {} {:?}", home.fleet.name, home.page.counters());
            });
        }
        for (_, home) in late().filter(|(_, home)| !home.asks() && home.heard() == home.said()) {
            speak(home).await;
        }
    }
    Err(late().map(|(number, home)| format!("{number} {} {:?}", home.fleet.name, home.page.counters())).collect())
}

const JOURNAL: &str = "\
    SELECT seq, station, coalesce(visitor, ''), coalesce(body::json ->> 'kind', ''), \
    coalesce(body::json ->> 'observed_at', body::json ->> 'id', '') FROM journal ORDER BY seq";
const LEAPS: &str = "SELECT after, upto FROM journal_leap";
const STORED: &str = "\
    SELECT t.slug, o.observed_ms, o.temperature FROM observation o \
    JOIN sensor s ON s.id = o.sensor JOIN station t ON t.id = s.station WHERE o.temperature IS NOT NULL";
const WORDS: &str = "SELECT id FROM word";

/// What the database holds.
struct Held {
    journal: Vec<Entry>,
    /// Numbers that were left out, `(after, upto)`.
    leaps: Vec<(u64, u64)>,
    /// Readings by station and time.
    stored: HashMap<(String, i64), f64>,
}

impl Held {
    fn of(db: &Psql) -> Self {
        let number = |text: &String| text.parse().expect("a number");
        let entry = |row: Vec<String>| {
            let [seq, station, visitor, kind, names] = row.try_into().expect("five columns");
            Entry { seq: number(&seq), station, visitor, kind, names }
        };
        let journal = db.rows(JOURNAL).into_iter().map(entry).collect();
        let leaps = db.rows(LEAPS).iter().map(|row| (number(&row[0]), number(&row[1]))).collect();
        let reading = |row: Vec<String>| {
            let (at, value) = (row[1].parse().expect("a time"), row[2].parse().expect("a value"));
            ((row[0].clone(), at), value)
        };
        Self { journal, leaps, stored: db.rows(STORED).into_iter().map(reading).collect() }
    }

    /// Nothing is there twice, and no number is missing that was not left out on purpose.
    fn check(&self) {
        let seqs: Vec<u64> = self.journal.iter().map(|entry| entry.seq).collect();
        assert_eq!(verdict::gaps(&seqs, &self.leaps), []);
        let doubled = verdict::doubled(&self.journal);
        assert!(doubled.is_empty(), "{doubled:?}");
    }

    /// What is due to a home. Who fetches news only with words was not told yet what came
    /// after its last one, such as the answer to it.
    fn due(&self, home: &Home, told: &verdict::Told) -> Vec<Entry> {
        let last = told.seqs.iter().max().copied().unwrap_or(0);
        self.journal.iter().filter(|entry| home.asks() || entry.seq <= last).cloned().collect()
    }
}

/// Compares what is stored with what was acknowledged and what was told.
fn judge(db: &Psql, senders: &Senders, homes: &Homes) {
    let held = Held::of(db);
    let Held { journal, leaps, stored } = &held;
    let acknowledged = senders.acknowledged();
    let told: Vec<_> = homes.all.iter().map(Home::told).collect();
    let trips: u64 =
        homes.all.iter().map(|home| home.page.counters().trips).map(|trips| u64::from(trips.home + trips.lost)).sum();
    println!(
        "{} readings acknowledged, {} stored, {} entries, leaps {leaps:?}, {} news told in {trips} trips",
        acknowledged.len(),
        stored.len(),
        journal.len(),
        told.iter().map(|told| told.seqs.len()).sum::<usize>()
    );
    held.check();
    assert_eq!(verdict::lost(&acknowledged, stored), []);
    let words: HashMap<String, ()> = db.texts(WORDS).into_iter().map(|id| (id, ())).collect();
    let said: Vec<&String> = told.iter().flat_map(|told| &told.said).filter(|id| !words.contains_key(*id)).collect();
    assert!(said.is_empty(), "words were heard and are not stored: {said:?}");
    let amiss = homes
        .all
        .iter()
        .zip(&told)
        .enumerate()
        .filter_map(|(number, (home, told))| Some((number, verdict::amiss(&held.due(home, told), told)?)));
    let amiss: Vec<_> = amiss.collect();
    assert!(amiss.is_empty(), "{amiss:?}");
}
