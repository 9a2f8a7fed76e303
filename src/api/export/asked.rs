//! What is asked for, by the query of a request or by the flags of the command.

use super::super::instant;
use super::written::Format;
use crate::storage::zones::Zones;
use std::sync::Arc;
use weather::day;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;
use weather::zone::Zone;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose readings.
    pub station: Arc<Station>,
    /// How they are written.
    pub format: Format,
    /// From this instant on …
    pub from: Timestamp,
    /// … to before this one.
    pub to: Timestamp,
    /// Only those of this sensor.
    pub sensor: Option<SensorName>,
    /// Only these values.
    pub quantity: Option<Quantity>,
    /// Values as they were sent, before calibrations.
    pub is_raw: bool,
    /// Times are local ones of this zone, with their offset; else in UTC.
    pub zone: Option<Zone>,
    zones: Arc<Zones>,
}

impl Asked {
    /// Everything, as CSV.
    pub fn all(station: Arc<Station>, zones: Arc<Zones>) -> Self {
        let (from, to) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        Self { station, format: Format::Csv, from, to, sensor: None, quantity: None, is_raw: false, zone: None, zones }
    }

    /// Takes one part of it by its name, as the query of a request has it: `from=2026-11-22`.
    ///
    /// # Errors
    /// What is wrong, for the person who wrote it.
    pub fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let zone = self.station.zone.clone();
        match name {
            "format" => self.format = Format::of(value).ok_or("use csv, ndjson or line")?,
            "from" => self.from = instant::read(value, |date| day::bounds(&zone, date).0)?,
            // A day that is named is meant with all its hours.
            "to" => self.to = instant::read(value, |date| day::bounds(&zone, date).1)?,
            "sensor" => {
                let name = if value == "." { "" } else { value };
                self.sensor = Some(SensorName::new(name).map_err(|error| error.short().to_string())?);
            }
            "quantity" => {
                let found = Quantity::from_name(value).filter(|quantity| quantity.is_shown());
                self.quantity = Some(found.ok_or("no quantity; docs/INGEST.md lists them")?);
            }
            "zone" => {
                self.zone = Some(self.zones.named(value).map_err(|_| "no time zone: use one like Europe/Berlin")?)
            }
            "raw" => {
                self.is_raw = match value {
                    "1" | "true" => true,
                    "0" | "false" => false,
                    _ => return Err("use 1 or 0".to_owned()),
                }
            }
            _ => return Err("not known here: use format, from, to, sensor, quantity, raw, zone".to_owned()),
        }
        Ok(())
    }
}
