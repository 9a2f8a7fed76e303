//! Telling: committed entries go to the listener, in order.

use crate::storage::entry::Entry;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Proof that entries are committed; only storage can make one.
#[derive(Debug)]
pub struct Committed(Vec<Entry>);

impl Committed {
    /// The entries, in order.
    pub fn into_entries(self) -> Vec<Entry> {
        self.0
    }
}

/// The stream of commits, for the one who tells the pages.
#[derive(Debug)]
pub struct Commits(mpsc::Receiver<Committed>);

impl Commits {
    /// The next commit; `None` once storage is closed.
    pub async fn next(&mut self) -> Option<Committed> {
        self.0.recv().await
    }
}

/// The writer's end of the stream of commits.
pub(in crate::storage) struct Teller {
    commits: mpsc::Sender<Committed>,
    /// True once storage closes.
    closing: watch::Receiver<bool>,
}

/// Commits that wait for the listener; beyond, the writer waits, and in the end the senders do.
const COMMITS_MAX: usize = 64;
/// The listener gets this long to take the last commits when storage closes.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Both ends of a stream of commits.
pub(in crate::storage) fn commits(closing: watch::Receiver<bool>) -> (Teller, Commits) {
    let (commits, listener) = mpsc::channel(COMMITS_MAX);
    (Teller { commits, closing }, Commits(listener))
}

impl Teller {
    /// Tells what is committed: to be called only after the transaction that wrote the entries. A slow listener holds
    /// the writer up, and so in the end the senders; one that is gone does not, and one that is slow while storage
    /// closes not for long.
    pub(super) async fn tell(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let closing = &mut self.closing;
        let patience = async {
            // An error means that every handle is gone, which is closing too.
            let _ = closing.wait_for(|closing| *closing).await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            biased;
            // An error means that nobody listens: the command line does not.
            _ = self.commits.send(Committed(entries)) => {}
            () = patience => tracing::warn!("nobody took the last commits; pages read them from the journal"),
        }
    }
}
