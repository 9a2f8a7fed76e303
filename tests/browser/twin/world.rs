//! A twin of home in virtual time, and what happens to it.

use super::chance::Dice;
use super::road::{Road, Trip};
use super::trace::Trace;
use channel::clipboard::Id;
use channel::fleet::Fleet;
use lab::home::{Event, Home, Load, Ms, Timer, Word};
use serde_json::{Value, json};
use std::sync::Arc;

const PARK_MS: Ms = 10_000;
/// Not 0: a real clock never shows it.
const START: Ms = 1_000_000;

/// What may be done to a home.
enum Input {
    Start(String),
    Say,
    Home(u32, Vec<u8>),
    Lost(u32, Option<Ms>),
    Ring(Ms, Timer),
    Look(bool),
    Wake,
    Offline,
    Online,
    Rest,
}

pub struct World {
    home: Home,
    road: Road,
    trace: Trace,
    /// The server's clock.
    now: Ms,
    /// How much the page's clock is ahead.
    ahead: Ms,
    watch: Arc<[Box<str>]>,
    visible: bool,
    said: u32,
    next_whim: Ms,
}

impl World {
    pub fn new(fleet: &'static Fleet, seed: u64) -> Self {
        let watch: Arc<[Box<str>]> = if seed.is_multiple_of(2) { Arc::new([]) } else { Arc::new(["a".into()]) };
        let trace =
            Trace { name: format!("{} {seed}", fleet.name), fleet: fleet.name, park_ms: PARK_MS, steps: vec![] };
        Self {
            home: Home::new(fleet, PARK_MS, START),
            road: Road::new(Dice::new(seed.wrapping_mul(7_919))),
            trace,
            now: START,
            ahead: 0,
            watch,
            visible: true,
            said: 0,
            next_whim: START,
        }
    }

    /// Lives until so much has happened.
    pub fn run(mut self, steps: usize) -> Trace {
        self.feed(Input::Start(self.road.cursor()));
        while self.trace.steps.len() < steps {
            let timer = self.home.timers().first().copied();
            let rings = timer.map(|(due, _)| due - self.ahead);
            let next = [rings, self.road.next(), Some(self.next_whim)].into_iter().flatten().min().unwrap_or(self.now);
            self.now = self.now.max(next);
            if let Some((due, timer)) = timer
                && due - self.ahead <= self.now
            {
                self.feed(Input::Ring(due, timer));
            } else if self.road.next().is_some_and(|at| at <= self.now) {
                match self.road.happen(self.now) {
                    Some(Trip::Home(number, load)) if self.is_out(number) => self.feed(Input::Home(number, load)),
                    Some(Trip::Lost(number, retry)) if self.is_out(number) => self.feed(Input::Lost(number, retry)),
                    Some(Trip::Fetched) => self.feed(Input::Start(self.road.cursor())),
                    _ => {}
                }
            } else {
                self.whim();
                let quiet = self.road.dice.happens(0.06);
                let longest = if quiet { 40_000.0 } else { 2_500.0 };
                self.next_whim = self.now + (self.road.dice.unit().powi(2) * longest) as Ms;
            }
        }
        self.trace
    }

    fn is_out(&self, number: u32) -> bool {
        self.home.out().any(|out| out == number)
    }

    /// Something happens that nobody expects.
    fn whim(&mut self) {
        match self.road.dice.below(100) {
            0..40 => self.road.announce(1, self.now),
            40..44 => self.road.announce(12, self.now),
            44..62 => self.feed(Input::Say),
            62..66 => (0..6).for_each(|_| self.feed(Input::Say)),
            66..72 => self.feed(Input::Wake),
            72..74 => self.feed(Input::Rest),
            74..77 => self.feed(Input::Offline),
            77..80 => self.feed(Input::Online),
            80..83 => {
                self.visible = !self.visible;
                self.feed(Input::Look(self.visible));
            }
            83..85 => self.now += self.road.dice.below(60_000) as Ms, // the machine sleeps
            85..87 => self.ahead -= self.road.dice.below(9_000) as Ms,
            87..91 => self.road.restart(true, self.now),
            91..95 => self.road.restart(false, self.now),
            95 => self.road.replace(self.now),
            96..98 => self.road.fill(self.now),
            _ => {}
        }
    }

    fn feed(&mut self, input: Input) {
        let now = self.now + self.ahead;
        let mut used = Vec::new();
        let dice = &mut self.road.dice;
        let mut chance = || {
            used.push(dice.exact());
            used[used.len() - 1]
        };
        let home = &mut self.home;
        let (input, events): (Value, Vec<Event>) = match input {
            Input::Start(from) => {
                let (cursor, watch) = (from.parse().expect("a cursor"), self.watch.clone());
                (json!({"do": "start", "from": from, "watch": *watch}), home.start(cursor, watch, now))
            }
            Input::Say => {
                if home.unheard() >= 40 {
                    return;
                }
                self.said += 1;
                let id = format!("word-{:011}", self.said);
                let word =
                    Word { id: Id::new(&id).expect("an id"), station: "a".into(), text: "how cold is it?".into() };
                let input = json!({"do": "say", "id": id, "station": word.station, "text": word.text});
                (input, home.say(word, now).expect("room"))
            }
            Input::Home(truck, load) => {
                let input: Value = serde_json::from_slice(&load).expect("JSON");
                let load = Load::read(&load).expect("a load");
                (json!({"do": "home", "truck": truck, "load": input}), home.home(truck, load, now, &mut chance))
            }
            Input::Lost(truck, retry_ms) => {
                let input = json!({"do": "lost", "truck": truck, "retryAfterMs": retry_ms});
                (input, home.lost(truck, retry_ms, now, &mut chance))
            }
            Input::Ring(due, timer) => (json!({"do": "ring", "due": due}), home.ring(timer, now, &mut chance)),
            Input::Look(visible) => {
                home.look(visible);
                (json!({"do": "look", "visible": visible}), vec![])
            }
            Input::Wake => (json!({"do": "wake"}), home.wake(now)),
            Input::Offline => (json!({"do": "offline"}), home.offline(now)),
            Input::Online => (json!({"do": "online"}), home.online(now)),
            Input::Rest => (json!({"do": "rest"}), home.rest(now)),
        };
        self.trace.note(input, now, used, &events, &self.home);
        for event in events {
            match event {
                Event::Departs { number, clipboard } => self.road.depart(number, &clipboard, self.now),
                Event::Reload => self.road.later(self.now + 400, Trip::Fetched),
                _ => {}
            }
        }
    }
}
