//! Telling: committed entries go to the listener, in order.

use super::commit::Scribe;
use super::journal::{Committed, Entry};
use std::time::Duration;

/// The listener gets this long to take the last commits when storage closes.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Scribe {
    /// Tells what is committed. A slow listener holds the writer up, and so in the end the senders; one that is gone
    /// does not, and one that is slow while storage closes not for long.
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
            _ = self.commits.send(Committed::new(entries)) => {}
            () = patience => tracing::warn!("nobody took the last commits; pages read them from the journal"),
        }
    }
}
