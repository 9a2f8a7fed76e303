//! `config`: the configuration that a server would run with.

use super::said::print;
use anyhow::{Result, bail};
use clap::Args;
use stevenson::config::Loaded;

#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Only what is not as it is by default
    #[arg(long)]
    changed: bool,
    #[command(flatten, next_help_heading = "With the flags that serve is started with")]
    pub(super) serve: super::Serve,
}

/// Prints it.
pub(super) fn run(loaded: &Loaded, arguments: &Settings) -> Result<()> {
    let folder = &loaded.folder.path;
    if folder.to_str().is_none() {
        bail!("the name of the data folder {} is not UTF-8, and a configuration cannot hold it", folder.display());
    }
    print(loaded.shown(arguments.changed)?.as_bytes())
}
