//! `station set | rename`.

use super::super::calibrate::follow;
use super::super::database::find;
use super::super::said::{hint, say};
use anyhow::{Result, bail};
use clap::Args;
use stevenson::admin::{clock_offset, coordinates_text, interval, interval_text};
use stevenson::storage::{StationSettings, Storage, zones};
use weather::clock::length;
use weather::station::{Slug, Station, elevation_m, station_name};
use weather::sun::{Coordinates, latitude, longitude};
use weather::time::MINUTE_MS;
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

#[derive(Debug, Args)]
pub(in crate::cli) struct Set {
    /// The station's slug
    slug: Slug,
    /// Its name for people
    #[arg(long, value_parser = station_name)]
    name: Option<String>,
    /// Its new name in URLs: a-z, 0-9 and hyphens; requests by the old one are told the new one
    #[arg(long = "slug", value_name = "NEW")]
    new_slug: Option<Slug>,
    /// Requests by the names that it had in URLs before find nothing any more, and other stations may be called so
    #[arg(long)]
    forget_former_slugs: bool,
    /// The IANA time zone of its days, such as Europe/Berlin; the lows, highs and rain of all its days follow
    #[arg(long, value_parser = zones::parse)]
    zone: Option<Zone>,
    /// How often it reports: 16s, 5m, 1h; "learnt" if its reports are to tell. It says when a value is old and when the station is silent
    #[arg(long, value_parser = interval_or_learnt, allow_hyphen_values = true)]
    interval: Option<Interval>,
    /// Height of the ground above sea level, metres; "unknown" if it is not known
    #[arg(long, value_parser = elevation_or_unknown, allow_hyphen_values = true)]
    elevation: Option<Elevation>,
    /// What is added to the times that the station sends from now on: 5h for a clock that is 5 hours behind, -2h for one
    /// that is 2 hours ahead, 0s for one that is right
    #[arg(long, value_parser = clock_offset, allow_hyphen_values = true)]
    clock_offset: Option<i64>,
    /// Degrees north (negative: south), as 52.52; "unknown" takes the place away. Nobody but the owner is shown it; visitors see roughly how stations lie to each other
    #[arg(long, value_parser = latitude_or_unknown, allow_hyphen_values = true)]
    latitude: Option<Degrees>,
    /// Degrees east (negative: west), as 13.41
    #[arg(long, value_parser = longitude, allow_hyphen_values = true)]
    longitude: Option<f64>,
    /// In which units a console uploads under names for °F, inHg, mph and in: as-named, metric (°C, hPa, mm; wind is left out),
    /// metric-m/s or metric-km/h (the same, with wind)
    #[arg(long, value_parser = UploadUnits::from_name)]
    upload_units: Option<UploadUnits>,
}

/// Gives a station another name for people; false if it is called so already.
pub(super) async fn rename(storage: &Storage, slug: &Slug, name: String) -> Result<bool> {
    let settings = StationSettings { name: Some(name), ..StationSettings::default() };
    say_all(storage, slug, settings).await
}

/// Changes a station; false if it is so already. `subscribed`: the stations that messages of MQTT are read for.
pub(super) async fn set(storage: &Storage, set: Set, subscribed: &[String]) -> Result<bool> {
    let settings = StationSettings {
        name: set.name,
        slug: set.new_slug,
        forgets_former_slugs: set.forget_former_slugs,
        zone: set.zone,
        interval_ms: set.interval.map(|interval| interval.0),
        elevation_m: set.elevation.map(|elevation| elevation.0),
        clock_offset_ms: set.clock_offset,
        coordinates: place(set.latitude, set.longitude)?,
        upload_units: set.upload_units,
    };
    if settings == StationSettings::default() {
        bail!(
            "say what is to be changed, such as --name \"Town Hall\", --zone Europe/Berlin or --interval 5m; \
             stevenson station set --help lists all"
        );
    }
    let is_renamed = settings.slug.as_ref().is_some_and(|new| *new != set.slug);
    let forgets = settings.forgets_former_slugs;
    let former: Vec<_> = storage.directory().former_slugs(set.slug.as_str()).to_vec();
    let is_changed = say_all(storage, &set.slug, settings).await?;
    let mentioned = |slug: &Slug| subscribed.iter().any(|one| one == slug.as_str());
    let gone = former.iter().filter(|_| forgets);
    for slug in gone.chain(is_renamed.then_some(&set.slug)).filter(|slug| mentioned(slug)) {
        hint!("stevenson: [mqtt] in the configuration names {slug}: write the station's new name there");
    }
    Ok(is_changed)
}

/// What of the settings is another than it is. `has_former`: whether the station was called something else before.
fn changes(settings: StationSettings, before: &Station, has_former: bool) -> StationSettings {
    StationSettings {
        name: settings.name.filter(|name| *name != before.name),
        slug: settings.slug.filter(|slug| *slug != before.slug),
        forgets_former_slugs: settings.forgets_former_slugs && has_former,
        zone: settings.zone.filter(|zone| *zone != before.zone),
        interval_ms: settings.interval_ms.filter(|ms| *ms != before.interval_ms),
        elevation_m: settings.elevation_m.filter(|metres| *metres != before.elevation_m),
        clock_offset_ms: settings.clock_offset_ms.filter(|ms| *ms != before.clock_offset_ms),
        coordinates: settings.coordinates.filter(|place| *place != before.coordinates),
        upload_units: settings.upload_units.filter(|units| *units != before.upload_units),
    }
}

/// Changes a station, waits until what is kept has followed, and says what is so now; false if nothing is another than before.
async fn say_all(storage: &Storage, slug: &Slug, settings: StationSettings) -> Result<bool> {
    let before = find(storage, slug)?;
    let has_former = !storage.directory().former_slugs(slug.as_str()).is_empty();
    let settings = changes(settings, &before, has_former);
    if settings == StationSettings::default() {
        say!("nothing changed: {slug} is so already")?;
        return Ok(false);
    }
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
    if let Some(ms) = settings.clock_offset_ms {
        say!("{}", offset_words(slug, ms))?;
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
        if let Some(sign) = turned_sign(zone) {
            say!("{sign}")?;
        }
        follow(storage).await?;
        say!(
            "the lowest and highest values and the rain of its days have followed; days whose rain came from a file keep \
             what the file said, and days whose readings are gone stay as they are"
        )?;
    }
    if let Some(new) = &settings.slug {
        say!("{slug} is {new} in URLs now: /s/{slug} leads on to /s/{new}, and its key stays")?;
    }
    say!("a server that runs follows within a second")?;
    Ok(true)
}

/// What becomes of the times that a station sends.
fn offset_words(slug: &Slug, ms: i64) -> String {
    let length = if ms % MINUTE_MS == 0 { length(ms) } else { interval_text(ms) };
    match ms {
        0 => format!("nothing is added to the times that {slug} sends, from now on"),
        ms if ms < 0 => format!("{length} are taken from the times that {slug} sends, from now on; stored times stay"),
        _ => format!("{length} are added to the times that {slug} sends, from now on; stored times stay"),
    }
}

/// What is to be said of a new station's zone, if something is.
pub(super) fn of_zone(slug: &Slug, zone: Option<&Zone>) -> Option<String> {
    match zone {
        None => Some(format!("its days are those of UTC; stevenson station set {slug} --zone changes that")),
        Some(zone) => turned_sign(zone),
    }
}

/// The sign in `Etc/GMT+1` is the other way round than people expect.
fn turned_sign(zone: &Zone) -> Option<String> {
    let hours = zone.name().strip_prefix("Etc/GMT")?;
    let side = match hours.get(..1)? {
        "+" => "behind",
        "-" => "ahead of",
        _ => return None,
    };
    Some(format!("{zone} is {} h {side} UTC, all year: the sign in its name is the other way round", &hours[1..]))
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
fn place(north: Option<Degrees>, east: Option<f64>) -> Result<Option<Option<Coordinates>>> {
    match (north, east) {
        (None, None) => Ok(None),
        (Some(Degrees(None)), None) => Ok(Some(None)),
        (Some(Degrees(Some(north))), Some(east)) => Ok(Some(Coordinates::new(north, east))),
        (Some(Degrees(Some(_))), None) => bail!("--latitude needs --longitude"),
        (Some(Degrees(None)), Some(_)) => bail!("--latitude unknown takes no --longitude"),
        (None, Some(_)) => bail!("--longitude needs --latitude"),
    }
}
