//! What it costs to note an upload for the owner who looks, beside reading the same upload: the ring is full, as it is after a
//! minute.
//!
//! `cargo bench --bench inbox`

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use stevenson::inbox::{Fate, Inbox, Note, Raw, UPLOADS_MAX, Understood};
use stevenson::ingest::console::Upload;
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::Timestamp;
use weather::zone::Zone;

const NOW: Timestamp = Timestamp(1_795_356_600_000);
const TARGET: &str = "/data/report/stv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const BODY: &str = "stationtype=GW2000A_V3.1.5&PASSKEY=stv_secret&dateutc=2026-11-22+14:00:00&tempinf=80.6&humidityin=50\
    &baromrelin=29.940&baromabsin=29.081&tempf=57.6&humidity=71&winddir=230&windspeedmph=6.5&windgustmph=13.9\
    &solarradiation=213.4&uv=1&rainratein=0.0&dailyrainin=0.08&wh65batt=0&freq=868M&model=GW2000A";

fn station(id: i64) -> Arc<Station> {
    Arc::new(Station {
        id: StationId(id),
        slug: Slug::new("roof").expect("a slug"),
        name: "Roof".to_owned(),
        zone: Zone::UTC,
        elevation_m: None,
        clock_offset_ms: 0,
        coordinates: None,
        upload_units: weather::upload_units::UploadUnits::AsNamed,
        interval_ms: None,
    })
}

/// A note as doors make it, with a reader that holds what theirs hold.
fn note(station: &Arc<Station>) -> Note {
    let (of, at) = (SensorName::main(), NOW);
    Note {
        at,
        from: None,
        format: "Ecowitt",
        way: "POST",
        station: Ok(station.clone()),
        target: Raw::of(TARGET.as_bytes()),
        body: Raw::of(BODY.as_bytes()),
        secrets: &[],
        fate: Fate::Answered { status: 200, body: Raw::of(br#"{"errcode":"0","errmsg":"ok","UTC_offset":"3600"}"#) },
        reasons: Vec::new(),
        reader: Some(Box::new(move |_, body| Understood {
            refused: Some(format!("{at:?} {of:?} {}", body.bytes)),
            ..Understood::default()
        })),
    }
}

fn read() -> usize {
    let upload = Upload::new(None, &[black_box(BODY.as_bytes())]).expect("pairs");
    upload.parse(NOW, &SensorName::main()).expect("a report").reports.len()
}

fn inbox(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("inbox");
    group.bench_function("read an upload", |bencher| bencher.iter(read));
    for (name, stations) in
        [("one station", 1), ("as many stations as uploads", UPLOADS_MAX as i64), ("2,000 stations", 2_000)]
    {
        let inbox = Inbox::default();
        let all: Vec<_> = (1..=stations).map(station).collect();
        let mut turns = all.iter().cycle();
        for _ in 0..UPLOADS_MAX {
            inbox.note(note(turns.next().expect("a cycle")));
        }
        group.bench_function(format!("note it, {name}"), |bencher| {
            bencher.iter(|| inbox.note(note(turns.next().expect("a cycle"))));
        });
    }
    group.finish();
}

criterion_group!(benches, inbox);
criterion_main!(benches);
