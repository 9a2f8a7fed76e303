//! The steps of letting old readings go.

use super::{COMMIT, Writer};
use crate::storage::error::Error;
use crate::storage::seam::{Age, Gone, SensorId};
use crate::storage::sqlite::{retention, shrinking};
use weather::station::StationId;
use weather::time::Timestamp;

impl Writer {
    /// How old the readings of the next sensors are.
    pub(in crate::storage) async fn ages(&mut self, after: SensorId, limit: u32) -> Result<Vec<Age>, Error> {
        Ok(retention::ages(&mut self.conn, after, limit).await?)
    }

    /// Notes from when on a sensor has readings.
    pub(in crate::storage) async fn note_raw_from(&mut self, sensor: SensorId, from: Timestamp) -> Result<(), Error> {
        Ok(retention::note(&mut self.conn, sensor, from).await?)
    }

    /// From when on a sensor has readings; `None`: none have gone.
    pub(in crate::storage) async fn raw_from(&mut self, sensor: SensorId) -> Result<Option<Timestamp>, Error> {
        Ok(retention::of_sensor(&mut self.conn, sensor).await?)
    }

    /// The same of the sensors of a station of which some have gone.
    pub(in crate::storage) async fn raw_from_of(
        &mut self,
        station: StationId,
    ) -> Result<Vec<(SensorId, Timestamp)>, Error> {
        Ok(retention::of_station(&mut self.conn, station).await?)
    }

    /// The latest of all of them.
    pub(in crate::storage) async fn newest_raw_from(&mut self) -> Result<Option<Timestamp>, Error> {
        Ok(retention::newest(&mut self.conn).await?)
    }

    /// Deletes some readings that are to go, with all that belongs to them; `None`: there are none.
    pub(in crate::storage) async fn prune_readings(
        &mut self,
        from: (SensorId, u32),
        weigh: fn(&Gone) -> u64,
    ) -> Result<Option<Gone>, Error> {
        self.begin().await?;
        let mut done = retention::prune(&mut self.conn, &self.texts, from, weigh).await;
        if done.is_ok() {
            let ended = sqlx::query(COMMIT).execute(&mut self.conn).await;
            done = ended.map_err(Error::from).and(done);
        }
        if done.is_err() {
            // A commit that failed may have left its transaction open.
            self.rollback().await;
        }
        done
    }

    /// Gives some free pages of the file back to the disk; false if there are none to give.
    pub(in crate::storage) async fn shrink(&mut self, keep: u32) -> Result<bool, Error> {
        Ok(shrinking::shrink(&mut self.conn, keep).await?)
    }
}
