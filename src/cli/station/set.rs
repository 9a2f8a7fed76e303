//! `station set | rename`.

use super::super::calibrate::follow;
use super::super::database::find;
use super::super::said::{hint, say};
use anyhow::{Result, bail};
use clap::{ArgGroup, Args};
use stevenson::admin::{clock_offset, coordinates_text, interval, interval_text};
use stevenson::storage::{StationSettings, Storage, zones};
use weather::station::{Slug, elevation_m, station_name};
use weather::sun::{Coordinates, latitude, longitude};
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(in crate::cli) struct Set {
    /// The station's slug
    slug: Slug,
    /// Its name for people
    #[arg(long, group = "what", value_parser = station_name)]
    name: Option<String>,
    /// Its new name in URLs: a-z, 0-9 and hyphens; requests by the old one are told the new one
    #[arg(long = "slug", group = "what", value_name = "NEW")]
    new_slug: Option<Slug>,
    /// Requests by the names that it had in URLs before find nothing any more, and other stations may be called so
    #[arg(long, group = "what")]
    forget_former_slugs: bool,
    /// The IANA time zone of its days, such as Europe/Berlin; the lows, highs and rain of all its days follow
    #[arg(long, group = "what", value_parser = zones::parse)]
    zone: Option<Zone>,
    /// How often it reports: 16s, 5m, 1h; "learnt" if its reports are to tell. It says when a value is old and when the station is silent
    #[arg(long, group = "what", value_parser = interval_or_learnt)]
    interval: Option<Interval>,
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
}

/// Gives a station another name for people.
pub(super) async fn rename(storage: &Storage, slug: &Slug, name: String) -> Result<()> {
    let settings = StationSettings { name: Some(name), ..StationSettings::default() };
    say_all(storage, slug, settings).await
}

/// Changes a station. `subscribed`: the stations that messages of MQTT are read for.
pub(super) async fn set(storage: &Storage, set: Set, subscribed: &[String]) -> Result<()> {
    let settings = StationSettings {
        name: set.name,
        slug: set.new_slug,
        forgets_former_slugs: set.forget_former_slugs,
        zone: set.zone,
        interval_ms: set.interval.map(|interval| interval.0),
        elevation_m: set.elevation.map(|elevation| elevation.0),
        clock_offset_ms: set.clock_offset,
        coordinates: set.latitude.map(|latitude| place(latitude, set.longitude)).transpose()?,
        upload_units: set.upload_units,
    };
    let is_renamed = settings.slug.as_ref().is_some_and(|new| *new != set.slug);
    let forgets = settings.forgets_former_slugs;
    let former: Vec<_> = storage.directory().former_slugs(set.slug.as_str()).to_vec();
    say_all(storage, &set.slug, settings).await?;
    let mentioned = |slug: &Slug| subscribed.iter().any(|one| one == slug.as_str());
    let gone = former.iter().filter(|_| forgets);
    for slug in gone.chain(is_renamed.then_some(&set.slug)).filter(|slug| mentioned(slug)) {
        hint!("stevenson: [mqtt] in the configuration names {slug}: write the station's new name there");
    }
    Ok(())
}

/// Changes a station, waits until what is kept has followed, and says what is so now.
async fn say_all(storage: &Storage, slug: &Slug, settings: StationSettings) -> Result<()> {
    let before = find(storage, slug)?;
    storage.set_station(slug, settings.clone()).await?;
    if let Some(name) = &settings.name {
        say!("{slug} is called {name} now")?;
    }
    match settings.coordinates {
        Some(Some(place)) => say!("{slug} stands at {} now", coordinates_text(place))?,
        Some(None) => say!("the place of {slug} is not known now")?,
        None => {}
    }
    if let Some(units) = settings.upload_units {
        say!("numbers in uploads of {slug} are read {} now; what is stored stays as it is", units.words())?;
    }
    match settings.elevation_m {
        Some(Some(metres)) => say!("{slug} stands {metres} m above sea level now")?,
        Some(None) => say!("the height of {slug} is not known now")?,
        None => {}
    }
    match settings.clock_offset_ms {
        Some(0) => say!("the times that {slug} sends are taken as they are now")?,
        Some(_) => say!("the times that {slug} sends are put right now; those that are stored stay as they are")?,
        None => {}
    }
    match settings.interval_ms {
        Some(Some(ms)) => say!("{slug} reports every {} now, whatever its reports tell", interval_text(ms))?,
        Some(None) => say!("how often {slug} reports is learnt from its reports now")?,
        None => {}
    }
    if settings.forgets_former_slugs {
        say!("what {slug} was called in URLs before leads nowhere now")?;
    }
    if let Some(zone) = &settings.zone {
        say!("the days of {slug} are those of {zone} now")?;
        if before.zone != *zone {
            follow(storage).await?;
            say!(
                "its lows and highs, and the rain of its days, have followed; rain from files stays as the files say"
            )?;
        }
    }
    if let Some(new) = settings.slug.filter(|new| new != slug) {
        say!("{slug} is {new} in URLs now: /s/{slug} leads on to /s/{new}, and its key stays")?;
    }
    Ok(())
}

/// An interval, or that it is learnt.
#[derive(Debug, Clone, Copy)]
struct Interval(Option<i64>);

fn interval_or_learnt(text: &str) -> Result<Interval, String> {
    if text.trim().is_empty() {
        return Err("write 16s, 5m or 1h, or learnt".to_owned());
    }
    interval(text).map(Interval)
}

/// A height, or that it is not known.
#[derive(Debug, Clone, Copy)]
struct Elevation(Option<f64>);

fn elevation_or_unknown(text: &str) -> Result<Elevation, String> {
    if text == "unknown" { Ok(Elevation(None)) } else { elevation_m(text).map(|metres| Elevation(Some(metres))) }
}

/// A latitude, or that the place is not known.
#[derive(Debug, Clone, Copy)]
struct Degrees(Option<f64>);

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
