//! `sensor list | remove`: opens the file itself, beside a running server.

use super::database::{did_you_mean, find, must_agree, with_storage};
use super::said::say;
use anyhow::{Result, bail};
use clap::Subcommand;
use stevenson::config::Config;
use stevenson::storage::Storage;
use weather::station::{SensorName, Slug, Station};
use weather::typed::nearest;

#[derive(Debug, Subcommand)]
pub(super) enum SensorCommand {
    /// List the sensors of a station
    List {
        /// The station's slug
        station: Slug,
    },
    /// Remove a sensor with all its readings; if the station still sends it, it comes back with the next report
    Remove {
        /// The station's slug
        station: Slug,
        /// The sensor's name, as `sensor list` shows it; . is the main sensor
        #[arg(value_parser = sensor_name)]
        sensor: SensorName,
        /// Remove without asking
        #[arg(long)]
        yes: bool,
    },
}

impl SensorCommand {
    /// Whether it changes the database.
    pub(super) fn writes(&self) -> bool {
        matches!(self, Self::Remove { .. })
    }
}

/// The main sensor has no name; this stands for it, and can be nobody's name.
pub(super) const MAIN: &str = ".";

pub(super) fn sensor_name(text: &str) -> Result<SensorName, String> {
    if text == MAIN { Ok(SensorName::main()) } else { SensorName::new(text).map_err(|error| error.to_string()) }
}

pub(super) fn shown(name: &SensorName) -> &str {
    if name.is_main() { MAIN } else { name.as_str() }
}

/// An error unless the station has that sensor.
pub(super) async fn must_have_sensor(storage: &Storage, station: &Station, sensor: &SensorName) -> Result<()> {
    let known = storage.sensors(station.id).await?;
    if known.iter().any(|one| one.name == *sensor) {
        return Ok(());
    }
    let near = nearest(sensor.as_str(), known.iter().map(|one| one.name.as_str()).filter(|name| !name.is_empty()));
    let (slug, sensor) = (&station.slug, shown(sensor));
    bail!("{slug} has no sensor \"{sensor}\"{}; stevenson sensor list {slug} tells which it has", did_you_mean(near))
}

/// Runs the command.
pub(super) async fn run(config: Config, command: SensorCommand) -> Result<()> {
    with_storage(config, async |storage| sensor_command(storage, command).await).await
}

async fn sensor_command(storage: &Storage, command: SensorCommand) -> Result<()> {
    match command {
        SensorCommand::List { station } => {
            let station = find(storage, &station)?;
            let sensors = storage.sensors(station.id).await?;
            if sensors.is_empty() {
                say!("{} has sent no readings yet", station.slug)?;
            }
            for sensor in sensors {
                let newest = sensor.newest.map(|at| chrono::DateTime::from_timestamp_millis(at.0));
                let newest = newest.flatten().map_or_else(
                    || "no readings".to_owned(),
                    |at| format!("newest reading {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
                );
                let main = if sensor.name.is_main() { "  (the main sensor)" } else { "" };
                say!("{:<32}  {newest}  about {} KiB{main}", shown(&sensor.name), sensor.about_bytes >> 10)?;
            }
        }
        SensorCommand::Remove { station, sensor, yes } => {
            let station = find(storage, &station)?;
            let name = shown(&sensor);
            must_have_sensor(storage, &station, &sensor).await?;
            if !yes {
                must_agree(&format!("the sensor {name} of {}", station.slug), name)?;
            }
            storage.remove_sensor(&station.slug, &sensor).await?;
            say!("removed {name} of {}", station.slug)?;
        }
    }
    Ok(())
}
