//! `lab simulate`: the fleets in virtual time.

use super::asked::{Asked, now};
use ::lab::comparison::Comparison;
use ::lab::drive::machine::Machine;
use ::lab::scenario::{Scenario, seconds, share};
use ::lab::simulate;
use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

#[derive(Debug, Args)]
#[command(mut_arg("news", |arg| arg.required(false).default_value("1/60")))]
#[command(mut_arg("words", |arg| arg.required(false).default_value("1/120")))]
pub(in crate::cli) struct Simulate {
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
    #[command(flatten)]
    asked: Asked,
}

impl Simulate {
    fn scenario(&self) -> Result<Scenario> {
        let scenario = Scenario {
            round_trip_s: self.rtt,
            jitter_s: self.jitter,
            loss: self.loss,
            cut_s: self.cut,
            ..self.asked.scenario(self.hours * 3_600.0)?
        };
        scenario.check()?;
        Ok(scenario)
    }
}

/// Simulates, writes the files that were asked for, prints the table.
pub(super) fn run(arguments: &Simulate) -> Result<()> {
    let (scenario, at) = (arguments.scenario()?, now());
    let bar = bar(scenario.fleets.len())?;
    let mut measured = Vec::new();
    for (done, &fleet) in (0u64..).zip(&scenario.fleets) {
        bar.set_message(fleet.name);
        let mut progress = |share: f64| bar.set_position(done * STEPS + (share * STEPS as f64) as u64);
        measured.push((fleet, simulate::run(&scenario, fleet, &mut progress, &mut |_| ())?));
    }
    bar.finish_and_clear();
    arguments.asked.show(&Comparison::of_simulation(at, Machine::this(), scenario, measured))
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
