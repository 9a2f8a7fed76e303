//! `station show`: everything that is known of a station, for its owner. Never a secret.

use super::super::database::find;
use super::super::said::print;
use super::super::sensor::{MAIN, shown as sensor_shown};
use anyhow::Result;
use chrono::Offset;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use stevenson::admin::{clock_offset_text, coordinates_text, interval_text};
use stevenson::storage::{Latest, Marked, Storage};
use weather::calibration::told_start;
use weather::freshness::{Freshness, ago};
use weather::preference::Preference;
use weather::station::{SensorName, Slug, Station};
use weather::time::{DAY_MS, Timestamp};

/// Calibrations that are read at most, those that were removed included.
const CALIBRATIONS_MAX: u32 = 1_000;
/// Values that do not count are looked for so far back, ms …
const MARKED_MS: i64 = 7 * DAY_MS;
/// … and so many of them at most.
const MARKED_MAX: u32 = 100_000;
/// The next change of the clocks is looked for so far ahead, ms: a year and some.
const CHANGE_MS: i64 = 400 * DAY_MS;

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The station's slug
    slug: Slug,
    /// As JSON, for a program
    #[arg(long)]
    json: bool,
}

/// What is shown. What is not known is absent.
#[derive(Debug, Serialize)]
struct Shown {
    slug: String,
    former_slugs: Vec<String>,
    name: String,
    state: &'static str,
    zone: String,
    offset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_change: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elevation_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_ms: Option<i64>,
    interval_is_said: bool,
    clock_offset_ms: i64,
    upload_units: &'static str,
    key_prefix: String,
    devices: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_report: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_report: Option<String>,
    readings: u64,
    is_recalculating: bool,
    do_not_count: BTreeMap<&'static str, u64>,
    sensors: Vec<Sensor>,
    calibrations: Vec<String>,
    mappings: Vec<String>,
    unmapped_fields: usize,
}

#[derive(Debug, Serialize)]
struct Sensor {
    name: String,
    about_kib: u64,
    values: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Value {
    quantity: &'static str,
    value: f64,
    unit: &'static str,
    observed_at: String,
    state: &'static str,
    /// Why what came after it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_does_not_count: Option<&'static str>,
    #[serde(skip)]
    told: String,
}

/// Shows a station.
pub(super) async fn show(storage: &Storage, Show { slug, json }: Show) -> Result<()> {
    let station = find(storage, &slug)?;
    let shown = gather(storage, &station, now()).await?;
    let said = if json { serde_json::to_string_pretty(&shown)? + "\n" } else { told(&shown, &station) };
    print(said)
}

async fn gather(storage: &Storage, station: &Station, now: Timestamp) -> Result<Shown> {
    let (directory, slug) = (storage.directory(), station.slug.as_str());
    let interval_ms = storage.interval_ms(station.id).await?;
    let latest = storage.latest(station.id).await?;
    let marked = storage.marked(station.id, now.plus(-MARKED_MS), Timestamp(i64::MAX), MARKED_MAX).await?;
    let listed = storage.sensors(station.id).await?;
    let mut first: Option<Timestamp> = None;
    for sensor in &listed {
        let rows = storage.rows(station.id, &sensor.name, (Timestamp(i64::MIN), Timestamp(i64::MAX)), 1).await?;
        first = rows.first().map(|(at, _)| *at).into_iter().chain(first).min();
    }
    let last = listed.iter().filter_map(|sensor| sensor.newest).max();
    let mut do_not_count = BTreeMap::new();
    for mark in &marked {
        *do_not_count.entry(mark.reason.name()).or_default() += 1;
    }
    let changes = station.zone.changes(now, now.plus(CHANGE_MS));
    let sensors = listed.iter().map(|sensor| Sensor {
        name: sensor_shown(&sensor.name).to_owned(),
        about_kib: sensor.about_bytes >> 10,
        values: values(&sensor.name, &latest, &marked, (now, interval_ms)),
    });
    let calibrations = storage.calibrations(station.id, CALIBRATIONS_MAX).await?;
    let calibrations = calibrations.iter().filter(|one| one.removed.is_none()).map(|one| {
        let (key, what) = (one.start.sensor.key(one.start.quantity), one.calibration.shown(one.start.quantity));
        format!("{key} {what} {}", told_start(&station.zone, one.start.from))
    });
    let mappings = storage.mappings(station.id).await?;
    let mappings = mappings.iter().map(|made| {
        let (key, unit) = (made.mapping.sensor().key(made.mapping.quantity()), made.mapping.unit().symbol());
        format!("{} is {key} {unit}", made.field).trim_end().to_owned()
    });
    Ok(Shown {
        slug: slug.to_owned(),
        former_slugs: directory.former_slugs(slug).iter().map(Slug::to_string).collect(),
        name: station.name.clone(),
        state: Freshness::of(last, now, interval_ms).name(),
        zone: station.zone.name().to_owned(),
        offset: local(station, now).map_or_else(String::new, |local| local.offset().fix().to_string()),
        next_change: changes.get(1).map(|(at, _)| utc(*at)),
        elevation_m: station.elevation_m,
        latitude: station.coordinates.map(|place| place.latitude()),
        longitude: station.coordinates.map(|place| place.longitude()),
        interval_ms,
        interval_is_said: station.interval_ms.is_some(),
        clock_offset_ms: station.clock_offset_ms,
        upload_units: station.upload_units.name(),
        key_prefix: directory.key_prefix(slug).unwrap_or_default().to_owned(),
        devices: directory.devices(slug).iter().map(|kind| kind.name()).collect(),
        first_report: first.map(utc),
        last_report: last.map(utc),
        readings: storage.observation_count(station.id).await?,
        is_recalculating: storage.is_recalculating(station.id).await?,
        do_not_count,
        sensors: sensors.collect(),
        calibrations: calibrations.collect(),
        mappings: mappings.collect(),
        unmapped_fields: storage.unmapped(station.id).await?.len(),
    })
}

/// The newest values of a sensor.
fn values(
    sensor: &SensorName,
    latest: &[Latest],
    marked: &[Marked],
    (now, interval_ms): (Timestamp, Option<i64>),
) -> Vec<Value> {
    let own = latest.iter().filter(|one| one.sensor == *sensor);
    let value = |one: &Latest| {
        let (quantity, unit) = (one.quantity, one.quantity.unit().symbol());
        let is_newer =
            |mark: &&Marked| mark.sensor == *sensor && mark.quantity == quantity && mark.observed_at > one.observed_at;
        let newer = marked.iter().rfind(is_newer).map(|mark| mark.reason.words());
        let state = Freshness::of(Some(one.observed_at), now, interval_ms).name();
        let but = newer.map_or_else(String::new, |why| format!("; what came after it does not count: {why}"));
        let number = Preference::default().text(quantity, one.value);
        Value {
            quantity: quantity.name(),
            value: one.value,
            unit,
            observed_at: utc(one.observed_at),
            state,
            newer_does_not_count: newer,
            told: format!("{number}, {}, {state}{but}", ago(one.observed_at, now)),
        }
    };
    own.map(value).collect()
}

/// Lines of a key and a value, one below the other.
fn told(shown: &Shown, station: &Station) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut line = |key: &str, value: String| lines.push((key.to_owned(), value));
    let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
    line("slug", shown.slug.clone());
    line("former slugs", or(shown.former_slugs.join(", "), "none"));
    line("name", shown.name.clone());
    let by = if shown.state == Freshness::Offline.name() { ", by the times of its readings" } else { "" };
    line("state", format!("{}{by}", shown.state));
    line("zone", format!("{}, {} now", shown.zone, shown.offset));
    line("next change", or(shown.next_change.clone().unwrap_or_default(), "none within a year"));
    line("elevation", shown.elevation_m.map_or_else(|| "not known".to_owned(), |metres| format!("{metres} m")));
    line("coordinates", or(station.coordinates.map_or_else(String::new, coordinates_text), "not known"));
    line(
        "interval",
        match (shown.interval_ms, shown.interval_is_said) {
            (Some(ms), true) => format!("{}, as its owner has said", interval_text(ms)),
            (Some(ms), false) => format!("{}, learnt from its reports", interval_text(ms)),
            (None, _) => "not known yet: its reports will tell".to_owned(),
        },
    );
    line("clock offset", or(clock_offset_text(shown.clock_offset_ms), "none"));
    line("clock", "stevenson check tells if it is off".to_owned());
    line("upload units", shown.upload_units.to_owned());
    line("key", format!("begins with {}", shown.key_prefix));
    line("devices", or(shown.devices.join(", "), "none"));
    line("first report", or(shown.first_report.clone().unwrap_or_default(), "none"));
    line("last report", or(shown.last_report.clone().unwrap_or_default(), "none"));
    line("readings", shown.readings.to_string());
    let refused: Vec<_> = shown.do_not_count.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    line("do not count", or(refused.join(", "), "none in the last 7 days"));
    if shown.is_recalculating {
        line("being made anew", "what is kept follows a calibration or a change of the zone".to_owned());
    }
    for sensor in &shown.sensors {
        let name = if sensor.name == MAIN { "main sensor".to_owned() } else { format!("sensor {}", sensor.name) };
        line(&name, format!("about {} KiB", sensor.about_kib));
        for value in &sensor.values {
            line(&format!("  {}", value.quantity), value.told.clone());
        }
    }
    shown.calibrations.iter().for_each(|one| line("calibration", one.clone()));
    shown.mappings.iter().for_each(|one| line("field", one.clone()));
    if shown.unmapped_fields > 0 {
        line(
            "fields",
            format!("{} that nothing here knows: stevenson station map {}", shown.unmapped_fields, shown.slug),
        );
    }
    let width = lines.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0) + 1;
    let mut said = String::new();
    for (key, value) in lines {
        // Writing into a text does not fail.
        writeln!(said, "{:<width$} {value}", format!("{key}:")).ok();
    }
    said
}

fn utc(at: Timestamp) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at.0);
    time.map_or_else(|| at.0.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn local(station: &Station, at: Timestamp) -> Option<chrono::DateTime<weather::zone::Zone>> {
    Some(chrono::DateTime::from_timestamp_millis(at.0)?.with_timezone(&station.zone))
}

#[expect(clippy::disallowed_methods, reason = "a command that begins now")]
fn now() -> Timestamp {
    Timestamp::from(chrono::Utc::now())
}
