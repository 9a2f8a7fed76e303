//! The courier: follows what storage has committed and loads the dock with it.

use crate::dock::{Dock, News};
use crate::storage::{Commits, Entry};

/// A journal entry as the dock takes it: the station's slug is the topic.
pub fn news(entry: Entry) -> News {
    News { seq: entry.seq, topic: entry.station, body: entry.body }
}

/// Carries commits to the dock, in order, until storage is closed.
pub async fn run(mut commits: Commits, dock: Dock) {
    while let Some(committed) = commits.next().await {
        dock.announce(committed.into_entries().into_iter().map(news).collect());
    }
}
