//! After a station has got another time zone: its local hours and days are made anew, the newest first and some at a time, each time in a
//! transaction of its own. What is left to do is in the database, so that another run goes on with it. Readers leave out the days that are
//! not right yet, or make them of rows. So are the hours of rows made that are older than the table of hours.
//!
//! What has fallen on a day is told by the gauge's readings of that day and of the hours before it. So days can be made anew in any order.

use super::correct::{COUNTER_REACH_MS, fallen, rain_begins};
use super::news::News;
use super::rolling::{day_of, hour_of, hours_of};
use super::scribe::{Scribe, now};
use crate::storage::engine::Engine;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::seam::{DayPlace, Renewal, Rezoning, Spoken, Stretch};
use chrono::NaiveDate;
use std::sync::Arc;
use weather::calibration::OfSensor;
use weather::day;
use weather::quantity::Quantity;
use weather::station::Station;
use weather::time::{DAY_MS, HOUR_MS, Timestamp};

/// Rows that are looked at in one transaction: some hundredths of a second, in which reports wait. Of a day with more rows some hours at a
/// time are made anew.
const LOOKS_MAX: u64 = 2_000;
/// Writing an hour costs as much as so many looks; so does writing a day.
const HOUR_LOOKS: u64 = 20;
/// Days without a reading cost no looks, but statements: some hundredths of a second for so many.
const DAYS_MAX: usize = 100;
/// Readings of a gauge before a day tell what is in doubt when it begins; no doubt lasts longer, ms.
const BEFORE_MS: i64 = 3 * HOUR_MS;
/// Days that are older are not told one by one: pages look at the last two, ms.
const TOLD_MS: i64 = 3 * DAY_MS;

/// Makes some local days anew; false if there are none to be.
pub(super) async fn rezone_some(scribe: &mut Scribe) -> Result<bool, Error> {
    let done = try_rezone(scribe).await;
    let done = scribe.settle(done).await;
    let Some(entry) = done? else { return Ok(false) };
    scribe.teller.tell(entry.into_iter().collect()).await;
    Ok(true)
}

/// `None`: nothing is to be done. `Some(None)`: nothing is to be told.
async fn try_rezone(scribe: &mut Scribe) -> Result<Option<Option<Entry>>, Error> {
    scribe.begin_control().await?;
    let Some(rezoning) = scribe.engine.rezoning().await? else {
        scribe.engine.rollback().await;
        return Ok(None);
    };
    let directory = scribe.shared.directory();
    let Some((station, calibrations)) = directory.calibrated(rezoning.station) else {
        // The station was removed by another process, and its sensors go with it.
        scribe.engine.note_rezoning(rezoning.sensor, None).await?;
        scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
        return Ok(Some(None));
    };
    let of = calibrations.of(&rezoning.name).cloned().unwrap_or_default();
    let mut work = Work { engine: &mut scribe.engine, station, rezoning: &rezoning, of: &of };
    let made = work.some_days().await?;
    scribe.engine.note_rezoning(rezoning.sensor, made.next).await?;
    let told = !rezoning.only_hours
        && (made.next.is_none() || made.oldest.is_some_and(|oldest| now().since(oldest) <= TOLD_MS));
    let entry = match (made.oldest, made.newest) {
        (Some(from), Some(to)) if told => {
            let news = News::backfill(station.slug.as_str(), from, to);
            Some(scribe.numbering.number(vec![news], now()).remove(0))
        }
        _ => None,
    };
    match &entry {
        Some(entry) => {
            scribe.engine.enter_and_commit(entry).await?;
            scribe.committed(std::slice::from_ref(entry), 0);
        }
        None => scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?,
    }
    scribe.memory.clear();
    Ok(Some(entry))
}

/// What became of some days.
#[derive(Default)]
struct Made {
    /// Where the next ones begin; `None`: there are no more.
    next: Option<DayPlace>,
    /// The first and the last instant of those that were made anew.
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

struct Work<'a> {
    engine: &'a mut Engine,
    station: &'a Arc<Station>,
    rezoning: &'a Rezoning,
    of: &'a OfSensor,
}

impl Work<'_> {
    async fn some_days(&mut self) -> Result<Made, Error> {
        let (newest, _) = self.engine.newest_row(self.rezoning.sensor).await?;
        let open = newest.map(|newest| hour_of(&self.station.zone, newest));
        let raw_from = self.engine.raw_from(self.rezoning.sensor).await?;
        let (mut made, mut place, mut looks) = (Made::default(), self.rezoning.place, 0);
        for _ in 0..DAYS_MAX {
            if place.hours == 0 {
                let Some(day) = self.newest_day(place.day).await? else {
                    return Ok(Made { next: None, ..made });
                };
                place.day = day;
            }
            let day = day_of(&self.station.zone, place.day);
            if raw_from.is_some_and(|from| day.from < from) {
                // Its readings have gone: it stays as it was in the zone before, and so do those before it.
                return Ok(Made { next: None, ..made });
            }
            (made.oldest, made.newest) = (Some(day.from), made.newest.or(Some(day.to.plus(-1))));
            let (looked, hours) = self.day(place, (day, raw_from), open, LOOKS_MAX.saturating_sub(looks)).await?;
            looks += looked;
            place = match (hours, place.day.pred_opt()) {
                (Some(hours), _) => DayPlace { hours, ..place },
                (None, Some(day)) => DayPlace { day, hours: 0 },
                (None, None) => return Ok(Made { next: None, ..made }),
            };
            if looks >= LOOKS_MAX {
                break;
            }
        }
        Ok(Made { next: Some(place), ..made })
    }

    /// The newest day up to `upto` that has readings, or extremes of the zone before.
    async fn newest_day(&mut self, upto: NaiveDate) -> Result<Option<NaiveDate>, Error> {
        let (_, end) = day::bounds(&self.station.zone, upto);
        let (row, extreme) = self.engine.newest_of(self.rezoning.sensor, (end, upto)).await?;
        let row = row.map(|at| day::date_at(&self.station.zone, at).min(upto));
        Ok(row.max(extreme))
    }

    /// Makes a day anew, or as many of its hours as `looks` allow, but one in any case. `open`: the hour of the newest row. Returns how many
    /// looks it took, and how many of the hours are made; `None`: the day is done.
    async fn day(
        &mut self,
        place: DayPlace,
        (day, raw_from): (Stretch, Option<Timestamp>),
        open: Option<Stretch>,
        looks: u64,
    ) -> Result<(u64, Option<u8>), Error> {
        let Rezoning { sensor, only_hours, .. } = *self.rezoning;
        let (rows, has_rain) = self.engine.present(sensor, day, Quantity::Precipitation).await?;
        let mut looked = HOUR_LOOKS;
        if place.hours == 0 && !only_hours {
            // Hours of the zone before, also one that began on the day before.
            let from = day.from.plus(1 - HOUR_MS);
            let before = Stretch { from: raw_from.map_or(from, |raw_from| from.max(raw_from)), to: day.to };
            self.engine.forget_hours(sensor, before).await?;
            looked += if has_rain { self.rain(day, raw_from).await? } else { 0 };
        }
        let hours = hours_of(&self.station.zone, day).take_while(|hour| open.is_some_and(|open| hour.from < open.from));
        let hours: Vec<_> = hours.skip(place.hours.into()).collect();
        let mut done = usize::from(place.hours);
        let at_once = if looked + rows + HOUR_LOOKS * hours.len() as u64 <= looks { hours.len() } else { 1 };
        for run in hours.chunks(at_once.max(1)).take_while(|_| rows > 0) {
            looked += self.engine.renew_hours(sensor, run).await? + HOUR_LOOKS * run.len() as u64;
            done += run.len();
            if looked >= looks && done < usize::from(place.hours) + hours.len() {
                return Ok((looked, u8::try_from(done).ok()));
            }
        }
        let open = open.filter(|open| open.from >= day.from && open.from < day.to);
        self.engine.renew_day((sensor, place.day), day, open).await?;
        Ok((looked, None))
    }

    /// Makes the rain of a day anew of what the gauge said; returns how many of its readings it looked at.
    async fn rain(&mut self, day: Stretch, raw_from: Option<Timestamp>) -> Result<u64, Error> {
        let sensor = self.rezoning.sensor;
        let start = day.from.plus(-BEFORE_MS);
        let before = Stretch { from: start.plus(-COUNTER_REACH_MS), to: start };
        let mut counted: Vec<_> = self.engine.counted_before(sensor, before).await?.into_iter().collect();
        counted.extend(self.engine.counted(sensor, Stretch { from: start, to: day.to }).await?);
        let was = |at: Timestamp| {
            counted.binary_search_by_key(&at, |one| one.at).ok().and_then(|place| counted[place].fallen)
        };
        let mut again =
            fallen(self.station, &counted, rain_begins(&counted, start, raw_from), |at| self.of.rain_factor(at));
        // What does not count, or has come late, stays as it is.
        again.retain(|(at, mm)| *at >= day.from && was(*at).is_some_and(|was| was != *mm));
        if !again.is_empty() {
            self.engine.set_fallen(sensor, &again).await?;
            self.engine.renew(&Renewal { sensor, quantities: vec![Quantity::Precipitation], now: now() }).await?;
        }
        Ok(counted.len() as u64)
    }
}
