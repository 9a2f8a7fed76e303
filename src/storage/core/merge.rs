//! Decides what reports change: new, known, contradicting or filling in. Pure: no database, no clock.

mod closing;
mod judging;
mod neighbours;
mod rain;
mod rows;
mod sea_level;
mod taken;
mod telling;

pub(super) use rain::rain;

use super::bodies::{self, Fresh};
use super::memory::{Day, Memory, SENSORS_MAX};
use super::news::News;
use crate::storage::observations::{Appended, READINGS_GONE, TOO_MANY_SENSORS};
use crate::storage::seam::{FoundRow, MarkChange, NewestOf, Observed, Place, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use closing::Closing;
use judging::Judged;
use neighbours::Neighbours;
use rows::{Row, Rows};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use taken::{Taken, Waited};
use weather::calibration::Calibrations;
use weather::day;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::{Report, Warning};
use weather::station::{Station, StationId};
use weather::time::{MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// Of a value within the limits as it was sent, and beyond them as it is put right.
const CALIBRATED_BEYOND: &str = "as calibrated, it is outside what weather can be; it is kept and does not count";

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
    closing: Closing,
    marks: Vec<MarkChange>,
    sent: Vec<(Place, Quantity, f64)>,
    news: Vec<News>,
    backfill: Backfill,
}

/// The stretch of old reports that came in, by station, and how far from its arrival the last was that the station sent, ms.
type Backfill = BTreeMap<StationId, (Arc<str>, Timestamp, Timestamp, Option<i64>)>;

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
                    let (_, from, to, said) =
                        self.backfill.entry(upload.station.id).or_insert((upload.slug.clone(), at, at, None));
                    (*from, *to) = ((*from).min(at), (*to).max(at));
                    *said = report.skew_ms().or(*said);
                }
            } else {
                self.tell(memory, upload, report, &taken, newest);
            }
        }
        answer.warnings.truncate(WARNINGS_MAX);
        answer
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
            if memory.sensors.get(&sensor).and_then(|known| known.raw_from).is_some_and(|from| observed_at < from) {
                sent.iter().for_each(|(quantity, value)| warn(quantity, value, READINGS_GONE));
                continue;
            }
            let place = (sensor, observed_at);
            let (slot, mut row) = self.rows.take_out(place);
            let neighbours = Neighbours::of(&self.rows, place);
            let known = memory.sensors.entry(sensor).or_default();
            let is_still = name.is_main() && judging::is_still(known, observed_at, sent);
            let Station { elevation_m, coordinates, .. } = *station;
            let judged = Judged { report, neighbours: &neighbours, is_still, coordinates, elevation_m };
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
                        self.sent.extend(taken::kept_as_sent(right.as_ref(), place, sent_as));
                        taken.judge(memory, &mut row, (name, sensor, of), (quantity, value), judged);
                    }
                    Some(stored) if stored == value => {}
                    Some(stored)
                        if sea_level::is_derived(
                            memory,
                            (station, sensor),
                            &row.values,
                            report,
                            (quantity, stored),
                        ) =>
                    {
                        self.sent.extend(taken::kept_as_sent(right.as_ref(), place, sent_as));
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
            for (quantity, value) in right.iter().filter(|_| !report.is_history()).flat_map(|right| &right.beyond) {
                warn(*quantity, *value, CALIBRATED_BEYOND);
            }
            let beyond = taken::beyond(of, right, (name, report));
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
                && let Some(made) = sea_level::reduced(memory, (station, sensor), &row, report)
            {
                taken.judge(memory, &mut row, (name, sensor, of), made, judged);
            }
            if let (Some(elevation_m), false) = (station.elevation_m, report.is_history()) {
                for (_, mark, _) in
                    taken.marked[before.1..].iter().filter(|(_, mark, _)| mark.reason == Reason::NotOfHeight)
                {
                    let (hpa, unit) = (mark.value, mark.quantity.unit().symbol());
                    let reason =
                        format!("{hpa:.1} {unit} is no pressure at {elevation_m} m; it is kept and does not count");
                    warn(mark.quantity, hpa, &reason);
                }
            }
            row.changed |= taken.counts() != before;
            self.rows.put_back(slot, row);
            self.marks.extend(taken.marked[before.1..].iter().map(|(_, mark, _)| MarkChange::Put(place, *mark)));
            self.fold(memory, (sensor, &station.zone), date, (rank, report.received_at()), &taken.fresh[before.0..]);
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
            let fresh = [(*name, mark.quantity, mark.value)];
            self.fold(memory, (sensor, &station.zone), date, (rank, report.received_at()), &fresh);
        }
    }

    fn fold(
        &mut self,
        memory: &mut Memory,
        (sensor, zone): (SensorId, &Zone),
        date: NaiveDate,
        (rank, now): (Rank, Timestamp),
        fresh: &[Fresh<'_>],
    ) {
        let known = memory.sensors.entry(sensor).or_default();
        self.closing.note(known, zone, (sensor, rank.observed_at));
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
        self.news.extend(self.backfill.into_values().map(|(slug, from, to, said)| {
            let body = bodies::backfill(&slug, from, to, said);
            News { station: slug, visitor: None, body }
        }));
        // Neighbours in the tree are written one after the other.
        let (rows, marks, sent) = (self.rows.changed(), self.marks, self.sent);
        let mut observed = Observed { rows, marks, sent, ..Observed::default() };
        self.closing.finish(memory, &mut observed);
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

#[cfg(test)]
mod tests;
