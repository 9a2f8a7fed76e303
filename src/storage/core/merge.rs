//! Decides what reports change: new, known, contradicting or filling in. Pure: no database, no clock.

mod judging;
mod neighbours;

use super::bodies::{self, Fresh, Marked};
use super::memory::{Day, Known, Memory, SENSORS_MAX};
use super::news::News;
use crate::storage::observations::{Appended, SetAside, TOO_MANY_SENSORS};
use crate::storage::seam::{FoundRow, Mark, MarkChange, NewestOf, Observed, Place, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use judging::{Case, Verdict};
use neighbours::Neighbours;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeBounds;
use std::sync::Arc;
use weather::calibration::{Calibrated, Calibrations, OfSensor};
use weather::freshness::is_ahead;
use weather::judge::Settled;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::rain::{Counter, Gauge, without_noise};
use weather::report::{Report, Values, Warning};
use weather::station::{SensorName, Station, StationId};
use weather::sun::Coordinates;
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::{day, derived};

/// Reports of one station that belong together.
pub(super) struct Upload<'a> {
    pub station: &'a Station,
    pub slug: &'a Arc<str>,
    pub calibrations: &'a Calibrations,
    pub reports: &'a [Report],
    /// The place of the first of them in what was sent; `None` if one report was sent alone, which warnings do not number.
    pub first: Option<usize>,
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub observed: Observed,
    /// For the journal, in order.
    pub news: Vec<News>,
}

/// Contradictions that one answer names; the rest is left out. A sender with that many has one problem, not a hundred.
pub(super) const WARNINGS_MAX: usize = 100;
/// What is derived rests on values that are at most this old.
pub(super) const DERIVE_MAX_AGE_MS: i64 = 15 * MINUTE_MS;
/// Pressures that lie no further apart are the same derived one, hPa: the temperature beside it may have changed since.
pub(super) const SAME_HPA: f64 = 0.05;

/// Uploads that are merged, in order, into what is known, until they are written together. What is written is known
/// from then on: if it cannot be written, memory has to be cleared.
#[derive(Default)]
pub(super) struct Merging {
    rows: Rows,
    /// Sensors whose newest values may have changed.
    sensors: BTreeSet<SensorId>,
    /// Days whose extremes may have changed.
    days: BTreeSet<SensorDay>,
    marks: Vec<MarkChange>,
    sent: Vec<(Place, Quantity, f64)>,
    news: Vec<News>,
    backfill: Backfill,
}

/// The stretch of old reports that came in, by station.
type Backfill = BTreeMap<StationId, (Arc<str>, Timestamp, Timestamp)>;

#[derive(Default)]
struct Row {
    values: Values,
    /// Values that do not count.
    marks: Vec<Mark>,
    changed: bool,
    /// False if the database may have more at that place than stands here.
    is_whole: bool,
}

/// Rows in the order in which they came, which is mostly that of their places: they are large, and sorting them moves them.
#[derive(Default)]
struct Rows {
    rows: Vec<(Place, Row)>,
    places: BTreeMap<Place, usize>,
}

impl Rows {
    fn get(&self, place: &Place) -> Option<&Row> {
        self.places.get(place).map(|number| &self.rows[*number].1)
    }

    fn get_or_add(&mut self, place: Place, row: impl FnOnce() -> Row) -> &mut Row {
        let number = self.number(place, row);
        &mut self.rows[number].1
    }

    fn number(&mut self, place: Place, row: impl FnOnce() -> Row) -> usize {
        let Self { rows, places } = self;
        *places.entry(place).or_insert_with(|| {
            rows.push((place, row()));
            rows.len() - 1
        })
    }

    /// Takes the row of a place out, or a new one; [`Rows::put_back`] wants the number that comes with it. An empty row stands
    /// there until then.
    fn take_out(&mut self, place: Place) -> (usize, Row) {
        let number = self.number(place, || Row { is_whole: true, ..Row::default() });
        (number, std::mem::take(&mut self.rows[number].1))
    }

    fn put_back(&mut self, number: usize, row: Row) {
        self.rows[number].1 = row;
    }

    /// The rows of these places, in their order.
    fn range(&self, places: impl RangeBounds<Place>) -> impl DoubleEndedIterator<Item = (Place, &Row)> {
        self.places.range(places).map(|(place, number)| (*place, &self.rows[*number].1))
    }

    /// Those that are new or have changed, in the order of their places.
    fn changed(self) -> Vec<(Place, Values)> {
        let changed = self.rows.into_iter().filter(|(_, row)| row.changed);
        let mut changed: Vec<_> = changed.map(|(place, row)| (place, row.values)).collect();
        changed.sort_unstable_by_key(|(place, _)| *place);
        changed
    }
}

impl Row {
    /// A value that is there and does not count.
    fn marked(&self, quantity: Quantity) -> Option<f64> {
        let mark = self.marks.iter().find(|mark| mark.quantity == quantity);
        mark.map(|mark| mark.value)
    }
}

/// What a report added.
#[derive(Default)]
struct Taken<'r> {
    fresh: Vec<Fresh<'r>>,
    marked: Vec<Marked<'r>>,
    /// Steps that waited for it.
    settled: Vec<Waited<'r>>,
}

impl<'r> Taken<'r> {
    /// How many values of each kind there are.
    fn counts(&self) -> (usize, usize, usize) {
        (self.fresh.len(), self.marked.len(), self.settled.len())
    }

    /// Counts what was set aside, and what is no longer.
    fn count_set_aside(&self, set_aside: &mut SetAside) {
        self.marked.iter().for_each(|(_, mark, _)| set_aside.add(mark.reason));
        for waited in &self.settled {
            set_aside.take_off(Reason::Step);
            if !waited.counts {
                set_aside.add(waited.mark.reason);
            }
        }
    }

    /// The value of the quantity that came since and counts.
    fn got(&self, quantity: Quantity, since: (usize, usize, usize)) -> Option<f64> {
        self.fresh[since.0..].iter().find(|(_, of, _)| *of == quantity).map(|(.., value)| *value)
    }

    /// Whether a value of the quantity came since, whether it counts or not.
    fn measured(&self, quantity: Quantity, since: (usize, usize, usize)) -> bool {
        self.fresh[since.0..].iter().any(|(_, of, _)| *of == quantity)
            || self.marked[since.1..].iter().any(|(_, mark, _)| mark.quantity == quantity)
    }

    /// Takes in a value that nobody knew, as one that counts or as one that does not.
    fn judge(
        &mut self,
        memory: &mut Memory,
        row: &mut Row,
        (name, sensor, of): (&'r SensorName, SensorId, Option<&OfSensor>),
        (quantity, value): (Quantity, f64),
        (report, neighbours, is_still, place): (&Report, &Neighbours<'_>, bool, Option<Coordinates>),
    ) {
        let known = memory.sensors.entry(sensor).or_default();
        let (beside, is_main) = (&row.values, name.is_main());
        let case = Case { quantity, value, beside, neighbours, calibrations: of, report, is_main, place, is_still };
        let Verdict { reason, settled } = Verdict::of(known, &case);
        for (at, mark, settled) in settled.into_iter().filter(|(.., settled)| *settled != Settled::Unknown) {
            let counts = settled == Settled::Stayed;
            let reason = if counts { mark.reason } else { Reason::Spike };
            self.settled.push(Waited { name, at, mark: Mark { reason, ..mark }, counts });
        }
        if let Some(reason) = reason {
            let mark = Mark { quantity, value, received_at: report.received_at(), reason };
            row.marks.push(mark);
            self.marked.push((name, mark, false));
        } else {
            row.values.restore(quantity, value);
            self.fresh.push((name, quantity, value));
        }
    }

    /// Takes in what lies beyond the limits; the door has named it, or a calibration has made it so. Returns what was sent of
    /// what it took in.
    fn keep_beyond(
        &mut self,
        row: &mut Row,
        name: &'r SensorName,
        report: &Report,
        beyond: &[Beyond],
    ) -> impl Iterator<Item = (Quantity, f64)> + use<> {
        let mut sent = Vec::new();
        for &Beyond { quantity, value, sent: said } in beyond {
            let is_kept = row.marks.iter().any(|mark| mark.quantity == quantity);
            if !is_kept && row.values.get(quantity).is_none() {
                let mark = Mark { quantity, value, received_at: report.received_at(), reason: Reason::Gross };
                row.marks.push(mark);
                self.marked.push((name, mark, false));
                sent.extend((said != value).then_some((quantity, said)));
            }
        }
        sent.into_iter()
    }
}

/// A value that lies beyond the limits, and what was sent.
struct Beyond {
    quantity: Quantity,
    value: f64,
    sent: f64,
}

/// What a sensor said that lies beyond the limits: as it came, or as it is put right.
fn beyond(of: Option<&OfSensor>, right: Option<Calibrated>, (name, report): (&SensorName, &Report)) -> Vec<Beyond> {
    let as_sent = report.beyond(name).iter().map(|&(quantity, sent)| {
        let calibration = of.and_then(|of| of.at(quantity, report.observed_at()));
        Beyond { quantity, sent, value: calibration.map_or(sent, |calibration| calibration.of(quantity, sent)) }
    });
    let made = right.into_iter().flat_map(|right| {
        let made = |(quantity, value)| Beyond { quantity, value, sent: right.sent_as(quantity).unwrap_or(value) };
        right.beyond.clone().into_iter().map(made).collect::<Vec<_>>()
    });
    as_sent.chain(made).collect()
}

/// What was sent of a value that is about to be kept, if that is something else.
fn kept_as_sent(right: Option<&Calibrated>, place: Place, sent_as: Quantity) -> Option<(Place, Quantity, f64)> {
    right?.sent_as(sent_as).map(|sent| (place, sent_as, sent))
}

/// A step of a sensor that has waited, and what it was.
struct Waited<'r> {
    name: &'r SensorName,
    at: Timestamp,
    mark: Mark,
    counts: bool,
}

impl Merging {
    /// `stored`: rows that exist at places of the uploads to come, and those around the places of what comes late.
    pub(super) fn new(stored: HashMap<Place, FoundRow>) -> Self {
        let row = |FoundRow { values, marks }| Row { values, marks, changed: false, is_whole: true };
        let mut rows = Rows::default();
        for (place, found) in stored {
            rows.get_or_add(place, || row(found));
        }
        Self { rows, ..Self::default() }
    }

    /// Whether [`Merging::upload`] may take an upload in: memory knows its sensors and days, and each row that may exist
    /// at its places is at hand.
    pub(super) fn knows(&self, memory: &Memory, upload: &Upload<'_>) -> bool {
        let Some(sensors) = memory.stations.get(&upload.station.id) else { return false };
        let mut newest = None;
        upload.reports.iter().all(|report| {
            let observed_at = report.observed_at();
            let in_order = newest.max(Some(observed_at)) == Some(observed_at);
            newest = newest.max(Some(observed_at));
            let date = day::date_at(&upload.station.zone, observed_at);
            report.sensors().keys().all(|name| match sensors.get(name) {
                None => sensors.len() >= SENSORS_MAX && !name.is_main(),
                Some(&sensor) => {
                    let mut waiting = memory.waiting_days(sensor, &upload.station.zone);
                    let row = || self.rows.get(&(sensor, observed_at));
                    memory.days.contains_key(&(sensor, date))
                        && waiting.all(|date| memory.days.contains_key(&(sensor, date)))
                        && ((in_order && memory.is_new(sensor, observed_at)) || row().is_some_and(|row| row.is_whole))
                }
            })
        })
    }

    /// Takes an upload in. `memory` must know its station, sensors and days, and all rows that exist at its places up to
    /// each sensor's high water must be at hand. A sensor that memory does not know is one too many: its values are
    /// refused.
    pub(super) fn upload(&mut self, memory: &mut Memory, upload: &Upload<'_>) -> Appended {
        let mut answer = Appended::default();
        for (place, report) in upload.reports.iter().enumerate() {
            let number = upload.first.map(|first| first + place);
            let warned = answer.warnings.len();
            let newest = memory.main(upload.station.id).and_then(|known| known.newest(report.received_at()));
            let taken = self.report(memory, upload, report, number, &mut answer.warnings);
            taken.count_set_aside(&mut answer.set_aside);
            if taken.fresh.is_empty() && taken.marked.is_empty() {
                answer.duplicate += usize::from(answer.warnings.len() == warned);
                continue;
            }
            answer.stored += 1;
            if report.is_backfill() {
                for at in taken.settled.iter().map(|waited| waited.at).chain([report.observed_at()]) {
                    let (_, from, to) = self.backfill.entry(upload.station.id).or_insert((upload.slug.clone(), at, at));
                    (*from, *to) = ((*from).min(at), (*to).max(at));
                }
            } else {
                self.tell(memory, upload, report, &taken, newest);
            }
        }
        answer.warnings.truncate(WARNINGS_MAX);
        answer
    }

    /// Makes the news of a report. `newest`: what was the newest before it.
    fn tell(&mut self, memory: &Memory, upload: &Upload<'_>, report: &Report, taken: &Taken<'_>, newest: Option<Rank>) {
        let now = |rank: Rank| newest.is_none_or(|newest| newest <= rank).then(|| now(memory, upload.station, report));
        let mut tell = |body| self.news.push(News { station: upload.slug.clone(), visitor: None, body });
        for waited in &taken.settled {
            tell(bodies::marked(upload.slug, waited.at, &[(waited.name, waited.mark, waited.counts)]));
            if waited.counts {
                let fresh = [(waited.name, waited.mark.quantity, waited.mark.value)];
                let now = now(judging::rank(waited.at, &waited.mark));
                tell(bodies::report(upload.slug, waited.at, &fresh, now.as_ref()));
            }
        }
        let observed_at = report.observed_at();
        if !taken.fresh.is_empty() {
            let now = now(Rank::new(observed_at, report.received_at()));
            tell(bodies::report(upload.slug, observed_at, &taken.fresh, now.as_ref()));
        }
        if taken.marked.iter().any(|(_, mark, _)| mark.quantity.is_shown()) {
            tell(bodies::marked(upload.slug, observed_at, &taken.marked));
        }
    }

    /// Takes one report in; returns what was not known.
    fn report<'r>(
        &mut self,
        memory: &mut Memory,
        &Upload { station, calibrations, .. }: &Upload<'_>,
        report: &'r Report,
        number: Option<usize>,
        warnings: &mut Vec<Warning>,
    ) -> Taken<'r> {
        let observed_at = report.observed_at();
        let rank = Rank::new(observed_at, report.received_at());
        let date = day::date_at(&station.zone, observed_at);
        let mut taken = Taken::default();
        for (name, sent) in report.sensors() {
            let mut warn = |quantity: Quantity, value: f64, reason: &str| {
                let key = name.key(quantity);
                let field = number.map_or_else(|| key.clone(), |number| format!("[{number}].{key}"));
                warnings.push(Warning::new(field, &quantity.echo(value), reason));
            };
            let Some(&sensor) = memory.stations.get(&station.id).and_then(|sensors| sensors.get(name)) else {
                sent.iter().for_each(|(quantity, value)| warn(quantity, value, TOO_MANY_SENSORS));
                continue;
            };
            let place = (sensor, observed_at);
            let (slot, mut row) = self.rows.take_out(place);
            let neighbours = Neighbours::of(&self.rows, place);
            let known = memory.sensors.entry(sensor).or_default();
            let is_still = name.is_main() && judging::is_still(known, observed_at, sent);
            let before = taken.counts();
            let of = calibrations.of(name);
            let right = of.map(|of| of.put_right(observed_at, sent, report.is_history()));
            let sent = right.as_ref().map_or(sent, |right| &right.values);
            for (sent_as, value) in sent.iter() {
                let there = |quantity| row.values.get(quantity).or_else(|| row.marked(quantity));
                let (quantity, known) = match sent_as {
                    // What a daily counter says is kept as it came. Rows from before that was so hold it by the other name.
                    Quantity::Precipitation if !report.is_history() => {
                        let counted = Quantity::PrecipitationCounted;
                        let is_old = row.values.get(Quantity::PrecipitationTotal).is_none();
                        (counted, there(counted).or_else(|| row.values.get(sent_as).filter(|_| is_old)))
                    }
                    _ => (sent_as, there(sent_as)),
                };
                match known {
                    None => {
                        self.sent.extend(kept_as_sent(right.as_ref(), place, sent_as));
                        let judged = (report, &neighbours, is_still, station.coordinates);
                        taken.judge(memory, &mut row, (name, sensor, of), (quantity, value), judged);
                    }
                    Some(stored) if stored == value => {}
                    Some(stored) if is_derived(memory, (station, sensor), &row.values, report, (quantity, stored)) => {
                        self.sent.extend(kept_as_sent(right.as_ref(), place, sent_as));
                        row.values.restore(quantity, value);
                        taken.fresh.push((name, quantity, value));
                    }
                    Some(stored) => {
                        let stored = quantity.echo(stored);
                        let reason = format!("{stored} is stored for that sensor and instant already, and stays");
                        warn(sent_as, value, &reason);
                    }
                }
            }
            let beyond = beyond(of, right, (name, report));
            self.sent.extend(taken.keep_beyond(&mut row, name, report, &beyond).map(|(of, sent)| (place, of, sent)));
            let got = |quantity| taken.got(quantity, before);
            let factor = of.map_or(1.0, |of| of.rain_factor(observed_at));
            // A file's rain since midnight was made of its counters as it was read, in order.
            if !report.is_history()
                && let Some(known) = memory.sensors.get_mut(&sensor)
                && let Some(fallen) =
                    rain(known, station, &row.values, got, (observed_at, report.received_at()), factor)
            {
                row.values.restore(Quantity::Precipitation, fallen);
                taken.fresh.push((name, Quantity::Precipitation, fallen));
            }
            if name.is_main()
                && !report.is_history()
                && taken.measured(Quantity::StationPressure, before)
                && let Some(made) = reduced(memory, (station, sensor), &row, report)
            {
                taken.judge(
                    memory,
                    &mut row,
                    (name, sensor, of),
                    made,
                    (report, &neighbours, is_still, station.coordinates),
                );
            }
            row.changed |= taken.counts() != before;
            self.rows.put_back(slot, row);
            self.marks.extend(taken.marked[before.1..].iter().map(|(_, mark, _)| MarkChange::Put(place, *mark)));
            self.fold(memory, sensor, date, (rank, report.received_at()), &taken.fresh[before.0..]);
            self.settle(memory, (station, sensor), report, &taken.settled[before.2..]);
        }
        taken
    }

    /// Takes in what steps of a sensor were, which have waited.
    fn settle(
        &mut self,
        memory: &mut Memory,
        (station, sensor): (&Station, SensorId),
        report: &Report,
        settled: &[Waited<'_>],
    ) {
        for Waited { name, at, mark, counts } in settled {
            let place = (sensor, *at);
            let row = self.rows.get_or_add(place, Row::default);
            row.marks.retain(|other| other.quantity != mark.quantity || other.value != mark.value);
            if !counts {
                row.marks.push(*mark);
                self.marks.push(MarkChange::Put(place, *mark));
                continue;
            }
            self.marks.push(MarkChange::Lift(place, mark.quantity));
            row.values.restore(mark.quantity, mark.value);
            row.changed = true;
            let (date, rank) = (day::date_at(&station.zone, *at), judging::rank(*at, mark));
            self.fold(memory, sensor, date, (rank, report.received_at()), &[(*name, mark.quantity, mark.value)]);
        }
    }

    fn fold(
        &mut self,
        memory: &mut Memory,
        sensor: SensorId,
        date: NaiveDate,
        (rank, now): (Rank, Timestamp),
        fresh: &[Fresh<'_>],
    ) {
        let known = memory.sensors.entry(sensor).or_default();
        known.high_water = known.high_water.max(Some(rank.observed_at));
        if fresh.is_empty() {
            return;
        }
        let day: &mut Day = memory.days.entry((sensor, date)).or_default();
        for (_, quantity, value) in fresh {
            known.fold(*quantity, *value, rank, now);
            if quantity.is_shown() {
                day.fold(*quantity, *value, rank.observed_at);
            }
        }
        self.sensors.insert(sensor);
        self.days.insert((sensor, date));
    }

    /// What has changed.
    pub(super) fn finish(mut self, memory: &mut Memory) -> Merged {
        self.news.extend(self.backfill.into_values().map(|(slug, from, to)| {
            let body = bodies::backfill(&slug, from, to);
            News { station: slug, visitor: None, body }
        }));
        // Neighbours in the tree are written one after the other.
        let (rows, marks, sent) = (self.rows.changed(), self.marks, self.sent);
        let mut observed = Observed { rows, marks, sent, ..Observed::default() };
        for sensor in self.sensors {
            let Some(known) = memory.sensors.get_mut(&sensor) else { continue };
            if std::mem::take(&mut known.is_touched) {
                observed.latest.push(NewestOf { sensor, newest: known.latest });
            }
        }
        for (sensor, date) in self.days {
            let Some(day) = memory.days.get_mut(&(sensor, date)) else { continue };
            let touched = std::mem::take(&mut day.touched);
            observed.extremes.extend(Quantity::all().zip(day.ranges).filter_map(|(quantity, range)| {
                range.filter(|_| touched & 1 << quantity.index() != 0).map(|range| (sensor, date, quantity, range))
            }));
        }
        Merged { observed, news: self.news }
    }
}

/// What a barometer's reading is at sea level, where the station sends only its own pressure and its elevation is known. A
/// reading that waits to be settled is taken, too: what is made of it waits itself.
fn reduced(memory: &Memory, of: (&Station, SensorId), row: &Row, report: &Report) -> Option<(Quantity, f64)> {
    let has = |quantity| row.values.get(quantity).or_else(|| row.marked(quantity)).is_some();
    if has(Quantity::SeaLevelPressure) || has(Quantity::AltimeterSetting) {
        return None;
    }
    let mut values = row.values;
    if let Some(pressure) = row.marked(Quantity::StationPressure) {
        values.restore(Quantity::StationPressure, pressure);
    }
    at_sea_level(memory, of, &values, report)
}

/// Whether a row's pressure was made of its barometer's reading: then the station's own number replaces it.
fn is_derived(
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

/// What has fallen since midnight by the counter that a row has got, mm. A daily counter is preferred to a total one, whose
/// first reading says nothing. What falls is multiplied by `factor`; what counters said stays as it is.
pub(super) fn rain(
    known: &mut Known,
    station: &Station,
    row: &Values,
    got: impl Fn(Quantity) -> Option<f64>,
    (observed_at, received_at): (Timestamp, Timestamp),
    factor: f64,
) -> Option<f64> {
    let (counter, counted, quantity) = match got(Quantity::PrecipitationCounted) {
        Some(counted) => (Counter::Daily, counted, Quantity::PrecipitationCounted),
        None if row.get(Quantity::PrecipitationCounted).is_none() && row.get(Quantity::Precipitation).is_none() => {
            (Counter::Total, got(Quantity::PrecipitationTotal)?, Quantity::PrecipitationTotal)
        }
        None => return None,
    };
    let newest = |quantity: Quantity| {
        let newest = known.latest[quantity.index()];
        newest.filter(|newest| !is_ahead(newest.rank.rank, received_at))
    };
    let daily = newest(Quantity::PrecipitationCounted);
    if counter == Counter::Total && daily.is_some_and(|daily| observed_at.since(daily.rank.observed_at) < DAY_MS) {
        // A gauge with both: rain counts once.
        return None;
    }
    let fallen = newest(Quantity::Precipitation);
    // Before counters were kept, what they said was what had fallen.
    let is_old = counter == Counter::Daily && newest(Quantity::PrecipitationTotal).is_none();
    let reading = newest(quantity).or(fallen.filter(|_| is_old));
    let newest = reading.zip(fallen).map(|(counted, fallen)| Gauge {
        at: counted.rank.observed_at,
        counted: counted.value,
        // As the gauge counts it.
        fallen: fallen.value / factor,
        doubt: known.rain_doubt,
    });
    let gauge = Gauge::read(&station.zone, counter, newest, observed_at, counted)?;
    if newest.is_none_or(|newest| newest.at <= gauge.at) {
        known.rain_doubt = gauge.doubt;
    }
    Some(if factor == 1.0 { gauge.fallen } else { without_noise(gauge.fallen * factor) })
}

/// What the main sensor says as of a report.
fn now(memory: &Memory, station: &Station, report: &Report) -> Values {
    let mut now = Values::default();
    let latest = memory.main(station.id).into_iter().flat_map(|known| Quantity::all().zip(known.latest));
    for (quantity, newest) in latest {
        match newest {
            Some(newest)
                if report.observed_at().since(newest.rank.observed_at) <= DERIVE_MAX_AGE_MS
                    && !is_ahead(newest.rank.rank, report.received_at()) =>
            {
                now.restore(quantity, newest.value);
            }
            _ => {}
        }
    }
    now
}

#[cfg(test)]
mod tests;
