//! `station calibrate …`, `station calibrate list | remove`.

use super::database::find;
use super::reading::{author, quantity};
use super::said::{print, say};
use super::sensor::{sensor_name, shown};
use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use stevenson::storage::{CalibrationStart, Storage};
use weather::calibration::{Calibration, read_start, shown_start, told_start};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station};
use weather::time::Timestamp;
use weather::typed::number;

/// Calibrations that are listed at most, those that were removed included.
const LISTED_MAX: u32 = 1_000;

#[derive(Debug, Args)]
pub(super) struct Calibrate {
    #[command(subcommand)]
    command: Option<CalibrateCommand>,
    #[command(flatten)]
    of: Option<OfArguments>,
    /// What is multiplied; of rain: what falls
    #[arg(long, default_value_t = 1.0, value_parser = number, allow_hyphen_values = true)]
    factor: f64,
    /// What is added then, in the unit that `list` shows: °C, hPa, m/s, …
    #[arg(long, default_value_t = 0.0, value_parser = number, allow_hyphen_values = true)]
    offset: f64,
}

#[derive(Debug, Subcommand)]
pub(super) enum CalibrateCommand {
    /// List the calibrations of a station, who made them, and those that were removed
    List {
        /// The station's slug
        station: Slug,
    },
    /// Remove a calibration: the one before it holds from there on, if there is one
    Remove(OfArguments),
}

#[derive(Debug, Args)]
pub(super) struct OfArguments {
    /// The station's slug
    station: Slug,
    /// The sensor's name, as `sensor list` shows it [default: the main sensor]
    #[arg(long, default_value = ".", value_parser = sensor_name)]
    sensor: SensorName,
    /// temperature, humidity, …; precipitation is meant with all that its gauge says
    #[arg(long, value_parser = quantity)]
    quantity: Quantity,
    /// From when on it holds: a time as in `reading strike`, now, or ever for all that is stored
    #[arg(long, default_value = "now", allow_hyphen_values = true)]
    from: String,
}

impl Calibrate {
    /// Whether it only lists calibrations.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.command, Some(CalibrateCommand::List { .. }))
    }
}

/// Runs the command.
pub(super) async fn run(storage: &Storage, Calibrate { command, of, factor, offset }: Calibrate) -> Result<()> {
    match (command, of) {
        // clap would refuse --data before the command, too.
        (Some(_), Some(_)) => Err(anyhow!("write all of it behind list or remove")),
        (Some(CalibrateCommand::List { station }), _) => list(storage, &station).await,
        (Some(CalibrateCommand::Remove(of)), _) => {
            let (station, start) = start(storage, of)?;
            let key = start.sensor.key(start.quantity);
            storage.uncalibrate(&station.slug, start, &author()).await?;
            follow(storage).await?;
            say!(
                "the calibration of {key} of {} is removed; the readings that are kept from then on have followed",
                station.slug
            )?;
            Ok(())
        }
        (None, Some(of)) => {
            let (station, start) = start(storage, of)?;
            let calibration = Calibration::new(start.quantity, factor, offset)?;
            let (key, from) = (start.sensor.key(start.quantity), told_start(&station.zone, start.from));
            let what = calibration.shown(start.quantity);
            storage.calibrate(&station.slug, start, calibration, &author()).await?;
            follow(storage).await?;
            say!("{key} of {} is {what} {from}; the readings that are kept from then on have followed", station.slug)?;
            Ok(())
        }
        (None, None) => Err(anyhow!("name a station; --help says more")),
    }
}

/// Waits until what is stored has followed; a server that runs helps.
pub(super) async fn follow(storage: &Storage) -> Result<()> {
    while storage.recalculate_some().await? {}
    Ok(())
}

fn start(storage: &Storage, of: OfArguments) -> Result<(std::sync::Arc<Station>, CalibrationStart)> {
    let OfArguments { station, sensor, quantity, from } = of;
    let station = find(storage, &station)?;
    let from = read_start(&station.zone, &from, now()).map_err(|why| anyhow!(why))?;
    Ok((station, CalibrationStart { sensor, quantity, from }))
}

async fn list(storage: &Storage, slug: &Slug) -> Result<()> {
    let station = find(storage, slug)?;
    let made = storage.calibrations(station.id, LISTED_MAX).await?;
    let mut said = String::new();
    if made.is_empty() {
        writeln!(said, "nothing of {} is calibrated", station.slug)?;
    }
    let at = |at: Timestamp| shown_start(&station.zone, at);
    for one in made {
        let (start, name) = (&one.start, shown(&one.start.sensor));
        let what = one.calibration.shown(start.quantity);
        let removed = one.removed.map_or_else(String::new, |(who, when)| format!("; removed by {who} at {}", at(when)));
        let quantity = start.quantity.name();
        writeln!(
            said,
            "{name}  {quantity:<20}  {what}  {}  made by {} at {}{removed}",
            told_start(&station.zone, start.from),
            one.author,
            at(one.made_at)
        )?;
    }
    print(said)
}

#[expect(clippy::disallowed_methods, reason = "a command that begins now")]
fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
