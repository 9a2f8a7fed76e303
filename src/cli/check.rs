//! `check`: what an operator should mend. It reads only, also beside a running server.

mod database;
mod facts;
mod finding;
mod gather;
mod judge;
mod permissions;
mod reach;
mod stations;

use super::said::print;
use anyhow::{Result, bail};
use clap::Args;
use finding::{Finding, Level};
use stevenson::config::{self, Loaded};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Look through the whole database for damage, however long it takes
    #[arg(long)]
    deep: bool,
    /// Say that it is wrong if no server runs over the data folder
    #[arg(long)]
    running: bool,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "With the flags that serve is started with")]
    pub(super) serve: super::Serve,
}

/// Checks; an error if something is wrong.
pub(super) async fn run(loaded: Result<Loaded, config::Error>, arguments: Check) -> Result<()> {
    let found = match &loaded {
        Ok(loaded) => {
            let notes = loaded.notes.iter().map(|note| Finding::warn("configuration", note));
            let facts = gather::gather(loaded, &arguments).await;
            notes.chain(judge::judge(&facts)).collect()
        }
        Err(error) => {
            let about = if matches!(error, config::Error::Folder { .. }) { "data folder" } else { "configuration" };
            vec![Finding::wrong(about, gather::chain(error))]
        }
    };
    let count = |level| found.iter().filter(|finding| finding.level == level).count();
    let (wrong, warnings) = (count(Level::Wrong), count(Level::Warn));
    let said = match arguments.json {
        true => format!("{}\n", serde_json::json!({ "wrong": wrong, "warnings": warnings, "findings": found })),
        false => found.iter().map(|finding| format!("{finding}\n")).collect(),
    };
    print(said)?;
    match wrong {
        0 => Ok(()),
        1 => bail!("one thing is wrong"),
        many => bail!("{many} things are wrong"),
    }
}
