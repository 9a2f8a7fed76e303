//! Runs a pretend station: it measures by the clock and posts the readings.

use super::client::{Client, Outcome};
use super::observer::{Observer, Post};
use super::plan::{Error, Plan};
use super::summary::Summary;
use futures_util::FutureExt;
use futures_util::future::{Fuse, FusedFuture};
use std::pin::pin;
use std::time::Instant;
use tokio::time::{MissedTickBehavior, interval, sleep};
use weather::time::Timestamp;

/// Runs a pretend station until its plan is done or `shutdown` completes.
///
/// The past goes first, in batches; then a reading is taken every `plan.every` by the clock, also while the server is
/// away: such readings are kept and sent in batches afterwards. A station that still measures never gives up; one that
/// has nothing left to measure gives up after half a minute of failures (`unsent` in the summary says so).
/// An error means that no report of this station can ever be taken.
pub async fn run(plan: Plan, shutdown: impl Future<Output = ()>) -> Result<Summary, Error> {
    plan.check()?;
    let client = Client::new(&plan.url, &plan.key)?;
    #[expect(clippy::disallowed_methods, reason = "a worker: it measures its own run")]
    let started = Instant::now();
    let mut observer = Observer::new(&plan, now());
    let mut shutdown = pin!(shutdown);
    let mut under_way = pin!(Fuse::terminated());
    let mut clock = None;

    loop {
        if under_way.is_terminated()
            && let Some(post) = observer.next_post(now())
        {
            under_way.set(send(&client, post).fuse());
        }
        if observer.is_up_to_date() && clock.is_none() {
            let mut ticks = interval(plan.every);
            // Skip: the station keeps its phase, and takes no reading twice after a sleep.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            clock = Some(ticks);
        }
        if under_way.is_terminated() && observer.is_done() {
            break;
        }
        let beat = async {
            match &mut clock {
                Some(clock) => clock.tick().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            _ = beat, if observer.measures() => observer.measure(now()),
            (readings, outcome) = &mut under_way => observer.hear(readings, outcome)?,
        }
    }
    Ok(observer.finish(started.elapsed()))
}

/// Sends a post after its pause. The readings are handed back with the outcome.
async fn send(client: &Client, post: Post) -> (Vec<Timestamp>, Outcome) {
    if !post.pause.is_zero() {
        sleep(post.pause).await;
    }
    (post.readings, client.post(post.body).await)
}

/// The present instant. The pretend station reads the clock here only.
#[expect(clippy::disallowed_methods, reason = "a worker: the observer gets the time as an argument")]
fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
