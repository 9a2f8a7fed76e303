//! The worker that writes a backup a day, if the owner wants it, and removes the oldest.

mod due;
mod options;
mod stats;

pub use options::Options;
pub use stats::Stats;

use crate::storage::{self, CopyError};
use chrono::NaiveDate;
use due::{excess, is_due, named};
use stats::Counters;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use weather::time::Timestamp;

/// The worker looks so often whether it is time.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After a failure it waits so long: the disk may be full for hours.
const TRY_AGAIN_MS: i64 = 3_600_000;

/// What the worker counts, as it grows.
pub type Watcher = Arc<Counters>;

/// The worker.
pub struct Backup {
    database: PathBuf,
    folder: PathBuf,
    keep: u32,
    hour: u32,
    is_wanted: bool,
    noted: Watcher,
}

impl Backup {
    /// The worker over this database. `data`: the folder in which theirs lies, if nobody says another.
    pub fn open(options: &Options, database: &Path, data: &Path) -> Self {
        let folder = data.join(&options.folder);
        let noted = Arc::new(Counters::new(folder_newest(&folder)));
        let (keep, hour) = (options.keep_days.max(1), options.utc_hour.min(23));
        Self { database: database.to_owned(), folder, keep, hour, is_wanted: options.daily, noted }
    }

    /// What it counts.
    pub fn watcher(&self) -> Watcher {
        Arc::clone(&self.noted)
    }

    /// Works until `stop`. A backup that is being written then is given up.
    #[expect(clippy::disallowed_methods, reason = "a worker: it passes the time on")]
    pub async fn run(self, stop: impl Future<Output = ()>) {
        if !self.is_wanted {
            return stop.await;
        }
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let work = async {
            let mut not_before = Timestamp(i64::MIN);
            loop {
                look.tick().await;
                let now = Timestamp::from(chrono::Utc::now());
                let date = now.to_utc().date_naive();
                if now < not_before || !is_due(now, self.hour, |date| self.folder.join(named(date)).exists()) {
                    continue;
                }
                match self.make(date).await {
                    Ok((file, bytes)) => {
                        self.noted.made(now);
                        tracing::info!(file = %file.display(), bytes, "a backup was written");
                    }
                    Err(error) => {
                        self.noted.failed();
                        not_before = now.plus(TRY_AGAIN_MS);
                        let error = format!("{:#}", anyhow::Error::from(error));
                        tracing::error!(error, "there is no backup of today; it is tried again in an hour");
                    }
                }
            }
        };
        tokio::select! {
            () = stop => {}
            () = work => {}
        }
    }

    /// Writes the backup of a day, and removes those that are too many.
    async fn make(&self, date: NaiveDate) -> Result<(PathBuf, u64), CopyError> {
        let failed = |file: &Path| {
            let file = file.to_owned();
            move |source| CopyError::Write { file, source }
        };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(failed(&self.folder))?;
        let file = self.folder.join(named(date));
        storage::copy(&self.database, &file, |_, _| ()).await?;
        for old in excess(names(&self.folder).map_err(failed(&self.folder))?, self.keep, date) {
            let old = self.folder.join(old);
            fs::remove_file(&old).map_err(failed(&old))?;
        }
        let bytes = fs::metadata(&file).map_or(0, |metadata| metadata.len());
        Ok((file, bytes))
    }
}

/// The names in a folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names.collect())
}

/// When the newest backup of a day was written.
fn folder_newest(folder: &Path) -> Option<Timestamp> {
    let newest = names(folder).ok()?.into_iter().filter(|name| due::date_of(name).is_some()).max()?;
    let written = fs::metadata(folder.join(newest)).ok()?.modified().ok()?;
    Some(Timestamp::from(chrono::DateTime::<chrono::Utc>::from(written)))
}
