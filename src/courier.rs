//! The courier: follows what storage has committed and loads the dock with it.

use crate::storage::{Commits, Entry};
use channel::watch::PRIVATE;
use channel::{Dock, News};
use weather::time::nearest_ms;

/// A journal entry as the dock takes it: the topic is the station's slug, or the visitor who alone may read it.
pub fn news(entry: Entry) -> News {
    let topic = match &entry.visitor {
        Some(visitor) => format!("{PRIVATE}{}", visitor.as_str()).into(),
        None => entry.station,
    };
    News { seq: entry.seq, topic, committed_ms: entry.committed_at.0, body: entry.body }
}

/// Carries commits to the dock, in order, until storage is closed; `also` is shown them on the way.
pub async fn run(mut commits: Commits, dock: Dock, mut also: impl FnMut(&[Entry])) {
    while let Some(committed) = commits.next().await {
        let entries = committed.into_entries();
        also(&entries);
        // The journal's own time was written down before the disk had it; from now on nothing takes it back.
        #[expect(clippy::disallowed_methods, reason = "a worker: the moment after the commit")]
        let committed_ms = nearest_ms(chrono::Utc::now());
        dock.announce(entries.into_iter().map(|entry| News { committed_ms, ..news(entry) }).collect());
    }
}
