//! Trucks that are sent again as soon as they are home, and readings without a pause: how many loads a second?
//!
//! Without a pace, the next reading is posted when 95 % of the trucks have brought the last one home, so most trucks are
//! parked when it comes. The time from one to the next thus holds a commit as well; with thousands of trucks it hardly
//! counts. With a pace it is posted when its time has come: then the ages of the readings are what pages would see.

use super::error::Error;
use super::machine::{Processes, Stretch};
use super::memory::Scale;
use super::readings::Readings;
use super::report::Delivered;
use super::spread::Spread;
use super::target::Target;
use super::truck::{self, Convoy, Delivery};
use super::wire::Wire;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::{interval, timeout};

/// The share of the trucks that must have come home before the next reading is posted.
const HOME_SHARE: f64 = 0.95;
/// The next reading is posted after this long anyhow: trucks may be braked.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most loads a second that the trucks are to be able to bring. A page goes ten times a second at most, so each
/// truck takes turns in as many bays as that needs.
const SATURATED_PER_S: usize = 160_000;
/// A bay is braked above so many trips a second.
const BAY_PER_S: usize = 10;
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
    bytes: u64,
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
            self.bytes += delivery.bytes as u64;
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
    server: &Processes,
    trucks: usize,
    time: Duration,
    news_per_s: Option<f64>,
) -> Result<Delivered, Error> {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let enough = Arc::new(Notify::new());
    let needed = ((trucks as f64 * HOME_SHARE) as usize).max(1);
    let (shared, bell) = (tally.clone(), enough.clone());
    let mut scale = Scale::start(server, trucks)?;
    let bays = if news_per_s.is_some() { 1 } else { (SATURATED_PER_S / BAY_PER_S).div_ceil(trucks) };
    let waiting = truck::connect(target, trucks, bays).await?;
    scale.connected()?;
    let mut convoy = Convoy::start(waiting, move |delivery| {
        let home = shared.lock().unwrap_or_else(PoisonError::into_inner).arrive(&delivery);
        if home == needed {
            bell.notify_one();
        }
    })
    .await?;
    scale.step()?;
    let lock = || tally.lock().unwrap_or_else(PoisonError::into_inner);

    let (mut stretch, mut posts) = (Stretch::start(server)?, 0);
    let mut pace = news_per_s.map(|news| interval(Duration::from_secs_f64(1.0 / news)));
    let mut warm = false;
    while !warm || stretch.elapsed() < time {
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
        match &mut pace {
            Some(pace) => {
                pace.tick().await;
            }
            None => {
                let _ = timeout(PATIENCE, enough.notified()).await; // a braked truck may keep the bell silent
            }
        }
        convoy.check(Duration::ZERO).await?;
        if !warm {
            warm = true;
            convoy.parked().await?;
            // Loads are counted for exactly the time by which they are divided.
            lock().counting = true;
            (stretch, posts) = (Stretch::start(server)?, 0);
            if let Some(pace) = &mut pace {
                pace.reset_immediately();
                pace.tick().await;
            }
        }
    }
    let (tally, used) = {
        let mut tally = lock();
        (std::mem::take(&mut *tally), stretch.end()?)
    };
    convoy.parked().await?;
    scale.step()?;
    Ok(Delivered {
        deliveries: tally.deliveries,
        deliveries_per_s: tally.deliveries as f64 / used.seconds,
        bytes_per_delivery: tally.bytes as f64 / tally.deliveries.max(1) as f64,
        reports_per_delivery: tally.reports as f64 / tally.deliveries.max(1) as f64,
        posts,
        seconds: used.seconds,
        age: Spread::of(tally.ages),
        braked: convoy.road.braked.load(Ordering::Relaxed),
        server_cpu_share: used.server_s.map(|cpu_s| cpu_s / used.seconds),
        driver_cpu_share: used.driver_share,
        cpu_us_per_delivery: used.server_s.map(|cpu_s| cpu_s * 1e6 / tally.deliveries.max(1) as f64),
        memory: scale.read(),
    })
}
