//! Looks at a database's file without opening it for writing.

use super::census::{Census, RECENT_DAYS};
use super::error::Error;
use super::inspection::Inspection;
use super::reads::median_gap;
use super::sqlite;
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;
use weather::time::{DAY_MS, Timestamp};

/// Looks at the file, also beside a server. It changes nothing and migrates nothing. `patience`: the longest time for the
/// question whether the file is whole; `None`: as long as it takes.
///
/// # Errors
/// The file cannot be read, or it is no database of ours.
pub async fn inspect(file: &Path, patience: Option<Duration>) -> Result<Inspection, Error> {
    let file = file.to_owned();
    let (tell, told) = oneshot::channel();
    // Nobody may wait any more, which is fine.
    let mut looking = tokio::task::spawn_blocking(move || sqlite::look(&file, |handle| drop(tell.send(handle))));
    let looked = match (patience, told.await) {
        (Some(patience), Ok(handle)) => match tokio::time::timeout(patience, &mut looking).await {
            Ok(looked) => looked,
            Err(_) => {
                handle.interrupt();
                looking.await
            }
        },
        (None, Ok(handle)) => {
            let _interrupts = sqlite::Interrupts(handle);
            looking.await
        }
        _ => looking.await,
    };
    let mut inspection = looked.map_err(Error::database)??;
    for station in &mut inspection.stations {
        station.interval_ms = median_gap(&station.times);
    }
    Ok(inspection)
}

/// Counts what the file holds, also beside a server. It looks at every page of it: a second for a few hundred megabytes.
///
/// # Errors
/// The file cannot be read, or it is no database of ours.
pub async fn census(file: &Path, now: Timestamp) -> Result<Census, Error> {
    let file = file.to_owned();
    let recent = now.plus(-RECENT_DAYS * DAY_MS);
    tokio::task::spawn_blocking(move || sqlite::count(&file, recent)).await.map_err(Error::database)?
}
