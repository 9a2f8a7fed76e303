//! A page with a stream: one request that stays open, for the dock a truck that arrives again at once each time it has
//! left. Words go up on trucks that do not park (Server-Sent Events), or on the same line (WebSocket).
//!
//! A small model of its own, for home's rules are about trucks: the stream is opened anew when it breaks, words wait for
//! their confirmation, one truck with words is out at a time.

mod words;

use super::broken::Broken;
use super::factory::{AtGate, Factory, Number, STATION};
use super::feed::Feed;
use super::ledger::Ledger;
use super::road::Road;
use crate::home::{Clipboard, Ms, Word};
use crate::measured::Measured;
use crate::scenario::Scenario;
use crate::traffic::{Us, us};
use channel::cargo::{Load, Why};
use channel::clipboard::Id;
use channel::cursor::Cursor;
use channel::fleet::{Down, Fleet};
use channel::yard::TruckId;
use std::sync::Arc;

/// The number of the trucks that bring words beside a stream of events; streams count from 1.
const POST: Number = 0;

/// What is on the road. A stream's number tells it from those that broke before.
enum OnRoad {
    Opens {
        stream: Number,
        seen: Cursor,
        words: Vec<Word>,
    },
    /// A frame with words.
    Frame {
        stream: Number,
        seen: Cursor,
        words: Vec<Word>,
    },
    /// What the stream sends.
    Down {
        stream: Number,
        load: Load,
        heard: Vec<Id>,
    },
    /// The stream breaks, or home hears of it.
    Breaks {
        stream: Number,
    },
    /// A proxy has waited long enough, if nothing came since.
    Cut {
        stream: Number,
        spell: u64,
    },
    /// A truck with words.
    Post {
        seen: Cursor,
        words: Vec<Word>,
    },
    /// It is home.
    Back {
        load: Load,
        heard: Vec<Id>,
    },
    /// It is not.
    Lost,
}

/// The page.
pub(super) struct Streamed<'a> {
    fleet: &'static Fleet,
    park_ms: u64,
    cut: Option<Us>,
    factory: Factory,
    road: Road<OnRoad>,
    ledger: Ledger<'a>,
    /// The stream that home believes in.
    stream: Number,
    /// How far home has seen.
    seen: u64,
    /// Words not yet confirmed, in order.
    waiting: Vec<Word>,
    post_is_out: bool,
    /// The stream's place in the dock.
    parked: Option<TruckId>,
    /// Counts parkings.
    spell: u64,
    /// When the last frame arrives, down and up: a line keeps their order.
    last_down: Us,
    last_up: Us,
}

impl<'a> Streamed<'a> {
    pub fn new(scenario: &Scenario, fleet: &'static Fleet, ledger: Ledger<'a>) -> Result<Self, Broken> {
        let factory = Factory::new(fleet).ok_or(Broken::Name)?;
        Ok(Self {
            fleet,
            park_ms: (scenario.park_s * 1e3).round() as u64,
            cut: scenario.cut_s.map(us),
            seen: factory.cursor().seq(),
            factory,
            road: Road::new(scenario),
            ledger,
            stream: POST,
            waiting: Vec::new(),
            post_is_out: false,
            parked: None,
            spell: 0,
            last_down: 0,
            last_up: 0,
        })
    }

    /// A clipboard goes up; returns when it is there.
    fn up(&mut self, words: &[Word], park: u64, now: Us) -> Us {
        let watch = [STATION.into()].into();
        let (fleet, seen, say) = (self.fleet, self.factory.at(self.seen), words.to_vec());
        self.ledger.departs(&Clipboard { fleet, park: park as Ms, seen, watch, say });
        now + self.road.way()
    }

    fn open(&mut self, now: Us) {
        self.stream += 1;
        self.ledger.counts.trips += 1;
        let words = if self.fleet.down == Down::Socket { self.waiting.clone() } else { Vec::new() };
        let there = self.up(&words, self.park_ms, now);
        (self.last_up, self.last_down) = (there, now);
        let (stream, seen) = (self.stream, self.factory.at(self.seen));
        if self.road.loses() {
            let told = there + self.road.way();
            return self.road.send(told, OnRoad::Breaks { stream });
        }
        self.road.send(there, OnRoad::Opens { stream, seen, words });
    }

    /// The stream arrives at the dock, and again, until it parks.
    fn arrives(&mut self, mut seen: Cursor, now: Us) {
        loop {
            let chance = self.road.chance();
            let stream = AtGate { number: self.stream, seen, words: Arc::default(), park: self.park_ms };
            let arrived = self.factory.arrive(stream, now, chance);
            let own =
                arrived.leaving.into_iter().find(|(number, _)| *number == self.stream && arrived.parked.is_none());
            match own {
                Some((_, load)) => {
                    seen = self.factory.at(load.seen);
                    self.down(load, Vec::new(), now);
                }
                None => {
                    self.parked = arrived.parked;
                    self.spell += 1;
                    let (stream, spell) = (self.stream, self.spell);
                    if let Some(cut) = self.cut {
                        self.road.send(now + cut, OnRoad::Cut { stream, spell });
                    }
                    return;
                }
            }
        }
    }

    fn leaves(&mut self, leaving: Vec<(Number, Load)>, now: Us) {
        for (number, load) in leaving {
            if number == self.stream {
                let seen = self.factory.at(load.seen);
                self.down(load, Vec::new(), now);
                self.arrives(seen, now);
            }
        }
    }

    fn down(&mut self, load: Load, heard: Vec<Id>, now: Us) {
        let stream = self.stream;
        self.last_down = self.last_down.max(now + self.road.way());
        let lost = self.road.loses();
        let what = if lost { OnRoad::Breaks { stream } } else { OnRoad::Down { stream, load, heard } };
        self.road.send(self.last_down, what);
    }

    fn comes_home(&mut self, load: &Load, heard: &[Id], now: Us) -> Result<(), Broken> {
        let counts = &mut self.ledger.counts;
        counts.legs_home += 1;
        counts.empty_home += u64::from(load.cargo.is_empty());
        counts.bytes_down += self.factory.weight(load, heard);
        counts.tickets += u64::from(load.why == Why::Ticket);
        self.waiting.retain(|word| !heard.contains(&word.id));
        if load.why == Why::Reload {
            self.ledger.reloaded(load.seen);
        }
        for item in &load.cargo {
            if item.seq() <= self.seen {
                self.ledger.counts.repeated += 1;
            } else {
                self.ledger.applied(item.seq(), now)?;
                self.seen = item.seq();
            }
        }
        self.seen = self.seen.max(load.seen);
        Ok(())
    }

    fn breaks(&mut self, stream: Number, now: Us) {
        if stream == self.stream {
            self.ledger.counts.lost += 1;
            self.open(now);
        }
    }

    fn happens(&mut self, what: OnRoad, now: Us) -> Result<(), Broken> {
        match what {
            OnRoad::Opens { stream, seen, words } if stream == self.stream => match words.is_empty() {
                true => self.arrives(seen, now),
                false => self.frame(seen, words, now)?,
            },
            OnRoad::Frame { stream, seen, words } if stream == self.stream => self.frame(seen, words, now)?,
            OnRoad::Down { stream, load, heard } if stream == self.stream => self.comes_home(&load, &heard, now)?,
            OnRoad::Breaks { stream } => self.breaks(stream, now),
            OnRoad::Cut { stream, spell } if spell == self.spell => self.breaks(stream, now),
            OnRoad::Post { seen, words } => {
                if let Some((load, heard)) = self.heard(POST, seen, words, now)? {
                    let there = now + self.road.way();
                    let lost = self.road.loses();
                    self.road.send(there, if lost { OnRoad::Lost } else { OnRoad::Back { load, heard } });
                }
            }
            OnRoad::Back { load, heard } => {
                self.comes_home(&load, &heard, now)?;
                self.post_is_out = false;
                self.post(now);
            }
            OnRoad::Lost => {
                self.ledger.counts.lost += 1;
                self.post_is_out = false;
                self.post(now);
            }
            // Of a stream that broke.
            OnRoad::Opens { .. } | OnRoad::Frame { .. } | OnRoad::Down { .. } | OnRoad::Cut { .. } => {}
        }
        Ok(())
    }
}

impl Feed for Streamed<'_> {
    fn begin(&mut self) -> Result<(), Broken> {
        self.open(0);
        Ok(())
    }

    fn next_at(&self) -> Us {
        [self.road.next_at(), self.factory.next_ticket()].into_iter().flatten().min().unwrap_or(Us::MAX)
    }

    fn step(&mut self, now: Us) -> Result<(), Broken> {
        self.ledger.passes(now, self.factory.parked());
        if self.road.next_at().is_some_and(|at| at <= now) {
            return self.road.take().map_or(Ok(()), |what| self.happens(what, now));
        }
        let leaving = self.factory.tow(now);
        self.leaves(leaving, now);
        Ok(())
    }

    fn news(&mut self, now: Us) -> Result<(), Broken> {
        self.ledger.passes(now, self.factory.parked());
        let (seq, leaving) = self.factory.announce(now);
        self.ledger.born(seq, now);
        self.leaves(leaving, now);
        Ok(())
    }

    fn word(&mut self, now: Us) -> Result<(), Broken> {
        self.say(now)
    }

    fn close(mut self, end: Us) -> Measured {
        self.ledger.passes(end, self.factory.parked());
        self.ledger.close(end)
    }
}
