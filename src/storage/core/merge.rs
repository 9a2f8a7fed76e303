//! Decides what reports change: new, known, contradicting or filling in. Pure: no database, no clock.

use super::bodies::{self, Fresh};
use super::memory::{Day, Known, Memory};
use super::news::News;
use crate::storage::observations::Appended;
use crate::storage::seam::{Observed, Place, Rank, SensorDay, SensorId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use weather::day;
use weather::freshness::is_ahead;
use weather::quantity::Quantity;
use weather::report::{Report, Values, Warning};
use weather::station::{SensorName, Station, StationId};
use weather::time::{MINUTE_MS, Timestamp};

/// Reports of one station that belong together.
pub(super) struct Upload<'a> {
    pub station: &'a Station,
    pub slug: &'a Arc<str>,
    pub reports: &'a [Report],
}

/// What is to be written, and what is to be answered.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub observed: Observed,
    /// For the journal, in order.
    pub news: Vec<News>,
    /// One for each upload.
    pub answers: Vec<Appended>,
}

/// Contradictions that one answer names; the rest is left out. A sender with that many has one problem, not a hundred.
const WARNINGS_MAX: usize = 100;
/// What is derived rests on values that are at most this old.
const DERIVE_MAX_AGE_MS: i64 = 15 * MINUTE_MS;

/// Merges uploads, in order, into what is known. `memory` must know the uploads' stations, sensors and days, and
/// `stored` all rows that exist at their places up to each sensor's high water. A sensor that memory does not know
/// is one too many: its values are refused.
pub(super) fn merge(memory: &mut Memory, stored: HashMap<Place, Values>, uploads: &[Upload<'_>]) -> Merged {
    let rows = stored.into_iter().map(|(place, values)| (place, Row { values, changed: false })).collect();
    let mut merging = Merging { memory, rows, sensors: BTreeSet::new(), days: BTreeSet::new(), news: Vec::new() };
    let mut backfill = BTreeMap::new();
    let answers = uploads.iter().map(|upload| merging.upload(upload, &mut backfill)).collect();
    merging.news.extend(backfill.into_values().map(|(slug, from, to): (Arc<str>, Timestamp, Timestamp)| {
        let body = bodies::backfill(&slug, from, to);
        News { station: slug, visitor: None, body }
    }));
    merging.finish(answers)
}

/// The stretch of old reports that came in, by station.
type Backfill = BTreeMap<StationId, (Arc<str>, Timestamp, Timestamp)>;

struct Row {
    values: Values,
    changed: bool,
}

struct Merging<'m> {
    memory: &'m mut Memory,
    rows: HashMap<Place, Row>,
    /// Sensors whose newest values may have changed.
    sensors: BTreeSet<SensorId>,
    /// Days whose extremes may have changed.
    days: BTreeSet<SensorDay>,
    news: Vec<News>,
}

impl Merging<'_> {
    fn upload(&mut self, upload: &Upload<'_>, backfill: &mut Backfill) -> Appended {
        let mut answer = Appended::default();
        for (number, report) in upload.reports.iter().enumerate() {
            let number = (upload.reports.len() > 1).then_some(number);
            let warned = answer.warnings.len();
            let newest = self.main(upload.station.id).and_then(|known| known.newest(report.received_at()));
            let late = newest.is_some_and(|newest| newest > Rank::new(report.observed_at(), report.received_at()));
            let fresh = self.report(upload.station, report, number, &mut answer.warnings);
            if fresh.is_empty() {
                answer.duplicate += usize::from(answer.warnings.len() == warned);
                continue;
            }
            answer.stored += 1;
            if report.is_backfill() {
                let at = report.observed_at();
                let (_, from, to) = backfill.entry(upload.station.id).or_insert((upload.slug.clone(), at, at));
                (*from, *to) = ((*from).min(at), (*to).max(at));
            } else {
                let now = (!late).then(|| self.now(upload.station, report));
                let body = bodies::report(upload.slug, report.observed_at(), &fresh, now.as_ref());
                self.news.push(News { station: upload.slug.clone(), visitor: None, body });
            }
        }
        answer.warnings.truncate(WARNINGS_MAX);
        answer
    }

    /// Takes one report in; returns what was not known.
    fn report<'r>(
        &mut self,
        station: &Station,
        report: &'r Report,
        number: Option<usize>,
        warnings: &mut Vec<Warning>,
    ) -> Vec<Fresh<'r>> {
        let observed_at = report.observed_at();
        let rank = Rank::new(observed_at, report.received_at());
        let date = day::date_at(station.zone, observed_at);
        let mut fresh = Vec::new();
        for (name, sent) in report.sensors() {
            let mut warn = |quantity: Quantity, value: f64, reason: &str| {
                let key = name.key(quantity);
                let field = number.map_or_else(|| key.clone(), |number| format!("[{number}].{key}"));
                warnings.push(Warning::new(field, &value.to_string(), reason));
            };
            let Some(&sensor) = self.memory.stations.get(&station.id).and_then(|sensors| sensors.get(name)) else {
                sent.iter().for_each(|(quantity, value)| warn(quantity, value, TOO_MANY_SENSORS));
                continue;
            };
            let row =
                self.rows.entry((sensor, observed_at)).or_insert(Row { values: Values::default(), changed: false });
            let before = fresh.len();
            for (quantity, value) in sent.iter() {
                match row.values.get(quantity) {
                    None => {
                        row.values.restore(quantity, value);
                        fresh.push((name, quantity, value));
                    }
                    Some(stored) if stored == value => {}
                    Some(stored) => {
                        let reason = format!("{stored} is stored for that sensor and instant already, and stays");
                        warn(quantity, value, &reason);
                    }
                }
            }
            if fresh.len() > before {
                row.changed = true;
                self.fold(sensor, date, (rank, report.received_at()), &fresh[before..]);
            }
        }
        fresh
    }

    fn fold(&mut self, sensor: SensorId, date: NaiveDate, (rank, now): (Rank, Timestamp), fresh: &[Fresh<'_>]) {
        let known = self.memory.sensors.entry(sensor).or_default();
        known.high_water = known.high_water.max(Some(rank.observed_at));
        let day: &mut Day = self.memory.days.entry((sensor, date)).or_default();
        for (_, quantity, value) in fresh {
            known.fold(*quantity, *value, rank, now);
            day.fold(*quantity, *value, rank.observed_at);
        }
        self.sensors.insert(sensor);
        self.days.insert((sensor, date));
    }

    fn main(&self, station: StationId) -> Option<&Known> {
        let sensor = self.memory.stations.get(&station)?.get(&SensorName::main())?;
        self.memory.sensors.get(sensor)
    }

    /// What the main sensor says as of a report.
    fn now(&self, station: &Station, report: &Report) -> Values {
        let mut now = Values::default();
        let latest = self.main(station.id).into_iter().flat_map(|known| Quantity::all().zip(known.latest));
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

    fn finish(self, answers: Vec<Appended>) -> Merged {
        let changed = self.rows.into_iter().filter(|(_, row)| row.changed);
        let mut observed =
            Observed { rows: changed.map(|(place, row)| (place, row.values)).collect(), ..Observed::default() };
        // Neighbours in the tree are written one after the other.
        observed.rows.sort_unstable_by_key(|(place, _)| *place);
        for sensor in self.sensors {
            let Some(known) = self.memory.sensors.get_mut(&sensor) else { continue };
            let touched = std::mem::take(&mut known.touched);
            observed.latest.extend(Quantity::all().zip(known.latest).filter_map(|(quantity, newest)| {
                newest.filter(|_| touched & 1 << quantity.index() != 0).map(|n| (sensor, quantity, n.rank, n.value))
            }));
        }
        for (sensor, date) in self.days {
            let Some(day) = self.memory.days.get_mut(&(sensor, date)) else { continue };
            let touched = std::mem::take(&mut day.touched);
            observed.extremes.extend(Quantity::all().zip(day.ranges).filter_map(|(quantity, range)| {
                range.filter(|_| touched & 1 << quantity.index() != 0).map(|range| (sensor, date, quantity, range))
            }));
        }
        Merged { observed, news: self.news, answers }
    }
}

const TOO_MANY_SENSORS: &str = "the station has as many sensors as it may have; nothing stored";

#[cfg(test)]
mod tests;
