//! Tells those who talked with a keeper when a record of its station falls.
//!
//! A station's records of all days before today are read once a day and kept; each report is held against them. They are only a sieve: when
//! a value beats one, they are read anew, so what was imported or struck out in between counts. What is said has an id that follows
//! from the visitor, the station, the record and the day, so nobody hears it twice, also after a restart.

mod fallen;

use super::Clock;
use super::alerts::state::Reading;
use super::dispatch::insist;
use super::report;
use super::stats::{Counters, count};
use crate::storage::{Entry, Error, Storage};
use chrono::NaiveDate;
use fallen::{Former, KINDS, Standing, extreme, sentence};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{self, Receiver, Sender};
use weather::climate::news::{Among, Of};
use weather::climate::records::Record;
use weather::climate::{Day, Days};
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station, StationId};
use weather::time::{DAY_MS, HOUR_MS};

/// What is older is no news, ms.
const NEWS_MS: i64 = HOUR_MS;
/// Visitors who said something within this time hear of records, ms: who has been away for longer did not wait for them.
const HEARER_MS: i64 = 30 * DAY_MS;
/// Most reports that wait, some hundred kilobytes. Further ones are passed over: a record that they beat is told at the next one that
/// beats it, with the day's own extreme.
const WAITING_MAX: usize = 1_024;

pub(super) struct Records {
    storage: Storage,
    clock: Clock,
    counters: Arc<Counters>,
    talked_at: Mutex<TalkedAt>,
    waiting: Sender<Entry>,
    taken: tokio::sync::Mutex<Receiver<Entry>>,
}

/// The stations at which visitors have talked; of the others nobody hears, so nothing is read.
#[derive(Default)]
struct TalkedAt {
    stations: HashSet<StationId>,
    /// False until those are known that were talked at before the start. All reports are taken until then.
    is_known: bool,
}

/// What is kept of a station for a day.
struct Kept {
    date: NaiveDate,
    /// The records before that day.
    standing: Standing,
    /// What was told since the start: at most two of each kind.
    told: Vec<(Of, Among)>,
}

impl Kept {
    /// The record that a value beats and that was not told today. After one of all days, one of the year is none.
    fn beaten(&self, of: Of, value: f64) -> Option<Former> {
        let former = self.standing.beaten(of, value)?;
        let is_told = self.told.contains(&(of, former.among)) || self.told.contains(&(of, Among::Ever));
        (!is_told).then_some(*former)
    }
}

impl Records {
    pub(crate) fn new(storage: Storage, clock: Clock, counters: Arc<Counters>) -> Self {
        let (waiting, taken) = mpsc::channel(WAITING_MAX);
        let (talked_at, taken) = (Mutex::default(), tokio::sync::Mutex::new(taken));
        Self { storage, clock, counters, talked_at, waiting, taken }
    }

    /// Takes the entries that were just committed, in order. Returns at once.
    pub(crate) fn news(&self, entries: &[Entry]) {
        let directory = self.storage.directory();
        let mut talked_at = self.lock();
        for entry in entries {
            if talked_at.is_known && talked_at.stations.is_empty() && entry.visitor.is_none() {
                continue;
            }
            let Some(station) = directory.by_slug(&entry.station) else { continue };
            if entry.visitor.is_some() {
                talked_at.stations.insert(station.id);
            } else if !talked_at.is_known || talked_at.stations.contains(&station.id) {
                // If it does not fit, the next report tells it.
                let _ = self.waiting.try_send(entry.clone());
            }
        }
    }

    /// Runs until storage says that it is closed.
    pub(crate) async fn run(&self) {
        // An error means that storage is closed.
        let _ = self.follow().await;
    }

    async fn follow(&self) -> Result<(), Error> {
        let mut taken = self.taken.lock().await;
        let since = (self.clock)().plus(-HEARER_MS);
        let before = insist(&self.counters, || self.storage.heard_at(since)).await?;
        let directory = self.storage.directory();
        let before = before.iter().filter_map(|slug| Some(directory.by_slug(slug)?.id));
        {
            let mut talked_at = self.lock();
            talked_at.stations.extend(before);
            talked_at.is_known = true;
        }
        let mut kept = HashMap::new();
        while let Some(entry) = taken.recv().await {
            let directory = self.storage.directory();
            let Some(station) = directory.by_slug(&entry.station) else { continue };
            if !self.lock().stations.contains(&station.id) {
                continue;
            }
            if let Some(reading) = report::reading(&entry) {
                self.hold(&mut kept, station, &reading).await?;
            }
        }
        Ok(())
    }

    /// Compares a report with the station's records. What is kept is bounded by the number of stations.
    async fn hold(
        &self,
        kept: &mut HashMap<StationId, Kept>,
        station: &Arc<Station>,
        reading: &Reading,
    ) -> Result<(), Error> {
        let date = day::date_at(&station.zone, reading.at);
        let is_news = (self.clock)().since(reading.at) <= NEWS_MS;
        if !is_news || kept.get(&station.id).is_some_and(|kept| kept.date > date) {
            return Ok(());
        }
        if kept.get(&station.id).is_none_or(|kept| kept.date < date) {
            let standing = self.standing(station, date).await?;
            kept.insert(station.id, Kept { date, standing, told: Vec::new() });
        }
        let Some(kept) = kept.get_mut(&station.id) else { return Ok(()) };
        let main = reading.values.iter().filter(|(sensor, ..)| sensor.as_str().is_empty());
        for (_, quantity, value) in main {
            for (of, _) in KINDS.iter().filter(|(_, of)| of == quantity) {
                if kept.beaten(*of, *value).is_some() {
                    kept.standing = self.standing(station, date).await?;
                    self.tell(kept, station, (*of, *quantity)).await?;
                }
            }
        }
        Ok(())
    }

    /// Tells the record that the day's extreme is, if it is one and is news.
    async fn tell(&self, kept: &mut Kept, station: &Arc<Station>, (of, quantity): (Of, Quantity)) -> Result<(), Error> {
        let now = (self.clock)();
        let Some(today) = self.days(station, quantity, (kept.date, kept.date)).await?.pop() else { return Ok(()) };
        let new: Record = extreme(of, &today);
        let Some(former) = kept.beaten(of, new.value).filter(|_| now.since(new.at) <= NEWS_MS) else { return Ok(()) };
        let since = now.plus(-HEARER_MS);
        let hearers = insist(&self.counters, || self.storage.hearers(station.slug.as_str(), since)).await?;
        let text = |units: &str| sentence(&new, &former, &station.zone, now, Preference::default().read(units));
        let texts: Vec<_> = hearers.into_iter().map(|hearer| (hearer.clone(), text(&hearer.units))).collect();
        let about = format!("{} {}", name(of, former.among), kept.date);
        insist(&self.counters, || self.storage.announce(station, &about, texts.clone())).await?;
        count(&self.counters.spoken, texts.len() as u64);
        kept.told.push((of, former.among));
        Ok(())
    }

    /// The records before a day.
    async fn standing(&self, station: &Arc<Station>, date: NaiveDate) -> Result<Standing, Error> {
        let main = SensorName::main();
        let first = insist(&self.counters, || self.storage.first_day(station.id, &main)).await?;
        let Some((first, last)) = first.zip(date.pred_opt()).filter(|(first, last)| first <= last) else {
            return Ok(Standing::default());
        };
        let of = |quantity| self.days(station, quantity, (first, last));
        let (temperature, gust, rain) =
            (of(Quantity::Temperature).await?, of(Quantity::WindGust).await?, of(Quantity::Precipitation).await?);
        Ok(Standing::of(&Days { temperature, gust, rain, ..Days::default() }, date))
    }

    async fn days(
        &self,
        station: &Arc<Station>,
        quantity: Quantity,
        dates: (NaiveDate, NaiveDate),
    ) -> Result<Vec<Day>, Error> {
        let main = SensorName::main();
        insist(&self.counters, || self.storage.years_of(station, (&main, quantity), dates)).await
    }

    fn lock(&self) -> MutexGuard<'_, TalkedAt> {
        self.talked_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a record is called in ids. These names stay, or a record is told again after an update.
fn name(of: Of, among: Among) -> &'static str {
    match (of, among) {
        (Of::Highest, Among::Ever) => "highest ever",
        (Of::Highest, _) => "highest of the year",
        (Of::Lowest, Among::Ever) => "lowest ever",
        (Of::Lowest, _) => "lowest of the year",
        (Of::Gust, Among::Ever) => "gust ever",
        (Of::Gust, _) => "gust of the year",
        (Of::Wettest, Among::Ever) => "wettest ever",
        (Of::Wettest, _) => "wettest of the year",
    }
}
