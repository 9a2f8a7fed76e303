//! Made-up stations.

use crate::pages::CHART_BUCKET_MS;
use crate::pages::facts::{Facts, Series};
use crate::pages::lead::Datastream;
use crate::storage::{Bucket, Extreme, Latest};
use crate::web::storybook::NOW;
use std::f64::consts::TAU;
use std::sync::Arc;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::sun::Coordinates;
use weather::time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

/// A name as long as a name may be, with a part that cannot be broken, and with what would be markup.
pub(super) const LONG: &str = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch <b>& Söhne</b>, roof";
/// Values were observed so long ago, if nothing else is said, ms.
pub(super) const AGE_MS: i64 = 4 * SECOND_MS;
/// Stations report so often, ms.
const INTERVAL_MS: i64 = 16 * SECOND_MS;

/// A station of that name in Berlin, of which nothing is known.
pub(super) fn bare(name: &str) -> Facts {
    let station = Station {
        id: StationId(1),
        slug: Slug::new("town-hall").expect("a slug"),
        name: name.to_owned(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: Some(34.0),
        clock_offset_ms: 0,
        coordinates: Coordinates::new(52.52, 13.405),
        upload_units: UploadUnits::AsNamed,
        interval_ms: None,
    };
    Facts {
        station: Arc::new(station),
        latest: Vec::new(),
        extremes: Vec::new(),
        interval_ms: Some(INTERVAL_MS),
        series: Series::ending(NOW, CHART_BUCKET_MS),
        courses: Vec::new(),
        clock: None,
        newest_at: None,
        marked: Vec::new(),
    }
}

/// Town Hall with all that a console measures.
pub(super) fn full() -> Facts {
    warm("Town Hall", 18.4)
}

/// A station with all that a console measures, so warm now.
pub(super) fn warm(name: &str, now_c: f64) -> Facts {
    use Quantity::*;
    let mut facts = bare(name);
    let main = [
        (Temperature, now_c),
        (Humidity, 61.3),
        (DewPoint, now_c - 7.6),
        (SeaLevelPressure, 1_013.25),
        (StationPressure, 1_009.1),
        (WindSpeed, 4.2),
        (WindGust, 7.9),
        (WindDirection, 247.0),
        (Precipitation, 2.4),
        (PrecipitationRate, 0.6),
        (SolarRadiation, 212.0),
        (UvIndex, 2.0),
        (BatteryVoltage, 3.94),
    ];
    facts.latest = main.into_iter().map(|(quantity, value)| latest("", quantity, value)).collect();
    facts.extremes = vec![
        extreme(Temperature, (now_c - 9.2, 9 * HOUR_MS), (now_c + 0.6, 23 * MINUTE_MS)),
        extreme(WindGust, (0.0, 9 * HOUR_MS), (22.4, 2 * HOUR_MS)),
    ];
    facts.series.buckets = course(&facts.series, |hour| (now_c + warmth(hour) - warmth(14.3), 0.5));
    facts.courses = [WindSpeed, WindGust, SeaLevelPressure, Humidity, Precipitation]
        .map(Datastream::main)
        .into_iter()
        .map(|of| gone(&facts, of))
        .collect();
    facts
}

/// How that datastream of a station went; it ends where its newest value is.
pub(super) fn gone(facts: &Facts, of: Datastream) -> (Datastream, Vec<Bucket>) {
    let value = facts.newest(&of).map_or(0.0, |latest| latest.value);
    let buckets = ending(course(&facts.series, went(of.quantity)), value);
    (of, buckets)
}

/// The same where the sun has set.
pub(super) fn in_the_east() -> Facts {
    let mut facts = warm("Kamakura", 7.1);
    let mut station = (*facts.station).clone();
    station.zone = Zone::inside("Asia/Tokyo").unwrap_or(Zone::UTC);
    station.coordinates = Coordinates::new(35.32, 139.55);
    facts.station = Arc::new(station);
    facts
}

/// The same where the sun does not rise in November.
pub(super) fn in_the_north() -> Facts {
    placed(warm("Longyearbyen", -9.3), Coordinates::new(78.22, 15.65))
}

/// The same, and nobody knows where.
pub(super) fn without_place() -> Facts {
    placed(full(), None)
}

/// The same at that place.
pub(super) fn placed(mut facts: Facts, place: Option<Coordinates>) -> Facts {
    let mut station = (*facts.station).clone();
    station.coordinates = place;
    facts.station = Arc::new(station);
    facts
}

/// How a quantity went, by the hour in UTC: mean, and how far from it the lowest and the highest value are.
pub(super) fn went(quantity: Quantity) -> fn(f64) -> (f64, f64) {
    match quantity {
        Quantity::WindSpeed => |hour| (4.2 - 1.6 * (hour * 0.4).sin(), 0.4),
        Quantity::WindGust => |hour| (8.1 - 2.0 * (hour * 0.4).sin(), 1.4),
        Quantity::SeaLevelPressure => |hour| (1_013.0 + 3.0 * (hour / 24.0 * TAU).sin(), 0.0),
        Quantity::Humidity => |hour| (62.0 - 2.0 * warmth(hour), 0.0),
        // Since midnight in Berlin.
        Quantity::Precipitation => |hour| (if hour < 23.0 { (hour / 3.0).floor() * 0.6 } else { 0.0 }, 0.0),
        _ => |hour| (18.4 + warmth(hour), 0.5),
    }
}

/// How much warmer than on average it is, by the hour in UTC: coldest before dawn, warmest after noon.
fn warmth(hour: f64) -> f64 {
    -4.6 * ((hour - 2.5) / 24.0 * TAU).cos() + 0.35 * (hour * 5.1).sin()
}

/// The buckets up to now, each as `of` tells for its hour.
pub(super) fn course(series: &Series, of: impl Fn(f64) -> (f64, f64)) -> Vec<Bucket> {
    let starts = (0..).map(|number| series.from.plus(number * series.bucket_ms)).take_while(|start| *start <= NOW);
    let bucket = |start: Timestamp| {
        let (mean, width) = of((start.0 % (24 * HOUR_MS)) as f64 / HOUR_MS as f64);
        Bucket { start, mean, min: mean - width, max: mean + width, count: 37 }
    };
    starts.map(bucket).collect()
}

/// The same buckets, moved so that the last has that mean: the newest value lies on the line.
pub(super) fn ending(mut buckets: Vec<Bucket>, value: f64) -> Vec<Bucket> {
    let more = buckets.last().map_or(0.0, |last| value - last.mean);
    for bucket in &mut buckets {
        (bucket.mean, bucket.min, bucket.max) = (bucket.mean + more, bucket.min + more, bucket.max + more);
    }
    buckets
}

/// A datastream's newest value; the main sensor has no name.
pub(super) fn latest(sensor: &str, quantity: Quantity, value: f64) -> Latest {
    // A name that is wrong shows: it is missing.
    let sensor = SensorName::new(sensor).unwrap_or_default();
    Latest { sensor, quantity, observed_at: NOW.plus(-AGE_MS), value }
}

/// Low and high of a quantity of the main sensor today, each with how long ago that was, ms.
pub(super) fn extreme(quantity: Quantity, low: (f64, i64), high: (f64, i64)) -> Extreme {
    let (low_at, high_at) = (NOW.plus(-low.1), NOW.plus(-high.1));
    Extreme { sensor: SensorName::main(), quantity, low: low.0, low_at, high: high.0, high_at }
}
