//! `backup` and `restore`: the whole database as one file, and back.

use super::said::say;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::DirBuilder;
use std::io::IsTerminal;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use stevenson::app;
use stevenson::config::Config;
use stevenson::storage::{self, Inspection, Schema};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// A new file [default: stevenson-DATE-TIME.db in the folder backups of the data folder]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that backup has written
    file: PathBuf,
    /// Only look whether the file is whole, and say what is in it
    #[arg(long)]
    dry_run: bool,
}

/// Writes a backup, while a server may run.
pub(super) async fn backup(config: Config, Backup { file }: Backup) -> Result<()> {
    must_be_file(&config)?;
    let to = match file {
        Some(file) => file,
        None => named(&config.data, now())?,
    };
    let bar = bar();
    let seen = storage::copy(&config.storage.file, &to, |done, all| tell(&bar, done, all)).await;
    bar.finish_and_clear();
    let seen = seen.context("there is no backup")?;
    say!("{}: {}", to.display(), contents(&seen, &to)?)?;
    say!("the configuration is not in it: {}", config.data.join("stevenson.toml").display())
}

/// A PostgreSQL has tools of its own, which do this better.
fn must_be_file(config: &Config) -> Result<()> {
    if config.storage.database.is_empty() {
        return Ok(());
    }
    bail!(
        "the database is a PostgreSQL ({}), which its own tools back up and restore: pg_basebackup with a WAL archive, or pg_dump and \
        pg_restore",
        config.storage.database
    )
}

/// Where a backup goes if nobody says it.
fn named(data: &Path, now: DateTime<Utc>) -> Result<PathBuf> {
    let folder = data.join(storage::BACKUPS);
    let mut builder = DirBuilder::new();
    let is_new = !folder.exists();
    builder.recursive(true).mode(0o700).create(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if is_new {
        storage::owner::give(&folder).with_context(|| format!("cannot give {} to its owner", folder.display()))?;
    }
    Ok(folder.join(format!("stevenson-{}.db", now.format("%Y-%m-%d-%H%M%S%3f"))))
}

/// Puts a backup in the place of the database. No server may run.
pub(super) async fn restore(config: Config, Restore { file, dry_run }: Restore) -> Result<()> {
    if dry_run {
        let seen = storage::sound(&file).await.with_context(|| file.display().to_string())?;
        return say!("{}: {}", file.display(), contents(&seen, &file)?);
    }
    must_be_file(&config)?;
    config.make_folder()?;
    let _lock = match app::lock(&config.data) {
        Err(app::Error::Taken { process, .. }) => bail!("a server runs{process}: stop it first; nothing was changed"),
        other => other?,
    };
    let database = &config.storage.file;
    let aside = config.data.join(format!("stevenson-before-restore-{}.db", now().format("%Y-%m-%d-%H%M%S")));
    let had_one = database.exists();
    let bar = bar();
    let seen = storage::restore(&file, (database, &aside), |done, all| tell(&bar, done, all)).await;
    bar.finish_and_clear();
    let seen = seen.context("nothing was restored")?;
    say!("{}: {}", database.display(), contents(&seen, database)?)?;
    if had_one {
        say!("what was there before: {}; remove it when all is well", aside.display())?;
    }
    Ok(())
}

/// What a person wants to know of a copy before trusting it.
fn contents(seen: &Inspection, file: &Path) -> Result<String> {
    let bytes = file.metadata().with_context(|| file.display().to_string())?.len();
    let size = format!("{:.1} MiB, whole", bytes as f64 / f64::from(1 << 20));
    // Older tables may lack what is asked for.
    if seen.schema == Schema::Older {
        return Ok(format!("{size}; made by an older version, which the next server brings up to date"));
    }
    let newest = seen.stations.iter().filter_map(|station| station.newest).max();
    let newest = newest.map_or_else(|| "no reading".to_owned(), |at| format!("newest reading {}", at.rfc3339()));
    let stations = match seen.stations.len() {
        1 => "1 station".to_owned(),
        more => format!("{more} stations"),
    };
    Ok(format!("{size}; {stations}, {newest}"))
}

#[expect(clippy::disallowed_methods, reason = "a command: a name with the time of now")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes} of about {total_bytes}");
    let bar = ProgressBar::new(0);
    style.into_iter().for_each(|style| bar.set_style(style));
    bar
}

fn tell(bar: &ProgressBar, done: u64, all: u64) {
    bar.set_length(all.max(done));
    bar.set_position(done);
}
