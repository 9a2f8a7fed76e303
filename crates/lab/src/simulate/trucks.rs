//! A page with trucks: home's real rules on one end of the road, the dock's on the other.

use super::broken::Broken;
use super::factory::{AtGate, Factory, Number, STATION};
use super::feed::Feed;
use super::ledger::Ledger;
use super::road::Road;
use crate::home::{self, Clipboard, Event, Home, Ms};
use crate::measured::Measured;
use crate::scenario::Scenario;
use crate::traffic::{Us, us};
use channel::cargo::Load;
use channel::clipboard::Id;
use channel::fleet::Fleet;

/// What is on the road.
pub(super) enum OnRoad {
    /// A truck, on its way out.
    Out { number: Number, clipboard: Clipboard, left: Us },
    /// A truck on its way home.
    Back { number: Number, load: Load, heard: Vec<Id> },
    /// The news that a truck is lost: the browser says so when the answer would have come.
    Lost(Number),
    /// A proxy's patience with a truck ends.
    Cut(Number),
}

/// A truck at the dock.
struct Docked {
    number: Number,
    heard: Vec<Id>,
    /// The proxy has cut its way home, which the dock does not know.
    ghost: bool,
}

/// The page.
pub(super) struct Trucks<'a> {
    home: Home,
    fleet: &'static Fleet,
    factory: Factory,
    road: Road<OnRoad>,
    docked: Vec<Docked>,
    ledger: Ledger<'a>,
    cut: Option<Us>,
}

impl<'a> Trucks<'a> {
    pub fn new(scenario: &Scenario, fleet: &'static Fleet, ledger: Ledger<'a>) -> Result<Self, Broken> {
        let park_ms = (scenario.park_s * 1e3).round() as Ms;
        Ok(Self {
            home: Home::new(fleet, park_ms, 0),
            fleet,
            factory: Factory::new(fleet).ok_or(Broken::Name)?,
            road: Road::new(scenario),
            docked: Vec::new(),
            ledger,
            cut: scenario.cut_s.map(us),
        })
    }

    fn start(&mut self, now: Us) -> Vec<Event> {
        self.home.start(self.factory.cursor(), [STATION.into()].into(), ms(now))
    }

    /// Does what home does.
    fn act(&mut self, mut events: Vec<Event>, now: Us) -> Result<(), Broken> {
        while !events.is_empty() {
            let mut further = Vec::new();
            for event in events {
                match event {
                    Event::Departs { number, clipboard } => self.departs(number, clipboard, now),
                    Event::Applied(items) => {
                        items.iter().try_for_each(|item| self.ledger.applied(item.at.seq(), now))?
                    }
                    Event::Reload => {
                        self.ledger.reloaded(self.factory.cursor().seq());
                        further.extend(self.start(now));
                    }
                    Event::Recalled(_) | Event::Heard(_) | Event::State(_) => {}
                }
            }
            events = further;
        }
        Ok(())
    }

    fn departs(&mut self, number: Number, clipboard: Clipboard, now: Us) {
        self.ledger.counts.trips += 1;
        self.ledger.departs(&clipboard);
        let there = now + self.road.way();
        if self.road.loses() {
            let told = there + self.road.way();
            return self.road.send(told, OnRoad::Lost(number));
        }
        self.road.send(there, OnRoad::Out { number, clipboard, left: now });
    }

    fn arrives(&mut self, number: Number, clipboard: Clipboard, left: Us, now: Us) -> Result<(), Broken> {
        self.ledger.stored(&clipboard.say, now)?;
        let heard: Vec<_> = clipboard.say.into_iter().map(|word| word.id).collect();
        let has_words = !heard.is_empty();
        let words = heard.as_slice().into();
        self.docked.push(Docked { number, heard, ghost: false });
        let truck = AtGate { number, seen: clipboard.seen, words, park: clipboard.park.unsigned_abs() };
        let chance = self.road.chance();
        let arrived = self.factory.arrive(truck, now, chance);
        let met = |(own, load): &(Number, Load)| *own == number && !load.cargo.is_empty();
        self.ledger.counts.crossings +=
            u64::from(has_words && self.fleet.keep_one_out && arrived.leaving.iter().any(met));
        if let (Some(_), Some(cut)) = (arrived.parked, self.cut) {
            self.road.send(now.max(left + cut), OnRoad::Cut(number));
        }
        self.leave(arrived.leaving, now);
        Ok(())
    }

    fn leave(&mut self, leaving: Vec<(Number, Load)>, now: Us) {
        for (number, load) in leaving {
            let Some(at) = self.docked.iter().position(|docked| docked.number == number) else { continue };
            let Docked { heard, ghost, .. } = self.docked.swap_remove(at);
            if ghost {
                continue;
            }
            let there = now + self.road.way();
            let lost = self.road.loses();
            self.road.send(there, if lost { OnRoad::Lost(number) } else { OnRoad::Back { number, load, heard } });
        }
    }

    fn comes_home(&mut self, number: Number, load: &Load, heard: Vec<Id>, now: Us) -> Vec<Event> {
        if self.home.out().any(|out| out == number) {
            let counts = &mut self.ledger.counts;
            counts.legs_home += 1;
            counts.empty_home += u64::from(load.cargo.is_empty());
            counts.bytes_down += self.factory.weight(load, &heard);
        }
        let load = home::Load::of(load, self.factory.epoch(), heard, None);
        self.home.home(number, load, ms(now), &mut || self.road.chance())
    }
}

impl Feed for Trucks<'_> {
    fn begin(&mut self) -> Result<(), Broken> {
        let events = self.start(0);
        self.act(events, 0)
    }

    fn next_at(&self) -> Us {
        let timer = self.home.timers().first().map(|(due, _)| due.unsigned_abs() * 1_000);
        [self.road.next_at(), timer, self.factory.next_ticket()].into_iter().flatten().min().unwrap_or(Us::MAX)
    }

    fn step(&mut self, now: Us) -> Result<(), Broken> {
        self.ledger.passes(now, self.factory.parked());
        if self.road.next_at().is_some_and(|at| at <= now) {
            return match self.road.take() {
                Some(OnRoad::Out { number, clipboard, left }) => self.arrives(number, clipboard, left, now),
                Some(OnRoad::Back { number, load, heard }) => {
                    let events = self.comes_home(number, &load, heard, now);
                    self.act(events, now)
                }
                Some(OnRoad::Lost(number)) => {
                    let events = self.home.lost(number, None, ms(now), &mut || self.road.chance());
                    self.act(events, now)
                }
                Some(OnRoad::Cut(number)) => {
                    let Some(docked) = self.docked.iter_mut().find(|docked| docked.number == number) else {
                        return Ok(());
                    };
                    docked.ghost = true;
                    let events = self.home.lost(number, None, ms(now), &mut || self.road.chance());
                    self.act(events, now)
                }
                None => Ok(()),
            };
        }
        if let Some((due, timer)) = self.home.timers().first().copied()
            && due <= ms(now)
        {
            let events = self.home.ring(timer, ms(now), &mut || self.road.chance());
            return self.act(events, now);
        }
        let leaving = self.factory.tow(now);
        self.leave(leaving, now);
        Ok(())
    }

    fn news(&mut self, now: Us) -> Result<(), Broken> {
        self.ledger.passes(now, self.factory.parked());
        let (seq, leaving) = self.factory.announce(now);
        self.ledger.born(seq, now);
        self.leave(leaving, now);
        Ok(())
    }

    fn word(&mut self, now: Us) -> Result<(), Broken> {
        let word = self.ledger.word()?;
        match self.home.say(word, ms(now)) {
            Ok(events) => {
                self.ledger.said(now);
                self.act(events, now)
            }
            Err(_) => {
                self.ledger.counts.unsaid += 1;
                Ok(())
            }
        }
    }

    fn close(mut self, end: Us) -> Measured {
        let tally = self.home.tally();
        let counts = &mut self.ledger.counts;
        counts.tickets = tally.tickets.into();
        counts.relieved = tally.relieved.into();
        counts.lost = tally.lost.into();
        counts.repeated = tally.repeated.into();
        self.ledger.passes(end, self.factory.parked());
        self.ledger.close(end)
    }
}

fn ms(now: Us) -> Ms {
    (now / 1_000) as Ms
}
