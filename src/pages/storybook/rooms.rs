//! Stations by what they measure.

use super::made_up::{LONG, bare, extreme, full, gone, latest, warm};
use crate::pages::facts::Facts;
use crate::pages::lead::{self, Datastream};
use crate::storage::{Extreme, Latest};
use crate::web::storybook::NOW;
use std::sync::Arc;
use weather::quantity::Quantity::{self, *};
use weather::time::{HOUR_MS, MINUTE_MS};

fn with(name: &str, values: &[(&str, Quantity, f64)]) -> Facts {
    let mut facts = bare(name);
    facts.latest = values.iter().map(|(sensor, quantity, value)| latest(sensor, *quantity, *value)).collect();
    // Its pictures are of the same as those of a true station.
    let drawn = lead::of(&facts.latest).into_iter().chain(lead::small(&facts.latest, NOW));
    facts.courses = drawn.map(|of| gone(&facts, of)).collect();
    facts
}

pub(super) fn temperature() -> Facts {
    let mut facts = with("Window Sill", &[("", Temperature, 18.4)]);
    facts.series.buckets = gone(&facts, Datastream::main(Temperature)).1;
    facts
}

pub(super) fn soil() -> Facts {
    with(
        "Orchard",
        &[
            ("soil1", SoilMoisture, 41.0),
            ("soil1", SoilTemperature, 9.4),
            ("soil2", SoilMoisture, 17.0),
            ("soil2", SoilConductivity, 310.0),
            ("soil2", BatteryVoltage, 1.4),
        ],
    )
}

pub(super) fn six() -> Facts {
    let rooms = [
        ("attic", 14.2, 48.0),
        ("bathroom", 23.1, 71.0),
        ("bedroom", 18.0, 52.0),
        ("cellar", 11.6, 66.0),
        ("kitchen", 21.8, 55.0),
        ("nursery", 20.4, 49.0),
    ];
    let values: Vec<_> =
        rooms.into_iter().flat_map(|(room, c, percent)| [(room, Temperature, c), (room, Humidity, percent)]).collect();
    let mut facts = with("Flat", &values);
    let day = |latest: &Latest| Extreme {
        sensor: latest.sensor.clone(),
        ..extreme(Temperature, (latest.value - 9.2, 9 * HOUR_MS), (latest.value + 0.6, 23 * MINUTE_MS))
    };
    facts.extremes = facts.latest.iter().filter(|latest| latest.quantity == Temperature).map(day).collect();
    facts
}

pub(super) fn air() -> Facts {
    with("Crossroads", &[("", Pm2_5, 12.4), ("", Pm10, 31.0), ("indoor", Co2, 1_420.0), ("indoor", Pm2_5, 6.2)])
}

pub(super) fn rain() -> Facts {
    with("Gauge", &[("", Precipitation, 2.4), ("", PrecipitationRate, 0.6), ("", BatteryLevel, 80.0)])
}

pub(super) fn greenhouse() -> Facts {
    let mut facts = full();
    let more = [
        ("greenhouse", Temperature, 24.9),
        ("greenhouse", Humidity, 78.0),
        ("greenhouse", SoilMoisture, 41.0),
        ("indoor", Temperature, 21.5),
        ("indoor", Humidity, 44.0),
        ("indoor", Co2, 742.0),
        ("", LightningCount, 3.0),
        ("", LightningDistance, 12.0),
    ];
    facts.latest.extend(more.map(|(sensor, quantity, value)| latest(sensor, quantity, value)));
    facts
}

/// More sensors than a page has places for.
pub(super) fn many() -> Facts {
    let mut facts = full();
    for number in 1..=90_u32 {
        let sensor = format!("probe{number}");
        for (quantity, value) in [(Temperature, 10.0 + f64::from(number) / 10.0), (Humidity, f64::from(number))] {
            facts.latest.push(latest(&sensor, quantity, value));
        }
    }
    facts
}

/// Names as long as they may be.
pub(super) fn long_names() -> Facts {
    let mut facts = warm(LONG, 18.4);
    let mut station = (*facts.station).clone();
    if let Ok(slug) = weather::station::Slug::new("long-".repeat(12).trim_end_matches('-')) {
        station.slug = slug;
    }
    facts.station = Arc::new(station);
    let sensor = "north_wall_of_the_old_greenhouse_sensor1";
    facts.latest.extend([(Temperature, 24.9), (SoilConductivity, 310.0)].map(|(q, value)| latest(sensor, q, value)));
    facts
}
