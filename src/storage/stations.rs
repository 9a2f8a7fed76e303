//! Stations and who may speak for them.

use super::devices::{self, DeviceKind, DeviceSecret};
use super::keys::{self, KeyHash};
use std::collections::HashMap;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use weather::calibration::Calibrations;
use weather::mapping::Mappings;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::sun::Coordinates;
use weather::time::Timestamp;
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

/// Former slugs of a station that lead on to it.
pub const FORMER_SLUGS_MAX: usize = 16;

/// A station to be added.
#[derive(Debug, Clone)]
pub struct NewStation {
    /// Its name in URLs.
    pub slug: Slug,
    /// What people call it, checked by [`weather::station::station_name`].
    pub name: String,
    /// The zone its days are counted in.
    pub zone: Zone,
    /// Height of the ground, metres.
    pub elevation_m: Option<f64>,
    /// Where it stands.
    pub coordinates: Option<Coordinates>,
}

/// What its owner changes of a station; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StationSettings {
    /// What people call it, checked by [`weather::station::station_name`].
    pub name: Option<String>,
    /// Its name in URLs. The one before leads on to it.
    pub slug: Option<Slug>,
    /// Its names in URLs before lead nowhere any more.
    pub forgets_former_slugs: bool,
    /// The zone its days are counted in. What is kept by days follows, some days at a time.
    pub zone: Option<Zone>,
    /// How often it reports, ms, within [`weather::station::INTERVAL_LIMITS_MS`]; `Some(None)`: its reports tell.
    pub interval_ms: Option<Option<i64>>,
    /// Height of the ground, metres; `Some(None)`: not known.
    pub elevation_m: Option<Option<f64>>,
    /// What is added to the times that it sends, ms, within [`weather::clock::OFFSET_MAX_MS`].
    pub clock_offset_ms: Option<i64>,
    /// Where it stands; `Some(None)`: not known.
    pub coordinates: Option<Option<Coordinates>>,
    /// In which units its uploads are.
    pub upload_units: Option<UploadUnits>,
}

/// A sensor of a station, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSensor {
    /// Its name; empty for the main sensor.
    pub name: SensorName,
    /// When its newest reading was observed.
    pub newest: Option<Timestamp>,
    /// Its readings from before have gone, and their hours and days are kept; `None`: none have.
    pub raw_from: Option<Timestamp>,
    /// About so many bytes of the database belong to it.
    pub about_bytes: u64,
}

/// A station as the database has it.
pub(super) struct FoundStation {
    pub station: Station,
    pub key_hash: KeyHash,
    pub key_prefix: String,
    /// What its devices call themselves.
    pub devices: Vec<(DeviceKind, KeyHash)>,
    /// The device behind a hub that is its main sensor.
    pub main_device: Option<SensorName>,
    pub calibrations: Calibrations,
    pub mappings: Mappings,
    /// What it was called in URLs before, the newest first.
    pub former_slugs: Vec<Slug>,
}

/// All stations, sorted by name.
#[derive(Debug, Default)]
pub struct Directory {
    listed: Vec<Listed>,
    by_slug: HashMap<Arc<str>, usize>,
    /// By what stations were called before.
    by_former_slug: HashMap<Arc<str>, usize>,
    by_id: HashMap<StationId, usize>,
    by_hash: HashMap<KeyHash, usize>,
    by_device: HashMap<KeyHash, usize>,
}

#[derive(Debug)]
struct Listed {
    station: Arc<Station>,
    slug: Arc<str>,
    key_hash: KeyHash,
    key_prefix: String,
    devices: Vec<DeviceKind>,
    main_device: Option<SensorName>,
    calibrations: Calibrations,
    mappings: Mappings,
    former_slugs: Vec<Slug>,
}

impl Directory {
    /// The directory of these stations, which come sorted by name.
    pub(super) fn new(found: Vec<FoundStation>) -> Self {
        let mut directory = Self::default();
        for (place, found) in found.into_iter().enumerate() {
            let FoundStation {
                station,
                key_hash,
                key_prefix,
                devices,
                main_device,
                calibrations,
                mappings,
                former_slugs,
            } = found;
            let slug: Arc<str> = station.slug.as_str().into();
            directory.by_slug.insert(slug.clone(), place);
            directory.by_former_slug.extend(former_slugs.iter().map(|slug| (slug.as_str().into(), place)));
            directory.by_id.insert(station.id, place);
            directory.by_hash.insert(key_hash, place);
            directory.by_device.extend(devices.iter().map(|(_, hash)| (*hash, place)));
            let devices = devices.into_iter().map(|(kind, _)| kind).collect();
            let station = Arc::new(station);
            directory.listed.push(Listed {
                station,
                slug,
                key_hash,
                key_prefix,
                devices,
                main_device,
                calibrations,
                mappings,
                former_slugs,
            });
        }
        directory
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Station>> {
        self.listed.iter().map(|listed| &listed.station)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.listed.len()
    }

    /// The station of that slug, or that was called so before.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Station>> {
        self.listed_as(slug).map(|listed| &listed.station)
    }

    /// What a station is called in URLs, if `slug` is what it was called before.
    pub fn renamed(&self, slug: &str) -> Option<&Arc<str>> {
        let place = self.by_former_slug.get(slug).filter(|_| !self.by_slug.contains_key(slug))?;
        Some(&self.listed[*place].slug)
    }

    /// Whether some station was called something else before.
    pub fn has_renamed(&self) -> bool {
        !self.by_former_slug.is_empty()
    }

    /// What a station was called in URLs before, the newest first.
    pub fn former_slugs(&self, slug: &str) -> &[Slug] {
        self.listed_as(slug).map_or(&[], |listed| &listed.former_slugs)
    }

    /// How often a station reports, ms, if its owner has said so.
    pub(super) fn said_interval_ms(&self, station: StationId) -> Option<i64> {
        self.listed[*self.by_id.get(&station)?].station.interval_ms
    }

    /// The station of that slug if `key` is its key; compares in constant time.
    pub fn authenticate(&self, slug: &str, key: &str) -> Option<&Arc<Station>> {
        let listed = self.listed_as(slug)?;
        bool::from(listed.key_hash.ct_eq(&keys::hash(key))).then_some(&listed.station)
    }

    /// The first characters of a station's key, to tell it from others.
    pub fn key_prefix(&self, slug: &str) -> Option<&str> {
        self.listed_as(slug).map(|listed| listed.key_prefix.as_str())
    }

    /// The station that a device is bound to, by what the device calls itself.
    pub fn by_device(&self, name: &str) -> Option<&Arc<Station>> {
        self.by_device.get(&devices::hash(name)).map(|&place| &self.listed[place].station)
    }

    /// The station that a console is bound to, by its name and password.
    pub fn by_login(&self, name: &str, password: &str) -> Option<&Arc<Station>> {
        self.by_device.get(&devices::login_hash(name, password)).map(|&place| &self.listed[place].station)
    }

    /// The station that a device of WeatherFlow is bound to, by its serial number.
    pub fn by_serial(&self, serial: &str) -> Option<&Arc<Station>> {
        self.by_device.get(&devices::serial_hash(serial)).map(|&place| &self.listed[place].station)
    }

    /// Whether a device is a station's.
    pub(super) fn is_bound(&self, device: &DeviceSecret) -> bool {
        self.by_device.contains_key(device.hash())
    }

    /// What kinds of devices are bound to a station.
    pub fn devices(&self, slug: &str) -> &[DeviceKind] {
        self.listed_as(slug).map_or(&[], |listed| &listed.devices)
    }

    /// The device behind a hub that is a station's main sensor.
    pub fn main_device(&self, slug: &str) -> Option<&SensorName> {
        self.listed_as(slug)?.main_device.as_ref()
    }

    /// What a station's owner has said of fields.
    pub fn mappings(&self, station: StationId) -> Mappings {
        self.by_id.get(&station).map(|&place| self.listed[place].mappings.clone()).unwrap_or_default()
    }

    /// The station whose key hashes to that. What a thief could learn from the time it takes is about hashes.
    pub(super) fn by_hash(&self, hash: &KeyHash) -> Option<&Arc<Station>> {
        self.by_hash.get(hash).map(|&place| &self.listed[place].station)
    }

    pub(super) fn by_id(&self, id: StationId) -> Option<(&Arc<Station>, &Arc<str>)> {
        self.by_id.get(&id).map(|&place| (&self.listed[place].station, &self.listed[place].slug))
    }

    /// A station with its calibrations.
    pub fn calibrated(&self, id: StationId) -> Option<(&Arc<Station>, &Calibrations)> {
        self.by_id.get(&id).map(|&place| (&self.listed[place].station, &self.listed[place].calibrations))
    }

    fn listed_as(&self, slug: &str) -> Option<&Listed> {
        let place = self.by_slug.get(slug).or_else(|| self.by_former_slug.get(slug));
        place.map(|&place| &self.listed[place])
    }
}
