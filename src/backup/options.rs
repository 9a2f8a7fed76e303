//! The knobs of the backups.

use crate::storage::BACKUPS;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The knobs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Writes a backup of the database each day, beside the running server, and reads it back. Off by default: it takes as much room
    /// as the database, as often as `keep_days` says, and only you know a disk that has it.
    pub daily: bool,
    /// The folder that they go to: `stevenson-2026-11-30.db`. A relative path begins at the data folder; that helps against mistakes,
    /// a folder on another disk helps against a broken one.
    pub folder: PathBuf,
    /// So many stay; the oldest go. A week shows a mistake to somebody who looks at weekends.
    pub keep_days: u32,
    /// From this hour on, UTC, 0 to 23; if the server is down then, when it starts. In most places that have no midnight at that time
    /// little is written and read.
    pub utc_hour: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { daily: false, folder: PathBuf::from(BACKUPS), keep_days: 7, utc_hour: 2 }
    }
}
