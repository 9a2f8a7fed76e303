//! Pressure at sea level, made of what a barometer says.

use super::rows::Row;
use super::{DERIVE_MAX_AGE_MS, SAME_HPA};
use crate::storage::core::memory::Memory;
use crate::storage::seam::{Mark, SensorId};
use weather::derived;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::{Report, Values};
use weather::station::Station;

/// What a barometer's reading is at sea level, where the station sends only its own pressure and its elevation is known. A
/// reading that waits to be settled is taken, too: what is made of it waits itself. Of one that is no pressure of that height
/// nothing is made.
pub(super) fn reduced(
    memory: &Memory,
    of: (&Station, SensorId),
    row: &Row,
    report: &Report,
) -> Option<(Quantity, f64)> {
    let has = |quantity| row.values.get(quantity).or_else(|| row.marked(quantity)).is_some();
    if has(Quantity::SeaLevelPressure) || has(Quantity::AltimeterSetting) {
        return None;
    }
    let is_wrong = |mark: &Mark| mark.quantity == Quantity::StationPressure && mark.reason == Reason::NotOfHeight;
    if row.marks.iter().any(is_wrong) {
        return None;
    }
    let mut values = row.values;
    if let Some(pressure) = row.marked(Quantity::StationPressure) {
        values.restore(Quantity::StationPressure, pressure);
    }
    at_sea_level(memory, of, &values, report)
}

/// Whether a row's pressure was made of its barometer's reading: then the station's own number replaces it.
pub(super) fn is_derived(
    memory: &Memory,
    of: (&Station, SensorId),
    row: &Values,
    report: &Report,
    (quantity, stored): (Quantity, f64),
) -> bool {
    let made = (matches!(quantity, Quantity::SeaLevelPressure | Quantity::AltimeterSetting)
        && row.get(quantity).is_some())
    .then(|| at_sea_level(memory, of, row, report))
    .flatten();
    made.is_some_and(|made| made.0 == quantity && (made.1 - stored).abs() <= SAME_HPA)
}

fn at_sea_level(
    memory: &Memory,
    (station, sensor): (&Station, SensorId),
    row: &Values,
    report: &Report,
) -> Option<(Quantity, f64)> {
    let has = |quantity| row.get(quantity).is_some();
    let mut values = *row;
    for quantity in [Quantity::Temperature, Quantity::Humidity].into_iter().filter(|quantity| !has(*quantity)) {
        let newest = memory.sensors.get(&sensor).and_then(|known| known.latest[quantity.index()]);
        if let Some(newest) = newest
            && report.observed_at().since(newest.rank.observed_at).abs() <= DERIVE_MAX_AGE_MS
        {
            values.restore(quantity, newest.value);
        }
    }
    if let Some(celsius) = values.get(Quantity::Temperature)
        && let Some(known) = memory.sensors.get(&sensor)
    {
        values.restore(Quantity::Temperature, known.warmth.mean(report.observed_at(), celsius));
    }
    derived::reduced_pressure(&values, station.elevation_m?)
}
