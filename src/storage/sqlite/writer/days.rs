//! The steps of making local days anew.

use super::Writer;
use crate::storage::error::Error;
use crate::storage::seam::{Counted, DayPlace, Rezoning, SensorId, Stretch};
use crate::storage::sqlite::rezoning;
use chrono::NaiveDate;
use weather::quantity::Quantity;
use weather::time::Timestamp;

impl Writer {
    /// A sensor whose local days are to be made anew; `None`: there is none.
    pub(in crate::storage) async fn rezoning(&mut self) -> Result<Option<Rezoning>, Error> {
        rezoning::next(&mut self.conn).await
    }

    /// Notes where that goes on; `None`: all of the sensor is done.
    pub(in crate::storage) async fn note_rezoning(
        &mut self,
        sensor: SensorId,
        place: Option<DayPlace>,
    ) -> Result<(), Error> {
        Ok(rezoning::note(&mut self.conn, sensor, place).await?)
    }

    /// A sensor's newest row before an instant, and its newest day up to one that has extremes.
    pub(in crate::storage) async fn newest_of(
        &mut self,
        sensor: SensorId,
        before: (Timestamp, NaiveDate),
    ) -> Result<(Option<Timestamp>, Option<NaiveDate>), Error> {
        rezoning::newest(&mut self.conn, sensor, before).await
    }

    /// How many rows a sensor has within a stretch, and the quantities that it has values of at all, by their numbers.
    pub(in crate::storage) async fn present(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<(u64, Vec<Quantity>), Error> {
        rezoning::present(&mut self.conn, sensor, stretch).await
    }

    /// Forgets a sensor's extremes of a day.
    pub(in crate::storage) async fn forget_day(&mut self, sensor: SensorId, day: NaiveDate) -> Result<(), Error> {
        Ok(rezoning::forget(&mut self.conn, sensor, day).await?)
    }

    /// Makes a sensor's extremes of a day anew.
    pub(in crate::storage) async fn renew_day(
        &mut self,
        of: (SensorId, NaiveDate, Stretch),
        quantities: &[Quantity],
    ) -> Result<(), Error> {
        Ok(rezoning::renew(&mut self.conn, &self.texts, of, quantities).await?)
    }

    /// The last that a rain gauge said within a stretch.
    pub(in crate::storage) async fn counted_before(
        &mut self,
        sensor: SensorId,
        stretch: Stretch,
    ) -> Result<Option<Counted>, Error> {
        Ok(rezoning::counted_before(&mut self.conn, sensor, stretch).await?)
    }
}
