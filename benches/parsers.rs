//! What reading a report costs, by format. Ten values a report, as a common station sends them.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;
use stevenson::ingest::console::Upload;
use stevenson::ingest::json::{self, Format};
use stevenson::ingest::lineprotocol::{self, Precision};
use weather::station::SensorName;
use weather::time::Timestamp;

const NOW: Timestamp = Timestamp(1_795_356_600_000);
const REPORTS_MAX: usize = 5_000;
const UPLOAD: &str = "action=updateraw&ID=town-hall&PASSWORD=stv_secret&softwaretype=weewx-5.5.2&baromin=29.920\
    &dateutc=2026-11-22%2014%3A00%3A00&dailyrainin=0.08&dewptf=48.2&rainin=0.00&humidity=71&tempf=57.6\
    &solarradiation=213.4&UV=1.2&winddir=230&windgustmph=13.9&windspeedmph=6.5";
const ECOWITT: &str = "PASSKEY=stv_secret&stationtype=GW2000A_V3.1.5&dateutc=2026-11-22+14:00:00&tempinf=80.6&humidityin=50\
    &baromrelin=29.940&baromabsin=29.081&tempf=57.6&humidity=71&winddir=230&windspeedmph=6.5&windgustmph=13.9\
    &solarradiation=213.4&uv=1&rainratein=0.0&dailyrainin=0.08&wh65batt=0&freq=868M&model=GW2000A";

/// The `minute`th of a row of reports.
fn report(minute: u32) -> String {
    format!(
        "{{\"observed_at\":\"2026-11-22T{:02}:{:02}:00Z\",\"temperature\":14.2,\"humidity\":71,\"dew_point\":9.0,\
         \"sea_level_pressure\":1013.2,\"wind_speed\":2.9,\"wind_gust\":6.2,\"wind_direction\":230,\"precipitation\":2.0,\
         \"solar_radiation\":213.4,\"uv_index\":1.2}}",
        minute / 60 % 24,
        minute % 60,
    )
}

fn lines(count: u32) -> String {
    (0..count).fold(String::new(), |mut text, minute| {
        let _ = writeln!(text, "{}", report(minute)); // writing to a String cannot fail
        text
    })
}

fn parsers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parsers");
    group.sample_size(20);
    let array = format!("[{}]", lines(100).trim().replace('\n', ","));
    for (name, body, format, reports) in [
        ("json, one report", report(0), Format::Json, 1),
        ("json, array of 100", array, Format::Json, 100),
        ("lines, 100 reports", lines(100), Format::Lines, 100),
    ] {
        group.throughput(Throughput::Elements(reports));
        group.bench_function(name, |bencher| {
            bencher.iter(|| json::parse(black_box(body.as_bytes()), format, &NOW.into(), REPORTS_MAX));
        });
    }
    group.throughput(Throughput::Elements(1));
    let main = SensorName::main();
    for (name, upload) in [("wunderground, one upload", UPLOAD), ("ecowitt, one upload", ECOWITT)] {
        group.bench_function(name, |bencher| {
            let read = || Upload::new(None, &[black_box(upload.as_bytes())]);
            bencher.iter(|| read().and_then(|upload| upload.parse(NOW, &main)));
        });
    }
    let batch = (0..100).fold(String::new(), |mut text, second| {
        let time = NOW.0 / 1_000 + second;
        let _ =
            writeln!(text, "weather,host=pi temperature=14.2,humidity=71,wind_speed=2.9,wind_direction=230i {time}");
        text
    });
    group.throughput(Throughput::Elements(100));
    group.bench_function("line protocol, 100 lines", |bencher| {
        let body = black_box(batch.as_bytes());
        bencher.iter(|| lineprotocol::parse(body, Precision::Seconds, &NOW.into(), REPORTS_MAX));
    });
    group.finish();
}

criterion_group!(benches, parsers);
criterion_main!(benches);
