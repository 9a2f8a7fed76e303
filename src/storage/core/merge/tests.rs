//! Any order, any repetition, any batches: the same rows, newest values and extremes.

use super::super::memory::Known;
use super::*;
use crate::storage::seam::{Mark, NEIGHBOURS_MAX, Newest, Range};
use proptest::prelude::*;
use weather::calibration::Calibrations;
use weather::judge::GAP_MAX_MS;
use weather::report::{Draft, Values};
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
    marks: BTreeMap<(Place, Quantity), Mark>,
}

impl Tables {
    fn write(&mut self, changes: &Merged) {
        for (place, values) in &changes.observed.rows {
            let row = self.rows.entry(*place).or_default();
            for (quantity, value) in values.iter() {
                row[quantity.index()].get_or_insert(value);
            }
        }
        for change in &changes.observed.marks {
            match change {
                MarkChange::Put(place, mark) => _ = self.marks.insert((*place, mark.quantity), *mark),
                MarkChange::Lift(place, quantity) => _ = self.marks.remove(&(*place, *quantity)),
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
        for (((sensor, at), _), mark) in &self.marks {
            memory.sensors.entry(*sensor).or_default().recall(*at, *mark);
        }
        memory
    }

    /// The rows that `learn` would find.
    fn stored(&self, memory: &Memory, reports: &[Report]) -> HashMap<Place, FoundRow> {
        let mut stored = HashMap::new();
        for report in reports {
            for sensor in report.sensors().keys().map(|name| memory.stations[&station().id][name]) {
                let (first, at) = ((sensor, Timestamp(i64::MIN)), report.observed_at());
                let place = (sensor, at);
                if self.rows.contains_key(&place) {
                    stored.insert(place, self.found(place));
                    continue;
                }
                let before = self.rows.range(first..place).rev().take(NEIGHBOURS_MAX);
                let after = self.rows.range(place..).filter(|((of, _), _)| *of == sensor).take(NEIGHBOURS_MAX);
                let near = before.chain(after).filter(|((_, near), _)| near.since(at).abs() <= GAP_MAX_MS);
                stored.extend(near.map(|(near, _)| (*near, self.found(*near))));
            }
        }
        stored
    }

    fn found(&self, place: Place) -> FoundRow {
        let mut values = Values::default();
        let present = Quantity::all().zip(self.rows[&place]).filter_map(|(quantity, value)| Some((quantity, value?)));
        present.for_each(|(quantity, value)| values.restore(quantity, value));
        let marks = self.marks.iter().filter(|((at, _), _)| *at == place).map(|(_, mark)| *mark).collect();
        FoundRow { values, marks }
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
        coordinates: None,
        upload_units: weather::upload_units::UploadUnits::AsNamed,
        interval_ms: None,
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
    let answer = merging.upload(
        memory,
        &Upload { station: &station, slug: &slug, calibrations: &Calibrations::default(), reports, first: None },
    );
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
        // For how long values have not changed is forgotten by a restart; which hour it is, is not remembered before something comes.
        memory.sensors.values_mut().for_each(|known| {
            known.held.clear();
            known.still = None;
            known.open = None;
        });
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

/// A temperature of the main sensor that was observed and came so many minutes after the start.
fn warmth(minute: i64, celsius: f64) -> Report {
    came(minute, celsius, minute)
}

/// The same, but it came later.
fn came(minute: i64, celsius: f64, later: i64) -> Report {
    let at = START.plus(minute * MINUTE_MS);
    let mut draft = Draft::new(START.plus(later * MINUTE_MS + 700));
    draft.take_number(&SensorName::main(), Quantity::Temperature, Quantity::Temperature.unit(), "", celsius);
    draft.finish(Some(at)).report.expect("a value")
}

/// Temperatures that count, and the reasons of those that do not, by their minutes.
type Judged = (Vec<(i64, f64)>, Vec<(i64, Reason)>);

/// What became of the temperatures of the main sensor.
fn temperatures(tables: &Tables) -> Judged {
    let minute = |at: Timestamp| at.since(START) / MINUTE_MS;
    let good = tables.rows.iter().filter_map(|((_, at), row)| Some((minute(*at), row[Quantity::Temperature.index()]?)));
    let marks = tables.marks.iter().map(|(((_, at), _), mark)| (minute(*at), mark.reason));
    (good.collect(), marks.collect())
}

fn kinds(merged: &Merged) -> Vec<(String, serde_json::Value)> {
    let body = |news: &News| serde_json::from_slice::<serde_json::Value>(&news.body).expect("JSON");
    merged.news.iter().map(body).map(|body| (body["kind"].as_str().unwrap_or_default().to_owned(), body)).collect()
}

#[test]
fn a_spike_counts_for_nothing_and_is_told_as_what_it_is() {
    let (mut tables, mut memory) = (Tables::default(), empty());
    put(&mut tables, &mut memory, &[warmth(0, 14.0), warmth(5, 14.1)]);
    let (step, answer) = put(&mut tables, &mut memory, &[warmth(10, -10.5)]);
    assert_eq!((answer.stored, answer.duplicate, answer.warnings.len()), (1, 0, 0));
    assert_eq!(kinds(&step).iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["marked"]);
    let mark = serde_json::json!({"value": -10.5, "flag": 3, "reason": "step"});
    assert_eq!(kinds(&step)[0].1["marks"]["temperature"], mark);
    let (back, _) = put(&mut tables, &mut memory, &[warmth(15, 13.9)]);
    assert_eq!(kinds(&back).iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["marked", "report"]);
    assert_eq!(kinds(&back)[0].1["marks"]["temperature"]["reason"], "spike");
    assert_eq!(temperatures(&tables), (vec![(0, 14.0), (5, 14.1), (15, 13.9)], vec![(10, Reason::Spike)]));
    let lowest = tables.extremes.values().map(|range| range.low).fold(f64::INFINITY, f64::min);
    assert_eq!(lowest, 13.9);
    let (again, answer) = put(&mut tables, &mut memory, &[warmth(10, -10.5)]);
    assert_eq!((answer.stored, answer.duplicate, again.news.len()), (0, 1, 0), "what is marked is known");
    let (_, answer) = put(&mut tables, &mut memory, &[warmth(10, 14.0)]);
    assert_eq!(answer.warnings.len(), 1, "and it is not replaced");
}

#[test]
fn a_front_counts_once_the_next_value_has_come() {
    for restart in [false, true] {
        let (mut tables, mut memory) = (Tables::default(), empty());
        put(&mut tables, &mut memory, &[warmth(0, 24.0), warmth(5, 24.1), warmth(10, 15.0)]);
        assert_eq!(tables.latest[&(SensorId(1), Quantity::Temperature)].1, 24.1, "the step is not the weather yet");
        if restart {
            memory = tables.memory();
        }
        let (settled, _) = put(&mut tables, &mut memory, &[warmth(15, 14.6)]);
        let told = kinds(&settled);
        assert_eq!(told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["marked", "report", "report"]);
        assert_eq!(told[0].1["marks"]["temperature"], serde_json::json!({"value": 15.0, "flag": 1}));
        assert_eq!((&told[1].1["values"]["temperature"], told[1].1.get("late")), (&15.0.into(), None));
        assert_eq!(temperatures(&tables), (vec![(0, 24.0), (5, 24.1), (10, 15.0), (15, 14.6)], vec![]));
        assert_eq!(tables.latest[&(SensorId(1), Quantity::Temperature)].1, 14.6);
        let extreme = tables.extremes.values().next().expect("a day");
        assert_eq!((extreme.low, extreme.high), (14.6, 24.1));
    }
}

#[test]
fn a_spike_of_two_and_one_that_comes_late_count_for_nothing() {
    let judged = |minutes: &[i64], restart: bool| {
        let value = |minute| [10.0, 40.0, 55.0, 10.1, 10.0, 10.2][minute as usize / 5];
        let (mut tables, mut memory) = (Tables::default(), empty());
        for minute in minutes {
            put(&mut tables, &mut memory, &[came(*minute, value(*minute), 30)]);
            if restart {
                memory = tables.memory();
            }
        }
        let highest = tables.extremes.values().map(|range| range.high).fold(f64::NEG_INFINITY, f64::max);
        assert!(highest < 11.0 || tables.marks.is_empty(), "{minutes:?}: {highest}");
        temperatures(&tables).1
    };
    let spikes = |minutes: &[i64]| -> Vec<_> { minutes.iter().map(|minute| (*minute, Reason::Spike)).collect() };
    for restart in [false, true] {
        assert_eq!(judged(&[0, 5, 10, 15, 20], restart), spikes(&[5, 10]), "in order");
        assert_eq!(judged(&[0, 15, 20, 5], restart), spikes(&[5]), "after its successors");
        assert_eq!(judged(&[0, 15, 20, 10, 5], restart), spikes(&[5, 10]), "both of them, backwards");
        assert_eq!(judged(&[0, 5, 10, 25, 20, 15], restart), spikes(&[5, 10]), "what came between settles them");
    }
}

#[test]
fn a_late_front_counts_and_one_batch_is_as_good_as_several() {
    let front = [(0, 24.0), (5, 24.1), (10, 15.0), (15, 14.6), (20, 14.5)];
    let (mut tables, mut memory) = (Tables::default(), empty());
    put(&mut tables, &mut memory, &[warmth(0, 24.0), warmth(120, 14.4)]);
    let late: Vec<Report> = front[1..].iter().map(|(minute, celsius)| came(*minute, *celsius, 121)).collect();
    put(&mut tables, &mut memory, &late);
    assert_eq!(temperatures(&tables).1, [], "the front is settled by what came late after it");
    put(
        &mut tables,
        &mut memory,
        &[(35, 14.5), (30, 40.0), (25, 14.5)].map(|(minute, celsius)| came(minute, celsius, 122)),
    );
    assert_eq!(temperatures(&tables).1, [(30, Reason::Spike)], "its neighbours are of the same batch, or stored");
}

#[test]
fn steps_that_waited_for_what_comes_late_count_whatever_the_order() {
    // Ten degrees in ten minutes: of some of these alone, the rest would be steps.
    let backwards: Vec<i64> = (3..15).rev().collect();
    for order in
        [vec![14, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], backwards, vec![9, 14, 12, 3, 13, 11, 5, 4, 10, 8, 7, 6]]
    {
        for restart in [false, true] {
            let (mut tables, mut memory) = (Tables::default(), empty());
            for minute in [0, 1, 2].into_iter().chain(order.iter().copied()) {
                put(&mut tables, &mut memory, &[came(minute, minute as f64, 20)]);
                if restart {
                    memory = tables.memory();
                }
            }
            let (good, marks) = temperatures(&tables);
            assert_eq!((good.len(), marks), (15, vec![]), "{order:?}");
            assert_eq!(tables.latest[&(SensorId(1), Quantity::Temperature)].1, 14.0);
            assert_eq!(tables.extremes.values().next().map(|day| (day.low, day.high)), Some((0.0, 14.0)));
        }
    }
}

#[test]
fn what_is_beyond_the_limits_is_kept_beside_the_row() {
    let at = START;
    let report = |fields: &[(Quantity, f64)]| {
        let mut draft = Draft::new(at);
        fields.iter().for_each(|(quantity, value)| {
            draft.take_number(&SensorName::main(), *quantity, quantity.unit(), "", *value);
        });
        draft.finish(Some(at)).report.expect("a value")
    };
    let (mut tables, mut memory) = (Tables::default(), empty());
    let wild = report(&[(Quantity::Temperature, 14.0), (Quantity::WindSpeed, 468.7)]);
    put(&mut tables, &mut memory, std::slice::from_ref(&wild));
    let mark = tables.marks[&((SensorId(1), at), Quantity::WindSpeed)];
    assert_eq!((mark.value, mark.reason), (468.7, Reason::Gross));
    assert_eq!(tables.rows[&(SensorId(1), at)].iter().flatten().count(), 1);
    let (_, answer) = put(&mut tables, &mut memory, &[wild]);
    assert_eq!((answer.stored, answer.duplicate), (0, 1));
    let (_, answer) = put(&mut tables, &mut memory, &[report(&[(Quantity::WindSpeed, 4.0)])]);
    assert_eq!((answer.stored, answer.warnings.len()), (0, 1), "what came first stays");
}

#[test]
fn what_is_made_of_a_step_waits_with_it() {
    let pressure = |minute: i64, hpa: f64| {
        let at = START.plus(minute * MINUTE_MS);
        let mut draft = Draft::new(at);
        let quantity = Quantity::StationPressure;
        draft.take_number(&SensorName::main(), quantity, quantity.unit(), "", hpa);
        draft.finish(Some(at)).report.expect("a value")
    };
    let high = Station { elevation_m: Some(1_200.0), ..station() };
    let (mut tables, mut memory) = (Tables::default(), empty());
    for (minute, hpa) in [(0, 880.0), (5, 850.0), (10, 880.1)] {
        let (slug, reports) = (Arc::from("town-hall"), [pressure(minute, hpa)]);
        let mut merging = Merging::new(tables.stored(&memory, &reports));
        merging.upload(
            &mut memory,
            &Upload {
                calibrations: &Calibrations::default(),
                station: &high,
                slug: &slug,
                reports: &reports,
                first: None,
            },
        );
        let merged = merging.finish(&mut memory);
        tables.write(&merged);
    }
    let marked: Vec<_> = tables.marks.values().map(|mark| (mark.quantity, mark.reason)).collect();
    assert_eq!(marked, [(Quantity::StationPressure, Reason::Spike), (Quantity::AltimeterSetting, Reason::Spike)]);
    let reduced: Vec<_> = tables.rows.values().map(|row| row[Quantity::AltimeterSetting.index()].is_some()).collect();
    assert_eq!(reduced, [true, false, true]);
}

#[test]
fn pressure_at_sea_level_does_not_follow_the_sun() {
    let report = |hour: i64, celsius: f64| {
        let at = START.plus(hour * HOUR_MS);
        let mut draft = Draft::new(at);
        for (quantity, value) in [(Quantity::Temperature, celsius), (Quantity::StationPressure, 940.0)] {
            draft.take_number(&SensorName::main(), quantity, quantity.unit(), "", value);
        }
        draft.finish(Some(at)).report.expect("a value")
    };
    let low = Station { elevation_m: Some(600.0), ..station() };
    let (mut tables, mut memory) = (Tables::default(), empty());
    for hour in 0..=30 {
        let (slug, celsius) = (Arc::from("town-hall"), if hour / 12 % 2 == 0 { 7.0 } else { 25.0 });
        let reports = [report(hour, celsius)];
        let mut merging = Merging::new(tables.stored(&memory, &reports));
        let calibrations = &Calibrations::default();
        merging
            .upload(&mut memory, &Upload { station: &low, slug: &slug, calibrations, reports: &reports, first: None });
        let merged = merging.finish(&mut memory);
        tables.write(&merged);
    }
    let reduced: Vec<f64> = tables.rows.values().filter_map(|row| row[Quantity::SeaLevelPressure.index()]).collect();
    assert_eq!(reduced.len(), 31);
    assert!(reduced[0] - reduced[12] > 2.0, "by the temperature of the hour alone: {} and {}", reduced[0], reduced[12]);
    let (least, most) = reduced[13..].iter().fold((f64::MAX, f64::MIN), |(a, b), hpa| (a.min(*hpa), b.max(*hpa)));
    assert!(most - least < 0.02, "{least} to {most}");
}

proptest! {
    #[test]
    fn no_value_is_lost_or_altered_in_whatever_order_values_come(
        minutes in Just((0..40_i64).collect::<Vec<_>>()).prop_shuffle(),
        values in prop::collection::vec(prop::sample::select(vec![10.0, 11.0, 12.0, 30.0, 45.0, -20.0]), 40),
        cuts in prop::collection::vec((1..9usize, any::<bool>()), 1..20),
        in_order in any::<bool>(),
    ) {
        let minutes = if in_order { (0..40).collect() } else { minutes };
        let sent: Vec<Report> = minutes.iter().map(|&minute| warmth(minute, values[minute as usize])).collect();
        let (mut tables, mut memory, mut rest) = (Tables::default(), empty(), &sent[..]);
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
        let (good, marks) = temperatures(&tables);
        let marked = tables.marks.iter().map(|(((_, at), _), mark)| (at.since(START) / MINUTE_MS, mark.value));
        let mut kept: Vec<(i64, f64)> = good.iter().copied().chain(marked).collect();
        kept.sort_by_key(|(minute, _)| *minute);
        prop_assert_eq!(kept, (0..).zip(values).collect::<Vec<_>>(), "each once, as it was sent");
        prop_assert_eq!(good.len() + marks.len(), 40);
        for ((sensor, _, quantity), range) in &tables.extremes {
            let of: Vec<f64> = tables.rows.iter().filter(|((one, _), _)| one == sensor).filter_map(|(_, row)| row[quantity.index()]).collect();
            prop_assert_eq!(range.high, of.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            prop_assert_eq!(range.low, of.iter().copied().fold(f64::INFINITY, f64::min));
        }
        if in_order {
            let mut straight = Tables::default();
            put(&mut straight, &mut empty(), &sent);
            prop_assert_eq!(&tables, &straight, "a restart between step and return changes nothing");
        }
    }
}
