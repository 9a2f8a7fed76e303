//! `station list`.

use super::super::said::say;
use anyhow::Result;
use stevenson::admin::{clock_offset_text, coordinates_text};
use stevenson::storage::Storage;
use weather::upload_units::UploadUnits;

/// Lists the stations, a line each.
pub(super) fn list(storage: &Storage) -> Result<()> {
    let directory = storage.directory();
    if directory.iter().next().is_none() {
        say!("no stations yet; add one: stevenson station add town-hall --name \"Town Hall\" --zone Europe/Berlin")?;
    }
    for station in directory.iter() {
        let elevation = station.elevation_m.map_or_else(String::new, |m| format!("  {m} m"));
        let kinds: Vec<_> = directory.devices(station.slug.as_str()).iter().map(|kind| kind.name()).collect();
        let devices = if kinds.is_empty() { String::new() } else { format!("  {}", kinds.join(", ")) };
        let clock = match station.clock_offset_ms {
            0 => String::new(),
            ms => format!("  {} is added to its times", clock_offset_text(ms)),
        };
        let place = station.coordinates.map_or_else(String::new, |place| format!("  {}", coordinates_text(place)));
        let units = match station.upload_units {
            UploadUnits::AsNamed => String::new(),
            units => format!("  uploads {}", units.name()),
        };
        say!(
            "{:<24}  {:<32}  {}{elevation}{place}{clock}{units}{devices}",
            station.slug.as_str(),
            station.name,
            station.zone
        )?;
    }
    Ok(())
}
