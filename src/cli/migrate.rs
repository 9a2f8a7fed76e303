//! `migrate`: everything that the database holds goes into another one, of the other kind.

use super::said::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;
use stevenson::app;
use stevenson::storage::{self, Misfits, Moved, Place, Progress};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// The database that is read: the file stevenson.db of a data folder, or postgres://user:password@host/database. It is left as it is
    #[arg(long, value_name = "FILE-OR-URL", value_parser = NonEmptyStringValueParser::new())]
    from: String,
    /// Where all of it goes: a PostgreSQL with an empty database, or a new file. Not through a pooler
    #[arg(long, value_name = "FILE-OR-URL", value_parser = NonEmptyStringValueParser::new())]
    to: String,
    /// Copy what there is while the server runs, as often as you like. The move ends with a run without this, for which the server is
    /// stopped, and which then has little to write
    #[arg(long)]
    while_running: bool,
}

/// Moves everything.
pub(super) async fn run(Migrate { from, to, while_running }: Migrate) -> Result<()> {
    // clap would repeat the text, in which a password may stand.
    let from: Place = from.parse().context("--from")?;
    let to: Place = to.parse().context("--to")?;
    let _lock = if while_running { None } else { lock(&from)? };
    let bar = bar();
    let shown = bar.clone();
    let tell = move |Progress { done, all }| {
        shown.set_length(all.max(done));
        shown.set_position(done);
    };
    let moved = storage::migrate(from.clone(), to.clone(), while_running, tell).await;
    bar.finish_and_clear();
    let moved = moved.with_context(|| format!("the move from {from} to {to} has not ended"))?;
    report(&moved, while_running)?;
    if while_running {
        return say!(
            "what was there when this read it is at {to} now, and no server opens that before the move has ended.\n\
            Stop the server, and give the same command without --while-running: it copies what has changed, compares all, and ends the move"
        );
    }
    say!(
        "moved from {from} to {to}: both databases counted the rows of each table, and every row was read at both ends and compared bit by bit"
    )?;
    match to {
        Place::Postgres(_) => {
            say!("{from} is as it was. Next: database in [storage] of the configuration, or STEVENSON_STORAGE_DATABASE")
        }
        Place::File(_) => {
            say!("{from} is as it was. Next: the file as stevenson.db in the data folder, and no database in [storage]")
        }
    }
}

/// Keeps servers away from the folder of a file, as long as it is held.
fn lock(from: &Place) -> Result<Option<File>> {
    let Place::File(file) = from else { return Ok(None) };
    // A link may lead into another folder. What does not exist is told of later.
    let file = file.canonicalize().unwrap_or_else(|_| file.clone());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Every server leaves this file behind. A file in another folder has no server.
    if !folder.join(app::LOCK_FILE).exists() {
        return Ok(None);
    }
    match app::lock(folder) {
        Err(app::Error::Taken { process, .. }) => bail!(
            "a server runs{process}, and what it takes meanwhile would be lost, so nothing was changed: stop it first, or copy ahead with \
            --while-running"
        ),
        other => Ok(Some(other?)),
    }
}

/// What was counted.
fn report(moved: &Moved, while_running: bool) -> Result<()> {
    let width = 20;
    say!("{:<width$}{:>14}  {:<16}", "table", "rows", if while_running { "" } else { "sum of all bits" })?;
    for (table, tally) in &moved.tables {
        let sum = if while_running { String::new() } else { format!("{:016x}", tally.sum) };
        say!("{table:<width$}{:>14}  {sum:<16}", tally.rows)?;
    }
    say!("{:<width$}{:>14}", "written now", moved.written)?;
    for (table, Misfits { nuls, rows }) in &moved.misfits {
        if *nuls > 0 {
            say!("{table}: {nuls} characters NUL were left out of texts, which PostgreSQL cannot hold")?;
        }
        if *rows > 0 {
            say!("{table}: {rows} rows were left out, because such a character is in their key")?;
        }
    }
    Ok(())
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of about {human_len} rows, {per_sec}, {eta} left");
    let bar = ProgressBar::new(0);
    style.into_iter().for_each(|style| bar.set_style(style));
    bar
}
