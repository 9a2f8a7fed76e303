//! The rules: when a truck leaves, and how home takes its load.

use super::join::{Load, join};
use super::patience::STEADY_MS;
use super::road::{self, GRACE_MS};
use super::state::Mode;
use super::timers::Timer;
use super::{Chance, Clipboard, Event, Home, Ms};
use channel::cargo::Why;
use channel::fleet::Fleet;

/// The longest wait after failures, ms: while somebody looks.
const WAIT_MAX_NEAR_MS: Ms = 3_000;
/// The same while nobody does, or the browser says it is offline.
const WAIT_MAX_FAR_MS: Ms = 30_000;

impl Home {
    pub(super) fn done(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(super) fn woken(&mut self, now: Ms) {
        if self.mode == Mode::Reloading || self.seen.is_none() {
            return;
        }
        for number in self.road.stale(now) {
            self.give_up(number);
        }
        self.go(now);
    }

    /// Forgets past failures, and does what the rules ask for.
    pub(super) fn go(&mut self, now: Ms) {
        self.mode = Mode::Running;
        self.offline = false;
        self.owed = self.fleet.every_ms.is_some();
        self.patience.reset(&mut self.timers);
        self.limit.hurry(&mut self.timers);
        self.doubt();
        self.timers.off(Timer::Token);
        self.step(now);
    }

    pub(super) fn stop(&mut self) {
        self.recall_all();
        self.patience.reset(&mut self.timers);
        self.limit.lift(&mut self.timers);
        self.timers.off(Timer::Token);
        self.timers.off(Timer::Period);
    }

    /// Sends what the rules ask for.
    pub(super) fn step(&mut self, now: Ms) {
        while self.may_depart() && self.asks_for_one() && self.make_room(now) {
            match self.bucket.take(now) {
                0 => self.depart(now),
                wait => self.timers.set(Timer::Token, now + wait),
            }
        }
        self.tell(now);
    }

    fn may_depart(&self) -> bool {
        let waits = self.patience.until().is_some() || self.timers.is_set(Timer::Token);
        self.mode == Mode::Running && !waits && !(self.probes() && self.road.one_probes())
    }

    fn asks_for_one(&self) -> bool {
        let keeps_one_out = self.fleet.keep_one_out && !self.timers.is_set(Timer::Again);
        self.words_ashore() || self.owed || (keeps_one_out && !self.road.one_parks())
    }

    /// Whether there are words that ride on no truck.
    fn words_ashore(&self) -> bool {
        self.words.aboard_next().iter().any(|word| !self.road.carries(&word.id))
    }

    /// Whether the road must be shown to be open before a truck parks, at first and after a failure.
    fn probes(&self) -> bool {
        self.fleet.keep_one_out && !self.proven
    }

    /// Whether there is room for one more; if all are out, the oldest that nobody counts on is given up.
    fn make_room(&mut self, now: Ms) -> bool {
        if self.road.len() < usize::from(self.fleet.trucks) {
            return true;
        }
        let doubted = self.road.doubted(now);
        doubted.into_iter().for_each(|number| self.give_up(number));
        doubted.is_some()
    }

    fn depart(&mut self, now: Ms) {
        let Some(seen) = self.seen.clone() else { return };
        let Fleet { hold, words_may_wait, every_ms, .. } = *self.fleet;
        let probe = self.probes();
        let may_park = hold > 0 && !probe && (words_may_wait || !self.words_ashore());
        let say = if may_park && !words_may_wait { &[] } else { self.words.aboard_next() };
        let park = if may_park { self.park_ms } else { 0 };
        self.tally.empty_legs += u32::from(say.is_empty());
        self.owed = false;
        if let Some(ms) = every_ms {
            self.timers.set(Timer::Period, now + Ms::from(ms));
        }
        if park > 0 {
            self.limit.asks(now, &mut self.timers);
        }
        let number = self.road.depart(park, probe, say, now);
        let clipboard = Clipboard { fleet: self.fleet, park, seen, watch: self.watch.clone(), say: say.to_vec() };
        self.timers.set(Timer::Deadline(number), now + park + GRACE_MS);
        self.events.push(Event::Departs { number, clipboard });
    }

    pub(super) fn arrive(&mut self, truck: road::Out, load: Load, now: Ms, chance: Chance<'_>) {
        let joined = join(self.seen.as_ref(), &load);
        if joined.foreign {
            return self.lose(truck, None, now, chance);
        }
        let heard = self.words.forget(&load.heard);
        let brought = !heard.is_empty() || joined.seen != self.seen;
        self.tally.arrived(&load, &joined);
        self.seen = joined.seen;
        self.owed |= joined.gap; // what is missing and what was dropped come together on the next truck
        self.home_at = Some(now);
        self.proven = true;
        self.offline = false;
        self.patience.fine(&mut self.timers);
        let quick = truck.park > 0 && !self.road.one_parks() && !brought && truck.age(now) < STEADY_MS;
        let fruitless = quick && load.limit.is_none();
        self.patience.home(fruitless, self.wait_max_ms(), now, chance, &mut self.timers);
        self.hold(&truck, &load, now);
        if load.why == Why::Closing {
            self.doubt();
            self.patience.sent_away(load.retry_ms, WAIT_MAX_NEAR_MS, now, chance, &mut self.timers);
        }
        if load.why == Why::Reload {
            self.mode = Mode::Reloading;
        }
        if !heard.is_empty() {
            self.events.push(Event::Heard(heard));
        }
        if !joined.fresh.is_empty() {
            self.events.push(Event::Applied(joined.fresh));
        }
        if load.why == Why::Reload {
            self.stop();
            self.tell(now);
            self.events.push(Event::Reload);
        }
        self.step(now);
    }

    /// Sees whether the dock lets something wait.
    fn hold(&mut self, truck: &road::Out, load: &Load, now: Ms) {
        let parked = load.parked_ms > 0 || matches!(load.why, Why::Ticket | Why::Relieved);
        match &load.limit {
            Some(_) if self.road.one_parks() => {}
            Some(limit) => self.limit.turned(limit.clone(), load.retry_ms, now, &mut self.timers),
            None if truck.park > 0 && parked => self.limit.lift(&mut self.timers),
            None => {}
        }
    }

    pub(super) fn lose(&mut self, truck: road::Out, retry_after_ms: Option<Ms>, now: Ms, chance: Chance<'_>) {
        self.tally.lost += 1;
        self.doubt();
        self.owed |= self.fleet.every_ms.is_some();
        let (asked_ms, cap_ms) = (retry_after_ms.unwrap_or(0), self.wait_max_ms());
        self.patience.lost(truck.age(now), cap_ms, asked_ms, now, chance, &mut self.timers);
        self.step(now);
    }

    /// From here on, only a truck that comes home shows that the road is open.
    pub(super) fn doubt(&mut self) {
        self.proven = false;
        self.road.doubt();
    }

    pub(super) fn recall_all(&mut self) {
        let out: Vec<_> = self.road.numbers().collect();
        out.into_iter().for_each(|number| self.give_up(number));
    }

    fn give_up(&mut self, number: u32) {
        self.remove(number);
        self.tally.given_up += 1;
        self.events.push(Event::Recalled(number));
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<road::Out> {
        self.timers.off(Timer::Deadline(number));
        self.road.remove(number)
    }

    fn wait_max_ms(&self) -> Ms {
        if self.visible && !self.offline { WAIT_MAX_NEAR_MS } else { WAIT_MAX_FAR_MS }
    }
}
