//! The driver of a page: it does what home says, and tells home what comes of it.

use super::talk::{Ask, Counters, Told};
use super::trip::{Arrival, Door};
use crate::home::{Event, Home, Load, Ms};
use channel::cargo::Why;
use channel::cursor::Cursor;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Duration, Instant};

/// Does all that home does not do itself.
pub(super) struct Driver {
    pub home: Home,
    pub opened: Instant,
    pub door: Door,
    pub trips: JoinSet<(u32, Arrival)>,
    /// The trips, and when each truck that is willing to park left.
    pub out: HashMap<u32, (AbortHandle, Option<Ms>)>,
    /// Where to go on after a reload.
    pub reload: Option<Cursor>,
    pub watch: Arc<[Box<str>]>,
    pub tell: mpsc::Sender<Told>,
    /// The counters, and when each of the trucks left that wait now.
    pub count: watch::Sender<(Counters, Vec<Ms>)>,
    pub counters: Counters,
}

impl Driver {
    pub async fn run(mut self, seen: Cursor, mut asks: mpsc::Receiver<Ask>) {
        let events = self.home.start(seen, self.watch.clone(), self.now());
        self.follow(events).await;
        loop {
            let timer = self.home.timers().first().copied();
            let due = timer.map(|(due, _)| self.opened + Duration::from_millis(due.max(0) as u64));
            let events = tokio::select! {
                ask = asks.recv() => match ask {
                    Some(ask) => self.heed(ask),
                    None => return,
                },
                Some(trip) = self.trips.join_next() => match trip {
                    Ok((number, arrival)) => self.arrived(number, arrival),
                    // Called back.
                    Err(_) => continue,
                },
                () = sleep_until(due) => match timer {
                    Some((_, timer)) => self.home.ring(timer, self.now(), &mut chance),
                    None => continue,
                },
            };
            self.follow(events).await;
        }
    }

    fn heed(&mut self, ask: Ask) -> Vec<Event> {
        let now = self.now();
        match ask {
            Ask::Say(word, answer) => {
                let said = self.home.say(word, now);
                let (taken, events) = match said {
                    Ok(events) => (Ok(()), events),
                    Err(unsayable) => (Err(unsayable), Vec::new()),
                };
                // The word is said, also if its owner no longer waits for the answer.
                let _ = answer.send(taken);
                events
            }
            Ask::Wake => self.home.wake(now),
            Ask::Rest => self.home.rest(now),
        }
    }

    fn arrived(&mut self, number: u32, arrival: Arrival) -> Vec<Event> {
        self.ends(number);
        self.counters.bytes_home += arrival.bytes as u64;
        let now = self.now();
        match arrival.load {
            Ok(load) => {
                self.remember(&load);
                self.home.home(number, load, now, &mut chance)
            }
            Err(lost) => self.home.lost(number, lost.retry_after_ms, now, &mut chance),
        }
    }

    /// A truck is out no more.
    fn ends(&mut self, number: u32) -> Option<AbortHandle> {
        let (handle, waits) = self.out.remove(&number)?;
        self.counters.waited_ms += waits.map_or(0, |left| (self.now() - left).unsigned_abs());
        Some(handle)
    }

    fn remember(&mut self, load: &Load) {
        if load.why == Why::Reload {
            self.reload.clone_from(&load.seen);
        }
    }

    /// Does what home says, and all that follows from it.
    async fn follow(&mut self, mut events: Vec<Event>) {
        while !events.is_empty() {
            for event in std::mem::take(&mut events) {
                let told = match event {
                    Event::Departs { number, clipboard } => {
                        let body = clipboard.json().to_string();
                        self.counters.bytes_out += body.len() as u64;
                        self.counters.empty_out += u64::from(clipboard.say.is_empty());
                        let waits = (clipboard.park > 0).then(|| self.now());
                        let trip = self.door.send(body);
                        let handle = self.trips.spawn(async move { (number, trip.await) });
                        self.out.insert(number, (handle, waits));
                        continue;
                    }
                    Event::Recalled(number) => {
                        self.ends(number).iter().for_each(AbortHandle::abort);
                        continue;
                    }
                    Event::Reload => {
                        let Some(seen) = self.reload.take() else { continue };
                        events.extend(self.home.start(seen.clone(), self.watch.clone(), self.now()));
                        Told::Reloaded(seen)
                    }
                    Event::Applied(items) => Told::Applied(items),
                    Event::Heard(ids) => Told::Heard(ids),
                    Event::State(state) => {
                        self.counters.kind = Some(state.kind);
                        Told::State(state)
                    }
                };
                // Nobody listens: the page lives on for its counters.
                let _ = self.tell.send(told).await;
            }
        }
        self.counters.trips = self.home.tally();
        self.count.send_replace((self.counters, self.out.values().filter_map(|(_, waits)| *waits).collect()));
    }

    fn now(&self) -> Ms {
        self.opened.elapsed().as_millis() as Ms
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// A random number in `0.0..1.0`; a machine without randomness gets by without spreading.
fn chance() -> f64 {
    getrandom::u32().map_or(0.0, |random| f64::from(random) / (f64::from(u32::MAX) + 1.0))
}
