//! Many trucks parked, one reading: how soon does each of them have it?

use super::error::Error;
use super::machine::Processes;
use super::memory::Scale;
use super::readings::{Readings, Stored};
use super::report::Parked;
use super::spread::Spread;
use super::target::Target;
use super::truck::{self, Convoy, Delivery};
use super::wire::Wire;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout_at;

/// A round takes no longer than this: a truck that has nothing by then is missing.
pub(super) const ROUND_MAX: Duration = Duration::from_secs(10);

pub(super) async fn measure(
    target: &Arc<Target>,
    mut poster: Wire,
    readings: &Readings,
    server: &Processes,
    trucks: usize,
    rounds: usize,
) -> Result<Parked, Error> {
    let mut scale = Scale::start(server, trucks)?;
    let (home, mut homes) = mpsc::unbounded_channel::<Delivery>(); // at most one load a truck and round
    let waiting = truck::connect(target, trucks, 1).await?;
    scale.connected()?;
    let mut convoy = Convoy::start(waiting, move |delivery| {
        let _ = home.send(delivery); // nobody listens after the last round
    })
    .await?;
    scale.step()?;

    let (mut from_send, mut from_stored, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let (mut missing, mut not_parked) = (0, 0);
    for _ in 0..rounds {
        convoy.parked().await?;
        let Stored { at_ms, sent, answered } = readings.post(&mut poster, target).await?;
        let deadline = tokio::time::Instant::from_std(sent + ROUND_MAX);
        let mut arrived = 0;
        let mut slowest = Duration::ZERO;
        while arrived < trucks {
            let Ok(Some(delivery)) = timeout_at(deadline, homes.recv()).await else { break };
            if !delivery.reports.contains(&at_ms) {
                continue; // somebody else posts to this server too
            }
            arrived += 1;
            not_parked += u64::from(delivery.parked_ms == 0);
            slowest = slowest.max(delivery.at - sent);
            from_send.push(delivery.at - sent);
            from_stored.push(delivery.at.saturating_duration_since(answered));
        }
        convoy.check(Duration::ZERO).await?;
        missing += (trucks - arrived) as u64;
        last.push(slowest);
    }
    convoy.parked().await?;
    scale.step()?;
    Ok(Parked {
        from_send: Spread::of(from_send),
        from_stored: Spread::of(from_stored),
        last_truck: Spread::of(last),
        missing,
        not_parked,
        braked: convoy.road.braked.load(Ordering::Relaxed),
        memory: scale.read(),
    })
}
