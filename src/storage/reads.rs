//! What a handle reads, each from the connections that read.

use super::calibrations::MadeCalibration;
use super::core::Job;
use super::corrections::{Correction, Marked};
use super::entry::{Entry, StationPiece};
use super::error::Error;
use super::mappings::{MadeMapping, Unmapped};
use super::observations::{Bucket, Extreme, Latest, Side};
use super::seam::{Datastream, Piece, Stretch};
use super::stations::ListedSensor;
use super::words::{Alert, Visitor, Word};
use super::{Storage, keys, retained};
use chrono::NaiveDate;
use std::sync::Arc;
use weather::day;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::{SensorName, Station, StationId};
use weather::time::{HOUR_MS, Timestamp};

/// So many gaps show how often a station reports; more would remember what it did before its interval was changed.
pub(super) const GAPS: u32 = 20;
/// Fewer gaps than this say nothing of how often a station reports.
const GAPS_MIN: usize = 3;
/// The longest stretch that [`Storage::extreme_within`] looks through, ms; of a longer one, the end. At a report every
/// three seconds these are 58,000 rows, some hundredths of a second.
const STRETCH_MAX_MS: i64 = 48 * HOUR_MS;

/// Most bytes of the journal that one question reads into memory: three times what 10,000 reports of ten values take. A
/// report of 250 sensors takes some 8 kB, and some dozen may ask at the same time.
const JOURNAL_READ_MAX_BYTES: usize = 8 << 20;

/// So many entries of the journal one question looks at for those of one station: some ten milliseconds. There is no index by
/// station, because each report would pay for it.
const LOOK_MAX_ENTRIES: u32 = 10_000;

/// The journal.
impl Storage {
    /// The newest `limit` journal entries, oldest first; fewer if these are more than 8 MiB.
    pub async fn journal_tail(&self, limit: u32) -> Result<Vec<Entry>, Error> {
        self.readers.tail(limit, JOURNAL_READ_MAX_BYTES).await
    }

    /// Journal entries after `seq` that everybody or `reader` may read, oldest first: the first `limit` or 8 MiB
    /// of them, but one in any case, so that who asks again with the last one's number gets all. `None` if entries after
    /// `seq` have been pruned, or if `seq` never was an entry: a number beyond the head, or one that a power cut took.
    pub async fn journal_since(
        &self,
        seq: u64,
        reader: Option<&Visitor>,
        limit: u32,
    ) -> Result<Option<Vec<Entry>>, Error> {
        let piece = self.readers.since(seq, reader, limit, JOURNAL_READ_MAX_BYTES).await?;
        Ok(piece.map(|piece| piece.entries))
    }

    /// The same, but everything after `seq` up to the entry `head` at least, or `None`: also if that is more than `limit` or
    /// 8 MiB.
    pub async fn journal_between(
        &self,
        seq: u64,
        head: u64,
        reader: Option<&Visitor>,
        limit: u32,
    ) -> Result<Option<Vec<Entry>>, Error> {
        let reaches_head = |piece: &Piece| piece.is_all || piece.entries.last().is_some_and(|last| last.seq >= head);
        let piece = self.readers.since(seq, reader, limit, JOURNAL_READ_MAX_BYTES).await?;
        Ok(piece.filter(reaches_head).map(|piece| piece.entries))
    }

    /// What the journal tells everybody of a station after `seq` (`None`: from the oldest that is kept): the first `limit` entries or
    /// `bytes_max` of them, but one in any case. One question looks at 10,000 entries of the journal, whatever they are about: who
    /// asks again with `upto` gets all. `None` if `seq` is no good place, as in [`Storage::journal_since`].
    pub async fn journal_of(
        &self,
        station: StationId,
        seq: Option<u64>,
        limit: u32,
        bytes_max: usize,
    ) -> Result<Option<StationPiece>, Error> {
        self.readers.of_station(station, seq, (LOOK_MAX_ENTRIES, limit, bytes_max)).await
    }

    /// The place after all that the journal tells everybody of a station: its newest entry, or, if that is not among the newest
    /// 10,000, the head.
    pub async fn journal_end_of(&self, station: StationId) -> Result<u64, Error> {
        self.readers.end_of_station(station, LOOK_MAX_ENTRIES).await
    }
}

/// Stations and their keys.
impl Storage {
    /// The station that `key` belongs to; asks the database if memory does not know it. A key that another process
    /// renewed or removed is believed until the writer has looked, half a second at most.
    pub async fn station_by_key(&self, key: &str) -> Result<Option<Arc<Station>>, Error> {
        match self.station_in_memory(key) {
            Some(station) => Ok(Some(station)),
            None => Ok(self.readers.station_by_hash(&keys::hash(key)).await?.map(Arc::new)),
        }
    }

    /// The station of that slug. If memory does not know it, the writer looks at once whether another process has added it.
    /// One look at a time: whoever asks for what is not there makes only others wait who do the same.
    pub async fn station_by_slug(&self, slug: &str) -> Option<Arc<Station>> {
        let known = || self.directory().by_slug(slug).cloned();
        if let Some(station) = known() {
            return Some(station);
        }
        let _turn = self.looking.acquire().await.ok()?;
        self.ask(Job::Look).await.ok()?;
        known()
    }

    /// The station whose key this is, if memory knows it.
    pub fn station_in_memory(&self, key: &str) -> Option<Arc<Station>> {
        self.directory().by_hash(&keys::hash(key)).cloned()
    }

    /// The station of that slug if `key` is its key; asks the database if memory says no.
    pub async fn authenticate(&self, slug: &str, key: &str) -> Result<Option<Arc<Station>>, Error> {
        if let Some(station) = self.directory().authenticate(slug, key) {
            return Ok(Some(station.clone()));
        }
        let station = self.readers.station_by_hash(&keys::hash(key)).await?;
        let is_its = |station: &Station| {
            station.slug.as_str() == slug
                || self.directory().renamed(slug).is_some_and(|now| **now == *station.slug.as_str())
        };
        Ok(station.filter(is_its).map(Arc::new))
    }
}

/// Observations.
impl Storage {
    /// A station's sensors, sorted by name; the main one comes first.
    pub async fn sensors(&self, station: StationId) -> Result<Vec<ListedSensor>, Error> {
        self.readers.sensors(station).await
    }

    /// The newest value of every datastream of a station.
    pub async fn latest(&self, station: StationId) -> Result<Vec<Latest>, Error> {
        self.readers.latest(station).await
    }

    /// Lows and highs of a station's local day.
    pub async fn extremes(&self, station: StationId, day: NaiveDate) -> Result<Vec<Extreme>, Error> {
        self.readers.extremes(station, day).await
    }

    /// A datastream from `from` (inclusive) to `to` (exclusive) in buckets of `bucket_ms`; empty buckets are absent. It looks at every row:
    /// for a day or so. Of longer stretches [`Storage::series`] tells. Where readings have gone, hours make them.
    pub async fn buckets(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: Timestamp,
        to: Timestamp,
        bucket_ms: i64,
    ) -> Result<Vec<Bucket>, Error> {
        let of = Datastream { station, sensor, quantity };
        let Some(retained) = self.retained(of, Stretch { from, to }).await? else {
            return self.readers.series(of, Stretch { from, to }, bucket_ms).await;
        };
        let rest = Stretch { from: retained.raw_from, to };
        let hours = retained.buckets(quantity.fold(), bucket_ms.max(1));
        Ok(retained::join_buckets(hours, self.readers.series(of, rest, bucket_ms).await?))
    }

    /// The same of all [`CHARTED`](super::CHARTED) quantities of a sensor that have values then, in one question.
    pub async fn charted(
        &self,
        station: StationId,
        sensor: &SensorName,
        (from, to): (Timestamp, Timestamp),
        bucket_ms: i64,
    ) -> Result<Vec<(Quantity, Vec<Bucket>)>, Error> {
        self.readers.charted((station, sensor), Stretch { from, to }, bucket_ms).await
    }

    /// The rows of a sensor from `from` (inclusive) to `to` (exclusive), oldest first, `limit` at most. What follows is asked
    /// for from the last one's time on.
    pub async fn rows(
        &self,
        station: StationId,
        sensor: &SensorName,
        (from, to): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<(Timestamp, Values)>, Error> {
        self.readers.rows((station, sensor), Stretch { from, to }, limit).await
    }

    /// The quantities that a sensor has values of from `from` (inclusive) to `to` (exclusive). Looks at every row: not for
    /// pages.
    pub async fn quantities(
        &self,
        station: StationId,
        sensor: &SensorName,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<Quantity>, Error> {
        self.readers.quantities((station, sensor), Stretch { from, to }).await
    }

    /// How often a station reports, ms: what its owner has said, or how far apart its newest observations lie: the median of the last 20 gaps; `None` below three gaps, because
    /// one gap may be an outage.
    pub async fn interval_ms(&self, station: StationId) -> Result<Option<i64>, Error> {
        match self.directory().said_interval_ms(station) {
            Some(said) => Ok(Some(said)),
            None => Ok(median_gap(&self.readers.newest_times(station, GAPS + 1).await?)),
        }
    }

    /// How many rows a station has: one for each sensor and instant. Counts them; not for every page.
    pub async fn observation_count(&self, station: StationId) -> Result<u64, Error> {
        self.readers.count(station).await
    }

    /// Low and high of a datastream on each local day from `from` to `to`, both included, oldest first; days without
    /// a value are absent. At most 4,000 days.
    pub async fn extremes_between(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Extreme)>, Error> {
        self.readers.days(Datastream { station, sensor, quantity }, from, to).await
    }

    /// Low and high of a datastream from `from` (inclusive) to `to` (exclusive), 48 hours at most; of a longer stretch,
    /// the end.
    pub async fn extreme_within(
        &self,
        station: StationId,
        sensor: &SensorName,
        quantity: Quantity,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Extreme>, Error> {
        let from = from.max(to.plus(-STRETCH_MAX_MS));
        let of = Datastream { station, sensor, quantity };
        let Some(retained) = self.retained(of, Stretch { from, to }).await? else {
            return self.readers.extreme(of, Stretch { from, to }).await;
        };
        let rest = self.readers.extreme(of, Stretch { from: retained.raw_from, to }).await?;
        Ok(retained::join_extremes(retained.extreme(of), rest))
    }

    /// The newest observation of a datastream that lies beyond `limit`, no older than the local day `from`. Of a day whose readings have gone,
    /// the farthest value of the newest hour that has one.
    pub async fn last_beyond(
        &self,
        station: &Station,
        sensor: &SensorName,
        quantity: Quantity,
        (side, limit): (Side, f64),
        from: NaiveDate,
    ) -> Result<Option<(Timestamp, f64)>, Error> {
        let of = Datastream { station: station.id, sensor, quantity };
        // First the day, of which there is one row, and then the row within it.
        let Some(day) = self.readers.last_day(of, (side, limit), from).await? else { return Ok(None) };
        let (from, to) = day::bounds(&station.zone, day);
        if let Some(retained) = self.retained(of, Stretch { from, to }).await?
            && let Some(newest) = retained.newest((side, limit))
        {
            return Ok(Some(newest));
        }
        let newest = self.readers.newest(of, (side, limit), Stretch { from, to }).await?;
        if newest.is_some() || !self.shared.may_be_gone(from) {
            return Ok(newest);
        }
        // A day of the zone before has other hours.
        let extreme = self.readers.days(of, day, day).await?.into_iter().next();
        Ok(extreme.map(|(_, extreme)| match side {
            Side::Below => (extreme.low_at, extreme.low),
            Side::Above => (extreme.high_at, extreme.high),
        }))
    }

    /// The first local day that a sensor has values of.
    pub async fn first_day(&self, station: StationId, sensor: &SensorName) -> Result<Option<NaiveDate>, Error> {
        self.readers.first_day(station, sensor).await
    }
}

/// What does not count.
impl Storage {
    /// The newest `limit` values of a station that are kept and do not count, from `from` (inclusive) to `to` (exclusive),
    /// oldest first.
    pub async fn marked(
        &self,
        station: StationId,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
    ) -> Result<Vec<Marked>, Error> {
        self.readers.marked(station, from, to, limit).await
    }

    /// The newest `limit` corrections of a station's readings, newest first.
    pub async fn corrections(&self, station: StationId, limit: u32) -> Result<Vec<Correction>, Error> {
        self.readers.corrections(station, limit).await
    }
}

/// Calibrations, and what was sent before they were applied.
impl Storage {
    /// A station's calibrations: those that hold, by sensor, quantity and time, then those that were removed or replaced;
    /// `limit` at most.
    pub async fn calibrations(&self, station: StationId, limit: u32) -> Result<Vec<MadeCalibration>, Error> {
        self.readers.calibrations(station, limit).await
    }

    /// Whether rows of a station are still to be made anew after a calibration was added or removed, or its local days after it has
    /// got another time zone.
    pub async fn is_recalculating(&self, station: StationId) -> Result<bool, Error> {
        self.readers.is_recalculating(station).await
    }

    /// What a sensor sent of a quantity from `from` (inclusive) to `to` (exclusive), canonical units, oldest first: before it
    /// was calibrated, and whether it counts or not.
    pub async fn sent(
        &self,
        (station, sensor, quantity): (StationId, &SensorName, Quantity),
        (from, to): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<(Timestamp, f64)>, Error> {
        self.readers.sent(Datastream { station, sensor, quantity }, Stretch { from, to }, limit).await
    }
}

/// What was sent of rows.
impl Storage {
    /// What a sensor sent from `from` (inclusive) to `to` (exclusive) where a calibration made something else of it, oldest first.
    /// There is as much of it as there are values in the rows of that time: ask for some rows first.
    pub async fn sent_between(
        &self,
        station: StationId,
        sensor: &SensorName,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<(Timestamp, Quantity, f64)>, Error> {
        self.readers.sent_between((station, sensor), Stretch { from, to }).await
    }
}

/// Fields of uploads.
impl Storage {
    /// What a station's owner has said of fields, by name.
    pub async fn mappings(&self, station: StationId) -> Result<Vec<MadeMapping>, Error> {
        self.readers.mappings(station).await
    }

    /// Fields that a station has sent and that mean nothing yet, by name.
    pub async fn unmapped(&self, station: StationId) -> Result<Vec<Unmapped>, Error> {
        self.readers.unmapped(station).await
    }
}

/// Words and alerts.
impl Storage {
    /// Visitors' words without an answer, oldest first, after the place `after` in the journal.
    pub async fn unanswered(&self, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        self.readers.unanswered(after, limit).await
    }

    /// A visitor's words without an answer, oldest first, after the place `after` in the journal.
    pub async fn unanswered_of(&self, visitor: &Visitor, after: u64, limit: u32) -> Result<Vec<Word>, Error> {
        self.readers.unanswered_of(visitor, after, limit).await
    }

    /// The newest `limit` words of a visitor about a station, oldest first.
    pub async fn conversation(&self, visitor: &Visitor, station: &str, limit: u32) -> Result<Vec<Word>, Error> {
        self.readers.conversation(visitor, station, limit).await
    }

    /// All alerts. Those about a station that was removed are there, too: it is the keeper's part to say so.
    pub async fn alerts(&self) -> Result<Vec<Alert>, Error> {
        self.readers.alerts().await
    }
}

/// The median of the gaps between times, newest first; of an even number the smaller. Fewer than [`GAPS_MIN`] say nothing.
pub(super) fn median_gap(times: &[i64]) -> Option<i64> {
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[0] - pair[1]).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len().saturating_sub(1) / 2).copied().filter(|_| gaps.len() >= GAPS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_not_learnt_from_one_long_gap() {
        assert_eq!(median_gap(&[]), None);
        assert_eq!(median_gap(&[7]), None);
        assert_eq!(median_gap(&[72_000, 0]), None, "a report of yesterday and one of now");
        assert_eq!(median_gap(&[72_005, 72_000, 0]), None);
        assert_eq!(median_gap(&[72_005, 72_000, 0, -5]), Some(5));
        assert_eq!(median_gap(&[60, 55, 50, 0, -5]), Some(5));
    }
}
