//! Home's rules a second time: the Rust twin of the pages' `home.js`, rule by rule. Pure: no network, no clock, no chance.
//!
//! It runs the rows of the table whose news comes home on trucks; it has no streams. It exists because many pages have to
//! run in one process, and because all orders of events have to be tried. `tests/browser/twin.rs` feeds both the same
//! traces and holds them equal: a change of one needs the same change of the other.

mod bucket;
mod clipboard;
mod join;
mod limit;
mod patience;
mod read;
mod road;
mod rules;
mod state;
mod tally;
mod timers;
mod words;

pub use clipboard::Clipboard;
pub use join::{Item, Load};
pub use read::Foreign;
pub use state::{Kind, State};
pub use tally::Tally;
pub use timers::Timer;
pub use words::{Unsayable, WAITING_MAX, Word};

use bucket::Bucket;
use channel::clipboard::{Id, WATCH_MAX_TOPICS};
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use limit::Limit;
use patience::Patience;
use road::Road;
use state::Mode;
use std::sync::Arc;
use timers::Timers;
use words::Words;

/// Milliseconds of the clock of the caller, which may be set back.
pub type Ms = i64;
/// A random number in `0.0..1.0` each time it is asked for.
pub type Chance<'a> = &'a mut dyn FnMut() -> f64;

/// How long a truck is willing to park, ms: shorter than the time-outs of common proxies.
pub const PARK_MS: Ms = 25_000;
/// A timer that rings this late says that the machine slept, ms.
const JUMP_MS: Ms = 20_000;

/// What home does, in the order in which it does it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// A truck leaves.
    Departs {
        /// Its number, by which home wants to hear of it.
        number: u32,
        /// What it carries.
        clipboard: Clipboard,
    },
    /// A truck is called back; home ignores its answer.
    Recalled(u32),
    /// Words that are stored now.
    Heard(Vec<Id>),
    /// News: each item once, in order, without a gap.
    Applied(Vec<Item>),
    /// How the page is fed has changed.
    State(State),
    /// The page must fetch its state anew, and start from a new cursor.
    Reload,
}

/// One page's home.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Home {
    fleet: &'static Fleet,
    park_ms: Ms,
    words: Words,
    road: Road,
    patience: Patience,
    bucket: Bucket,
    tally: Tally,
    timers: Timers,
    mode: Mode,
    seen: Option<Cursor>,
    watch: Arc<[Box<str>]>,
    /// Whether a truck came home since the last failure: without that, nothing is live.
    proven: bool,
    /// Whether a truck is owed though nothing else asks for one: by the clock, or for a load dropped before a gap.
    owed: bool,
    offline: bool,
    visible: bool,
    home_at: Option<Ms>,
    limit: Limit,
    told: Option<State>,
    /// What this call has done so far.
    events: Vec<Event>,
}

impl Home {
    /// A home of that fleet, at rest.
    pub fn new(fleet: &'static Fleet, park_ms: Ms, now: Ms) -> Self {
        Self {
            fleet,
            park_ms,
            words: Words::default(),
            road: Road::default(),
            patience: Patience::default(),
            bucket: Bucket::full(now),
            tally: Tally::default(),
            timers: Timers::default(),
            mode: Mode::Resting,
            seen: None,
            watch: Arc::new([]),
            proven: false,
            owed: false,
            offline: false,
            visible: true,
            home_at: None,
            limit: Limit::default(),
            told: None,
            events: Vec::new(),
        }
    }

    /// The cursor up to which everything has been applied.
    pub fn seen(&self) -> Option<&Cursor> {
        self.seen.as_ref()
    }

    /// What the trucks have done so far.
    pub fn tally(&self) -> Tally {
        Tally { out: self.road.len(), departed: self.road.departed(), ..self.tally }
    }

    /// The numbers of the trucks that are out, in order of departure.
    pub fn out(&self) -> impl Iterator<Item = u32> {
        self.road.numbers()
    }

    /// How many words wait for their confirmation.
    pub fn unheard(&self) -> usize {
        self.words.len()
    }

    /// The limit that keeps trucks from parking, if one does.
    pub fn limit(&self) -> Option<&str> {
        self.limit.why()
    }

    /// What rings later, the next one first.
    pub fn timers(&self) -> &[(Ms, Timer)] {
        self.timers.all()
    }

    /// Begins, or begins anew, from the page's cursor and the stations it shows (none: all).
    pub fn start(&mut self, seen: Cursor, watch: Arc<[Box<str>]>, now: Ms) -> Vec<Event> {
        self.recall_all();
        self.seen = Some(seen);
        self.watch = if watch.len() > WATCH_MAX_TOPICS { Arc::new([]) } else { watch };
        self.go(now);
        self.done()
    }

    /// Says something; it is sent until it is confirmed.
    pub fn say(&mut self, word: Word, now: Ms) -> Result<Vec<Event>, Unsayable> {
        self.words.add(word)?;
        self.step(now);
        Ok(self.done())
    }

    /// Somebody looks again, the network is back, or the machine has slept: trucks out for long are not believed.
    pub fn wake(&mut self, now: Ms) -> Vec<Event> {
        self.woken(now);
        self.done()
    }

    /// Whether somebody looks at the page: if not, home waits longer after failures.
    pub fn look(&mut self, visible: bool) {
        self.visible = visible;
    }

    /// The browser says that it has no network. Home asks the road itself.
    pub fn offline(&mut self, now: Ms) -> Vec<Event> {
        self.offline = true;
        self.doubt();
        self.step(now);
        self.done()
    }

    /// The browser says that it has a network again.
    pub fn online(&mut self, now: Ms) -> Vec<Event> {
        self.wake(now)
    }

    /// Stops, because nobody looks. `start` or `wake` goes on from what was seen.
    pub fn rest(&mut self, now: Ms) -> Vec<Event> {
        if self.mode == Mode::Running {
            self.mode = Mode::Resting;
        }
        self.stop();
        self.tell(now);
        self.done()
    }

    /// A truck is home. The load of one that was given up is ignored.
    pub fn home(&mut self, number: u32, load: Load, now: Ms, chance: Chance<'_>) -> Vec<Event> {
        if let Some(truck) = self.remove(number) {
            self.arrive(truck, load, now, chance);
        }
        self.done()
    }

    /// A truck does not come home: an error, or an answer that is no load.
    pub fn lost(&mut self, number: u32, retry_after_ms: Option<Ms>, now: Ms, chance: Chance<'_>) -> Vec<Event> {
        if let Some(truck) = self.remove(number) {
            self.lose(truck, retry_after_ms, now, chance);
        }
        self.done()
    }

    /// A timer rings; that of a truck that is home does nothing.
    pub fn ring(&mut self, timer: Timer, now: Ms, chance: Chance<'_>) -> Vec<Event> {
        let Some(due) = self.timers.off(timer) else { return Vec::new() };
        if now - due > JUMP_MS {
            self.woken(now);
            return self.done();
        }
        match timer {
            Timer::Deadline(number) => {
                if let Some(truck) = self.remove(number) {
                    self.events.push(Event::Recalled(number));
                    self.lose(truck, None, now, chance);
                }
                return self.done();
            }
            Timer::Patience => self.patience.end(&mut self.timers),
            Timer::Period => self.owed = true,
            Timer::Place => self.limit.lift(&mut self.timers),
            Timer::Token | Timer::Again => {}
        }
        self.step(now);
        self.done()
    }

    /// Forgets all that only time tells apart, and numbers the trucks that are out anew, from 1; returns their old
    /// numbers. Homes that behave alike, as far as time does not matter, become equal: for programs that try all orders
    /// of events.
    pub fn forget_time(&mut self) -> Vec<u32> {
        let old = self.road.forget_time();
        let renamed = |number| old.iter().position(|old| *old == number).map(|at| Timer::Deadline(at as u32 + 1));
        self.timers.rename(|timer| if let Timer::Deadline(number) = timer { renamed(number) } else { Some(timer) });
        self.patience.forget_time();
        self.bucket = Bucket::full(0);
        self.tally = Tally::default();
        self.home_at = self.home_at.map(|_| 0);
        self.told = None;
        old
    }
}

#[cfg(test)]
mod tests;
