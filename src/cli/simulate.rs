//! `simulate`: a pretend station.

use super::said::{hint, say};
use super::stop_asked;
use anyhow::{Result, bail};
use clap::Args;
use std::io::IsTerminal;
use std::time::Duration;
use stevenson::pretend::climate::LATITUDE_DEFAULT;
use stevenson::pretend::plan::Plan;
use stevenson::pretend::station;
use stevenson::storage::zones;
use weather::zone::Zone;

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The server. The configuration and STEVENSON_PORT do not say it
    #[arg(long, default_value = "http://127.0.0.1:8000")]
    url: String,
    /// The station's key
    #[arg(long)]
    key: String,
    /// How often to post, such as 5s
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    every: Duration,
    /// Seed of the weather: the same seed makes the same weather
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after this many live posts
    #[arg(long)]
    count: Option<u64>,
    /// First post the past, such as 3d, at one reading a minute
    #[arg(long, value_name = "PAST", value_parser = humantime::parse_duration)]
    fast_forward: Option<Duration>,
    /// The station's time zone: its rain counter starts at midnight there
    #[arg(long, default_value = "UTC", value_parser = zones::parse)]
    zone: Zone,
    /// Degrees north, for the sun and the seasons
    #[arg(long, default_value_t = LATITUDE_DEFAULT, value_parser = latitude, allow_hyphen_values = true)]
    latitude: f64,
    /// The station's height, metres
    #[arg(long, default_value_t = 0.0, value_parser = weather::station::elevation_m, allow_hyphen_values = true)]
    elevation: f64,
}

/// Pretends until it is stopped or the plan is done, then prints a summary.
pub(super) async fn run(arguments: Simulate) -> Result<()> {
    hint!("posts to {} every {}; Ctrl-C ends it", arguments.url, humantime::format_duration(arguments.every));
    let url = arguments.url.clone();
    let plan = Plan {
        seed: arguments.seed,
        zone: arguments.zone,
        latitude: arguments.latitude,
        elevation_m: arguments.elevation,
        every: arguments.every,
        count: arguments.count,
        fast_forward: arguments.fast_forward,
        progress: std::io::stderr().is_terminal(),
        ..Plan::new(arguments.url, arguments.key)
    };
    let summary = station::run(plan, stop_asked()).await?;
    say!("{summary}")?;
    if summary.unsent > 0 {
        bail!("{} readings could not be sent to {url}; is a server there? --url names another one", summary.unsent);
    }
    Ok(())
}

fn latitude(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(degrees) if (-90.0..=90.0).contains(&degrees) => Ok(degrees),
        _ => Err(format!("{text:?} is not a latitude from -90 to 90 degrees")),
    }
}
