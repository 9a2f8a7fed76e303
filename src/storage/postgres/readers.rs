//! The connections that read: one question a function.

use super::past::Past;
use super::texts::Texts;
use super::{
    admin, alerts, calibrations, charted, conversations, corrections, enrol, journal, last_when, letters, many,
    mappings, observations, recorded, series, stations,
};
use crate::storage::calibrations::MadeCalibration;
use crate::storage::corrections::{Correction, Marked};
use crate::storage::devices::DeviceSecret;
use crate::storage::entry::{Entry, StationPiece};
use crate::storage::error::Error;
use crate::storage::keys::KeyHash;
use crate::storage::letters::Letter;
use crate::storage::mappings::{MadeMapping, Unmapped};
use crate::storage::observations::{Bucket, Extreme, Latest, Side};
use crate::storage::seam::{Cell, Changed, Datastream, Extent, Piece, SensorId, Stretch};
use crate::storage::stations::ListedSensor;
use crate::storage::unclaimed::{Claimed, Unclaimed};
use crate::storage::words::{Alert, Hearer, Visitor, Word};
use crate::storage::zones::Zones;
use chrono::NaiveDate;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::timeout;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::Rollup;
use weather::station::{SensorName, Station, StationId};
use weather::time::Timestamp;

/// A pool of connections that read.
pub(in crate::storage) struct Readers {
    pub(super) pool: PgPool,
    past: Past,
    texts: Arc<Texts>,
    zones: Arc<Zones>,
    /// How often a connection was taken.
    asked: Arc<AtomicU64>,
    /// A question is answered within this time, with the wait for a connection.
    answer_max: Duration,
}

impl Readers {
    pub(super) fn new(pool: PgPool, zones: Arc<Zones>, asked: Arc<AtomicU64>, answer_max: Duration) -> Self {
        let texts = Arc::new(Texts::new());
        Self { past: Past::new(pool.clone(), Arc::clone(&texts)), pool, texts, zones, asked, answer_max }
    }

    /// How many questions were asked: each takes a connection for itself.
    pub(in crate::storage) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks, and gives up a question that is not answered in time.
    pub(in crate::storage) async fn within<T>(
        &self,
        question: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        timeout(self.answer_max, question).await.unwrap_or_else(|late| Err(Error::away(late)))
    }

    /// The newest `limit` journal entries, oldest first; fewer if they are more than so many bytes.
    pub(in crate::storage) async fn tail(&self, limit: u32, bytes_max: usize) -> Result<Vec<Entry>, Error> {
        Ok(journal::tail(&self.pool, limit, bytes_max).await?)
    }

    /// Entries after `seq` that everybody or `reader` may read, oldest first, at most so many and so many bytes, but one in
    /// any case; `None` if `seq` is no good cursor.
    pub(in crate::storage) async fn since(
        &self,
        seq: u64,
        reader: Option<&Visitor>,
        limit: u32,
        bytes_max: usize,
    ) -> Result<Option<Piece>, Error> {
        Ok(journal::since(&self.pool, seq, reader, limit, bytes_max).await?)
    }

    /// Public entries of a station after `seq`, or from the oldest on, of the next `look` entries of the journal, at most
    /// `limit` and so many bytes, but one in any case; `None` if `seq` is no good cursor.
    pub(in crate::storage) async fn of_station(
        &self,
        station: StationId,
        seq: Option<u64>,
        limits: (u32, u32, usize),
    ) -> Result<Option<StationPiece>, Error> {
        Ok(journal::of_station(&self.pool, station, seq, limits).await?)
    }

    /// The newest public entry of a station among the newest `look` of the journal; if there is none, the head.
    pub(in crate::storage) async fn end_of_station(&self, station: StationId, look: u32) -> Result<u64, Error> {
        Ok(journal::end_of_station(&self.pool, station, look).await?)
    }

    /// The station whose key hashes to that: another process may have made it a moment ago.
    pub(in crate::storage) async fn station_by_hash(&self, hash: &KeyHash) -> Result<Option<Station>, Error> {
        stations::by_hash(&self.pool, hash, &self.zones).await
    }

    /// A station's sensors, sorted by name.
    pub(in crate::storage) async fn sensors(&self, station: StationId) -> Result<Vec<ListedSensor>, Error> {
        stations::sensors(&self.pool, station).await
    }

    /// The newest value of every datastream of a station.
    pub(in crate::storage) async fn latest(&self, station: StationId) -> Result<Vec<Latest>, Error> {
        observations::latest(&self.pool, station).await
    }

    /// Lows and highs of a station's local day.
    pub(in crate::storage) async fn extremes(&self, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
        observations::extremes(&self.pool, &self.texts, station, day).await
    }

    /// The newest `limit` times of the main sensor, newest first, ms; of the sensor that reported last if there is no
    /// main one.
    pub(in crate::storage) async fn newest_times(&self, station: StationId, limit: u32) -> Result<Vec<i64>, Error> {
        Ok(observations::newest_times(&self.pool, station, limit).await?)
    }

    /// How many rows a station has.
    pub(in crate::storage) async fn count(&self, station: StationId) -> Result<u64, Error> {
        Ok(observations::count(&self.pool, station).await?)
    }

    /// A datastream in buckets.
    pub(in crate::storage) async fn series(
        &self,
        of: Datastream<'_>,
        stretch: Stretch,
        bucket_ms: i64,
    ) -> Result<Vec<Bucket>, Error> {
        Ok(series::series(&self.pool, &self.texts, of, stretch, bucket_ms).await?)
    }

    /// The quantities of which pages draw a day, in buckets.
    pub(in crate::storage) async fn charted(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
        bucket_ms: i64,
    ) -> Result<Vec<(Quantity, Vec<Bucket>)>, Error> {
        Ok(charted::charted(&self.pool, &self.texts, of, stretch, bucket_ms).await?)
    }

    /// What there is of a datastream's sensor; `None` if it has no row.
    pub(in crate::storage) async fn extent(&self, of: Datastream<'_>) -> Result<Option<Extent>, Error> {
        self.past.extent(of).await
    }

    /// How many values the hours have that begin in a stretch.
    pub(in crate::storage) async fn hourly_count(
        &self,
        (sensor, quantity): (SensorId, Quantity),
        stretch: Stretch,
    ) -> Result<u64, Error> {
        self.past.count(sensor, quantity, stretch).await
    }

    /// What the rows of stretches are that follow each other; those without a value are left out.
    pub(in crate::storage) async fn of_rows(
        &self,
        (sensor, quantity): (SensorId, Quantity),
        stretches: Vec<Stretch>,
    ) -> Result<Vec<Cell>, Error> {
        self.past.of_rows(sensor, quantity, stretches).await
    }

    /// The hours that begin in a stretch, in the order of time.
    pub(in crate::storage) async fn hourly(
        &self,
        (sensor, quantity): (SensorId, Quantity),
        stretch: Stretch,
    ) -> Result<Vec<Cell>, Error> {
        self.past.hours(sensor, quantity, stretch).await
    }

    /// The days from `from` to `to`, both included, with the number of their hours, oldest first.
    pub(in crate::storage) async fn daily(
        &self,
        (sensor, quantity): (SensorId, Quantity),
        dates: (NaiveDate, NaiveDate),
    ) -> Result<Vec<(NaiveDate, Rollup, u32)>, Error> {
        self.past.days(sensor, quantity, dates).await
    }

    /// The rows of a sensor within a stretch, oldest first, `limit` at most.
    pub(in crate::storage) async fn rows(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Values)>, Error> {
        Ok(recorded::rows(&self.pool, &self.texts, of, stretch, limit).await?)
    }

    /// The quantities that a sensor has values of within a stretch.
    pub(in crate::storage) async fn quantities(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
    ) -> Result<Vec<Quantity>, Error> {
        Ok(recorded::quantities(&self.pool, &self.texts, of, stretch).await?)
    }

    /// Low and high on each day from `from` to `to`, both included, oldest first.
    pub(in crate::storage) async fn days(
        &self,
        of: Datastream<'_>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Extreme)>, Error> {
        Ok(last_when::days(&self.pool, of, from, to).await?)
    }

    /// The first day that a sensor has values of.
    pub(in crate::storage) async fn first_day(
        &self,
        station: StationId,
        sensor: &SensorName,
    ) -> Result<Option<NaiveDate>, Error> {
        Ok(last_when::first_day(&self.pool, &self.texts, station, sensor).await?)
    }

    /// The last day since `from` that has a value beyond a limit.
    pub(in crate::storage) async fn last_day(
        &self,
        of: Datastream<'_>,
        beyond: (Side, f64),
        from: NaiveDate,
    ) -> Result<Option<NaiveDate>, Error> {
        Ok(last_when::last_day(&self.pool, of, beyond, from).await?)
    }

    /// The newest observation within a stretch that lies beyond a limit.
    pub(in crate::storage) async fn newest(
        &self,
        of: Datastream<'_>,
        beyond: (Side, f64),
        stretch: Stretch,
    ) -> Result<Option<(Timestamp, f64)>, Error> {
        Ok(last_when::newest(&self.pool, &self.texts, of, beyond, stretch).await?)
    }

    /// Low and high within a stretch; looks at every row of it.
    pub(in crate::storage) async fn extreme(
        &self,
        of: Datastream<'_>,
        stretch: Stretch,
    ) -> Result<Option<Extreme>, Error> {
        Ok(last_when::extreme(&self.pool, &self.texts, of, stretch).await?)
    }

    /// The newest values of a station that do not count, within a stretch, oldest first.
    pub(in crate::storage) async fn marked(
        &self,
        station: StationId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<Marked>, Error> {
        corrections::marked(&self.pool, station, (from, to), limit).await
    }

    /// The newest corrections of a station's readings, newest first.
    pub(in crate::storage) async fn corrections(
        &self,
        station: StationId,
        limit: u32,
    ) -> Result<Vec<Correction>, Error> {
        corrections::corrections(&self.pool, station, limit).await
    }

    /// A station's calibrations: those that hold, then those that were removed.
    pub(in crate::storage) async fn calibrations(
        &self,
        station: StationId,
        limit: u32,
    ) -> Result<Vec<MadeCalibration>, Error> {
        calibrations::made(&self.pool, station, limit).await
    }

    /// What a station's owner has said of fields.
    pub(in crate::storage) async fn mappings(&self, station: StationId) -> Result<Vec<MadeMapping>, Error> {
        mappings::made(&self.pool, station).await
    }

    /// Fields that a station has sent and that mean nothing yet.
    pub(in crate::storage) async fn unmapped(&self, station: StationId) -> Result<Vec<Unmapped>, Error> {
        Ok(mappings::unmapped(&self.pool, station).await?)
    }

    /// Whether rows of a station are still to be made anew.
    pub(in crate::storage) async fn is_recalculating(&self, station: StationId) -> Result<bool, Error> {
        Ok(calibrations::is_recalculating(&self.pool, station).await?)
    }

    /// What a sensor sent within a stretch where a calibration made something else of it, oldest first.
    pub(in crate::storage) async fn sent_between(
        &self,
        of: (StationId, &SensorName),
        stretch: Stretch,
    ) -> Result<Vec<(Timestamp, Quantity, f64)>, Error> {
        calibrations::sent_between(&self.pool, of, stretch).await
    }

    /// What a datastream sent within a stretch, whether it counts or not, oldest first.
    pub(in crate::storage) async fn sent(
        &self,
        of: Datastream<'_>,
        stretch: Stretch,
        limit: u32,
    ) -> Result<Vec<(Timestamp, f64)>, Error> {
        let Datastream { station, sensor, quantity } = of;
        Ok(calibrations::sent(&self.pool, &self.texts, (station, sensor, quantity), stretch, limit).await?)
    }

    /// Visitors' words without an answer after a place in the journal, oldest first.
    pub(in crate::storage) async fn unanswered(&self, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        Ok(conversations::unanswered(&self.pool, after, limit).await?)
    }

    /// The same of one visitor.
    pub(in crate::storage) async fn unanswered_of(
        &self,
        visitor: &Visitor,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Word>, Error> {
        Ok(conversations::unanswered_of(&self.pool, visitor, after, limit).await?)
    }

    /// The newest `limit` words of a visitor about a station, oldest first.
    pub(in crate::storage) async fn conversation(
        &self,
        visitor: &Visitor,
        station: &str,
        limit: u32,
    ) -> Result<Vec<Word>, Error> {
        Ok(conversations::conversation(&self.pool, visitor, station, limit).await?)
    }

    /// Who has said something about a station since then, the newest first.
    pub(in crate::storage) async fn hearers(
        &self,
        station: &str,
        since: Timestamp,
        (searched, limit): (u32, u32),
    ) -> Result<Vec<Hearer>, Error> {
        Ok(conversations::hearers(&self.pool, station, since, (searched, limit)).await?)
    }

    /// The stations about which visitors have said something since then.
    pub(in crate::storage) async fn heard_at(&self, since: Timestamp, searched: u32) -> Result<Vec<String>, Error> {
        Ok(conversations::heard_at(&self.pool, since, searched).await?)
    }

    /// The hash of the owner's password, if there is one.
    pub(in crate::storage) async fn admin_password(&self) -> Result<Option<String>, Error> {
        Ok(admin::password(&self.pool).await?)
    }

    /// Whether there is a session of the owner whose secret hashes to that, at an instant.
    pub(in crate::storage) async fn has_session(&self, hash: &KeyHash, now: Timestamp) -> Result<bool, Error> {
        Ok(admin::has_session(&self.pool, hash, now).await?)
    }

    /// The devices that wait for an owner, the one that was heard last first.
    pub(in crate::storage) async fn unclaimed(&self) -> Result<Vec<(Unclaimed, Option<String>)>, Error> {
        enrol::all(&self.pool).await
    }

    /// The number of the device with this secret, if it waits.
    pub(in crate::storage) async fn waiting(&self, secret: &DeviceSecret) -> Result<Option<i64>, Error> {
        enrol::waiting(&self.pool, secret).await
    }

    /// One of them, with its reports.
    pub(in crate::storage) async fn claimed(&self, id: i64) -> Result<Option<Claimed>, Error> {
        enrol::claimed(&self.pool, id).await
    }

    /// The oldest letters of a webhook, and how many it has.
    pub(in crate::storage) async fn letters(&self, webhook: &str, limit: u32) -> Result<(Vec<Letter>, u64), Error> {
        Ok(letters::oldest(&self.pool, webhook, limit).await?)
    }

    /// All alerts.
    pub(in crate::storage) async fn alerts(&self) -> Result<Vec<Alert>, Error> {
        Ok(alerts::alerts(&self.pool).await?)
    }
}

/// Many stations at once.
impl Readers {
    /// The newest values of main sensors; where such a sensor has none of `wanted`, those of `others` more sensors, too.
    pub(in crate::storage) async fn latest_of(
        &self,
        stations: &[StationId],
        wanted: Quantity,
        others: u32,
        now: Timestamp,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        many::latest(&self.pool, stations, wanted, others, now).await
    }

    /// The newest values of all sensors of stations, of `limit` sensors at most.
    pub(in crate::storage) async fn latest_of_all(
        &self,
        stations: &[StationId],
        limit: u32,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        many::latest_of_all(&self.pool, stations, limit).await
    }

    /// The same as [`Readers::newest_times`] of many stations.
    pub(in crate::storage) async fn newest_times_of(
        &self,
        stations: &[StationId],
        limit: u32,
    ) -> Result<HashMap<StationId, Vec<i64>>, Error> {
        Ok(many::newest_times(&self.pool, stations, limit).await?)
    }

    /// Low and high of a quantity of main sensors, each on a local day of its own.
    pub(in crate::storage) async fn extremes_of(
        &self,
        days: &[(StationId, NaiveDate)],
        quantity: Quantity,
    ) -> Result<HashMap<StationId, Extreme>, Error> {
        Ok(many::extremes(&self.pool, days, quantity).await?)
    }

    /// The temperatures of main sensors in buckets, each from its own instant.
    pub(in crate::storage) async fn temperatures_of(
        &self,
        from: &[(StationId, Timestamp)],
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<HashMap<StationId, Vec<Bucket>>, Error> {
        Ok(many::temperatures(&self.pool, from, to, bucket_ms).await?)
    }

    /// What entries after `seq` are about; `None` if there are more than `limit`, or if `seq` is no good cursor.
    pub(in crate::storage) async fn changed(&self, seq: u64, limit: u32) -> Result<Option<Changed>, Error> {
        Ok(many::changed(&self.pool, seq, limit).await?)
    }
}
