//! Trucks that are sent again as soon as they are home, and readings without a pause: how many loads a second?
//!
//! The next reading is posted when 95 % of the trucks have brought the last one home, so most trucks are parked when it
//! comes. The time from one to the next thus holds a commit as well; with thousands of trucks it hardly counts.

use super::Error;
use super::machine::Process;
use super::park::post;
use super::report::Delivered;
use super::spread::Spread;
use super::target::{Readings, Target};
use super::truck::{Fleet, Load};
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
    /// False while the fleet warms up.
    counting: bool,
    deliveries: u64,
    reports: u64,
    ages: Vec<Duration>,
}

impl Tally {
    fn arrive(&mut self, load: &Load) -> usize {
        if self.sent.back().is_some_and(|(newest, _)| load.reports.contains(newest)) {
            self.home += 1;
        }
        if self.counting {
            self.deliveries += 1;
            self.reports += load.reports.len() as u64;
            let oldest = load.reports.first();
            let sent = self.sent.iter().rev().find(|(at, _)| Some(at) == oldest);
            if let Some((_, sent)) = sent.filter(|_| self.ages.len() < AGES_MAX) {
                self.ages.push(load.at.saturating_duration_since(*sent));
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
    let mut fleet = Fleet::start(target, trucks, move |load| {
        let home = shared.lock().unwrap_or_else(PoisonError::into_inner).arrive(&load);
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
        let (request, at) = readings.next(target);
        {
            // Before it is sent: trucks may be home before the post is acknowledged.
            let mut tally = lock();
            tally.home = 0;
            tally.sent.push_back((at, Instant::now()));
            if tally.sent.len() > REMEMBERED {
                tally.sent.pop_front();
            }
        }
        post(&mut poster, &request).await?;
        posts += 1;
        let _ = tokio::time::timeout(PATIENCE, enough.notified()).await; // a braked truck may keep the bell silent
        fleet.check(Duration::ZERO).await?;
        if !warm {
            warm = true;
            fleet.parked().await?;
            (started, cpu_before, posts) = (Instant::now(), cpu()?, 0);
            lock().counting = true;
        }
    }
    let elapsed = started.elapsed().as_secs_f64();
    let cpu_s = cpu_before.zip(cpu()?).map(|(before, after)| after - before);
    let tally = std::mem::take(&mut *lock());
    Ok(Delivered {
        deliveries: tally.deliveries,
        deliveries_per_s: tally.deliveries as f64 / elapsed,
        reports_per_delivery: tally.reports as f64 / tally.deliveries.max(1) as f64,
        posts,
        seconds: elapsed,
        age: Spread::of(tally.ages),
        braked: fleet.yard.braked.load(Ordering::Relaxed),
        server_cpu_share: cpu_s.map(|cpu_s| cpu_s / elapsed),
        cpu_us_per_delivery: cpu_s.map(|cpu_s| cpu_s * 1e6 / tally.deliveries.max(1) as f64),
    })
}
