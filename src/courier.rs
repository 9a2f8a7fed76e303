//! The courier: follows what storage has committed and loads the dock with it.

use crate::dock::{Dock, News};
use crate::storage::{Commits, Entry};

/// A journal entry as the dock takes it: the station's slug is the topic.
pub fn news(entry: Entry) -> News {
    News { seq: entry.seq, topic: entry.station, body: entry.body }
}

/// Carries commits to the dock, in order, until storage is closed; `also` is shown them on the way.
pub async fn run(mut commits: Commits, dock: Dock, mut also: impl FnMut(&[Entry])) {
    while let Some(committed) = commits.next().await {
        let entries = committed.into_entries();
        also(&entries);
        dock.announce(entries.into_iter().map(news).collect());
    }
}
