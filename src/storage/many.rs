//! What a handle reads of many stations at once. The number of queries does not grow with the stations.

use super::Storage;
use super::error::Error;
use super::observations::{Bucket, Extreme, Latest};
use super::reads::{GAPS, median_gap};
use super::seam::Changed;
use chrono::NaiveDate;
use std::collections::HashMap;
use weather::quantity::Quantity;
use weather::station::StationId;
use weather::time::Timestamp;

/// So many other sensors stand in for a main sensor without a temperature. A station may have some hundred sensors; a
/// list of stations shows a few rooms, and says that there are more.
const STAND_INS: u32 = 12;
/// [`Storage::changed_since`] looks at so many entries: at a thousand stations and a report a minute, ten minutes.
const CHANGES_MAX: u32 = 10_000;

impl Storage {
    /// The newest values of the main sensors of stations. A station whose main sensor has no temperature also gets those
    /// of its other sensors: of the twelve that were heard last. Stations without values are absent. A time ahead of `now`, which
    /// the server noted while its clock was wrong, is no reason to prefer a value.
    pub async fn latest_of(
        &self,
        stations: &[StationId],
        now: Timestamp,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        self.readers.latest_of(stations, Quantity::Temperature, STAND_INS, now).await
    }

    /// The newest values of all sensors of stations; of `sensors_max` sensors at most. Stations without values are absent.
    pub async fn latest_of_all_sensors(
        &self,
        stations: &[StationId],
        sensors_max: u32,
    ) -> Result<HashMap<StationId, Vec<Latest>>, Error> {
        self.readers.latest_of_all(stations, sensors_max).await
    }

    /// The same as [`Storage::interval_ms`] of many stations; those without an interval are absent.
    pub async fn intervals_ms(&self, stations: &[StationId]) -> Result<HashMap<StationId, i64>, Error> {
        let times = self.readers.newest_times_of(stations, GAPS + 1).await?;
        let learnt = times.into_iter().filter_map(|(station, times)| Some((station, median_gap(&times)?)));
        let directory = self.directory();
        let said = stations.iter().filter_map(|station| Some((*station, directory.said_interval_ms(*station)?)));
        Ok(learnt.chain(said).collect())
    }

    /// Low and high of the temperatures of main sensors, each station on a local day of its own. Those without any are absent.
    pub async fn temperature_extremes_of(
        &self,
        days: &[(StationId, NaiveDate)],
    ) -> Result<HashMap<StationId, Extreme>, Error> {
        self.readers.extremes_of(days, Quantity::Temperature).await
    }

    /// The temperatures of main sensors in buckets of `bucket_ms`, each station from its own instant (inclusive) to `to`
    /// (exclusive). Empty buckets and stations without any are absent.
    pub async fn temperatures_of(
        &self,
        from: &[(StationId, Timestamp)],
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<HashMap<StationId, Vec<Bucket>>, Error> {
        self.readers.temperatures_of(from, to, bucket_ms).await
    }

    /// The stations that public entries after `seq` are about; `None` if these are more than 10,000 entries, or if
    /// `seq` is not in the journal. It is read as of one moment.
    pub async fn changed_since(&self, seq: u64) -> Result<Option<Changed>, Error> {
        self.readers.changed(seq, CHANGES_MAX).await
    }
}
