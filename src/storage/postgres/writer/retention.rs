//! The steps of letting old readings go.

use super::Writer;
use crate::storage::error::Error;
use crate::storage::seam::{Age, Gone, SensorId};
use weather::station::StationId;
use weather::time::Timestamp;

impl Writer {
    /// How old the readings of the next sensors are.
    pub(in crate::storage) async fn ages(&mut self, after: SensorId, limit: u32) -> Result<Vec<Age>, Error> {
        todo!()
    }

    /// Notes from when on a sensor has readings.
    pub(in crate::storage) async fn note_raw_from(&mut self, sensor: SensorId, from: Timestamp) -> Result<(), Error> {
        todo!()
    }

    /// From when on a sensor has readings; `None`: none have gone.
    pub(in crate::storage) async fn raw_from(&mut self, sensor: SensorId) -> Result<Option<Timestamp>, Error> {
        todo!()
    }

    /// The same of the sensors of a station of which some have gone.
    pub(in crate::storage) async fn raw_from_of(
        &mut self,
        station: StationId,
    ) -> Result<Vec<(SensorId, Timestamp)>, Error> {
        todo!()
    }

    /// The latest of all of them.
    pub(in crate::storage) async fn newest_raw_from(&mut self) -> Result<Option<Timestamp>, Error> {
        todo!()
    }

    /// Deletes some readings that are to go, with all that belongs to them; `None`: there are none.
    pub(in crate::storage) async fn prune_readings(
        &mut self,
        from: (SensorId, u32),
        weigh: fn(&Gone) -> u64,
    ) -> Result<Option<Gone>, Error> {
        todo!()
    }

    /// Gives some free pages of the file back to the disk; false if there are none to give.
    pub(in crate::storage) async fn shrink(&mut self, keep: u32) -> Result<bool, Error> {
        todo!()
    }
}
