//! What devices have observed is stored: at their station, or, while enrolment is on, where it waits to be claimed.

use super::Heard;
use super::noting::{self, Reading};
use super::stats::{Counters, Refusal};
use crate::inbox::{Fate, Inbox};
use crate::ingest::json::{Arrival, sensor_of};
use crate::ingest::tempest::{Observation, Totals};
use crate::storage::{self, DeviceSecret, Storage, Stranger};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::mpsc;
use weather::quantity::Quantity;
use weather::report::Report;
use weather::station::{SensorName, Station};

/// While storage is away, it is asked again after these times; then the datagram is given up.
const WAITS: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(15),
];

/// Where datagrams go.
pub(super) struct Store {
    pub storage: Storage,
    pub inbox: Inbox,
    pub counters: Arc<Counters>,
}

/// Stores what comes, until nothing comes any more, or storage closes.
pub(super) async fn store_all(mut heard: mpsc::Receiver<Heard>, to: Store) {
    let Store { storage, inbox, counters } = to;
    while let Some(heard) = heard.recv().await {
        let mut waits = WAITS.into_iter();
        let mut reading = Reading::default();
        let stored = loop {
            let stored = match &heard.station {
                Some(station) => store(&heard, station, &storage, &mut reading).await,
                None => wait(&heard, &storage, &mut reading).await,
            };
            match stored {
                Err(storage::Error::Closed) => return,
                Err(error @ (storage::Error::NoStation(_) | storage::Error::StationFull(_))) => break Err(error),
                Err(error) => match waits.next() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => break Err(error),
                },
                stored => break stored,
            }
        };
        let fate = match stored {
            Ok(appended) => {
                counters.stored.fetch_add(appended.stored as u64, Relaxed);
                counters.duplicate.fetch_add(appended.duplicate as u64, Relaxed);
                Fate::Taken
            }
            Err(error) => {
                counters.refused(Refusal::Storage);
                let why = error.to_string();
                let (serial, error) = (&heard.serial, &error as &dyn std::error::Error);
                tracing::warn!(serial, error, "a report of a device of WeatherFlow was not stored");
                Fate::Refused(why.into())
            }
        };
        let whose = heard.station.ok_or_else(|| "it waits to be claimed".into());
        noting::note(&inbox, heard.came, whose, fate, Some(reading));
    }
}

/// The sensor whose battery it is. An AIR and a SKY are one sensor, and have a battery each.
fn battery(own: &SensorName, sensor: &SensorName) -> SensorName {
    if own.as_str().starts_with("st-") { sensor.clone() } else { own.clone() }
}

async fn store(
    heard: &Heard,
    station: &Arc<Station>,
    storage: &Storage,
    reading: &mut Reading,
) -> Result<storage::Appended, storage::Error> {
    let own = sensor_of(&[&heard.serial]);
    let sensor = sensor(station, &own, storage).await?;
    let battery = battery(&own, &sensor);
    let mut all = storage::Appended::default();
    *reading = Reading { sensor: sensor.clone(), battery: battery.clone(), totals: Vec::new() };
    for observation in &heard.observations {
        let totals = match observation.counts() {
            true => totals(storage, station, &sensor).await?,
            false => Totals::default(),
        };
        reading.totals.push(totals);
        let arrival = Arrival { zone: station.zone.clone(), ..heard.came.at.into() };
        let finished = observation.report(&arrival, &sensor, &battery, totals);
        let reports: Vec<Report> = finished.report.into_iter().collect();
        let appended = storage.append(station.id, reports).await?;
        all.stored += appended.stored;
        all.duplicate += appended.duplicate;
    }
    Ok(all)
}

/// Keeps what a device sends that is no station's.
async fn wait(heard: &Heard, storage: &Storage, reading: &mut Reading) -> Result<storage::Appended, storage::Error> {
    let own = sensor_of(&[&heard.serial]);
    let (main, battery) = (SensorName::main(), battery(&own, &SensorName::main()));
    *reading = Reading { battery: battery.clone(), ..Reading::default() };
    let Ok(secret) = DeviceSecret::serial(&heard.serial) else { return Ok(storage::Appended::default()) };
    let arrival = Arrival::from(heard.came.at);
    // Nobody knows what it has counted before, so its rain and its lightning do not wait.
    let report = |one: &Observation| one.clone().uncounted().report(&arrival, &main, &battery, Totals::default());
    let reports = heard.observations.iter().map(report);
    let reports: Vec<Report> = reports.filter_map(|finished| finished.report).collect();
    let stranger = Stranger {
        secret,
        format: "WeatherFlow",
        model: model(&heard.serial),
        address: heard.came.from.to_string(),
        part: Some((own.clone(), !is_sky(own.as_str()))),
    };
    storage.keep_unclaimed(stranger, &reports).await.map(|_| storage::Appended::default())
}

/// What a device is, with the end of its serial number, which stands on it.
fn model(serial: &str) -> String {
    let kind = match serial.split_once('-').map(|(kind, _)| kind) {
        Some("ST") => "Tempest",
        Some("AR") => "AIR",
        Some("SK") => "SKY",
        _ => "device",
    };
    let end: String = serial.chars().skip(serial.chars().count().saturating_sub(4)).collect();
    format!("{kind} …{end}")
}

/// What the sensor has counted so far.
async fn totals(storage: &Storage, station: &Station, sensor: &SensorName) -> Result<Totals, storage::Error> {
    let latest = storage.latest(station.id).await?;
    let of = |quantity| {
        let newest = latest.iter().find(|latest| latest.sensor == *sensor && latest.quantity == quantity);
        newest.map(|latest| (latest.observed_at, latest.value))
    };
    Ok(Totals { rain_mm: of(Quantity::PrecipitationTotal), strokes: of(Quantity::LightningCount) })
}

/// The sensor of a device. The first Tempest of a station is its main one, and so are the first AIR and the SKY beside it; further ones
/// have names of their own.
async fn sensor(station: &Station, own: &SensorName, storage: &Storage) -> Result<SensorName, storage::Error> {
    let slug = &station.slug;
    let known = storage.directory().main_device(slug.as_str()).cloned();
    let main = match known {
        None if !is_sky(own.as_str()) => storage.claim_main_device(slug, own).await?,
        known => known,
    };
    let is_main = match &main {
        // A SKY measures what an AIR does not.
        Some(main) => main == own || (is_sky(own.as_str()) && main.as_str().starts_with("ar-")),
        None => true,
    };
    Ok(if is_main { SensorName::main() } else { own.clone() })
}

fn is_sky(sensor: &str) -> bool {
    sensor.starts_with("sk-")
}
