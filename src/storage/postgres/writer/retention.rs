//! The steps of letting old readings go.

use super::{Writer, begin};
use crate::storage::error::Error;
use crate::storage::postgres::link::Link;
use crate::storage::postgres::texts::Texts;
use crate::storage::postgres::{entries, retention};
use crate::storage::seam::{Age, Gone, SensorId};
use weather::station::StationId;
use weather::time::Timestamp;

impl Writer {
    /// How old the readings of the next sensors are.
    pub(in crate::storage) async fn ages(&mut self, after: SensorId, limit: u32) -> Result<Vec<Age>, Error> {
        self.link.lock().await.run(async |db| Ok(retention::ages(db, after, limit).await?)).await
    }

    /// Notes from when on a sensor has readings.
    pub(in crate::storage) async fn note_raw_from(&mut self, sensor: SensorId, from: Timestamp) -> Result<(), Error> {
        self.link.lock().await.run(async |db| Ok(retention::note(db, sensor, from).await?)).await
    }

    /// From when on a sensor has readings; `None`: none have gone.
    pub(in crate::storage) async fn raw_from(&mut self, sensor: SensorId) -> Result<Option<Timestamp>, Error> {
        self.link.lock().await.run(async |db| Ok(retention::of_sensor(db, sensor).await?)).await
    }

    /// The same of the sensors of a station of which some have gone.
    pub(in crate::storage) async fn raw_from_of(
        &mut self,
        station: StationId,
    ) -> Result<Vec<(SensorId, Timestamp)>, Error> {
        self.link.lock().await.run(async |db| Ok(retention::of_station(db, station).await?)).await
    }

    /// The latest of all of them.
    pub(in crate::storage) async fn newest_raw_from(&mut self) -> Result<Option<Timestamp>, Error> {
        self.link.lock().await.run(async |db| Ok(retention::newest(db).await?)).await
    }

    /// Deletes some readings that are to go, with all that belongs to them; `None`: there are none.
    pub(in crate::storage) async fn prune_readings(
        &mut self,
        from: (SensorId, u32),
        weigh: fn(&Gone) -> u64,
    ) -> Result<Option<Gone>, Error> {
        let mut link = self.link.lock().await;
        let done = prune(&mut link, &self.texts, from, weigh).await;
        if done.is_err() {
            link.rollback().await;
        }
        done
    }

    /// Gives some free pages of the file back to the disk; false if there are none to give.
    pub(in crate::storage) async fn shrink(&mut self, _keep: u32) -> Result<bool, Error> {
        // The database sees to its files itself.
        Ok(false)
    }
}

/// A transaction of its own. The caller ends what failed.
async fn prune(
    link: &mut Link,
    texts: &Texts,
    from: (SensorId, u32),
    weigh: fn(&Gone) -> u64,
) -> Result<Option<Gone>, Error> {
    begin(link).await?;
    link.commit(async |db| {
        let gone = retention::prune(db, texts, from, weigh).await?;
        entries::commit(db, &[]).await?;
        Ok(gone)
    })
    .await
}
