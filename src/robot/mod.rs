//! The robot: each station's keeper. It thinks before it answers, and speaks up on its own.

pub mod alerts;
pub mod gather;
pub mod talk;

use crate::storage::words::Visitor;
use crate::storage::{Entry, Storage};
use serde::{Deserialize, Serialize};
use std::future::Future;

/// Knobs of the robot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The shortest time it thinks about a question, milliseconds.
    pub think_min_ms: u64,
    /// The longest.
    pub think_max_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        // Long enough to see it think, short enough to wait for.
        Self { think_min_ms: 300, think_max_ms: 3_000 }
    }
}

/// A handle to the keepers; clones share it.
#[derive(Clone)]
pub struct Robot {}

impl Robot {
    /// The keepers of the stations in `storage`. They do nothing until somebody runs [`Robot::run`].
    pub fn new(storage: Storage, options: Options) -> Self {
        let _ = (storage, options);
        Self {}
    }

    /// Words have been stored: look at what waits for an answer. Never waits, loses nothing if nobody runs.
    pub fn hear(&self) {}

    /// A visitor is here right now: a page was asked for, a truck arrived. Cheap, may be called for every truck.
    pub fn visit(&self, visitor: &Visitor) {
        let _ = visitor;
    }

    /// What has just been committed, in order. Never waits.
    pub fn news(&self, entries: &[Entry]) {
        let _ = entries;
    }

    /// Answers and warns until `shutdown`.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        shutdown.await;
    }
}
