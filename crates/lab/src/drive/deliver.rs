//! Trucks that are sent again as soon as they are home, and readings without a pause: how many loads a second?
//!
//! The next reading is posted when 95 % of the trucks have brought the last one home, so most trucks are parked when it
//! comes. The time from one to the next thus holds a commit as well; with thousands of trucks it hardly counts.

use super::error::Error;
use super::machine::Process;
use super::readings::Readings;
use super::report::Delivered;
use super::spread::Spread;
use super::target::Target;
use super::truck::{Convoy, Delivery};
use super::wire::Wire;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The share of the trucks that must have come home before the next reading is posted.
const HOME_SHARE: f64 = 0.95;
/// The next reading is posted after this long anyhow: trucks may be braked.
const PATIENCE: Duration = Duration::from_secs(1);
/// Readings whose times are remembered: a truck is rarely more than one behind.
const REMEMBERED: usize = 64;
/// Most ages that are kept, 16 bytes each.
const AGES_MAX: usize = 5_000_000;

#[derive(Default)]
struct Tally {
    /// The last readings: their time, and when they were sent.
    sent: VecDeque<(i64, Instant)>,
    /// Trucks that brought the newest reading home.
    home: usize,
    /// False while the convoy warms up.
    counting: bool,
    deliveries: u64,
    reports: u64,
    ages: Vec<Duration>,
}

impl Tally {
    fn arrive(&mut self, delivery: &Delivery) -> usize {
        if self.sent.back().is_some_and(|(newest, _)| delivery.reports.contains(newest)) {
            self.home += 1;
        }
        if self.counting {
            self.deliveries += 1;
            self.reports += delivery.reports.len() as u64;
            let oldest = delivery.reports.first();
            let sent = self.sent.iter().rev().find(|(at, _)| Some(at) == oldest);
            if let Some((_, sent)) = sent.filter(|_| self.ages.len() < AGES_MAX) {
                self.ages.push(delivery.at.saturating_duration_since(*sent));
            }
        }
        self.home
    }
}

pub(super) async fn measure(
    target: &Arc<Target>,
    mut poster: Wire,
    readings: &Readings,
    process: Option<Process>,
    trucks: usize,
    time: Duration,
) -> Result<Delivered, Error> {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let enough = Arc::new(Notify::new());
    let needed = ((trucks as f64 * HOME_SHARE) as usize).max(1);
    let (shared, bell) = (tally.clone(), enough.clone());
    let mut convoy = Convoy::start(target, trucks, move |delivery| {
        let home = shared.lock().unwrap_or_else(PoisonError::into_inner).arrive(&delivery);
        if home == needed {
            bell.notify_one();
        }
    })
    .await?;
    let lock = || tally.lock().unwrap_or_else(PoisonError::into_inner);
    let cpu = || process.as_ref().map(Process::cpu_s).transpose();

    let (mut started, mut cpu_before, mut posts) = (Instant::now(), cpu()?, 0);
    let mut warm = false;
    while !warm || started.elapsed() < time {
        // Before it is sent: trucks may be home before the post is acknowledged.
        let sends = |at_ms, sent| {
            let mut tally = lock();
            tally.home = 0;
            tally.sent.push_back((at_ms, sent));
            if tally.sent.len() > REMEMBERED {
                tally.sent.pop_front();
            }
        };
        readings.post_and_tell(&mut poster, target, sends).await?;
        posts += 1;
        let _ = tokio::time::timeout(PATIENCE, enough.notified()).await; // a braked truck may keep the bell silent
        convoy.check(Duration::ZERO).await?;
        if !warm {
            warm = true;
            convoy.parked().await?;
            // Loads are counted for exactly the time by which they are divided.
            let mut tally = lock();
            tally.counting = true;
            (started, cpu_before, posts) = (Instant::now(), cpu()?, 0);
        }
    }
    let (tally, elapsed, cpu_after) = {
        let mut tally = lock();
        (std::mem::take(&mut *tally), started.elapsed().as_secs_f64(), cpu()?)
    };
    let cpu_s = cpu_before.zip(cpu_after).map(|(before, after)| after - before);
    Ok(Delivered {
        deliveries: tally.deliveries,
        deliveries_per_s: tally.deliveries as f64 / elapsed,
        reports_per_delivery: tally.reports as f64 / tally.deliveries.max(1) as f64,
        posts,
        seconds: elapsed,
        age: Spread::of(tally.ages),
        braked: convoy.road.braked.load(Ordering::Relaxed),
        server_cpu_share: cpu_s.map(|cpu_s| cpu_s / elapsed),
        cpu_us_per_delivery: cpu_s.map(|cpu_s| cpu_s * 1e6 / tally.deliveries.max(1) as f64),
    })
}
