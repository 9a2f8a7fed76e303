//! Senders: they post readings to changing nodes, each until it is acknowledged, and remember what was.

use super::balancer::Nodes;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A node that does not answer within this time is not waited for: the reading goes to the next one.
const PATIENCE: Duration = Duration::from_secs(4);
/// Before the next node is tried, a sender waits this long, as a polite station does.
const AGAIN: Duration = Duration::from_millis(100);
/// Readings are so old, ms: none is ahead of its node's clock.
const AGO_MS: i64 = 1_000;
/// The longest pause between two readings of a sender, ms.
const PAUSE_MAX_MS: u64 = 600;

/// What all senders share.
pub struct Senders {
    client: reqwest::Client,
    nodes: Nodes,
    /// Slug and key of each.
    stations: Vec<(String, String)>,
    /// The time of the newest reading, ms: no two have the same.
    clock: AtomicI64,
    turn: AtomicUsize,
    acknowledged: Mutex<BTreeMap<(String, i64), f64>>,
    /// Answers 200: the node, or another one, had stored the reading before.
    known: AtomicUsize,
    stops: AtomicBool,
}

impl Senders {
    pub fn new(nodes: Nodes, stations: Vec<(String, String)>) -> Arc<Self> {
        Arc::new(Self {
            client: reqwest::Client::builder().timeout(PATIENCE).build().expect("a client"),
            nodes,
            stations,
            clock: AtomicI64::new(0),
            turn: AtomicUsize::new(0),
            acknowledged: Mutex::default(),
            known: AtomicUsize::new(0),
            stops: AtomicBool::new(false),
        })
    }

    /// Posts readings of random stations until it is stopped.
    pub async fn send(self: Arc<Self>, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        while !self.stops.load(Ordering::Relaxed) {
            self.post(random.random_range(0..self.stations.len())).await;
            tokio::time::sleep(Duration::from_millis(random.random_range(0..PAUSE_MAX_MS))).await;
        }
    }

    pub fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
    }

    /// A reading of each station, acknowledged; their times.
    pub async fn post_all(&self) -> Vec<i64> {
        futures_util::future::join_all((0..self.stations.len()).map(|station| self.post(station))).await
    }

    /// Posts a reading to one node after the other, until one says that it is stored; returns its time.
    async fn post(&self, station: usize) -> i64 {
        let at = self.next();
        // Slowly up and down, so that no value steps, also after half a minute without any.
        let value = (at / 10_000 % 800 - 400).abs() as f64 / 10.0;
        let (slug, key) = &self.stations[station];
        let body = json!({"observed_at": at, "temperature": value});
        loop {
            for node in self.nodes.from(self.turn.fetch_add(1, Ordering::Relaxed)).into_iter().take(1) {
                let post = self.client.post(format!("http://{node}/api/v1/readings")).bearer_auth(key).json(&body);
                // Who does not answer may have stored it, or not.
                let Ok(answer) = post.send().await else { continue };
                match answer.status().as_u16() {
                    status @ (200 | 201) => {
                        self.known.fetch_add(usize::from(status == 200), Ordering::Relaxed);
                        let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                        acknowledged.insert((slug.clone(), at), value);
                        return at;
                    }
                    // A balancer's own answer: it knows of no node.
                    502..=504 if !is_of_a_node(&answer) => {}
                    503 => assert!(answer.headers().contains_key("retry-after"), "it says when to come again"),
                    status => panic!("status {status}: {}", answer.text().await.unwrap_or_default()),
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Another time, a moment ago: what is much older is told as a stretch, without its time.
    fn next(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
        let recent = since.as_millis() as i64 - AGO_MS;
        let step = |newest: i64| Some(recent.max(newest + 1));
        let before = self.clock.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or(recent);
        recent.max(before + 1)
    }

    /// What was acknowledged.
    pub fn acknowledged(&self) -> BTreeMap<(String, i64), f64> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many were stored already when they were acknowledged.
    pub fn known(&self) -> usize {
        self.known.load(Ordering::Relaxed)
    }
}

/// Whether a node has answered, and not a balancer before it.
fn is_of_a_node(answer: &reqwest::Response) -> bool {
    answer.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json")
}
