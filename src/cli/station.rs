//! `station add | list | new-key | bind | unbind | remove`: opens the file itself, beside a running server.

use super::database::{find, must_agree, must_be_there, with_storage};
use anyhow::Result;
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use stevenson::config::Config;
use stevenson::storage::{BadDevice, DeviceSecret, Key, NewStation, Storage};
use weather::station::{ELEVATION_LIMITS_M, Slug, station_name};

#[derive(Debug, Subcommand)]
pub(super) enum StationCommand {
    /// Add a station and print its key, once
    Add {
        /// Its name in URLs: a-z, 0-9 and hyphens
        slug: Slug,
        /// Its name for people [default: the slug]
        #[arg(long, value_parser = station_name)]
        name: Option<String>,
        /// The IANA time zone of its days, such as Europe/Berlin
        #[arg(long, default_value = "UTC")]
        zone: Tz,
        /// Height of the ground above sea level, metres
        #[arg(long, value_parser = elevation, allow_negative_numbers = true)]
        elevation: Option<f64>,
    },
    /// List the stations
    List,
    /// Make a new key and print it, once; the old key is no longer valid
    NewKey {
        /// The station's slug
        slug: Slug,
    },
    /// Bind a console or a hub that cannot be given a key: what it calls itself is a secret of the station then
    Bind {
        /// The station's slug
        slug: Slug,
        #[command(flatten)]
        device: DeviceArguments,
    },
    /// Forget all devices that are bound to a station
    Unbind {
        /// The station's slug
        slug: Slug,
    },
    /// Remove a station with all its readings
    Remove {
        /// The station's slug
        slug: Slug,
        /// Remove without asking
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct DeviceArguments {
    /// The PASSKEY that an Ecowitt or Ambient console sends
    #[arg(long, value_parser = passkey)]
    passkey: Option<DeviceSecret>,
    /// The hardware address of an Acurite hub
    #[arg(long, value_parser = mac)]
    mac: Option<DeviceSecret>,
    /// The serial number of a Tempest, AIR or SKY of WeatherFlow
    #[arg(long, value_parser = serial)]
    serial: Option<DeviceSecret>,
}

fn passkey(text: &str) -> Result<DeviceSecret, BadDevice> {
    DeviceSecret::passkey(text)
}

fn mac(text: &str) -> Result<DeviceSecret, BadDevice> {
    DeviceSecret::mac(text)
}

fn serial(text: &str) -> Result<DeviceSecret, BadDevice> {
    DeviceSecret::serial(text)
}

/// Runs the command.
pub(super) async fn run(config: Config, command: StationCommand) -> Result<()> {
    match command {
        StationCommand::Add { .. } => config.make_folder()?,
        _ => must_be_there(&config)?,
    }
    with_storage(config, async |storage| station_command(storage, command).await).await
}

async fn station_command(storage: &Storage, command: StationCommand) -> Result<()> {
    match command {
        StationCommand::Add { slug, name, zone, elevation } => {
            let name = name.unwrap_or_else(|| slug.to_string());
            let (station, key) = storage.add_station(NewStation { slug, name, zone, elevation_m: elevation }).await?;
            println!("added {} ({})", station.slug, station.name);
            show_key(&key);
        }
        StationCommand::List => {
            let directory = storage.directory();
            if directory.iter().next().is_none() {
                println!(
                    "no stations yet; add one: stevenson station add town-hall --name \"Town Hall\" --zone Europe/Berlin"
                );
            }
            for station in directory.iter() {
                let elevation = station.elevation_m.map_or_else(String::new, |m| format!("  {m} m"));
                let kinds: Vec<_> = directory.devices(station.slug.as_str()).iter().map(|kind| kind.name()).collect();
                let devices = if kinds.is_empty() { String::new() } else { format!("  {}", kinds.join(", ")) };
                println!("{:<24}  {:<32}  {}{elevation}{devices}", station.slug.as_str(), station.name, station.zone);
            }
        }
        StationCommand::NewKey { slug } => {
            show_key(&storage.renew_key(&slug).await?);
            println!("the old key is no longer valid");
        }
        StationCommand::Bind { slug, device } => {
            // clap has seen that one of them is there.
            for device in device.passkey.iter().chain(&device.mac).chain(&device.serial) {
                storage.bind_device(&slug, device).await?;
                println!("uploads of that {} are those of {slug} now", device.kind().name());
            }
        }
        StationCommand::Unbind { slug } => {
            storage.unbind_devices(&slug).await?;
            println!("no device is bound to {slug} now");
        }
        StationCommand::Remove { slug, yes } => {
            let station = find(storage, &slug)?;
            if !yes {
                must_agree(&format!("{} ({slug})", station.name), slug.as_str())?;
            }
            storage.remove_station(&slug).await?;
            println!("removed {slug}");
        }
    }
    Ok(())
}

fn show_key(key: &Key) {
    println!("key: {}", key.reveal());
    println!("keep the key: the server stores only its hash and cannot show it again");
}

/// A height in metres within its limits.
pub(super) fn elevation(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(metres) if ELEVATION_LIMITS_M.contains(&metres) => Ok(metres),
        _ => Err(format!(
            "{text:?} is not a height from {} to {} metres",
            ELEVATION_LIMITS_M.start(),
            ELEVATION_LIMITS_M.end()
        )),
    }
}
