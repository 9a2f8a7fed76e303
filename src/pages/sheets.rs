//! What pages have read of stations, kept until there is news of them: a page of many stations asks three questions, and
//! only about those that something has changed of.
//!
//! Nothing here is a visitor's own: facts are public, and cards differ by units only.

use super::asked::By;
use super::day::Day;
use super::facts::{Facts, Series};
use super::lead::Datastream;
use super::listing::Standing;
use super::sheet::Sheet;
use super::{CHART_BUCKET_MS, SPARK_BUCKET_MS};
use crate::storage::{Error, Storage};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};
use weather::day;
use weather::station::{SensorName, Station, StationId};
use weather::time::Timestamp;

/// So many stations are kept; about 10 kB each with their cards. Of more, the others are read for each page.
const KEPT_STATIONS: usize = 4_096;
/// Stations in one question: a reader is not held for longer than others can wait.
const ASKED_STATIONS: usize = 500;

/// The kept sheets. One page reads at a time; the others wait for what it reads, and do not ask for it again.
#[derive(Default)]
pub struct Sheets(Mutex<Kept>);

/// The sheets, while a page uses them.
#[derive(Default)]
pub(crate) struct Kept {
    /// The entry of the journal up to which they are right; none: nothing is known.
    seen: Option<u64>,
    /// What storage and the channel said then.
    mark: (u64, String),
    slots: HashMap<StationId, Slot>,
}

/// One station's.
struct Slot {
    station: Arc<Station>,
    /// Its newest values and its interval, without a series; none if they have to be read.
    values: Option<Arc<Facts>>,
    /// The local day that their extremes are of.
    today: NaiveDate,
    series: Option<Series>,
    /// The series is right up to here.
    right_until: Timestamp,
    /// Made of the above; none if it has to be made.
    sheet: Option<Arc<Sheet>>,
    /// Made of the values alone; likewise.
    bare: Option<Arc<Sheet>>,
    /// What its own page draws.
    day: Option<Day>,
    /// That is right up to here.
    day_right_until: Timestamp,
}

impl Slot {
    fn new(station: &Arc<Station>) -> Self {
        let station = Arc::clone(station);
        let right_until = Timestamp(i64::MAX);
        let (values, series, sheet, bare, day) = (None, None, None, None, None);
        Self {
            station,
            values,
            today: NaiveDate::MIN,
            series,
            right_until,
            sheet,
            bare,
            day,
            day_right_until: right_until,
        }
    }

    /// Something of that instant or later has changed.
    fn changed(&mut self, since: Timestamp) {
        (self.values, self.sheet, self.bare) = (None, None, None);
        self.right_until = self.right_until.min(since);
        self.day_right_until = self.day_right_until.min(since);
    }
}

impl Sheets {
    /// The sheets, right as of now or later. `cursor` is the channel's, read before.
    pub(crate) async fn open(&self, storage: &Storage, cursor: &str) -> Result<MutexGuard<'_, Kept>, Error> {
        let mark = (storage.head(), cursor.to_owned());
        let mut kept = self.0.lock().await;
        // Whatever was answered or announced before the mark was taken, is in the journal.
        if kept.mark != mark || kept.seen.is_none() {
            kept.catch_up(storage).await?;
            kept.mark = mark;
        }
        Ok(kept)
    }
}

impl Kept {
    /// Learns from the journal of which stations something has changed.
    async fn catch_up(&mut self, storage: &Storage) -> Result<(), Error> {
        let changed = match self.seen {
            Some(seen) => storage.changed_since(seen).await?,
            None => None,
        };
        let Some(changed) = changed else {
            self.slots.clear();
            let newest = storage.journal_tail(1).await?;
            self.seen = Some(newest.last().map_or(0, |entry| entry.seq));
            return Ok(());
        };
        if !changed.since.is_empty() {
            for slot in self.slots.values_mut() {
                if let Some(since) = changed.since.get(slot.station.slug.as_str()) {
                    slot.changed(*since);
                }
            }
        }
        self.seen = Some(changed.head);
        Ok(())
    }

    /// What the choice among these stations depends on, in their order.
    pub(crate) async fn standings(
        &mut self,
        storage: &Storage,
        stations: &[Arc<Station>],
        by: By,
        now: Timestamp,
    ) -> Result<Vec<Standing>, Error> {
        let mut all = Vec::with_capacity(stations.len());
        for stations in stations.chunks(ASKED_STATIONS) {
            self.make_room(stations);
            self.read_values(storage, stations, now).await?;
            let facts = stations.iter().filter_map(|station| self.slots.get(&station.id)?.values.as_deref());
            all.extend(facts.map(|facts| Standing::of(facts, by, now)));
            self.shrink();
        }
        Ok(all)
    }

    /// The sheets of a page's stations, in their order.
    pub(crate) async fn sheets(
        &mut self,
        storage: &Storage,
        stations: &[Arc<Station>],
        now: Timestamp,
    ) -> Result<Vec<Arc<Sheet>>, Error> {
        self.make_room(stations);
        self.read_values(storage, stations, now).await?;
        self.read_series(storage, stations, now).await?;
        let sheet = |station: &Arc<Station>| {
            let slot = self.slots.get_mut(&station.id)?;
            if slot.sheet.is_none() {
                let series = slot.series.clone()?;
                let facts = Facts::clone(slot.values.as_deref()?);
                slot.sheet = Some(Arc::new(Sheet::new(Facts { series, ..facts })));
            }
            slot.sheet.clone()
        };
        let sheets = stations.iter().filter_map(sheet).collect();
        self.shrink();
        Ok(sheets)
    }

    /// The same without series: what a table needs.
    pub(crate) async fn bare(
        &mut self,
        storage: &Storage,
        stations: &[Arc<Station>],
        now: Timestamp,
    ) -> Result<Vec<Arc<Sheet>>, Error> {
        let mut all = Vec::with_capacity(stations.len());
        for stations in stations.chunks(ASKED_STATIONS) {
            self.make_room(stations);
            self.read_values(storage, stations, now).await?;
            all.extend(stations.iter().filter_map(|station| {
                let slot = self.slots.get_mut(&station.id)?;
                if slot.bare.is_none() {
                    slot.bare = Some(Arc::new(Sheet::new(Facts::clone(slot.values.as_deref()?))));
                }
                slot.bare.clone()
            }));
            self.shrink();
        }
        Ok(all)
    }

    /// What a station's own page draws of the last day, `extra` beside the main sensor's quantities. Read of it is what is
    /// missing: the end, mostly.
    pub(crate) async fn day(
        &mut self,
        storage: &Storage,
        station: &Arc<Station>,
        extra: Vec<Datastream>,
        now: Timestamp,
    ) -> Result<Day, Error> {
        self.make_room(std::slice::from_ref(station));
        let Some(slot) = self.slots.get_mut(&station.id) else { return Ok(Day::ending(now)) };
        let window = Day::ending(now).with(extra);
        // Of a new datastream the whole day is missing.
        slot.day.take_if(|day| day.extra != window.extra);
        let right_until = match &slot.day {
            Some(day) => slot.day_right_until.min(day.to),
            None => window.from,
        };
        let is_right = |day: &Day| day.to == window.to && slot.day_right_until.0 == i64::MAX;
        if let Some(day) = slot.day.as_ref().filter(|day| is_right(day)) {
            return Ok(day.clone());
        }
        // If the reading fails, nothing is known.
        let before = slot.day.take();
        let from = window.from.max(Timestamp(right_until.0.div_euclid(CHART_BUCKET_MS) * CHART_BUCKET_MS));
        let main = SensorName::main();
        let read = storage.charted(station.id, &main, (from, window.to), CHART_BUCKET_MS).await?;
        let mut read: Vec<_> =
            read.into_iter().map(|(quantity, buckets)| (Datastream::main(quantity), buckets)).collect();
        for of in &window.extra {
            let (sensor, quantity, to) = (&of.sensor, of.quantity, window.to);
            let buckets = storage.buckets(station.id, sensor, quantity, from, to, CHART_BUCKET_MS).await?;
            read.push((of.clone(), buckets));
        }
        let day = window.joined(before, from, read);
        slot.day_right_until = Timestamp(i64::MAX);
        slot.day = Some(day.clone());
        self.shrink();
        Ok(day)
    }

    /// Gives each of the stations a slot, and takes the slots of stations away that are gone or have another name.
    fn make_room(&mut self, stations: &[Arc<Station>]) {
        for station in stations {
            let slot = self.slots.entry(station.id).or_insert_with(|| Slot::new(station));
            if slot.station != *station {
                *slot = Slot::new(station);
            }
        }
    }

    /// Forgets all but [`KEPT_STATIONS`].
    fn shrink(&mut self) {
        if self.slots.len() > KEPT_STATIONS {
            let kept: HashSet<StationId> = self.slots.keys().copied().take(KEPT_STATIONS).collect();
            self.slots.retain(|id, _| kept.contains(id));
        }
    }

    async fn read_values(&mut self, storage: &Storage, stations: &[Arc<Station>], now: Timestamp) -> Result<(), Error> {
        let today = |station: &Station| day::date_at(&station.zone, now);
        let is_known = |slot: &Slot| slot.values.is_some() && slot.today == today(&slot.station);
        let unknown = stations.iter().filter(|station| !self.slots.get(&station.id).is_some_and(is_known));
        let days: Vec<(StationId, NaiveDate)> = unknown.map(|station| (station.id, today(station))).collect();
        if days.is_empty() {
            return Ok(());
        }
        let unknown: Vec<StationId> = days.iter().map(|(id, _)| *id).collect();
        let (mut latest, intervals, mut extremes) = tokio::try_join!(
            storage.latest_of(&unknown, now),
            storage.intervals_ms(&unknown),
            storage.temperature_extremes_of(&days)
        )?;
        for (id, today) in days {
            if let Some(slot) = self.slots.get_mut(&id) {
                let (latest, interval_ms) = (latest.remove(&id).unwrap_or_default(), intervals.get(&id).copied());
                let (station, series) = (Arc::clone(&slot.station), Series::ending(now, SPARK_BUCKET_MS));
                let heard = storage.heard(id);
                let (clock, newest_at) = (heard.off(), heard.newest);
                (slot.today, slot.sheet, slot.bare) = (today, None, None);
                slot.values = Some(Arc::new(Facts {
                    courses: Vec::new(),
                    station,
                    latest,
                    extremes: extremes.remove(&id).into_iter().collect(),
                    interval_ms,
                    series,
                    clock,
                    newest_at,
                    marked: Vec::new(),
                }));
            }
        }
        Ok(())
    }

    /// Reads of each series what is missing: the end, mostly.
    async fn read_series(&mut self, storage: &Storage, stations: &[Arc<Station>], now: Timestamp) -> Result<(), Error> {
        let window = Series::ending(now, SPARK_BUCKET_MS);
        let mut wanted = Vec::new();
        for station in stations {
            let Some(slot) = self.slots.get_mut(&station.id) else { continue };
            let right_until = match &slot.series {
                Some(series) if series.to == window.to && slot.right_until.0 == i64::MAX => continue,
                // What was beyond the series' end when it was read is not in it.
                Some(series) => slot.right_until.min(series.to),
                None => window.from,
            };
            slot.sheet = None;
            slot.right_until = right_until;
            let start = right_until.0.div_euclid(SPARK_BUCKET_MS) * SPARK_BUCKET_MS;
            wanted.push((station.id, window.from.max(Timestamp(start))));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let mut read = storage.temperatures_of(&wanted, window.to, SPARK_BUCKET_MS).await?;
        for (id, from) in wanted {
            let Some(slot) = self.slots.get_mut(&id) else { continue };
            let mut buckets = slot.series.take().map(|series| series.buckets).unwrap_or_default();
            buckets.retain(|bucket| window.from <= bucket.start && bucket.start < from);
            buckets.extend(read.remove(&id).unwrap_or_default());
            slot.series = Some(Series { buckets, ..window.clone() });
            slot.right_until = Timestamp(i64::MAX);
        }
        Ok(())
    }
}
