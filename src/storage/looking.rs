//! Looks at a database without opening it for writing.

use super::census::{Census, RECENT_DAYS};
use super::error::Error;
use super::inspection::Inspection;
use super::options::Options;
use super::reads::median_gap;
use super::{postgres, sqlite};
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;
use weather::time::{DAY_MS, Timestamp};

/// Looks at the database, also beside a server. It changes nothing and migrates nothing. `patience`: the longest time for the
/// question whether a file is whole; `None`: as long as it takes.
///
/// # Errors
/// It cannot be read, or it is no database of ours.
pub async fn inspect(options: &Options, patience: Option<Duration>) -> Result<Inspection, Error> {
    if options.database.is_empty() {
        return inspect_file(&options.file, patience).await;
    }
    Ok(with_intervals(postgres::look(&options.database).await?))
}

/// The same of a file.
pub(super) async fn inspect_file(file: &Path, patience: Option<Duration>) -> Result<Inspection, Error> {
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
    Ok(with_intervals(looked.map_err(Error::database)??))
}

fn with_intervals(mut inspection: Inspection) -> Inspection {
    for station in &mut inspection.stations {
        station.interval_ms = median_gap(&station.times);
    }
    inspection
}

/// Counts what the database holds, also beside a server. It looks at every page of a file: a second for a few hundred megabytes. Of large
/// tables of a PostgreSQL a part is counted.
///
/// # Errors
/// It cannot be read, or it is no database of ours.
pub async fn census(options: &Options, now: Timestamp) -> Result<Census, Error> {
    let recent = now.plus(-RECENT_DAYS * DAY_MS);
    if !options.database.is_empty() {
        return postgres::count(&options.database, recent).await;
    }
    let file = options.file.clone();
    tokio::task::spawn_blocking(move || sqlite::count(&file, recent)).await.map_err(Error::database)?
}
