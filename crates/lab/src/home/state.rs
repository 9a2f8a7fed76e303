//! How a page is fed, in one word.

use super::road::GRACE_MS;
use super::timers::Timer;
use super::{Event, Home, Ms};

/// Whether home is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    Resting,
    Running,
    Reloading,
}

/// How a page is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The first truck is out.
    Connecting,
    /// News would reach the page now.
    Live,
    /// The road is open, but the dock lets no truck park.
    Polling,
    /// The last trip failed.
    Reconnecting,
    /// The browser says that there is no network.
    Offline,
    /// Nothing is out, and nothing has to be.
    Resting,
    /// The page must fetch its state anew.
    Reloading,
}

impl Kind {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Connecting => "connecting",
            Kind::Live => "live",
            Kind::Polling => "polling",
            Kind::Reconnecting => "reconnecting",
            Kind::Offline => "offline",
            Kind::Resting => "resting",
            Kind::Reloading => "reloading",
        }
    }
}

/// The word, and when the next truck leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// The word.
    pub kind: Kind,
    /// When the next truck leaves, if home waits because of a failure.
    pub retry_at: Option<Ms>,
}

impl Home {
    /// How the page is fed right now.
    pub fn state(&self, now: Ms) -> State {
        let kind = self.kind(now);
        let waits = matches!(kind, Kind::Reconnecting | Kind::Offline);
        State { kind, retry_at: self.patience.until().filter(|_| waits) }
    }

    /// Says so when that has changed.
    pub(super) fn tell(&mut self, now: Ms) {
        let state = self.state(now);
        if self.told.replace(state) != Some(state) {
            self.events.push(Event::State(state));
        }
    }

    fn kind(&self, now: Ms) -> Kind {
        let fleet = self.fleet;
        let idle = !fleet.keep_one_out && fleet.every_ms.is_none() && self.road.len() == 0 && self.words.len() == 0;
        match self.mode {
            Mode::Resting => Kind::Resting,
            Mode::Reloading => Kind::Reloading,
            Mode::Running if self.polls() && !self.patience.tried() => Kind::Polling,
            Mode::Running if self.is_live(now) => Kind::Live,
            Mode::Running if self.offline => Kind::Offline,
            Mode::Running if self.patience.tried() => Kind::Reconnecting,
            Mode::Running if idle => Kind::Resting,
            Mode::Running => Kind::Connecting,
        }
    }

    /// Whether the road is open, but the dock lets no truck park.
    fn polls(&self) -> bool {
        self.proven && self.limit.why().is_some() && self.fleet.keep_one_out
    }

    /// Whether news would reach the page now, as far as home can know.
    fn is_live(&self, now: Ms) -> bool {
        if !self.proven {
            return false;
        }
        if self.fleet.keep_one_out {
            return self.road.one_parks() || self.timers.is_set(Timer::Token);
        }
        let silence = self.home_at.map_or(Ms::MAX, |at| now - at);
        match self.fleet.every_ms {
            None => self.road.len() > 0 && silence <= self.park_ms + GRACE_MS,
            Some(every_ms) => silence <= 2 * Ms::from(every_ms),
        }
    }
}
