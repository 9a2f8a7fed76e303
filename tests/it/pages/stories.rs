//! Made-up stations: one for each thing that can be so.

use std::sync::Arc;
use stevenson::pages::{Conversation, Datastream, Facts, Series};
use stevenson::storage::words::{Author, Visitor, Word};
use stevenson::storage::{Bucket, Extreme, Latest};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// 2026-11-22 14:18:07 UTC, a Sunday; 15:18 in Berlin.
pub const NOW: Timestamp = Timestamp(1_795_357_087_000);

/// A name that would be markup if anybody forgot to escape it.
pub const HOSTILE: &str = r#"<script>alert("1")</script> & 'Söhne' </title>"#;

/// A station of that name and nothing known about it.
pub fn silent(slug: &str, name: &str, bucket_ms: i64) -> Facts {
    let station = Station {
        id: StationId(1),
        slug: Slug::new(slug).expect("a slug"),
        name: name.to_owned(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: Some(214.0),
        clock_offset_ms: 0,
        coordinates: None,
        upload_units: weather::upload_units::UploadUnits::AsNamed,
        interval_ms: None,
    };
    Facts {
        station: Arc::new(station),
        latest: Vec::new(),
        extremes: Vec::new(),
        interval_ms: None,
        series: Series::ending(NOW, bucket_ms),
        courses: Vec::new(),
        clock: None,
        newest_at: None,
        marked: Vec::new(),
    }
}

/// A station whose temperature now is `now_c`, reporting every five seconds, the newest `age_ms` ago.
pub fn station(slug: &str, name: &str, bucket_ms: i64, now_c: f64, age_ms: i64) -> Facts {
    use Quantity::*;
    let at = NOW.plus(-age_ms);
    let mut facts = silent(slug, name, bucket_ms);
    facts.interval_ms = Some(5_000);
    let main = [
        (Temperature, now_c),
        (Humidity, 61.3),
        (DewPoint, 10.8),
        (SeaLevelPressure, 1_013.25),
        (StationPressure, 987.6),
        (WindSpeed, 4.2),
        (WindGust, 7.9),
        (WindDirection, 247.0),
        (Precipitation, 2.4),
        (PrecipitationRate, 0.6),
        (SolarRadiation, 412.0),
        (UvIndex, 2.0),
        (BatteryVoltage, 3.94),
    ];
    facts.latest = main.into_iter().map(|(quantity, value)| latest("", quantity, at, value)).collect();
    facts.extremes = vec![
        extreme(Temperature, (now_c - 9.2, 9 * HOUR_MS), (now_c + 0.6, 23 * MINUTE_MS)),
        extreme(WindGust, (0.0, 9 * HOUR_MS), (12.3, 2 * HOUR_MS)),
    ];
    facts.series.buckets = day(&facts.series, now_c, at);
    facts.courses = courses(&facts.series.buckets);
    facts
}

/// What the other values were while the temperature was so: each ends where its newest value is.
fn courses(temperatures: &[Bucket]) -> Vec<(Datastream, Vec<Bucket>)> {
    use Quantity::*;
    let count = temperatures.len();
    let of = |value: &dyn Fn(f64, &Bucket) -> (f64, f64)| -> Vec<Bucket> {
        let part = |place: usize| (count - 1 - place) as f64 / 6.0;
        let bucket = |(place, bucket): (usize, &Bucket)| {
            let (mean, width) = value(part(place), bucket);
            Bucket { start: bucket.start, mean, min: mean - width, max: mean + width, count: bucket.count }
        };
        temperatures.iter().enumerate().map(bucket).collect()
    };
    let courses = vec![
        (WindSpeed, of(&|hours, _| (4.2 - 1.6 * (hours * 0.4).sin() * (hours / 24.0), 0.4))),
        (WindGust, of(&|hours, _| (6.5 - 2.0 * (hours * 0.4).sin() * (hours / 24.0), 1.4))),
        (SeaLevelPressure, of(&|hours, _| (1013.2 + hours * 0.35, 0.0))),
        (Humidity, of(&|hours, bucket| (62.0 + hours * 0.5 - (bucket.mean - temperatures[count - 1].mean), 0.0))),
        (Precipitation, of(&|hours, _| (if hours < 15.5 { 2.4 - (hours / 3.0).floor() * 0.4 } else { 5.0 }, 0.0))),
    ];
    courses.into_iter().map(|(quantity, buckets)| (Datastream::main(quantity), buckets)).collect()
}

/// The same with more sensors than one.
pub fn with_sensors(mut facts: Facts) -> Facts {
    use Quantity::*;
    for (sensor, quantity, value) in [
        ("greenhouse", Temperature, 24.9),
        ("greenhouse", Humidity, 78.0),
        ("greenhouse", SoilMoisture, 41.0),
        ("indoor", Temperature, 21.5),
        ("indoor", Humidity, 44.0),
        ("indoor", Co2, 742.0),
        ("indoor", Pm2_5, 6.2),
    ] {
        facts.latest.push(latest(sensor, quantity, NOW.plus(-3_000), value));
    }
    facts
}

/// The same with nothing heard between `from_h` and `to_h` hours ago.
pub fn with_gap(mut facts: Facts, from_h: i64, to_h: i64) -> Facts {
    let silent = NOW.plus(-from_h * HOUR_MS)..NOW.plus(-to_h * HOUR_MS);
    facts.series.buckets.retain(|bucket| !silent.contains(&bucket.start));
    facts.courses.iter_mut().for_each(|(_, buckets)| buckets.retain(|bucket| !silent.contains(&bucket.start)));
    facts
}

/// A datastream's newest value.
pub fn latest(sensor: &str, quantity: Quantity, observed_at: Timestamp, value: f64) -> Latest {
    Latest { sensor: SensorName::new(sensor).expect("a sensor"), quantity, observed_at, value }
}

fn extreme(quantity: Quantity, low: (f64, i64), high: (f64, i64)) -> Extreme {
    Extreme {
        sensor: SensorName::main(),
        quantity,
        low: low.0,
        low_at: NOW.plus(-low.1),
        high: high.0,
        high_at: NOW.plus(-high.1),
    }
}

/// A day that is coldest before dawn, warmest after noon, and a little restless.
fn day(series: &Series, now_c: f64, until: Timestamp) -> Vec<Bucket> {
    let warmth = |hours: f64| -4.6 * ((hours - 2.5) / 24.0 * std::f64::consts::TAU).cos();
    let now_h = (NOW.0 % (24 * HOUR_MS)) as f64 / HOUR_MS as f64;
    let mut buckets = Vec::new();
    let mut start = series.from;
    while start <= until && start < series.to {
        let hours = (start.0 % (24 * HOUR_MS)) as f64 / HOUR_MS as f64;
        let restless = 0.35 * (hours * 5.1).sin() + 0.2 * (hours * 13.7).cos();
        let mean = now_c + warmth(hours) - warmth(now_h) + restless;
        let width = 0.35 + 0.3 * (hours * 2.3).sin().abs();
        buckets.push(Bucket { start, mean, min: mean - width, max: mean + width, count: 120 });
        start = start.plus(series.bucket_ms);
    }
    buckets
}

/// A keeper's panel, as the story `name` has it.
pub fn keeper(name: &str) -> Conversation {
    let zone = Zone::inside("Europe/Berlin").expect("a zone");
    let of = |words: Option<&[Word]>| Conversation::of(words, zone, NOW, "AAAAAAAAAAAAAAAAAAAAAA".into());
    let talk = [
        word(1, Author::You, "How cold is it?", 40 * HOUR_MS),
        word(2, Author::Keeper, "18.1 °C, measured 2 s ago.", 40 * HOUR_MS - 2_000),
        word(3, Author::You, "warn me below 0 °C", 9 * HOUR_MS),
        word(4, Author::Keeper, "I will tell you when it falls below 0 °C. That is warning 1.", 9 * HOUR_MS - 2_000),
        word(5, Author::Keeper, "At 13:12 it fell below 0 °C; it is −0.3 °C now.", 2 * HOUR_MS),
    ];
    match name {
        "talk" => of(Some(&talk)),
        "thinking" => {
            of(Some(&[&talk[..], &[Word { answered: false, ..word(6, Author::You, "High today?", 2_000) }]].concat()))
        }
        "hostile" => of(Some(&[word(1, Author::You, HOSTILE, 9_000), word(2, Author::Keeper, HOSTILE, 8_000)]))
            .with_draft(HOSTILE),
        "away" => of(None),
        "complaint" => of(Some(&talk)).with_draft("   ").complaining("Write something first.".into()),
        "long" => of(Some(&(0..50).map(long).collect::<Vec<_>>())),
        _ => of(Some(&[])),
    }
}

fn long(i: i64) -> Word {
    let author = if i % 2 == 0 { Author::You } else { Author::Keeper };
    let text = if i % 7 == 3 {
        "A longer answer that goes over some lines, for there is more than one thing to say about the weather: 18.4 °C now, lowest 9.2 at 06:18, highest 19.0 at 14:55."
    } else {
        "And now?"
    };
    word(i, author, text, (50 - i) * 9 * MINUTE_MS)
}

/// A word that was said `age_ms` ago.
pub fn word(number: i64, author: Author, text: &str, age_ms: i64) -> Word {
    Word {
        id: format!("word-number-{number:05}"),
        visitor: Visitor::of_secret("story"),
        station: "town-hall".into(),
        author,
        text: text.into(),
        units: "C-metric".into(),
        said_at: NOW.plus(-age_ms),
        seq: number as u64,
        answered: true,
        talker: String::new(),
    }
}
