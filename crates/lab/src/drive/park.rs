//! Many trucks parked, one reading: how soon does each of them have it?

use super::machine::Process;
use super::report::Parked;
use super::spread::Spread;
use super::target::{Readings, Target, unexpected};
use super::truck::{Fleet, Load};
use super::wire::Wire;
use super::{Error, ROUND_MAX};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout_at;

pub(super) async fn measure(
    target: &Arc<Target>,
    mut poster: Wire,
    readings: &Readings,
    process: Option<Process>,
    trucks: usize,
    rounds: usize,
) -> Result<Parked, Error> {
    let pss = || process.as_ref().map(Process::pss_bytes).transpose();
    let before = pss()?;
    let (home, mut homes) = mpsc::unbounded_channel::<Load>(); // at most one load a truck and round
    let mut fleet = Fleet::start(target, trucks, move |load| {
        let _ = home.send(load); // nobody listens after the last round
    })
    .await?;
    let full = pss()?;

    let (mut from_send, mut from_stored, mut last) = (Vec::new(), Vec::new(), Vec::new());
    let (mut missing, mut not_parked) = (0, 0);
    for _ in 0..rounds {
        fleet.parked().await?;
        let (request, at) = readings.next(target);
        let sent = Instant::now();
        let stored = post(&mut poster, &request).await?;
        let deadline = tokio::time::Instant::from_std(sent + ROUND_MAX);
        let mut arrived = 0;
        let mut slowest = Duration::ZERO;
        while arrived < trucks {
            let Ok(Some(load)) = timeout_at(deadline, homes.recv()).await else { break };
            if !load.reports.contains(&at) {
                continue; // somebody else posts to this server too
            }
            arrived += 1;
            not_parked += u64::from(load.parked_ms == 0);
            slowest = slowest.max(load.at - sent);
            from_send.push(load.at - sent);
            from_stored.push(load.at.saturating_duration_since(stored));
        }
        fleet.check(Duration::ZERO).await?;
        missing += (trucks - arrived) as u64;
        last.push(slowest);
    }
    Ok(Parked {
        from_send: Spread::of(from_send),
        from_stored: Spread::of(from_stored),
        last_truck: Spread::of(last),
        missing,
        not_parked,
        braked: fleet.yard.braked.load(Ordering::Relaxed),
        pss_before_bytes: before,
        pss_parked_bytes: full,
        bytes_per_truck: before.zip(full).map(|(before, full)| full.saturating_sub(before) / trucks as u64),
    })
}

/// Posts a reading; when it was acknowledged.
pub(super) async fn post(wire: &mut Wire, request: &[u8]) -> Result<Instant, Error> {
    wire.send(request).await?;
    let answer = wire.receive().await?;
    if answer.status == 201 { Ok(answer.at) } else { Err(unexpected("a reading", &answer)) }
}
