//! Any order, any repetition, any batches: the same rows, newest values and extremes.

use super::super::memory::Known;
use super::*;
use crate::storage::seam::{Newest, Range};
use proptest::prelude::*;
use weather::report::Draft;
use weather::station::{SensorName, Slug};
use weather::time::HOUR_MS;
use weather::zone::Zone;

const START: Timestamp = Timestamp(1_792_800_000_000);
/// No step is later.
const END: Timestamp = Timestamp(START.0 + 200 * HOUR_MS / 3);

/// Tables as the database would hold them.
#[derive(Debug, Default, Clone, PartialEq)]
struct Tables {
    rows: BTreeMap<Place, [Option<f64>; Quantity::COUNT]>,
    latest: BTreeMap<(SensorId, Quantity), (Rank, f64)>,
    extremes: BTreeMap<(SensorId, NaiveDate, Quantity), Range>,
}

impl Tables {
    fn write(&mut self, changes: &Merged) {
        for (place, values) in &changes.observed.rows {
            let row = self.rows.entry(*place).or_default();
            for (quantity, value) in values.iter() {
                row[quantity.index()].get_or_insert(value);
            }
        }
        for NewestOf { sensor, newest } in &changes.observed.latest {
            let newest = Quantity::all().zip(newest).filter_map(|(quantity, newest)| Some((quantity, (*newest)?)));
            self.latest.extend(newest.map(|(quantity, newest)| ((*sensor, quantity), (newest.rank, newest.value))));
        }
        self.extremes
            .extend(changes.observed.extremes.iter().map(|(sensor, day, q, range)| ((*sensor, *day, *q), *range)));
    }

    /// What a writer that has just started reads.
    fn memory(&self) -> Memory {
        let mut memory = empty();
        for (sensor, at) in self.rows.keys() {
            let known = memory.sensors.entry(*sensor).or_default();
            known.high_water = known.high_water.max(Some(*at));
        }
        for ((sensor, quantity), (rank, value)) in &self.latest {
            let newest = Newest { rank: *rank, value: *value };
            memory.sensors.entry(*sensor).or_default().latest[quantity.index()] = Some(newest);
        }
        for ((sensor, day, quantity), range) in &self.extremes {
            memory.days.entry((*sensor, *day)).or_default().ranges[quantity.index()] = Some(*range);
        }
        memory
    }

    /// The rows that `learn` would find.
    fn stored(&self, memory: &Memory, reports: &[Report]) -> HashMap<Place, Values> {
        let mut stored = HashMap::new();
        for report in reports {
            for sensor in report.sensors().keys().map(|name| memory.stations[&station().id][name]) {
                let place = (sensor, report.observed_at());
                if Some(report.observed_at()) <= memory.sensors[&sensor].high_water
                    && let Some(row) = self.rows.get(&place)
                {
                    let mut values = Values::default();
                    let present = Quantity::all().zip(row).filter_map(|(quantity, value)| Some((quantity, (*value)?)));
                    present.for_each(|(quantity, value)| values.restore(quantity, value));
                    stored.insert(place, values);
                }
            }
        }
        stored
    }
}

fn station() -> Station {
    let slug = Slug::new("town-hall").expect("a slug");
    Station {
        id: StationId(1),
        slug,
        name: "Town Hall".into(),
        zone: Zone::inside("Europe/Berlin").expect("a zone"),
        elevation_m: None,
        clock_offset_ms: 0,
    }
}

fn empty() -> Memory {
    let mut memory = Memory::default();
    let names = [("", SensorId(1)), ("indoor", SensorId(2))];
    let sensors = names.map(|(name, id)| (SensorName::new(name).expect("a name"), id));
    memory.sensors.extend(sensors.iter().map(|(_, id)| (*id, Known::default())));
    memory.stations.insert(StationId(1), sensors.into());
    memory
}

fn put(tables: &mut Tables, memory: &mut Memory, reports: &[Report]) -> (Merged, Appended) {
    let (station, slug) = (station(), Arc::from("town-hall"));
    let stored = tables.stored(memory, reports);
    let mut merging = Merging::new(stored);
    let answer = merging.upload(memory, &Upload { station: &station, slug: &slug, reports, first: None });
    let changes = merging.finish(memory);
    tables.write(&changes);
    (changes, answer)
}

/// One value: which sensor, which quantity, when (steps of 20 minutes).
type Sent = (bool, u8, u8);

/// Values depend on nothing but their place, so reports never contradict; few different ones, so extremes tie.
fn report(step: u8, sent: &[Sent], arrived: Option<Timestamp>) -> Report {
    let observed_at = START.plus(i64::from(step) * HOUR_MS / 3);
    // Some arrive hours later, some from a clock that runs ahead.
    let delay = [0, -4, 1, 300][usize::from(step % 4)] * MINUTE_MS;
    let mut draft = Draft::new(arrived.unwrap_or(observed_at).plus(delay));
    for (indoor, quantity, _) in sent {
        let sensor = SensorName::new(if *indoor { "indoor" } else { "" }).expect("a name");
        let quantity = [Quantity::Temperature, Quantity::Humidity, Quantity::WindSpeed][usize::from(quantity % 3)];
        let value = f64::from((u16::from(step) * 7 + quantity.index() as u16) % 5) + 10.0;
        draft.take_number(&sensor, quantity, quantity.unit(), "", value);
    }
    draft.finish(Some(observed_at)).report.expect("it has values")
}

/// `arrived`: when all of them come, about; else each comes about when it was observed.
fn reports(arrived: Option<Timestamp>) -> impl Strategy<Value = Vec<Report>> {
    let sent = prop::collection::vec((any::<bool>(), 0..3u8, 0..1u8), 1..6);
    let all = prop::collection::vec((0..200u8, sent), 1..40);
    all.prop_map(move |all| all.iter().map(|(step, sent)| report(*step, sent, arrived)).collect())
}

proptest! {
    #[test]
    fn order_repetition_batches_and_restarts_do_not_matter(
        // While the server's clock goes right: what came from its future would give way to what comes later.
        (once, again, cuts) in reports(Some(END)).prop_flat_map(|reports| {
            let twice = [reports.clone(), reports.clone()].concat();
            (Just(reports), Just(twice).prop_shuffle(), prop::collection::vec((1..9usize, any::<bool>()), 1..20))
        })
    ) {
        let mut straight = Tables::default();
        put(&mut straight, &mut empty(), &once);

        let (mut tables, mut memory, mut rest) = (Tables::default(), empty(), &again[..]);
        for (length, restart) in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (batch, others) = rest.split_at((*length).min(rest.len()));
            put(&mut tables, &mut memory, batch);
            rest = others;
            if *restart {
                memory = tables.memory();
            }
        }
        prop_assert_eq!(&tables, &straight);
        prop_assert_eq!(memory.sensors, straight.memory().sensors, "memory says what the tables say");
    }

    #[test]
    fn newest_values_and_extremes_are_those_of_the_rows(reports in reports(None)) {
        let mut tables = Tables::default();
        put(&mut tables, &mut empty(), &reports);
        for ((sensor, day, quantity), range) in &tables.extremes {
            let values = tables.rows.iter().filter(|((of, at), _)| {
                of == sensor && day::date_at(&Zone::inside("Europe/Berlin").expect("a zone"), *at) == *day
            });
            let values: Vec<f64> = values.filter_map(|(_, row)| row[quantity.index()]).collect();
            prop_assert_eq!(range.low, values.iter().copied().fold(f64::INFINITY, f64::min));
            prop_assert_eq!(range.high, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
        for ((sensor, quantity), (rank, value)) in &tables.latest {
            prop_assert_eq!(tables.rows[&(*sensor, rank.observed_at)][quantity.index()], Some(*value));
        }
    }

    #[test]
    fn every_new_value_is_told_once_or_lies_in_a_told_stretch(reports in reports(None)) {
        let mut tables = Tables::default();
        let (changes, _) = put(&mut tables, &mut empty(), &reports);
        let news: Vec<serde_json::Value> =
            changes.news.iter().map(|news| serde_json::from_slice(&news.body).expect("JSON")).collect();
        let told: usize = news.iter().filter_map(|news| news["values"].as_object()).map(|values| values.len()).sum();
        let old = |at: Timestamp| news.iter().any(|news| {
            news["kind"] == "backfill" && (news["from"].as_i64()..=news["to"].as_i64()).contains(&Some(at.0))
                && reports.iter().any(|report| report.observed_at() == at && report.is_backfill())
        });
        let fresh = tables.rows.iter().filter(|((_, at), _)| !old(*at)).flat_map(|(_, row)| row.iter().flatten());
        prop_assert_eq!(told, fresh.count());
    }
}

#[test]
fn nothing_new_is_written_for_a_repeated_report() {
    let (mut tables, mut memory) = (Tables::default(), empty());
    let reports = [report(3, &[(false, 0, 0), (true, 1, 0)], None)];
    put(&mut tables, &mut memory, &reports);
    let (again, answer) = put(&mut tables, &mut memory, &reports);
    assert!(
        again.observed.rows.is_empty()
            && again.observed.latest.is_empty()
            && again.observed.extremes.is_empty()
            && again.news.is_empty()
    );
    assert_eq!(answer, Appended { duplicate: 1, ..Appended::default() });
}

#[test]
fn one_answer_names_a_limited_number_of_contradictions() {
    let (mut tables, mut memory) = (Tables::default(), empty());
    let contradicting = |value: f64| {
        let mut draft = Draft::new(START);
        draft.take_number(&SensorName::main(), Quantity::Humidity, Quantity::Humidity.unit(), "humidity", value);
        draft.finish(None).report.expect("a value")
    };
    let reports: Vec<Report> = (0..150).map(|value| contradicting(f64::from(value) / 2.0)).collect();
    let (_, answer) = put(&mut tables, &mut memory, &reports);
    assert_eq!((answer.stored, answer.duplicate), (1, 0));
    assert_eq!(answer.warnings.len(), WARNINGS_MAX);
}
