//! What the database holds, counted: for its owner, who wants to know how long its room lasts.

use weather::station::Slug;
use weather::time::{DAY_MS, Timestamp};

/// The growth of now is that of so many days.
pub const RECENT_DAYS: i64 = 30;

/// What was counted.
#[derive(Debug)]
pub struct Census {
    /// Bytes that hold something.
    pub used_bytes: u64,
    /// Bytes of the file that are free for what comes; `None`: a PostgreSQL, which does not tell.
    pub free_bytes: Option<u64>,
    /// Whether room that becomes free is given back to the disk.
    pub shrinks: bool,
    /// What is kept, by table.
    pub kept: Vec<Kept>,
    /// The stations, sorted by slug.
    pub stations: Vec<CensusedStation>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Whether a part of them was counted, and stands for all.
    pub is_about: bool,
    /// Its bytes, with its indexes.
    pub bytes: u64,
}

/// What was counted of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CensusedStation {
    /// Its slug.
    pub slug: Slug,
    /// Its readings: one for each sensor and instant.
    pub readings: u64,
    /// About so many values they have; `None`: there are too few to tell.
    pub values: Option<u64>,
    /// Values whose readings have gone; hours and days tell of them.
    pub gone: u64,
    /// Readings of the last [`RECENT_DAYS`].
    pub recent: u64,
    /// The time of the first one.
    pub first: Option<Timestamp>,
    /// The time of the last one.
    pub last: Option<Timestamp>,
}

/// What grows.
#[derive(Debug, Clone, Copy)]
struct Growth {
    /// Bytes of readings a day.
    readings: f64,
    /// Bytes of hours and days a day.
    made: f64,
}

impl Census {
    fn bytes(&self, tables: &[&str]) -> f64 {
        self.kept.iter().filter(|kept| tables.contains(&kept.table)).map(|kept| kept.bytes).sum::<u64>() as f64
    }

    fn readings(&self) -> u64 {
        self.stations.iter().map(|station| station.readings).sum()
    }

    /// Bytes that a reading takes, and its part of what is made of it: hours and days, also those of readings that have gone.
    fn of_a_reading(&self) -> Growth {
        let readings = self.readings() as f64;
        if readings == 0.0 {
            return Growth { readings: 0.0, made: 0.0 };
        }
        let values: u64 = self.stations.iter().filter_map(|station| station.values).sum();
        let gone: u64 = self.stations.iter().map(|station| station.gone).sum();
        let left = if values == 0 { 1.0 } else { values as f64 / (values + gone) as f64 };
        let made = self.bytes(&["hourly", "daily"]) * left / readings;
        Growth { readings: self.bytes(&["observation"]) / readings, made }
    }

    /// Bytes that a value takes, with its part of what is made of it.
    pub fn bytes_a_value(&self) -> Option<f64> {
        let known = self.stations.iter().filter_map(|station| Some((station.readings, station.values?)));
        let (readings, values) = known.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let Growth { readings: bytes, made } = self.of_a_reading();
        (values > 0).then(|| (bytes + made) * readings as f64 / values as f64)
    }

    fn growth(&self, now: Timestamp) -> Growth {
        let of = |station: &CensusedStation| {
            let age_days = station.first.map_or(0, |first| now.since(first) / DAY_MS + 1);
            station.recent as f64 / age_days.clamp(1, RECENT_DAYS) as f64
        };
        let readings = self.stations.iter().map(of).sum::<f64>();
        let Growth { readings: bytes, made } = self.of_a_reading();
        Growth { readings: readings * bytes, made: readings * made }
    }

    /// By so many bytes a day it has grown lately. A station that is younger than a month has grown in its own time.
    pub fn bytes_a_day(&self, now: Timestamp) -> f64 {
        let Growth { readings, made } = self.growth(now);
        readings + made
    }

    /// What all readings take once those go that are older than so many days, bytes; and what hours and days add then each day.
    pub fn settled(&self, now: Timestamp, raw_days: u32) -> (f64, f64) {
        let Growth { readings, made } = self.growth(now);
        (readings * f64::from(raw_days), made)
    }

    /// For so many days there is room, if it grows as lately; `None`: it does not grow. `raw_days`: readings go that are older; 0: none go.
    pub fn lasts_days(&self, now: Timestamp, limit_bytes: u64, raw_days: u32) -> Option<f64> {
        let left = limit_bytes.saturating_sub(self.used_bytes) as f64;
        let growth = self.bytes_a_day(now);
        if growth <= 0.0 {
            return None;
        }
        let days = left / growth;
        let (settled, made) = self.settled(now, raw_days);
        let to_come = (settled - self.bytes(&["observation"])).max(0.0);
        if raw_days == 0 || to_come >= left || made <= 0.0 {
            return Some(days);
        }
        Some(days.max((left - to_come) / made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn station(readings: u64, recent: u64, age_days: i64) -> CensusedStation {
        let first = Some(NOW.plus(-age_days * DAY_MS + 1));
        let slug = Slug::new("garden").expect("a slug");
        CensusedStation { slug, readings, values: Some(readings * 10), gone: 0, recent, first, last: Some(NOW) }
    }

    fn census(stations: Vec<CensusedStation>) -> Census {
        let kept = [("observation", 900), ("hourly", 90), ("daily", 10), ("journal", 5_000)];
        let kept = kept.map(|(table, bytes)| Kept { table, rows: 1, is_about: false, bytes }).to_vec();
        Census { used_bytes: 6_000, free_bytes: Some(0), shrinks: true, kept, stations }
    }

    #[test]
    fn the_growth_is_that_of_the_last_month_or_of_a_younger_stations_days() {
        let old = census(vec![station(100, 30, 400)]);
        assert_eq!((old.bytes_a_value(), old.bytes_a_day(NOW)), (Some(1.0), 10.0));
        let young = census(vec![station(100, 100, 5)]);
        assert_eq!(young.bytes_a_day(NOW), 200.0);
        let none = census(Vec::new());
        assert_eq!((none.bytes_a_value(), none.bytes_a_day(NOW), none.lasts_days(NOW, 9_000, 0)), (None, 0.0, None));
    }

    #[test]
    fn readings_that_go_leave_room_for_hours_and_days() {
        // Nine bytes a day for readings, of which 900 are there, and one for what is made of them.
        let all = census(vec![station(100, 30, 100)]);
        assert_eq!(all.lasts_days(NOW, 7_000, 0), Some(100.0));
        assert_eq!(all.settled(NOW, 100), (900.0, 1.0));
        assert_eq!(all.lasts_days(NOW, 7_000, 100), Some(1_000.0), "as many go as come");
        assert_eq!(all.lasts_days(NOW, 7_000, 150), Some(550.0), "fifty days more are to come");
        assert_eq!(all.lasts_days(NOW, 7_000, 400), Some(100.0), "it is full before");
        assert_eq!(all.lasts_days(NOW, 5_000, 100), Some(0.0));
    }

    #[test]
    fn hours_of_what_has_gone_are_not_those_of_what_is_there() {
        let gone = CensusedStation { gone: 3_000, ..station(100, 30, 400) };
        assert_eq!(census(vec![gone]).bytes_a_day(NOW), 9.25);
    }
}
