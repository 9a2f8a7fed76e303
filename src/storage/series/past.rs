//! Reads what series and days are made of: of hours and days where they are made, of rows elsewhere. That is the hour of the newest row, and
//! what waits to be made after a change of the time zone, or after an update of the program.

use super::cells::{OfDate, by_date};
use crate::storage::engine::Readers;
use crate::storage::error::Error;
use crate::storage::seam::{Cell, Extent, SensorId, Stretch};
use chrono::NaiveDate;
use weather::quantity::{Fold, Quantity};
use weather::rollup::Rollup;
use weather::time::{SERIES_BEGIN, Timestamp};
use weather::zone::Zone;
use weather::{day, hour};

/// The past of a datastream.
pub(super) struct Past<'a> {
    pub readers: &'a Readers,
    pub zone: &'a Zone,
    pub quantity: Quantity,
    pub extent: Extent,
}

impl Past<'_> {
    fn of(&self) -> (SensorId, Quantity) {
        (self.extent.sensor, self.quantity)
    }

    /// The hour of the newest row.
    fn open(&self) -> Stretch {
        let (from, to) = hour::bounds(self.zone, self.extent.newest);
        Stretch { from, to }
    }

    /// The first instant of which hours and days are made.
    fn made_from(&self) -> Timestamp {
        self.extent.waiting.map_or(SERIES_BEGIN, |day| day::bounds(self.zone, day).1)
    }

    /// From then on there are readings.
    fn raw_from(&self) -> Timestamp {
        self.extent.raw_from.unwrap_or(SERIES_BEGIN)
    }

    /// False if the readings of some of a stretch have gone: hours tell of it.
    pub(super) fn has_readings(&self, stretch: Stretch) -> bool {
        stretch.from >= self.raw_from()
    }

    /// How many values the hours of a stretch have, as far as hours are made.
    pub(super) async fn count(&self, Stretch { from, to }: Stretch) -> Result<u64, Error> {
        let from = from.max(self.made_from());
        self.readers.hourly_count(self.of(), Stretch { from, to }).await
    }

    /// Of what falls, the hours of the same day before: they tell how much had fallen when the stretch begins.
    pub(super) fn with_morning(&self, Stretch { from, to }: Stretch) -> Stretch {
        let is_fallen = self.quantity.fold() == Fold::Fallen;
        let morning = || day::bounds(self.zone, day::date_at(self.zone, from)).0;
        Stretch { from: if is_fallen { morning().min(from) } else { from }, to }
    }

    /// What rows are in each of the spans, and in the morning before them.
    pub(super) async fn readings(&self, whole: Stretch, spans: &[Stretch]) -> Result<Vec<OfDate>, Error> {
        let morning = Stretch { from: self.with_morning(whole).from, to: whole.from };
        let mut stretches = Vec::with_capacity(spans.len() + 1);
        stretches.extend((morning.from < morning.to).then_some(morning));
        stretches.extend_from_slice(spans);
        let cells = self.readers.of_rows(self.of(), stretches).await?;
        Ok(self.dated(cells))
    }

    /// What each local hour of a stretch was, which begins and ends with one.
    pub(super) async fn hours(&self, Stretch { from, to }: Stretch) -> Result<Vec<OfDate>, Error> {
        let (made_from, raw_from, open) = (self.made_from(), self.raw_from(), self.open());
        let oldest = hour::bounds(self.zone, self.extent.oldest).0.max(raw_from);
        let mut cells = Vec::new();
        if made_from > raw_from {
            // What has gone is not made anew.
            cells.extend(self.hours_made(from, to.min(raw_from)).await?);
            cells.extend(self.hours_of_rows(from.max(oldest), to.min(made_from).min(open.from)).await?);
        }
        let made_from = if made_from > raw_from { from.max(made_from) } else { from };
        let (made, of_rows) = tokio::try_join!(
            self.hours_made(made_from, to.min(open.from)),
            self.hours_of_rows(from.max(open.from), to.min(open.to)),
        )?;
        cells.extend(made);
        cells.extend(of_rows);
        Ok(self.dated(cells))
    }

    async fn hours_made(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Cell>, Error> {
        if from < to { self.readers.hourly(self.of(), Stretch { from, to }).await } else { Ok(Vec::new()) }
    }

    async fn hours_of_rows(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Cell>, Error> {
        let hours: Vec<_> = hour::between(self.zone, from, to).map(|(from, to)| Stretch { from, to }).collect();
        if hours.is_empty() { Ok(Vec::new()) } else { self.readers.of_rows(self.of(), hours).await }
    }

    /// What each local day from `from` to `to` was, both included.
    pub(super) async fn days(&self, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<OfDate>, Error> {
        let newest = day::date_at(self.zone, self.open().from);
        let waiting = self.extent.waiting;
        let mut days = Vec::new();
        if let Some(waiting) = waiting.filter(|waiting| from <= *waiting) {
            let mut from = from;
            if let Some(raw_from) = self.extent.raw_from {
                // Days whose readings have gone are not made anew.
                let first = day::date_at(self.zone, raw_from);
                let last = first.pred_opt().map_or(to, |last| last.min(to).min(waiting));
                days.extend(self.days_made(from, last).await?);
                from = from.max(first);
            }
            if from <= to.min(waiting) {
                days.extend(self.days_of_hours(from, to.min(waiting)).await?);
            }
        }
        let first = waiting.and_then(|day| day.succ_opt()).map_or(from, |first| first.max(from));
        let last = newest.pred_opt().map_or(to, |last| last.min(to));
        let of_today = async {
            if newest >= first && newest <= to { self.days_of_hours(newest, newest).await } else { Ok(Vec::new()) }
        };
        let (made, of_today) = tokio::try_join!(self.days_made(first, last), of_today)?;
        days.extend(made);
        days.extend(of_today);
        Ok(days)
    }

    async fn days_made(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<OfDate>, Error> {
        if first > last {
            return Ok(Vec::new());
        }
        let made = self.readers.daily(self.of(), (first, last)).await?;
        let day = |(date, rollup, hours): (_, Rollup, _)| OfDate { at: rollup.low_at, date, rollup, hours };
        Ok(made.into_iter().map(day).collect())
    }

    async fn days_of_hours(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<OfDate>, Error> {
        let whole = Stretch { from: day::bounds(self.zone, from).0, to: day::bounds(self.zone, to).1 };
        Ok(by_date(self.hours(whole).await?))
    }

    fn dated(&self, cells: Vec<Cell>) -> Vec<OfDate> {
        let date = |Cell { from, rollup }| OfDate { at: from, date: day::date_at(self.zone, from), rollup, hours: 1 };
        cells.into_iter().map(date).collect()
    }
}
