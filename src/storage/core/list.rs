//! Changes to the list of stations, each in a transaction of its own with its journal entry.

use super::news::News;
use super::rolling::day_of;
use super::scribe::{Scribe, now};
use crate::storage::calibrations::CalibrationStart;
use crate::storage::devices::DeviceSecret;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::keys::Key;
use crate::storage::seam::{Spoken, StationChange};
use crate::storage::stations::{Directory, NewStation, StationSettings};
use std::sync::Arc;
use weather::calibration::Calibration;
use weather::day;
use weather::mapping::{FieldName, Mapping};
use weather::station::{SensorName, Slug, Station, StationId};
use weather::zone::Zone;

pub(super) async fn add_station(scribe: &mut Scribe, new: NewStation) -> Result<(Arc<Station>, Key), Error> {
    let key = Key::generate()?;
    let directory = change(scribe, StationChange::Add(&new, &key)).await?;
    let station = directory.by_slug(new.slug.as_str()).cloned();
    station.map(|station| (station, key)).ok_or_else(|| Error::NoStation(new.slug.to_string()))
}

pub(super) async fn renew_key(scribe: &mut Scribe, slug: Slug) -> Result<Key, Error> {
    let key = Key::generate()?;
    change(scribe, StationChange::Renew(&slug, &key)).await?;
    Ok(key)
}

pub(super) async fn set_station(scribe: &mut Scribe, slug: Slug, settings: StationSettings) -> Result<(), Error> {
    change(scribe, StationChange::Set(&slug, &settings)).await?;
    scribe.recalculating.suspect();
    Ok(())
}

pub(super) async fn remove_station(scribe: &mut Scribe, slug: Slug) -> Result<(), Error> {
    change(scribe, StationChange::Remove(&slug)).await?;
    scribe.tidying.suspect();
    Ok(())
}

pub(super) async fn remove_sensor(scribe: &mut Scribe, slug: Slug, name: SensorName) -> Result<(), Error> {
    change(scribe, StationChange::RemoveSensor(&slug, &name)).await?;
    scribe.tidying.suspect();
    Ok(())
}

pub(super) async fn bind_device(scribe: &mut Scribe, slug: Slug, device: DeviceSecret) -> Result<(), Error> {
    change(scribe, StationChange::Bind(&slug, &device)).await?;
    Ok(())
}

pub(super) async fn unbind_devices(scribe: &mut Scribe, slug: Slug) -> Result<(), Error> {
    change(scribe, StationChange::Unbind(&slug)).await?;
    Ok(())
}

pub(super) async fn claim_main(scribe: &mut Scribe, slug: Slug, name: SensorName) -> Result<Option<SensorName>, Error> {
    let directory = change(scribe, StationChange::ClaimMain(&slug, &name)).await?;
    Ok(directory.main_device(slug.as_str()).cloned())
}

pub(super) async fn calibrate(
    scribe: &mut Scribe,
    (slug, start): (Slug, CalibrationStart),
    calibration: Option<Calibration>,
    author: String,
) -> Result<(), Error> {
    change(scribe, StationChange::Calibrate(&slug, &start, calibration.as_ref(), &author)).await?;
    scribe.recalculating.suspect();
    Ok(())
}

pub(super) async fn map_field(
    scribe: &mut Scribe,
    (slug, field): (Slug, FieldName),
    mapping: Option<Mapping>,
    author: String,
) -> Result<(), Error> {
    change(scribe, StationChange::Map(&slug, &field, mapping.as_ref(), &author)).await?;
    scribe.shared.gathering.forget(field.as_str());
    Ok(())
}

/// Changes the list of stations in a transaction of its own; returns the new list.
async fn change(scribe: &mut Scribe, change: StationChange<'_>) -> Result<Arc<Directory>, Error> {
    let done = try_change(scribe, change).await;
    let done = scribe.settle(done).await;
    let (directory, entries) = done?;
    scribe.shared.set_directory(directory.clone());
    scribe.teller.tell(entries).await;
    Ok(directory)
}

async fn try_change(scribe: &mut Scribe, change: StationChange<'_>) -> Result<(Arc<Directory>, Vec<Entry>), Error> {
    scribe.begin_control().await?;
    let slug = change.slug().as_str();
    if let (false, Some(now)) = (matches!(change, StationChange::Add(..)), scribe.shared.directory().renamed(slug)) {
        return Err(Error::SlugChanged(slug.to_owned(), now.to_string()));
    }
    scribe.engine.change_station(&change, now()).await?;
    let directory = Arc::new(Directory::new(scribe.engine.stations().await?));
    if let StationChange::Set(_, StationSettings { zone: Some(zone), .. }) = &change {
        let station = change.new_slug().or(Some(slug)).and_then(|slug| directory.by_slug(slug));
        move_raw_from(scribe, station.map(|station| station.id), zone).await?;
    }
    // Pages that show a station by its old slug hear that something has changed, and come to its new one.
    let news: Vec<_> = std::iter::once(slug).chain(change.new_slug()).map(News::station).collect();
    let entries = scribe.numbering.number(news, now());
    scribe.engine.write_and_commit(&Spoken::default(), &entries, now()).await?;
    if let Ok(sizes) = scribe.engine.sizes().await {
        // The share of what was removed ends with it.
        scribe.shared.shares.learn(sizes);
    }
    scribe.committed(&entries, 0);
    scribe.memory.clear();
    Ok((directory, entries))
}

/// Readings begin at a local midnight. In another zone that is the next one: the hours and days before it stay as they are.
async fn move_raw_from(scribe: &mut Scribe, station: Option<StationId>, zone: &Zone) -> Result<(), Error> {
    let Some(station) = station else { return Ok(()) };
    for (sensor, from) in scribe.engine.raw_from_of(station).await? {
        let date = day::date_at(zone, from.plus(-1)).succ_opt();
        let next = date.map_or(from, |date| day_of(zone, date).from);
        scribe.engine.note_raw_from(sensor, next).await?;
        scribe.shared.readings_begin(next);
    }
    Ok(())
}
