//! All days of stations, kept until there is news of them: records ask for years, and only the last day changes.

use crate::storage::{Error, Storage};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use weather::climate::season::Half;
use weather::climate::{Calendar, Days};
use weather::day;
use weather::station::{Station, StationId};
use weather::time::{HOUR_MS, Timestamp};

/// So many days of all stations and quantities are kept: 13 MB, the past of some twenty stations of ten years.
const KEPT_DAYS_MAX: usize = 200_000;
/// After so long the days are read again, ms: whatever changes them without an entry in the journal shows within the hour.
const KEPT_MS: i64 = HOUR_MS;

/// The days of stations up to yesterday.
#[derive(Default)]
pub struct Past(Mutex<HashMap<StationId, Kept>>);

/// A station with its days.
#[derive(Debug, Clone)]
pub struct Years {
    /// The station.
    pub station: Arc<Station>,
    /// What its main sensor's quantities were on each day.
    pub days: Days,
    /// Its usual distance between observations, ms.
    pub interval_ms: Option<i64>,
}

impl Years {
    /// The calendar by which its days are judged.
    pub fn calendar(&self, now: Timestamp) -> Calendar {
        calendar(&self.station, self.interval_ms, now)
    }
}

/// The calendar by which a station's days are judged.
pub(crate) fn calendar(station: &Station, interval_ms: Option<i64>, now: Timestamp) -> Calendar {
    let half = station.coordinates.map(|place| Half::of(place.latitude()));
    Calendar::of(day::date_at(&station.zone, now), half, interval_ms)
}

/// The newest entries that storage and the channel know.
type Mark = (u64, String);

/// One station's.
#[derive(Clone)]
struct Kept {
    station: Arc<Station>,
    /// The entry of the journal up to which they are right.
    seen: u64,
    /// What storage and the channel said when that was looked at: storage does not hear of other processes, the channel does.
    mark: Mark,
    read_at: Timestamp,
    /// The last day.
    until: NaiveDate,
    days: Arc<Days>,
}

impl Past {
    /// All that is known of a station's days, today's as of now. `cursor` is the channel's, read before.
    pub(crate) async fn years(
        &self,
        storage: &Storage,
        cursor: &str,
        station: &Arc<Station>,
        now: Timestamp,
    ) -> Result<Years, Error> {
        let today = day::date_at(&station.zone, now);
        let (past, days, interval_ms) = tokio::try_join!(
            self.until_yesterday(storage, cursor, station, now),
            storage.years(station, (today, today)),
            storage.interval_ms(station.id)
        )?;
        Ok(Years { station: Arc::clone(station), days: joined(&past, days), interval_ms })
    }

    /// All days before today.
    pub(crate) async fn until_yesterday(
        &self,
        storage: &Storage,
        cursor: &str,
        station: &Arc<Station>,
        now: Timestamp,
    ) -> Result<Arc<Days>, Error> {
        let Some(until) = day::date_at(&station.zone, now).pred_opt() else { return Ok(Arc::default()) };
        let mark = (storage.head(), cursor.to_owned());
        let kept = self.lock().get(&station.id).cloned();
        let is_young = |kept: &Kept| (0..KEPT_MS).contains(&now.since(kept.read_at));
        let is_same = |kept: &Kept| Arc::ptr_eq(&kept.station, station) && kept.until == until && is_young(kept);
        if let Some(kept) = kept.filter(is_same)
            && let Some(seen) = seen(storage, &kept, &mark).await?
        {
            let days = Arc::clone(&kept.days);
            self.keep(Kept { seen, mark, ..kept });
            return Ok(days);
        }
        let newest = storage.journal_tail(1).await?;
        let seen = newest.last().map_or(0, |entry| entry.seq);
        let days = Arc::new(storage.years(station, (NaiveDate::MIN, until)).await?);
        // What is still being made anew is not kept.
        if !storage.is_recalculating(station.id).await? {
            let (station, days) = (Arc::clone(station), Arc::clone(&days));
            self.keep(Kept { station, seen, mark, read_at: now, until, days });
        }
        Ok(days)
    }

    fn keep(&self, kept: Kept) {
        let mut all = self.lock();
        all.insert(kept.station.id, kept);
        while all.values().map(|kept| count(&kept.days)).sum::<usize>() > KEPT_DAYS_MAX {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.read_at).map(|(id, _)| *id);
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<StationId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry of the journal up to which the days are right as of that mark; `None` if something has changed them.
async fn seen(storage: &Storage, kept: &Kept, mark: &Mark) -> Result<Option<u64>, Error> {
    if kept.mark == *mark {
        return Ok(Some(kept.seen));
    }
    let Some(changed) = storage.changed_since(kept.seen).await? else { return Ok(None) };
    let (_, end) = day::bounds(&kept.station.zone, kept.until);
    let is_of_days = changed.since.get(kept.station.slug.as_str()).is_some_and(|since| *since < end);
    Ok((!is_of_days).then_some(changed.head))
}

fn count(days: &Days) -> usize {
    let Days { temperature, rain, wind, gust, direction, pressure } = days;
    [temperature, rain, wind, gust, direction, pressure].into_iter().map(Vec::len).sum()
}

/// The past and what follows it.
fn joined(past: &Days, next: Days) -> Days {
    let of = |past: &[_], next: Vec<_>| [past, &next].concat();
    Days {
        temperature: of(&past.temperature, next.temperature),
        rain: of(&past.rain, next.rain),
        wind: of(&past.wind, next.wind),
        gust: of(&past.gust, next.gust),
        direction: of(&past.direction, next.direction),
        pressure: of(&past.pressure, next.pressure),
    }
}
