//! What `lab simulate` and `lab run` are asked alike.

use crate::cli::said::print;
use ::lab::comparison::Comparison;
use ::lab::scenario::{Scenario, fleet_names, fleets, rate, seconds};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// The flags of both; each command has its own defaults for news and words.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// How often there is news, a second: 0.5, 1/60, 2/min, 30/h
    #[arg(long, value_parser = rate)]
    news: f64,
    /// How often the page says something
    #[arg(long, value_parser = rate)]
    words: f64,
    #[arg(long, default_value = "all", help = format!("all, or names with commas: {}", fleet_names()))]
    fleet: String,
    /// How often the polling fleet goes
    #[arg(long, default_value = "5s", value_parser = seconds)]
    period: f64,
    /// How long trucks are willing to park
    #[arg(long, default_value = "25s", value_parser = seconds)]
    park: f64,
    /// The same seed is the same traffic
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write comma-separated values
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write one JSON object
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page with plots, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Asked {
    /// A scenario that lasts so long; whatever else is not asked for is as usual.
    pub(super) fn scenario(&self, seconds: f64) -> Result<Scenario> {
        Ok(Scenario {
            news_per_s: self.news,
            words_per_s: self.words,
            park_s: self.park,
            period_s: self.period,
            seconds,
            fleets: fleets(&self.fleet)?,
            seed: self.seed,
            ..Scenario::default()
        })
    }

    /// Writes the files that were asked for, then prints the table.
    pub(super) fn show(&self, comparison: &Comparison) -> Result<()> {
        let write = |path: &Option<PathBuf>, text: &dyn Fn() -> Result<String>| match path {
            Some(path) => std::fs::write(path, text()?).with_context(|| format!("cannot write {}", path.display())),
            None => Ok(()),
        };
        write(&self.csv, &|| Ok(comparison.csv()?))?;
        write(&self.json, &|| Ok(comparison.json()?))?;
        write(&self.html, &|| Ok(comparison.html()?))?;
        print(comparison.to_string())
    }
}

/// Now, as comparisons write it.
#[expect(clippy::disallowed_methods, reason = "a command: the date of a measurement")]
pub(super) fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
