//! The dock: one piece of news to many parked pages, one truck's round trip, one load's encoding.

use channel::backlog::Item;
use channel::cargo::{Load, Note, Why};
use channel::clipboard::{Clipboard, Id};
use channel::crowd::Party;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use channel::watch::Watch;
use channel::yard::{Truck, Yard};
use channel::{Arrived, Dock, News, Options};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;

const EPOCH: &str = "7Qm4";
/// A report of ten values, as the journal holds it.
const BODY: &str = r#"{"kind":"report","station":"town-hall","observed_at":1795348800000,"values":{"temperature":21.4,"humidity":55.0,"dew_point":12.0,"station_pressure":986.5,"sea_level_pressure":1013.2,"wind_speed":3.4,"wind_gust":6.1,"wind_direction":240.0,"precipitation":1.2,"solar_radiation":412.0}}"#;

fn news(seq: u64) -> News {
    News { seq, topic: "town-hall".into(), word: None, committed_ms: 1_795_348_800_000, body: BODY.into() }
}

fn fleet() -> &'static Fleet {
    Fleet::named("ping-pong").expect("a fleet")
}

fn truck(page: u64, seen: u64) -> Truck {
    Truck {
        bay: Id::new(&format!("{page:022}")).expect("an id"),
        fleet: fleet(),
        seen: Cursor::new(EPOCH.into(), seen),
        watch: Watch::of(["town-hall"]),
        party: Party { visitor: Some(format!("visitor-{page:014}").into()), source: None },
        words: Default::default(),
        park_ms: 25_000,
    }
}

fn full_yard(pages: u64) -> Yard<u64> {
    let mut yard = Yard::new(EPOCH, &[], &Options::default());
    for page in 0..pages {
        yard.arrive(truck(page, 0), page, 0);
    }
    yard
}

fn announce(c: &mut Criterion) {
    let mut group = c.benchmark_group("announce to parked pages");
    for pages in [100, 1_000, 10_000] {
        group.throughput(Throughput::Elements(pages));
        group.bench_with_input(BenchmarkId::from_parameter(pages), &pages, |b, pages| {
            let yard = full_yard(*pages);
            let item = Arc::new(Item::new(EPOCH, &news(1)));
            b.iter_batched_ref(
                || yard.clone(),
                |yard| black_box(yard.announce(vec![item.clone()], 1_000)),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn round_trip(c: &mut Criterion) {
    c.bench_function("one truck arrives, parks, gets news, is encoded", |b| {
        let options = Options { ring_max_entries: 64, ..Options::default() };
        let dock = Dock::new(EPOCH, vec![], options);
        let others: Vec<_> =
            (1..1_000).map(|page| dock.arrive(Truck { watch: Watch::of(["mill"]), ..truck(page, 0) })).collect();
        let mut seq = 0;
        b.iter(|| {
            let Arrived::Parks(parking) = dock.arrive(truck(0, seq)) else { unreachable!("there is no news") };
            seq += 1;
            dock.announce(vec![news(seq)]);
            let load = futures_util::FutureExt::now_or_never(parking.load()).expect("it has left");
            black_box(dock.encode(fleet(), &load, Note::default()))
        });
        drop(others);
    });
}

fn wire(c: &mut Criterion) {
    let mut group = c.benchmark_group("wire");
    for items in [0, 1, 10, 100] {
        let cargo: Vec<_> = (1..=items).map(|seq| Arc::new(Item::new(EPOCH, &news(seq)))).collect();
        let load = Load { cargo, parked_ms: 1_830, ..Load::empty(Why::Cargo, 0, items) };
        group.bench_with_input(BenchmarkId::new("encode a load of", items), &load, |b, load| {
            b.iter(|| black_box(load.encode(EPOCH, Note::default())));
        });
    }
    let body = br#"{"v":1,"fleet":"ping-pong","park":25000,"seen":"7Qm4.1234","watch":["town-hall"],"say":[]}"#;
    group.bench_function("parse a clipboard", |b| b.iter(|| black_box(Clipboard::parse(body))));
    group.finish();
}

criterion_group!(benches, announce, round_trip, wire);
criterion_main!(benches);
