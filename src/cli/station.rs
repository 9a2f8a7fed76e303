//! `station add | list | rename | new-key | bind | unbind | calibrate | map | unmap | unclaimed | claim | remove`: opens the file itself, beside a running server.

use super::calibrate::{self, Calibrate};
use super::database::{find, must_agree, must_be_there, with_storage};
use super::map;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use stevenson::admin::{clock_offset, clock_offset_text, coordinates_text};
use stevenson::config::Config;
use stevenson::storage::zones;
use stevenson::storage::{BadDevice, DeviceSecret, Key, NewStation, StationSettings, Storage, Unclaimed};
use weather::station::{Slug, elevation_m, station_name};
use weather::sun::{Coordinates, latitude, longitude};
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

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
        #[arg(long, default_value = "UTC", value_parser = zones::parse)]
        zone: Zone,
        /// Height of the ground above sea level, metres
        #[arg(long, value_parser = elevation_m, allow_negative_numbers = true)]
        elevation: Option<f64>,
        /// Degrees north (negative: south), as 52.52. Nobody but the owner is shown it
        #[arg(long, requires = "longitude", value_parser = latitude, allow_negative_numbers = true)]
        latitude: Option<f64>,
        /// Degrees east (negative: west), as 13.41
        #[arg(long, requires = "latitude", value_parser = longitude, allow_negative_numbers = true)]
        longitude: Option<f64>,
    },
    /// List the stations
    List,
    /// Give a station another name for people; its name in URLs stays
    Rename {
        /// The station's slug
        slug: Slug,
        /// Its new name
        #[arg(value_parser = station_name)]
        name: String,
    },
    /// Change a station's height or place, put its clock right, or say in which units it sends
    #[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
    Set {
        /// The station's slug
        slug: Slug,
        /// Height of the ground above sea level, metres; "unknown" if it is not known
        #[arg(long, group = "what", value_parser = elevation_or_unknown, allow_negative_numbers = true)]
        elevation: Option<Elevation>,
        /// What is added to the times that the station sends from now on: 5h for a clock that is 5 hours behind, -2h for one
        /// that is 2 hours ahead, 0s for one that is right
        #[arg(long, group = "what", value_parser = clock_offset, allow_hyphen_values = true)]
        clock_offset: Option<i64>,
        /// Degrees north (negative: south), as 52.52; "unknown" takes the place away. Nobody but the owner is shown it
        #[arg(long, group = "what", value_parser = latitude_or_unknown, allow_negative_numbers = true)]
        latitude: Option<Degrees>,
        /// Degrees east (negative: west), as 13.41
        #[arg(long, requires = "latitude", value_parser = longitude, allow_negative_numbers = true)]
        longitude: Option<f64>,
        /// In which units a console uploads under names for °F, inHg, mph and in: as-named, metric (°C, hPa, mm; wind is left out),
        /// metric-m/s or metric-km/h (the same, with wind)
        #[arg(long, group = "what", value_parser = UploadUnits::from_name)]
        upload_units: Option<UploadUnits>,
    },
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
    /// List the devices that wait to be claimed, while enrolment is on
    Unclaimed,
    /// Make a device that waits a station's, with the reports that it has sent
    Claim {
        /// The device's number, as `station unclaimed` shows it
        device: i64,
        /// The station's slug
        slug: Slug,
    },
    /// Put right what a sensor sends: a factor, an offset, and the time from which they hold; what is stored from then on follows
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Calibrate(Box<Calibrate>),
    /// Say what a field is that nothing here knows, or list such fields; from then on it is read so
    Map(map::Map),
    /// Read a field no longer that you have said the meaning of
    Unmap {
        /// The station's slug
        slug: Slug,
        /// The field's name, as `station map` lists it
        field: String,
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
    let subscribed: Vec<String> = config.mqtt.stations().map(str::to_owned).collect();
    with_storage(config, async |storage| station_command(storage, command, &subscribed).await).await
}

/// `subscribed`: the stations that messages of MQTT are read for.
async fn station_command(storage: &Storage, command: StationCommand, subscribed: &[String]) -> Result<()> {
    match command {
        StationCommand::Add { slug, name, zone, elevation, latitude, longitude } => {
            let name = name.unwrap_or_else(|| slug.to_string());
            // clap has seen that both are there, or none.
            let coordinates = latitude.zip(longitude).and_then(|(north, east)| Coordinates::new(north, east));
            let new = NewStation { slug, name, zone, elevation_m: elevation, coordinates };
            let (station, key) = storage.add_station(new).await?;
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
                let clock = match station.clock_offset_ms {
                    0 => String::new(),
                    ms => format!("  {} is added to its times", clock_offset_text(ms)),
                };
                let place =
                    station.coordinates.map_or_else(String::new, |place| format!("  {}", coordinates_text(place)));
                let units = match station.upload_units {
                    UploadUnits::AsNamed => String::new(),
                    units => format!("  uploads {}", units.name()),
                };
                println!(
                    "{:<24}  {:<32}  {}{elevation}{place}{clock}{units}{devices}",
                    station.slug.as_str(),
                    station.name,
                    station.zone
                );
            }
        }
        StationCommand::Rename { slug, name } => {
            storage.rename_station(&slug, &name).await?;
            println!("{slug} is called {name} now");
        }
        StationCommand::Set { slug, elevation, clock_offset, latitude, longitude, upload_units } => {
            let elevation_m = elevation.map(|elevation| elevation.0);
            let coordinates = latitude.map(|latitude| place(latitude, longitude)).transpose()?;
            let settings = StationSettings { elevation_m, clock_offset_ms: clock_offset, coordinates, upload_units };
            storage.set_station(&slug, settings).await?;
            match coordinates {
                Some(Some(place)) => println!("{slug} stands at {} now", coordinates_text(place)),
                Some(None) => println!("the place of {slug} is not known now"),
                None => {}
            }
            if let Some(units) = upload_units {
                println!("numbers in uploads of {slug} are read {} now; what is stored stays as it is", units.words());
            }
            match elevation_m {
                Some(Some(metres)) => println!("{slug} stands {metres} m above sea level now"),
                Some(None) => println!("the height of {slug} is not known now"),
                None => {}
            }
            match clock_offset {
                Some(0) => println!("the times that {slug} sends are taken as they are now"),
                Some(_) => {
                    println!("the times that {slug} sends are put right now; those that are stored stay as they are")
                }
                None => {}
            }
        }
        StationCommand::NewKey { slug } => {
            show_key(&storage.renew_key(&slug).await?);
            println!("the old key is no longer valid");
        }
        StationCommand::Bind { slug, device } => {
            // clap has seen that one of them is there.
            for device in device.passkey.iter().chain(&device.mac).chain(&device.serial) {
                let stored = storage.bind_device(&slug, device).await?.stored;
                println!("uploads of that {} are those of {slug} now", device.kind().name());
                if stored > 0 {
                    println!(
                        "the device waited, and {} of it {} stored",
                        reports(stored),
                        if stored == 1 { "is" } else { "are" }
                    );
                }
            }
        }
        StationCommand::Unbind { slug } => {
            storage.unbind_devices(&slug).await?;
            println!("no device is bound to {slug} now");
        }
        StationCommand::Unclaimed => {
            let waiting = storage.unclaimed().await?;
            if waiting.is_empty() {
                println!("no device waits; stevenson serve --enrol lets them");
            }
            for device in waiting {
                let said = device.said();
                let Unclaimed { id, format, model, address, reports, fingerprint, .. } = device;
                let reports = self::reports(reports as usize);
                println!("{id:<4}  {address:<16}  {fingerprint}  {format:<20}  {model}  {reports}  {said}");
            }
        }
        StationCommand::Claim { device, slug } => {
            find(storage, &slug)?;
            let claimed = storage.claim(device, &slug).await?;
            println!("uploads of that device are those of {slug} now, with {} that waited", reports(claimed.stored));
        }
        StationCommand::Calibrate(arguments) => calibrate::run(storage, *arguments).await?,
        StationCommand::Map(arguments) => map::map(storage, arguments).await?,
        StationCommand::Unmap { slug, field } => map::unmap(storage, &slug, &field).await?,
        StationCommand::Remove { slug, yes } => {
            let station = find(storage, &slug)?;
            if !yes {
                must_agree(&format!("{} ({slug})", station.name), slug.as_str())?;
            }
            storage.remove_station(&slug).await?;
            println!("removed {slug}");
            if subscribed.iter().any(|one| one == slug.as_str()) {
                eprintln!(
                    "stevenson: take {slug} out of [mqtt] in the configuration too: messages for it are refused now"
                );
            }
        }
    }
    Ok(())
}

fn show_key(key: &Key) {
    println!("key: {}", key.reveal());
    println!("keep the key: the server stores only its hash and cannot show it again");
}

/// `1 report`, `2 reports`.
fn reports(number: usize) -> String {
    if number == 1 { "1 report".to_owned() } else { format!("{number} reports") }
}

/// A height, or that it is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elevation(Option<f64>);

/// A latitude, or that the place is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Degrees(Option<f64>);

fn latitude_or_unknown(text: &str) -> Result<Degrees, String> {
    if text == "unknown" { Ok(Degrees(None)) } else { latitude(text).map(|degrees| Degrees(Some(degrees))) }
}

/// The place that both options say; both are there, or the first says that it is not known.
fn place(Degrees(north): Degrees, east: Option<f64>) -> Result<Option<Coordinates>> {
    match (north, east) {
        (None, None) => Ok(None),
        (Some(north), Some(east)) => Ok(Coordinates::new(north, east)),
        (Some(_), None) => bail!("--latitude needs --longitude"),
        (None, Some(_)) => bail!("--latitude unknown takes no --longitude"),
    }
}

fn elevation_or_unknown(text: &str) -> Result<Elevation, String> {
    if text == "unknown" { Ok(Elevation(None)) } else { elevation_m(text).map(|metres| Elevation(Some(metres))) }
}
