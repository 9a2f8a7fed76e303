//! A standby takes over under load, once without and once with the loss of what it had not received.

use super::balancer::Balancer;
use super::homes::{Home, Homes};
use super::house::House;
use super::senders::Senders;
use super::{BACK_MAX, Held, PARK_MS, back, judge, verdict};
use crate::kit::postgres::Cluster;
use crate::kit::postgres::address::MovingAddress;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, block_in_place};

const STATIONS: usize = 4;
const HOMES: usize = 60;
const SENDERS: u64 = 4;
/// Readings of each station that the standby never gets, at least.
const LOST: usize = 3;

/// All of it, with the standby that is to take over.
struct Pair {
    house: House,
    address: MovingAddress,
    standby: Cluster,
    senders: Arc<Senders>,
    sending: JoinSet<()>,
    homes: Homes,
    slugs: Vec<String>,
    _balancer: Balancer,
}

impl Pair {
    /// A first and a standby, made by `pg_basebackup`, and the nodes over them, under load.
    async fn build() -> Self {
        let first = block_in_place(|| Cluster::start(&["fsync=off"]));
        let address = MovingAddress::of(&first);
        let slugs: Vec<String> = (0..STATIONS).map(|number| format!("station-{number}")).collect();
        let (house, stations) = House::over(first, address.url("postgres"), &slugs).await;
        let standby = block_in_place(|| house.cluster.standby(&["fsync=off"]));
        block_in_place(|| house.psql().until("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", 1));
        let balancer = Balancer::start(house.nodes.clone()).await.expect("a port");
        let homes = Homes::open(&balancer.url(), HOMES, &slugs, (&house.cursor(), PARK_MS));
        let senders = Senders::new(house.nodes.clone(), stations);
        let sending = (0..SENDERS).map(|seed| senders.clone().send(seed)).collect();
        Self { house, address, standby, senders, sending, homes, slugs, _balancer: balancer }
    }

    async fn all_know(&self) -> Duration {
        back(&self.homes, &self.senders, &self.slugs, true).await.expect("all homes know what was acknowledged")
    }

    /// Each commit waits from now on until the standby has it.
    fn wait_for_the_standby(&self) {
        let db = self.house.psql();
        db.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        db.run("SELECT pg_reload_conf()");
        db.until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", 1);
    }

    /// The first crashes, the standby becomes the first, and the address moves there. `between`: while there is no database.
    fn take_over(&mut self, between: impl FnOnce(&Senders)) {
        self.house.cluster.stop_at_once();
        self.standby.promote();
        between(&self.senders);
        self.address.lead_to(&self.standby);
        std::mem::swap(&mut self.house.cluster, &mut self.standby);
    }

    async fn end(&mut self) {
        self.senders.stop();
        while let Some(done) = self.sending.join_next().await {
            done.expect("no sender fails");
        }
        self.all_know().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_takes_over_and_nothing_is_lost_missed_or_doubled() {
    let mut pair = Pair::build().await;
    block_in_place(|| pair.wait_for_the_standby());
    pair.all_know().await;
    block_in_place(|| pair.take_over(|_| {}));
    println!("all homes were back after {:?}", pair.all_know().await);
    pair.end().await;
    let db = pair.house.psql();
    assert_eq!(db.number("SELECT count(*) FROM journal_leap"), 1);
    judge(&db, &pair.senders, &pair.homes);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_asynchronous_standby_has_taken_over_no_number_means_two_things_and_pages_go_on() {
    let mut pair = Pair::build().await;
    pair.senders.post_all().await;
    let safe = pair.senders.acknowledged();
    block_in_place(|| pair.standby.cut_off());
    for _ in 1..LOST {
        pair.senders.post_all().await;
    }
    pair.all_know().await;
    let mut in_danger = safe.clone();
    block_in_place(|| pair.take_over(|senders| in_danger = senders.acknowledged()));
    let began = Instant::now();
    // A page that loads again finds a reading that is stored already, and is not told of it.
    let marks = pair.senders.post_all().await;
    for home in pair.homes.all.iter().filter(|home| !home.asks()) {
        home.say(&pair.slugs[home.station.unwrap_or(0)], "how cold is it?").await;
    }
    let has_gone_on = |home: &Home| home.is_anew() || home.knows(&marks);
    tokio::time::timeout(BACK_MAX, pair.homes.until(has_gone_on)).await.expect("pages go on");
    println!("all homes went on after {:?}", began.elapsed());
    pair.end().await;

    let held = Held::of(&pair.house.psql());
    held.check();
    let [(after, upto)] = held.leaps[..] else { panic!("one leap: {:?}", held.leaps) };
    assert!(held.journal.iter().any(|entry| entry.seq == after) && held.journal.iter().any(|entry| entry.seq > upto));
    let acknowledged = pair.senders.acknowledged();
    let lost = verdict::lost(&acknowledged, &held.stored);
    println!("{} readings acknowledged, {} lost, numbers leapt from {after} to {upto}", acknowledged.len(), lost.len());
    assert!(lost.len() >= LOST * STATIONS, "what the standby had not received is lost: {}", lost.len());
    let wrongly: Vec<_> = lost.iter().filter(|of| safe.contains_key(of) || !in_danger.contains_key(of)).collect();
    assert_eq!(wrongly, Vec::<&(String, i64)>::new(), "acknowledged before the cut, or after the takeover");
    let mut anew = 0;
    for (number, home) in pair.homes.all.iter().enumerate() {
        let mut told = home.told();
        anew += usize::from(home.is_anew());
        let last = told.since_anew();
        assert_eq!(verdict::amiss(&held.due(home, &last), &last), None, "home {number}, {}", home.fleet.name);
        let count = told.seqs.len();
        told.seqs.sort_unstable();
        told.seqs.dedup();
        assert_eq!(told.seqs.len(), count, "home {number} saw a number twice");
    }
    println!("{anew} of {HOMES} homes began anew");
    assert!(anew > 0);
}
