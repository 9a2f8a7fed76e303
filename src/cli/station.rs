//! `station add | list | show | set | rename | new-key | bind | unbind | calibrate | map | unmap | unclaimed | claim | remove`: opens the file
//! itself, beside a running server.

mod list;
mod set;
mod show;

use super::calibrate::{self, Calibrate};
use super::database::{find, must_agree, with_storage};
use super::map;
use super::said::{aside, hint, must_have_reader, say, write};
use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use stevenson::config::Config;
use stevenson::storage::zones;
use stevenson::storage::{BadDevice, DeviceSecret, Key, NewStation, Storage, Unclaimed};
use weather::station::{Slug, elevation_m, station_name};
use weather::sun::{Coordinates, latitude, longitude};
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
        /// The IANA time zone of its days, such as Europe/Berlin [default: UTC]
        #[arg(long, value_parser = zones::parse)]
        zone: Option<Zone>,
        /// Height of the ground above sea level, metres
        #[arg(long, value_parser = elevation_m, allow_hyphen_values = true)]
        elevation: Option<f64>,
        /// Degrees north (negative: south), as 52.52. Nobody but the owner is shown it; visitors see roughly how stations lie to each other
        #[arg(long, value_parser = latitude, allow_hyphen_values = true)]
        latitude: Option<f64>,
        /// Degrees east (negative: west), as 13.41
        #[arg(long, value_parser = longitude, allow_hyphen_values = true)]
        longitude: Option<f64>,
        /// Print nothing but the key, for a script; all other words go to the standard error output
        #[arg(long)]
        key_only: bool,
    },
    /// List the stations
    List,
    /// Give a station another name for people, as `set --name` does; its name in URLs stays
    Rename {
        /// The station's slug
        slug: Slug,
        /// Its new name
        #[arg(value_parser = station_name)]
        name: String,
    },
    /// Change a station: its name, its name in URLs, its zone, how often it reports, where it stands, its clock, its units
    Set(Box<set::Set>),
    /// Show everything that is known of a station; never a secret
    Show(show::Show),
    /// Make a new key and print it, once; the old key is no longer valid
    NewKey {
        /// The station's slug
        slug: Slug,
        /// Print nothing but the key, for a script; all other words go to the standard error output
        #[arg(long)]
        key_only: bool,
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
        /// The device's number or its fingerprint, as `station unclaimed` shows them
        device: String,
        /// The station's slug
        slug: Slug,
    },
    /// Put right what a sensor sends: a factor, an offset, and the time from which they hold; what is stored from then on follows
    #[command(subcommand_negates_reqs = true)]
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

impl StationCommand {
    /// Whether it changes the database without saying which.
    pub(super) fn writes(&self) -> bool {
        match self {
            // It says it itself.
            Self::Add { .. } => false,
            Self::List | Self::Show(_) | Self::Unclaimed => false,
            // Nothing but the key goes to who asks for it.
            Self::NewKey { key_only, .. } => !key_only,
            Self::Map(map) => !map.is_list(),
            Self::Calibrate(calibrate) => !calibrate.is_list(),
            _ => true,
        }
    }
}

/// Runs the command.
/// False if nothing was to be changed.
pub(super) async fn run(config: Config, command: StationCommand) -> Result<bool> {
    let subscribed: Vec<String> = config.mqtt.stations().map(str::to_owned).collect();
    with_storage(config, async |storage| station_command(storage, command, &subscribed).await).await
}

/// `subscribed`: the stations that messages of MQTT are read for.
async fn station_command(storage: &Storage, command: StationCommand, subscribed: &[String]) -> Result<bool> {
    match command {
        StationCommand::Add { slug, name, zone, elevation, latitude, longitude, key_only } => {
            let name = name.unwrap_or_else(|| slug.to_string());
            let coordinates = match (latitude, longitude) {
                (None, None) => None,
                (Some(north), Some(east)) => Coordinates::new(north, east),
                (Some(_), None) => bail!("--latitude needs --longitude"),
                (None, Some(_)) => bail!("--longitude needs --latitude"),
            };
            let of_zone = set::of_zone(&slug, zone.as_ref());
            let zone = zone.unwrap_or(Zone::UTC);
            let new = NewStation { slug, name, zone, elevation_m: elevation, coordinates };
            must_have_reader()?;
            let (station, key) = storage.add_station(new).await?;
            let said = format!("added {} ({}) to {}", station.slug, station.name, storage.named());
            let after = std::iter::once(KEEP.to_owned()).chain(of_zone).collect::<Vec<_>>().join("\n");
            show_key(&key, &station.slug, key_only, (&said, &after))?;
        }
        StationCommand::List => list::list(storage)?,
        StationCommand::Rename { slug, name } => {
            return set::rename(storage, &slug, name).await;
        }
        StationCommand::Set(arguments) => return set::set(storage, *arguments, subscribed).await,
        StationCommand::Show(arguments) => show::show(storage, arguments).await?,
        StationCommand::NewKey { slug, key_only } => {
            find(storage, &slug)?;
            must_have_reader()?;
            let key = storage.renew_key(&slug).await?;
            show_key(&key, &slug, key_only, ("", &format!("{KEEP}\nthe old key is no longer valid")))?;
        }
        StationCommand::Bind { slug, device } => {
            find(storage, &slug)?;
            // clap has seen that one of them is there.
            for device in device.passkey.iter().chain(&device.mac).chain(&device.serial) {
                let stored = storage.bind_device(&slug, device).await?.stored;
                say!("uploads of that {} are those of {slug} now", device.kind().name())?;
                if stored > 0 {
                    say!(
                        "the device waited, and {} of it {} stored",
                        reports(stored),
                        if stored == 1 { "is" } else { "are" }
                    )?;
                }
            }
        }
        StationCommand::Unbind { slug } => {
            find(storage, &slug)?;
            if storage.directory().devices(slug.as_str()).is_empty() {
                say!("nothing changed: no device is bound to {slug}")?;
                return Ok(false);
            }
            storage.unbind_devices(&slug).await?;
            say!("no device is bound to {slug} now")?;
        }
        StationCommand::Unclaimed => {
            let waiting = storage.unclaimed().await?;
            if waiting.is_empty() {
                say!(
                    "no device waits; devices do while the server runs with --enrol, or with enrol = true in [ingest] of the \
                     configuration"
                )?;
            } else {
                say!(
                    "{:<6}  {:<11}  {:<16}  {:<20}  model, reports, newest values",
                    "number",
                    "fingerprint",
                    "address",
                    "format"
                )?;
            }
            for device in waiting {
                let said = device.said();
                let Unclaimed { id, format, model, address, reports, fingerprint, .. } = device;
                let reports = self::reports(reports as usize);
                say!("{id:<6}  {fingerprint:<11}  {address:<16}  {format:<20}  {model}  {reports}  {said}")?;
            }
        }
        StationCommand::Claim { device, slug } => {
            find(storage, &slug)?;
            let claimed = storage.claim(waiting(storage, &device).await?, &slug).await?;
            say!("uploads of that device are those of {slug} now, with {} that waited", reports(claimed.stored))?;
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
            say!("removed {slug}")?;
            if subscribed.iter().any(|one| one == slug.as_str()) {
                hint!("stevenson: take {slug} out of [mqtt] in the configuration too: messages for it are refused now");
            }
        }
    }
    Ok(true)
}

/// The number of the device that waits under that number or fingerprint.
async fn waiting(storage: &Storage, named: &str) -> Result<i64> {
    let waiting = storage.unclaimed().await?;
    let by_number = waiting.iter().find(|device| device.id.to_string() == named);
    let alike: Vec<_> = waiting.iter().filter(|device| device.fingerprint.eq_ignore_ascii_case(named)).collect();
    match (by_number, &alike[..]) {
        (Some(device), _) => Ok(device.id),
        (None, [device]) => Ok(device.id),
        (None, []) => bail!("no device {named} waits to be claimed; stevenson station unclaimed lists those that do"),
        (None, _) => bail!("several devices have the fingerprint {named}: write the number of one"),
    }
}

/// What is to be known of every key.
const KEEP: &str = "keep the key: the server stores only its hash and cannot show it again";

/// Shows a key with what is said before and after it. `only`: a script reads the key, and nothing else, from the standard output.
fn show_key(key: &Key, slug: &Slug, only: bool, (before, after): (&str, &str)) -> Result<()> {
    let lost = |error| {
        anyhow!(
            "cannot write: {error}; the key of {slug} was made and could not be shown, and nothing knows it now: \
             stevenson station new-key {slug} makes another"
        )
    };
    let before = if before.is_empty() { String::new() } else { format!("{before}\n") };
    if only {
        aside(&before);
        write(format!("{}\n", key.reveal()).as_bytes()).map_err(lost)?;
        hint!("{after}");
        return Ok(());
    }
    write(format!("{before}key: {}\n", key.reveal()).as_bytes()).map_err(lost)?;
    say!("{after}")
}

/// `1 report`, `2 reports`.
fn reports(number: usize) -> String {
    if number == 1 { "1 report".to_owned() } else { format!("{number} reports") }
}
