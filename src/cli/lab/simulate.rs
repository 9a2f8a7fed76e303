//! `lab simulate`: the fleets in virtual time.

use ::lab::drive::machine::Machine;
use ::lab::report::{How, Report};
use ::lab::row;
use ::lab::scenario::{Scenario, rate, seconds, share};
use ::lab::simulate;
use anyhow::{Context, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct Simulate {
    /// How often there is news, a second: 0.5, 1/60, 2/min, 30/h
    #[arg(long, default_value = "1/60", value_parser = rate)]
    news: f64,
    /// How often somebody says something
    #[arg(long, default_value = "1/120", value_parser = rate)]
    words: f64,
    /// The round trip between home and factory
    #[arg(long, default_value = "100ms", value_parser = seconds)]
    rtt: f64,
    /// How much a round trip's halves vary: each is up to half of this longer or shorter
    #[arg(long, default_value = "0ms", value_parser = seconds)]
    jitter: f64,
    /// The share of ways on which a truck is lost: 0.1% or 0.001
    #[arg(long, default_value = "0", value_parser = share)]
    loss: f64,
    /// A proxy cuts what has waited this long for an answer
    #[arg(long, value_parser = seconds)]
    cut: Option<f64>,
    /// How many hours of each fleet
    #[arg(long, default_value_t = 1_000.0)]
    hours: f64,
    /// all, or names with commas: stay-home, wait-for-reply, polling, expanding, slow-and-fast, ping-pong, sse, websocket
    #[arg(long, default_value = "all")]
    fleet: String,
    /// How often the polling fleet goes
    #[arg(long, default_value = "5s", value_parser = seconds)]
    period: f64,
    /// How long trucks are willing to park
    #[arg(long, default_value = "25s", value_parser = seconds)]
    park: f64,
    /// The same seed is the same traffic on the same road
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    files: Files,
}

/// Where a report goes, beside the terminal.
#[derive(Debug, Args)]
pub(super) struct Files {
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

impl Simulate {
    fn scenario(&self) -> Result<Scenario> {
        let scenario = Scenario {
            news_per_s: self.news,
            words_per_s: self.words,
            round_trip_s: self.rtt,
            jitter_s: self.jitter,
            loss: self.loss,
            cut_s: self.cut,
            park_s: self.park,
            period_s: self.period,
            seconds: self.hours * 3_600.0,
            fleets: row::rows(&self.fleet)?,
            seed: self.seed,
        };
        scenario.check()?;
        Ok(scenario)
    }
}

/// Simulates, prints the table, writes what was asked for.
pub(super) fn run(arguments: &Simulate) -> Result<()> {
    let scenario = arguments.scenario()?;
    #[expect(clippy::disallowed_methods, reason = "a command: the date of a measurement")]
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let bar = bar(scenario.fleets.len())?;
    let mut measured = Vec::new();
    for (done, row) in (0u64..).zip(&scenario.fleets) {
        bar.set_message(row.name);
        let mut progress = |share: f64| bar.set_position(done * STEPS + (share * STEPS as f64) as u64);
        measured.push((*row, simulate::run(&scenario, *row, &mut progress, &mut |_| ())?));
    }
    bar.finish_and_clear();
    let report = Report::new(How::Simulated, at, Machine::this(), scenario, measured);
    arguments.files.write(&report)?;
    print!("{report}");
    Ok(())
}

impl Files {
    /// Writes what was asked for.
    pub(super) fn write(&self, report: &Report) -> Result<()> {
        let write = |path: &Option<PathBuf>, text: &dyn Fn() -> Result<String>| match path {
            Some(path) => std::fs::write(path, text()?).with_context(|| format!("cannot write {}", path.display())),
            None => Ok(()),
        };
        write(&self.csv, &|| Ok(report.csv()))?;
        write(&self.json, &|| Ok(report.json()?))?;
        write(&self.html, &|| Ok(report.html()?))
    }
}

/// Steps of the bar for each fleet.
const STEPS: u64 = 100;

fn bar(fleets: usize) -> Result<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = ProgressBar::new(fleets as u64 * STEPS);
    bar.set_style(ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}")?);
    Ok(bar)
}
