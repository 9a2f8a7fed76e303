//! The steps of making local days anew.

use super::Writer;
use crate::storage::error::Error;
use crate::storage::postgres::{renewing, rezoning};
use crate::storage::seam::{Counted, DayPlace, Rezoning, SensorId, Stretch};
use chrono::NaiveDate;
use weather::quantity::Quantity;
use weather::time::Timestamp;

impl Writer {
    /// A sensor whose local days are to be made anew; `None`: there is none.
    pub(in crate::storage) async fn rezoning(&mut self) -> Result<Option<Rezoning>, Error> {
        self.link.lock().await.run(async |db| rezoning::next(db).await).await
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(in crate::storage) async fn note_rezoning(
        &mut self,
        sensor: SensorId,
        place: Option<DayPlace>,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(rezoning::note(db, sensor, place).await?)).await
    }

    /// A sensor's newest row before an instant, and its newest day up to one that has extremes.
    pub(in crate::storage) async fn newest_of(
        &mut self,
        sensor: SensorId,
        before: (Timestamp, NaiveDate),
    ) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
        self.link.lock().await.run(async |db| rezoning::newest(db, &self.texts, sensor, before).await).await
    }

    /// How many rows a sensor has within a stretch, and whether it has values of a quantity at all.
    pub(in crate::storage) async fn present(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
        quantity: Quantity,
    ) -> Result<(u64, bool), Error> {
        self.link.lock().await.run(async |db| rezoning::present(db, sensor, stretch, quantity).await).await
    }

    /// A sensor's newest row, and the day up to which its days are still to be made.
    pub(in crate::storage) async fn newest_row(
        &mut self,
        sensor: SensorId,
    ) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
        self.link.lock().await.run(async |db| renewing::newest(db, sensor).await).await
    }

    /// Forgets a sensor's hours that begin in a stretch.
    pub(in crate::storage) async fn forget_hours(&mut self, sensor: SensorId, stretch: Stretch) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(renewing::forget_hours(db, &self.texts, sensor, stretch).await?)).await
    }

    /// Makes hours that follow each other anew of their rows; returns how many rows there are.
    pub(in crate::storage) async fn renew_hours(&mut self, sensor: SensorId, hours: &[Stretch]) -> Result<u64, Error> {
        self.link.lock().await.run(async |db| renewing::hours(db, &self.texts, sensor, hours).await).await
    }

    /// Makes a day anew of its hours, of the last of them of its rows if that is `open`.
    pub(in crate::storage) async fn renew_day(
        &mut self,
        of: (SensorId, NaiveDate),
        day: Stretch,
        open: Option<Stretch>,
    ) -> Result<(), Error> {
        self.link.lock().await.run(async |db| renewing::day(db, &self.texts, of, day, open).await).await
    }

    /// The last that a rain gauge said within a stretch.
    pub(in crate::storage) async fn counted_before(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<Option<Counted>, Error> {
        self.link.lock().await.run(async |db| Ok(rezoning::counted_before(db, sensor, stretch).await?)).await
    }
}
