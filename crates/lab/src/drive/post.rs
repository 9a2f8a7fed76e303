//! Clients that post reports back to back: how many a second?

use super::error::Error;
use super::machine::{Processes, Stretch};
use super::readings::Readings;
use super::report::Posted;
use super::spread::Spread;
use super::target::Target;
use super::wire::Wire;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What a client waits after an answer that refuses its reading: its `Retry-After` would idle the whole measurement.
const PAUSE: Duration = Duration::from_millis(10);

/// What one client saw.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<u16, u64>,
    times: Vec<Duration>,
}

pub(super) async fn measure(
    targets: [&Arc<Target>; 2],
    readings: &Arc<Readings>,
    server: &Processes,
    (clients, batch): (usize, usize),
    time: Duration,
) -> Result<Posted, Error> {
    let mut wires = Vec::with_capacity(clients);
    for number in 1..=clients {
        let target = targets[number % 2];
        let wire = Wire::connect(target.address).await.map_err(|source| Error::Connect { number, source })?;
        wires.push((wire, target.clone()));
    }
    let (started, stretch) = (Instant::now(), Stretch::start(server)?);
    let mut tasks = JoinSet::new();
    for (wire, target) in wires {
        tasks.spawn(client(wire, target, readings.clone(), batch, started + time));
    }
    let mut all = Seen::default();
    while let Some(ended) = tasks.join_next().await {
        let seen = ended.map_err(|error| Error::Wire(std::io::Error::other(error)))??;
        all.times.extend(seen.times);
        for (status, count) in seen.statuses {
            *all.statuses.entry(status).or_default() += count;
        }
    }
    let used = stretch.end()?;
    let count = |good: &dyn Fn(u16) -> bool| {
        all.statuses.iter().filter(|(status, _)| good(**status)).map(|(_, count)| count).sum::<u64>()
    };
    let target = targets[0];
    let (stored, duplicates) =
        (batch as u64 * count(&|status| target.peer.took(status)), count(&|status| target.peer.knew(status)));
    Ok(Posted {
        stored_per_s: stored as f64 / used.seconds,
        stored,
        duplicates,
        statuses: all.statuses,
        seconds: used.seconds,
        took: Spread::of(all.times),
        server_cpu_share: used.server_s.map(|cpu_s| cpu_s / used.seconds),
        driver_cpu_share: used.driver_share,
        cpu_us_per_post: used.server_s.map(|cpu_s| cpu_s * 1e6 / stored.max(1) as f64),
    })
}

async fn client(
    mut wire: Wire,
    target: Arc<Target>,
    readings: Arc<Readings>,
    batch: usize,
    end: Instant,
) -> Result<Seen, Error> {
    let mut seen = Seen::default();
    while Instant::now() < end {
        let reading = readings.batch(&target, batch);
        let sent = Instant::now();
        wire.send(&reading.request).await?;
        let answer = wire.receive().await?;
        *seen.statuses.entry(answer.status).or_default() += 1;
        match answer.status {
            status if target.peer.took(status) => seen.times.push(answer.at - sent),
            status if target.peer.knew(status) => reading.was_taken()?,
            _ => sleep(PAUSE).await,
        }
    }
    Ok(seen)
}
