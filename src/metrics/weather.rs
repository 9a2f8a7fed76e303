//! What stations measure, as metrics: a family for each quantity, in the base units that Prometheus asks for. A value that is not
//! live is absent, so that no old value looks new.

use crate::storage::{Error, Latest, Storage};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit as Named;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::Mutex;
use weather::freshness::Freshness;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station, StationId};
use weather::station_state::StationState;
use weather::time::{MINUTE_MS, SECOND_MS, Timestamp};
use weather::units::Unit;

/// Most values in one answer, about 75 bytes each: those of 2,000 stations with a dozen values, twice. What is beyond is counted.
const VALUES_MAX: usize = 50_000;
/// Most sensors that are read for one answer.
const SENSORS_MAX: u32 = 10_000;
/// How often stations report is found out anew after so long, ms: it costs more than all values, and hardly changes.
const INTERVALS_KEPT_MS: i64 = 10 * MINUTE_MS;

/// What is kept from one answer to the next. One is made at a time.
#[derive(Default)]
pub struct Intervals(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    found_at: Option<Timestamp>,
    ms: HashMap<StationId, i64>,
}

/// What stations measure at one moment.
#[derive(Debug)]
pub(super) struct Weather {
    /// The live values by quantity, in the order of pages.
    families: Vec<(Quantity, Vec<Measured>)>,
    /// When each station was heard last.
    newest: Vec<(Arc<Station>, Timestamp)>,
    /// How many stations are in each state.
    states: [(&'static str, u64); 5],
    left_out: usize,
}

#[derive(Debug)]
struct Measured {
    station: Arc<Station>,
    sensor: SensorName,
    value: f64,
}

impl Weather {
    /// Reads it.
    pub(super) async fn read(storage: &Storage, intervals: &Intervals, now: Timestamp) -> Result<Self, Error> {
        let mut intervals = intervals.0.lock().await;
        let directory = storage.directory();
        let ids: Vec<StationId> = directory.iter().map(|station| station.id).collect();
        let is_young = |at: Timestamp| (0..INTERVALS_KEPT_MS).contains(&now.since(at));
        if !intervals.found_at.is_some_and(is_young) {
            *intervals = Kept { found_at: Some(now), ms: storage.intervals_ms(&ids).await? };
        }
        let mut latest = storage.latest_of_all_sensors(&ids, SENSORS_MAX).await?;
        let mut weather = Self::default();
        let mut by_quantity: HashMap<Quantity, Vec<Measured>> = HashMap::new();
        let mut room = VALUES_MAX;
        for station in directory.iter() {
            let interval_ms = intervals.ms.get(&station.id).copied();
            let mut latest = latest.remove(&station.id).unwrap_or_default();
            Latest::keep_known(&mut latest, now);
            let heard = storage.heard(station.id);
            let spoke_at = Latest::newest_at(&latest).map(|at| heard.newest.map_or(at, |newest| newest.max(at)));
            weather.newest.extend(spoke_at.map(|at| (Arc::clone(station), at)));
            weather.count(StationState::of(spoke_at, heard.off(), now, interval_ms));
            for Latest { sensor, quantity, observed_at, value } in latest {
                let is_live = Freshness::of(Some(observed_at), now, interval_ms) == Freshness::Live;
                if !is_live || !quantity.is_shown() {
                    continue;
                }
                if room == 0 {
                    weather.left_out += 1;
                    continue;
                }
                room -= 1;
                let station = Arc::clone(station);
                by_quantity.entry(quantity).or_default().push(Measured { station, sensor, value });
            }
        }
        let family = |quantity: Quantity| Some((quantity, by_quantity.remove(&quantity)?));
        weather.families = Quantity::shown().filter_map(family).collect();
        Ok(weather)
    }

    fn count(&mut self, state: StationState) {
        if let Some((_, count)) = self.states.iter_mut().find(|(name, _)| *name == state.name()) {
            *count += 1;
        }
    }
}

impl Default for Weather {
    fn default() -> Self {
        let states = ["live", "clock", "stale", "offline", "waiting"].map(|name| (name, 0));
        Self { families: Vec::new(), newest: Vec::new(), states, left_out: 0 }
    }
}

/// The base unit of a canonical one as names end in it, and what a canonical number is multiplied with and divided by.
const fn base(unit: Unit) -> (&'static str, f64, f64) {
    match unit {
        Unit::Celsius => ("celsius", 1.0, 1.0),
        Unit::Percent => ("ratio", 1.0, 100.0),
        Unit::PartPerMillion => ("ratio", 1.0, 1e6),
        Unit::Hectopascal => ("pascals", 100.0, 1.0),
        Unit::MetrePerSecond => ("meters_per_second", 1.0, 1.0),
        Unit::MillimetrePerHour => ("meters_per_second", 1.0, 3.6e6),
        Unit::Millimetre => ("meters", 1.0, 1e3),
        Unit::Kilometre => ("meters", 1e3, 1.0),
        Unit::Degree => ("degrees", 1.0, 1.0),
        Unit::WattPerSquareMetre => ("watts_per_square_meter", 1.0, 1.0),
        Unit::MicrogramPerCubicMetre => ("grams_per_cubic_meter", 1.0, 1e6),
        Unit::MicrosiemensPerCentimetre => ("siemens_per_meter", 1.0, 1e4),
        Unit::Volt => ("volts", 1.0, 1.0),
        // A number without a unit; the others are none that values are stored in.
        _ => ("", 1.0, 1.0),
    }
}

/// A quantity as names say it: `_count` would be a part of a histogram.
fn name(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::LightningCount => "lightning_strikes",
        other => other.name(),
    }
}

impl Collector for Weather {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (quantity, values) in &self.families {
            let (unit, times, by) = base(quantity.unit());
            let name = format!("weather_{}", name(*quantity));
            let help = format!("{}, the newest value; absent when it is not live", quantity.title());
            let unit = Some(Named::Other(unit.to_owned())).filter(|_| !unit.is_empty());
            let mut family = encoder.encode_descriptor(&name, &help, unit.as_ref(), MetricType::Gauge)?;
            for Measured { station, sensor, value } in values {
                let labels = [("station", station.slug.as_str()), ("sensor", sensor.as_str())];
                family.encode_family(&labels)?.encode_gauge(&(value * times / by))?;
            }
        }
        let help = "When a station was heard last";
        let name = "station_last_report_timestamp";
        let mut newest = encoder.encode_descriptor(name, help, Some(&Named::Seconds), MetricType::Gauge)?;
        for (station, at) in &self.newest {
            let labels = [("station", station.slug.as_str())];
            newest.encode_family(&labels)?.encode_gauge(&(at.0 as f64 / SECOND_MS as f64))?;
        }
        let mut stations =
            encoder.encode_descriptor("stations", "Stations by how they are", None, MetricType::Gauge)?;
        for (state, count) in self.states {
            stations.encode_family(&[("state", state)])?.encode_gauge(&count)?;
        }
        let help = "Live values that found no room in this answer";
        let mut left_out = encoder.encode_descriptor("weather_values_left_out", help, None, MetricType::Gauge)?;
        left_out.encode_gauge(&(self.left_out as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_has_a_base_unit_unless_it_has_none() {
        for quantity in Quantity::shown() {
            let (unit, ..) = base(quantity.unit());
            assert_eq!(unit.is_empty(), quantity.unit() == Unit::One, "{quantity:?}");
        }
        let (_, times, by) = base(Unit::Hectopascal);
        assert_eq!(1_013.25 * times / by, 101_325.0);
        let (_, times, by) = base(Unit::MillimetrePerHour);
        assert_eq!(36.0 * times / by, 1e-5);
    }
}
