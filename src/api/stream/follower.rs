//! A program that follows a stream: it reads from its place, and waits for the station's bell.

use super::cursor::cursor;
use super::portion::{PORTION_MAX_BYTES, PORTION_MAX_ENTRIES, Portion};
use super::{AT_ONCE_HERE, AT_ONCE_TO_ONE, gone};
use crate::storage::Storage;
use crate::web::answer::Answer;
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::turns::{Turn, Turns};
use channel::crowd::Source;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use weather::station::Station;

/// A program that follows.
pub(super) struct Follower {
    pub storage: Storage,
    /// Its turns to read: those of all questions of programs.
    pub readers: Arc<Turns<Option<Source>>>,
    pub source: Option<Source>,
    pub station: Arc<Station>,
    pub epoch: Arc<str>,
    /// It has read up to here.
    pub after: Option<u64>,
    pub bell: watch::Receiver<()>,
    /// True when the server stops.
    pub stops: watch::Receiver<bool>,
    /// The headers that all answers to it have.
    pub sites: Vec<(&'static str, String)>,
    /// Its place among those who wait.
    pub _place: Option<Turn<Option<Source>>>,
}

/// A program that waits for one answer.
pub struct Waiting {
    follower: Follower,
    cursor: Option<u64>,
    patience: Duration,
    /// It asked for what comes from now on: its answer is nobody else's.
    is_now: bool,
}

impl Follower {
    /// Where the stream ends now.
    pub(super) async fn end(&self) -> Result<u64, Problem> {
        let _turn = self.turn().await?;
        Ok(self.storage.journal_end_of(self.station.id).await?)
    }

    /// The next portion.
    pub(super) async fn portion(&mut self) -> Result<Portion, Problem> {
        // What rings from now on may be missing in the portion.
        self.bell.mark_unchanged();
        let _turn = self.turn().await?;
        let piece =
            self.storage.journal_of(self.station.id, self.after, PORTION_MAX_ENTRIES, PORTION_MAX_BYTES).await?;
        Ok(Portion::of(piece.ok_or_else(gone)?, self.after))
    }

    /// The next portion with something in it, or the last one.
    pub(super) async fn read_on(&mut self) -> Result<Portion, Problem> {
        loop {
            let portion = self.portion().await?;
            if !portion.is_empty() || portion.is_all {
                return Ok(portion);
            }
            self.after = Some(portion.next);
        }
    }

    async fn turn(&self) -> Result<Turn<Option<Source>>, Problem> {
        let at_once = self.source.map_or(AT_ONCE_HERE, |_| AT_ONCE_TO_ONE);
        let turn = self.readers.turn(self.source, at_once).await;
        turn.ok_or_else(|| Problem::unavailable("too much is asked for; come again in a moment"))
    }

    /// Waits until the station's bell rings; false: the time is up, or the server stops.
    pub(super) async fn rung(&mut self, time_is_up: impl Future<Output = ()>) -> bool {
        rung(&mut self.bell, &mut self.stops, time_is_up).await
    }

    /// Whether the station is still called as it was when it was asked for: news of it rings elsewhere, if not.
    pub(super) fn is_here(&self) -> bool {
        let directory = self.storage.directory();
        let now = directory.by_slug(self.station.slug.as_str());
        now.is_some_and(|station| station.id == self.station.id && station.slug == self.station.slug)
    }

    /// The answer to a question that does not wait.
    pub(super) async fn read_once(mut self, head: &dyn Head) -> Result<Answer, Problem> {
        let portion = self.portion().await?;
        Ok(portion.answer(&self.epoch, self.station.slug.as_str(), self.after, head))
    }

    /// Waits for one answer.
    pub(super) fn waits(self, cursor: Option<u64>, patience: Duration, is_now: bool) -> Waiting {
        Waiting { follower: self, cursor, patience, is_now }
    }
}

impl Waiting {
    /// The answer, however long it takes.
    pub(crate) async fn answer(self) -> Answer {
        let Self { mut follower, cursor: asked, patience, is_now } = self;
        let sites = std::mem::take(&mut follower.sites);
        let mut answer = match waited(&mut follower, patience).await {
            Ok(portion) => portion.waited(&follower.epoch, cursor_now(asked)),
            Err(problem) => problem.into(),
        };
        if is_now {
            answer.more.retain(|(name, _)| *name != "cache-control");
            answer = answer.with("cache-control", "no-store");
        }
        answer.more.extend(sites);
        answer
    }
}

/// The next portion with something in it; an empty one if the time is up, the server stops, or the station is called otherwise now.
async fn waited(follower: &mut Follower, patience: Duration) -> Result<Portion, Problem> {
    let mut time_is_up = std::pin::pin!(tokio::time::sleep(patience));
    loop {
        let portion = follower.read_on().await?;
        if !portion.is_empty() || !follower.is_here() {
            return Ok(portion);
        }
        if !follower.rung(time_is_up.as_mut()).await {
            return Ok(portion);
        }
    }
}

/// Waits as [`Follower::rung`] does. When a server goes on that was held up for a while, all may be true: then there is news, and nobody
/// is to be told that nothing has come.
async fn rung(
    bell: &mut watch::Receiver<()>,
    stops: &mut watch::Receiver<bool>,
    time_is_up: impl Future<Output = ()>,
) -> bool {
    tokio::select! {
        biased;
        rung = bell.changed() => rung.is_ok(),
        // An error means that the server is gone.
        _ = stops.wait_for(|stops| *stops) => false,
        () = time_is_up => false,
    }
}

/// The cursor of an answer that leaves now.
pub(super) fn cursor_now(asked: Option<u64>) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a door: the cursor follows the clock")]
    let now = chrono::Utc::now();
    cursor(now.timestamp_millis(), asked, now.timestamp_subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bell_that_has_rung_is_heard_although_the_time_is_up() {
        let ((ring, mut bell), (_stop, mut stops)) = (watch::channel(()), watch::channel(false));
        for _ in 0..100 {
            ring.send_replace(());
            assert!(rung(&mut bell, &mut stops, async {}).await);
        }
        assert!(!rung(&mut bell, &mut stops, async {}).await, "it has not rung again");
    }
}
