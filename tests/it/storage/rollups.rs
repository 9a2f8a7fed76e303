//! Hours and days are what the rows are, whatever came late, twice, was replaced, struck out, restored or put right; and so are the series
//! that are read of them.

#[path = "rollups/oracle.rs"]
pub mod oracle;

use super::*;
use crate::kit::length;
use chrono::{Days, NaiveDate};
use oracle::Oracle;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use stevenson::storage::{Author, CalibrationStart, MadeOf, Selection, StationSettings};
use weather::calibration::{Calibration, EVER};
use weather::day;
use weather::report::Values;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Zones, and an instant some days before their clocks change. One of them skips midnight then, one changes by half an hour.
const ZONES: [(&str, i64); 5] = [
    ("Europe/Berlin", 1_792_600_000_000),
    ("Asia/Kathmandu", 1_792_600_000_000),
    ("Australia/Lord_Howe", 1_790_700_000_000),
    ("America/Havana", 1_772_700_000_000),
    ("America/Los_Angeles", 1_793_100_000_000),
];

/// Lives are lived a year earlier: what is still to come never goes.
const YEAR_MS: i64 = 364 * DAY_MS;

/// The rows of the main sensor.
pub async fn rows_of(house: &House) -> Vec<(Timestamp, Values)> {
    let everything = (Timestamp(0), NOON.plus(1_000 * DAY_MS));
    house.storage.rows(house.station.id, &SensorName::main(), everything, 1_000_000).await.expect("read")
}

/// What they are.
pub async fn oracle_of(house: &House) -> Oracle {
    let station = house.storage.directory().by_slug(house.station.slug.as_str()).expect("is there").clone();
    Oracle::new(station.zone.clone(), rows_of(house).await)
}

/// A station whose reports come in every way that they may.
struct Life {
    house: House,
    chance: StdRng,
    /// When the first report came, and the next one comes.
    began: Timestamp,
    now: Timestamp,
    counted: f64,
    sent: Vec<Report>,
    /// Readings are kept for so many days.
    raw_days: u32,
    /// The rows that have gone, as they were then.
    gone: Vec<(Timestamp, Values)>,
}

impl Life {
    async fn new(seed: u64) -> Self {
        let chance = StdRng::seed_from_u64(seed);
        let (zone, start) = ZONES[seed as usize % ZONES.len()];
        let raw_days = if seed.is_multiple_of(2) { 0 } else { 7 };
        let house = House::with(|options| options.raw_days = raw_days).await.unheard();
        let (began, now) = (Timestamp(start - YEAR_MS), Timestamp(start - YEAR_MS));
        let life = Self { house, chance, began, now, counted: 0.0, sent: Vec::new(), raw_days, gone: Vec::new() };
        life.move_to(zone).await;
        life
    }

    fn one_in(&mut self, number: u32) -> bool {
        self.chance.random_range(0..number) == 0
    }

    fn station(&self) -> Arc<Station> {
        self.house.storage.directory().by_slug("town-hall").expect("is there").clone()
    }

    /// An instant of its life.
    fn some_time(&mut self) -> Timestamp {
        let lived = self.now.since(self.began) + 1;
        self.began.plus(self.chance.random_range(0..lived) / MINUTE_MS * MINUTE_MS)
    }

    async fn move_to(&self, name: &str) {
        let settings = StationSettings { zone: Zone::inside(name), ..StationSettings::default() };
        self.house.storage.set_station(&self.house.station.slug, settings).await.expect("set");
    }

    async fn follow(&self) {
        while self.house.storage.recalculate_some().await.expect("made anew") {}
    }

    /// What is older than the owner wants goes, and is remembered here.
    async fn prune(&mut self, rows: Vec<(Timestamp, Values)>) {
        retention::prune(&self.house.storage).await;
        let sensors = self.house.storage.sensors(self.house.station.id).await.expect("read");
        let Some(from) = sensors.into_iter().find_map(|sensor| sensor.raw_from.filter(|_| sensor.name.is_main()))
        else {
            return;
        };
        self.gone.extend(rows.into_iter().filter(|(at, _)| *at < from));
    }

    /// The program ends and starts.
    async fn reopened(mut self) -> Self {
        self.follow().await;
        let rows = rows_of(&self.house).await;
        let raw_days = self.raw_days;
        self.house = self.house.reopened(|options| options.raw_days = raw_days).await.unheard();
        self.prune(rows).await;
        self
    }

    /// What the sensors say; some of it is beyond what weather does.
    fn values(&mut self) -> Vec<(&'static str, f64)> {
        let mut values = Vec::new();
        let tenths = |low: i32, high: i32, chance: &mut StdRng| f64::from(chance.random_range(low..high)) / 10.0;
        if !self.one_in(4) {
            let far = if self.one_in(20) { 25.0 } else { 0.0 };
            values.push(("temperature", 10.0 + far + tenths(0, 40, &mut self.chance)));
        }
        if !self.one_in(3) {
            values.push(("wind_direction", tenths(0, 3_600, &mut self.chance).min(359.9)));
        }
        if !self.one_in(3) {
            let calm = self.one_in(3);
            values.push(("wind_speed", if calm { 0.0 } else { tenths(1, 90, &mut self.chance) }));
        }
        if self.one_in(3) {
            values.push(("station_pressure", 980.0 + tenths(0, 20, &mut self.chance)));
        }
        if self.one_in(5) {
            values.push(("sea_level_pressure", 1_005.0 + tenths(0, 20, &mut self.chance)));
        }
        if self.one_in(2) {
            self.counted += if self.one_in(3) { tenths(0, 30, &mut self.chance) } else { 0.0 };
            values.push(("precipitation_total", self.counted));
        }
        if values.is_empty() { vec![("humidity", 50.0)] } else { values }
    }

    /// Some reports, as they come: mostly in order, some late, some twice, some that say other than before.
    fn reports(&mut self) -> Vec<Report> {
        let mut reports = Vec::new();
        for _ in 0..self.chance.random_range(1..25) {
            let kind = self.chance.random_range(0..10);
            let report = match kind {
                0 if !self.sent.is_empty() => self.sent[self.chance.random_range(0..self.sent.len())].clone(),
                1 | 2 => {
                    let (at, values) = (self.some_time(), self.values());
                    arrived(at, self.now, &values)
                }
                3 if !self.sent.is_empty() => {
                    let at = self.sent[self.chance.random_range(0..self.sent.len())].observed_at();
                    let values = self.values();
                    arrived(at, self.now, &values)
                }
                _ => {
                    let minutes = if self.one_in(30) { 1_500 } else { self.chance.random_range(1..25) };
                    self.now = self.now.plus(minutes * MINUTE_MS);
                    let values = self.values();
                    arrived(self.now, self.now, &values)
                }
            };
            self.sent.push(report.clone());
            reports.push(report);
        }
        reports
    }

    async fn correct(&mut self) {
        let (from, ms) = (self.some_time(), self.chance.random_range(1..600) * MINUTE_MS);
        let quantities =
            [None, Some(Quantity::Temperature), Some(Quantity::WindSpeed), Some(Quantity::PrecipitationTotal)];
        let quantity = quantities[self.chance.random_range(0..quantities.len())];
        let station = self.house.station.slug.clone();
        let selection = Selection { station, sensor: None, quantity, from, to: from.plus(ms) };
        let author = Author { name: "Ada".into(), reason: String::new() };
        let storage = &self.house.storage;
        match self.chance.random_range(0..2) {
            0 => storage.strike(selection, author).await.expect("struck"),
            _ => storage.restore(selection, author).await.expect("restored"),
        };
    }

    async fn calibrate(&mut self) {
        let quantity =
            [Quantity::Temperature, Quantity::Precipitation, Quantity::WindSpeed][self.chance.random_range(0..3)];
        let from = if self.one_in(2) { EVER } else { self.some_time() };
        let start = CalibrationStart { sensor: SensorName::main(), quantity, from };
        let (factor, offset) = if quantity == Quantity::Temperature { (1.0, 0.5) } else { (1.25, 0.0) };
        let calibration = Calibration::new(quantity, factor, offset).expect("a calibration");
        let (storage, slug) = (&self.house.storage, &self.house.station.slug);
        let removed = storage.uncalibrate(slug, start.clone(), "Bea").await;
        if removed.is_err() {
            storage.calibrate(slug, start, calibration, "Ada").await.expect("calibrated");
        }
    }

    /// Something happens.
    async fn goes_on(mut self) -> Self {
        match self.chance.random_range(0..40) {
            0..3 => self.correct().await,
            3 => self.calibrate().await,
            // Days that have gone stay those of the zone before.
            4 if self.gone.is_empty() && self.one_in(3) => {
                let (name, _) = ZONES[self.chance.random_range(0..ZONES.len())];
                self.move_to(name).await;
            }
            5 => self = self.reopened().await,
            10 | 11 => {
                self.follow().await;
                let rows = rows_of(&self.house).await;
                self.prune(rows).await;
            }
            // Reports come while something is made anew, too.
            6..10 => self.follow().await,
            _ => {
                let reports = self.reports();
                self.house.append(reports).await;
            }
        }
        self
    }

    /// Of all that ever counted.
    async fn oracle(&self) -> Oracle {
        let mut rows = self.gone.clone();
        rows.extend(rows_of(&self.house).await);
        Oracle::new(self.station().zone.clone(), rows)
    }

    /// Hours and days, as they are kept.
    async fn is_kept_as_the_rows_are(&self) {
        let (oracle, outside) = (self.oracle().await, self.house.outside());
        oracle.hours_are(outside.hours());
        oracle.days_are(outside.days());
    }

    /// Series and days, as they are read. The writer may make rows anew meanwhile: then they are read again.
    async fn is_read_as_the_rows_are(&mut self) {
        loop {
            let (before, station, main) = (self.oracle().await, self.station(), SensorName::main());
            let (mut series, mut days) = (Vec::new(), Vec::new());
            for quantity in READ {
                for _ in 0..4 {
                    let exponent = self.chance.random_range(10..32);
                    let (from, ms) = (self.some_time(), self.chance.random_range(0..1_i64 << exponent));
                    let stretch = (from.plus(-ms / 2), from.plus(ms / 2 + 1));
                    let points = self.chance.random_range(1..400);
                    let read = self.house.storage.series(&station, (&main, quantity), stretch, points).await;
                    series.push((quantity, stretch, points, read.expect("read")));
                }
                let first = day::date_at(&station.zone, self.some_time());
                let last = first.checked_add_days(Days::new(self.chance.random_range(0..9))).expect("a date");
                let read = self.house.storage.days(&station, (&main, quantity), (first, last)).await.expect("read");
                days.push((quantity, (first, last), read));
            }
            if before != self.oracle().await {
                continue;
            }
            series
                .iter()
                .for_each(|(quantity, stretch, points, read)| before.series_is(*quantity, *stretch, *points, read));
            days.iter().for_each(|(quantity, dates, read)| before.days_were(*quantity, *dates, read));
            return;
        }
    }
}

/// What is read: a quantity of each kind.
const READ: [Quantity; 5] = [
    Quantity::Temperature,
    Quantity::WindDirection,
    Quantity::Precipitation,
    Quantity::SeaLevelPressure,
    Quantity::WindSpeed,
];

/// A seed's life: so many things happen. Returns how many rows have gone in it.
async fn live(seed: u64, events: u32) -> usize {
    let mut life = Life::new(seed).await;
    for event in 0..events {
        life = life.goes_on().await;
        if event % 40 == 39 {
            // What waits to be made anew is read from rows.
            life.is_read_as_the_rows_are().await;
        }
    }
    life.follow().await;
    life.is_kept_as_the_rows_are().await;
    life.is_read_as_the_rows_are().await;
    life.gone.len()
}

#[tokio::test]
async fn hours_days_and_series_are_what_the_rows_are_whatever_happens() {
    let (lives, events) = length::either((10, 60), (100, 250));
    let mut gone = 0;
    for seed in 0..lives {
        gone += live(seed, events).await;
    }
    assert!(gone > 100, "readings go in some lives: {gone}");
}

async fn series(
    house: &House,
    quantity: Quantity,
    stretch: (Timestamp, Timestamp),
    points: u32,
) -> (MadeOf, Vec<(i64, f64, u32)>) {
    let read = house.storage.series(&house.station, (&SensorName::main(), quantity), stretch, points).await;
    let read = read.expect("read");
    let spans = read.spans.into_iter().map(|span| (span.to.since(span.from) / MINUTE_MS, span.mean, span.count));
    (read.made_of, spans.collect())
}

#[tokio::test]
async fn a_gap_is_a_gap_and_a_series_without_readings_is_empty() {
    let house = House::new().await.unheard();
    let day = (NOON, NOON.plus(DAY_MS));
    assert_eq!(series(&house, Quantity::Temperature, day, 24).await.1, []);
    let minutes = (0..60).chain(300..360);
    house.append(minutes.map(|minute| report(NOON.plus(minute * MINUTE_MS), &[("temperature", 7.0)])).collect()).await;
    assert_eq!(
        series(&house, Quantity::Temperature, day, 24).await,
        (MadeOf::Hours, vec![(60, 7.0, 60), (60, 7.0, 60)])
    );
    assert_eq!(series(&house, Quantity::Humidity, day, 24).await.1, []);
    for (from, to) in [(NOON, NOON), (NOON, NOON.plus(-1)), (Timestamp(i64::MAX), Timestamp(i64::MIN))] {
        assert_eq!(series(&house, Quantity::Temperature, (from, to), 24).await.1, []);
    }
    let ever = (Timestamp(i64::MIN), Timestamp(i64::MAX));
    let (made_of, spans) = series(&house, Quantity::Temperature, ever, 500).await;
    assert_eq!((made_of, spans.len(), spans[0].2), (MadeOf::Days, 1, 120));
}

#[tokio::test]
async fn no_hour_of_the_zone_before_is_left() {
    let house = House::new().await.unheard();
    let to = async |name: &str| {
        let settings = StationSettings { zone: Zone::inside(name), ..StationSettings::default() };
        house.storage.set_station(&house.station.slug, settings).await.expect("set");
        while house.storage.recalculate_some().await.expect("made anew") {}
    };
    to("Asia/Kathmandu").await;
    // The first hour of the two readings began at 23:15 UTC, on a day that has no reading in UTC.
    let midnight = NOON.plus(DAY_MS / 2);
    for minutes in [10, 600] {
        house.append(vec![report(midnight.plus(minutes * MINUTE_MS), &[("temperature", 7.0)])]).await;
    }
    let begins = |house: &House| house.outside().hours().into_iter().map(|hour| hour.place).collect::<Vec<_>>();
    assert_eq!(begins(&house), [midnight.plus(-45 * MINUTE_MS)]);
    to("UTC").await;
    assert_eq!(begins(&house), [midnight]);
}

#[tokio::test]
async fn what_fell_in_each_span_adds_up_to_what_fell_on_each_day() {
    let house = House::new().await.unheard();
    let fallen = |minute: i64| (minute / 7 % 200) as f64 / 10.0;
    let reports = (0..3 * 1_440).map(|minute| {
        // Since midnight in Berlin.
        let at = NOON.plus(minute * MINUTE_MS);
        report(at, &[("precipitation", fallen((minute + 13 * 60) % 1_440))])
    });
    house.append(reports.collect()).await;
    let (main, midnight) = (SensorName::main(), NOON.plus(11 * HOUR_MS));
    let of = (&main, Quantity::Precipitation);
    let date = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
    let day = house.storage.days(&house.station, of, (date, date)).await.expect("read").remove(0);
    assert!(day.high > 19.0 && day.hours == 24 && day.count == 1_440, "{day:?}");
    for (points, made_of) in
        [(1_440, MadeOf::Readings), (300, MadeOf::Readings), (24, MadeOf::Hours), (5, MadeOf::Hours)]
    {
        let read =
            house.storage.series(&house.station, of, (midnight, midnight.plus(DAY_MS)), points).await.expect("read");
        assert_eq!(read.made_of, made_of);
        let sum: f64 = read.spans.iter().map(|span| span.amount.expect("rain falls")).sum();
        assert!((sum - day.high).abs() < 1e-9, "{points}: {sum}");
        // From noon on it is what fell since noon.
        let read = house.storage.series(&house.station, of, (NOON.plus(DAY_MS), midnight.plus(DAY_MS)), points).await;
        let sum: f64 = read.expect("read").spans.iter().map(|span| span.amount.expect("rain falls")).sum();
        assert!(sum < day.high, "{points}: {sum} since noon");
    }
}

#[tokio::test]
async fn many_readings_are_told_by_the_hour() {
    let house = House::new().await.unheard();
    let second = |second: i64| report(NOON.plus(second * 3_000), &[("temperature", 7.0)]);
    for part in 0..5 {
        house.append((part * 5_000..(part + 1) * 5_000).map(second).collect()).await;
    }
    let (made_of, spans) = series(&house, Quantity::Temperature, (NOON, NOON.plus(21 * HOUR_MS)), 1_500).await;
    assert_eq!((made_of, spans.len(), spans[0].2), (MadeOf::Hours, 21, 1_200));
    let (made_of, spans) = series(&house, Quantity::Temperature, (NOON, NOON.plus(5 * HOUR_MS)), 1_500).await;
    assert_eq!((made_of, spans.len(), spans[0].2), (MadeOf::Readings, 1_500, 4));
}
