//! Knobs of storage and what they must have to do with each other.

use super::address::Address;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use weather::time::{DAY_MS, HOUR_MS};

/// Knobs of storage. Each part of a configuration file may be left out; the default stands then.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The database file; its folder must exist.
    pub file: PathBuf,
    /// The address of a PostgreSQL, `postgres://user:password@host:5432/database`, in place of the file in the data folder: for several
    /// servers over one database. Empty: the file.
    pub database: Address,
    /// The same PostgreSQL without PgBouncer or another pooler between: for the connection that listens, the one that leads, and
    /// migrations. Empty: `database`.
    pub database_direct: Address,
    /// `full`: an acknowledged report survives a power cut, because every commit waits for the disk. `normal`: it survives a
    /// crash of the program; a power cut may lose the last commits. That spares SD cards.
    pub durability: Durability,
    /// Connections that read at the same time. A page needs one for some milliseconds. More connections than the machine
    /// has cores wait for each other.
    pub readers: u32,
    /// Connections for what nobody waits for on a page: the keepers' look-ups. Questions over long stretches take turns on
    /// them, and pages do not wait.
    pub background_readers: u32,
    /// Most rows of reports that wait for the writer; further ones are refused. A row is what one sensor says at one instant.
    /// So many are written in some seconds. Each station may have a quarter of them, and the last quarter is kept for
    /// stations that send little.
    pub queue_rows: usize,
    /// Most memory for the reports that wait, counted and shared as the rows are. A report of one sensor takes about 3 kB.
    pub queue_mib: usize,
    /// Most words, visitors' and keepers', that wait for the writer; further ones are refused. So many are written in about
    /// a second, and a thousand visitors who speak at once need a tenth. A word takes some hundred bytes.
    pub queue_words: usize,
    /// Most rows of reports in one transaction. A larger transaction is hardly cheaper for each row, and each sender waits
    /// for the whole. A larger upload is written in several, and other stations take turns with it.
    pub batch_rows: usize,
    /// Most words in one transaction.
    pub batch_words: usize,
    /// The longest wait for another process that holds the write lock. An upload may wait behind a batch that waits in
    /// vain, and clients give up after 5 s, so this must be below half of that.
    pub lock_wait_ms: u64,
    /// A server that does nothing for so long while it has a PostgreSQL's lock loses it, ms: one that hangs must not hold up the others. No
    /// knob: a second is long for what is done between two statements, and short for those who wait. Tests, which share a machine
    /// with many others, allow more.
    #[serde(skip)]
    pub idle_lock_ms: u64,
    /// Largest size of the database file. A full disk can stop the whole machine; a full database only refuses reports. A
    /// station that reports ten values a minute fills 65 MiB a year.
    pub max_database_mib: u32,
    /// Room beyond `max_database_mib`, which only the owner's commands, forgetting and pruning may use: a station can be
    /// removed from a database that is full for reports.
    pub control_reserve_mib: u32,
    /// The part of `max_database_mib` that one station may fill, percent, where there are several. A station's reports are
    /// refused when it has filled its share, and those of the others are still taken. The size is estimated from what was
    /// stored.
    pub station_share_percent: u32,
    /// Readings are kept for so many local days before the day of their sensor's newest one; 0: for ever. What each hour and each day was
    /// stays for ever, and takes about a tenth of the room. For ever by default: nobody but the owner may decide that something goes. At least 7, because
    /// pages, corrections and what comes late look back for days.
    pub raw_days: u32,
    /// Public journal entries that are kept for pages that come back. With twenty stations at a report a minute, 100,000
    /// entries are 80 hours and 30 MiB.
    pub journal_keep_entries: u32,
    /// Private journal entries that are kept likewise: words and answers. Those who talk do not push reports out, nor do
    /// reports push words out.
    pub journal_keep_private: u32,
    /// Entries of the lab's news that are kept, which are private, too. All visitors of the lab together make 50 a second at
    /// most, so 2,000 are 40 s: far longer than a page needs. They push out nothing else.
    pub journal_keep_lab: u32,
    /// Journal entries are kept for this time, so that a page on a laptop that was closed over the night can go on.
    pub journal_keep_hours: u32,
    /// The newest words that are kept of each conversation. Nobody scrolls back further.
    pub words_keep_each: u32,
    /// Words that are kept in all, about 300 MiB. The database is there for reports, and words must not fill it. Those who
    /// said the most lose their oldest words first; words without an answer stay.
    pub words_keep_total: u64,
    /// Words are kept for this time: a season.
    pub words_keep_days: u32,
    /// Words that one visitor may say in a minute, and twice as many at once. A keeper answers about as many. A word counts
    /// once for every 256 bytes that it has begun.
    pub words_visitor_per_minute: u32,
    /// The same for one address (of IPv6, the first 64 bits): visitors are easily invented, addresses are not.
    pub words_address_per_minute: u32,
    /// The same for all together: a sixth of what keepers can answer.
    pub words_all_per_minute: u32,
    /// Most alerts of all visitors together. So many take about 50 MiB, and some milliseconds to compare with a report.
    pub alerts_max: u64,
    /// Alerts that visitors from one address may make in a day. A household has some, a school dozens.
    pub alerts_address_per_day: u32,
    /// Alerts that all visitors together may make in a day. So many each day stay below `alerts_max` until those of
    /// visitors who never came back end.
    pub alerts_all_per_day: u32,
    /// The alerts of a visitor that does not come are kept for this time. Browsers keep the visitor's cookie as long.
    pub alerts_keep_days: u32,
    /// The alerts of a visitor that never came back after the first day are kept for this time: most of such visitors have
    /// no cookies, or were invented.
    pub alerts_unseen_days: u32,
}

/// What an acknowledged reading survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// A power cut: the disk is waited for in every commit.
    Full,
    /// A crash of the program or of the system's other programs. A power cut may take the last commits, though never
    /// the database. Spares SD cards.
    Normal,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            file: PathBuf::from("stevenson.db"),
            database: Address::default(),
            database_direct: Address::default(),
            durability: Durability::Full,
            readers: 4,
            background_readers: 2,
            queue_rows: 200_000,
            queue_mib: 64,
            queue_words: 10_000,
            batch_rows: 1_000,
            batch_words: 1_000,
            lock_wait_ms: 2_000,
            idle_lock_ms: 1_000,
            max_database_mib: 8_192,
            control_reserve_mib: 8,
            station_share_percent: 50,
            raw_days: 0,
            journal_keep_entries: 100_000,
            journal_keep_private: 100_000,
            journal_keep_lab: 2_000,
            journal_keep_hours: 48,
            words_keep_each: 1_000,
            words_keep_total: 1_000_000,
            words_keep_days: 90,
            words_visitor_per_minute: 30,
            words_address_per_minute: 120,
            words_all_per_minute: 12_000,
            alerts_max: 100_000,
            alerts_address_per_day: 50,
            alerts_all_per_day: 5_000,
            alerts_keep_days: 400,
            alerts_unseen_days: 14,
        }
    }
}

/// Knobs that do not fit together.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("storage.{}: {}", .0.split_once(' ').map_or("", |(key, _)| key), .0.split_once(' ').map_or(*.0, |(_, rule)| rule))]
pub struct Misfit(&'static str);

/// A client's patience, ms: Arduino libraries give up after 5 s, others after 10 s.
const CLIENT_PATIENCE_MS: u64 = 5_000;

impl Options {
    /// Which database it is, for people: the path of the file, or the address of the PostgreSQL without its password.
    pub fn database_named(&self) -> String {
        if self.database.is_empty() { self.file.display().to_string() } else { self.database.to_string() }
    }

    /// Says what does not fit together.
    ///
    /// # Errors
    /// [`Misfit`], which names the key.
    pub fn check(&self) -> Result<(), Misfit> {
        let rules = [
            (
                self.database_direct.is_empty() || !self.database.is_empty(),
                "database_direct must stand beside a database, of which it is the same without a pooler",
            ),
            (self.readers >= 1, "readers must be at least 1"),
            (self.background_readers >= 1, "background_readers must be at least 1"),
            (self.batch_rows >= 1, "batch_rows must be at least 1"),
            (self.batch_words >= 1, "batch_words must be at least 1"),
            (self.queue_rows >= self.batch_rows, "queue_rows must not be below batch_rows"),
            (self.queue_mib >= 1, "queue_mib must be at least 1"),
            (self.queue_mib <= MAX_QUEUE_MIB, "queue_mib must not be above 4,096"),
            (self.queue_words >= 1, "queue_words must be at least 1"),
            (self.queue_words <= MAX_QUEUE_WORDS, "queue_words must not be above 1,000,000"),
            (2 * self.lock_wait_ms < CLIENT_PATIENCE_MS, "lock_wait_ms must be below 2,500: clients give up after 5 s"),
            (self.max_database_mib >= 1, "max_database_mib must be at least 1"),
            (self.control_reserve_mib >= 1, "control_reserve_mib must be at least 1"),
            ((1..=100).contains(&self.station_share_percent), "station_share_percent must be from 1 to 100"),
            (
                self.raw_days == 0 || self.raw_days >= RAW_DAYS_MIN,
                "raw_days must be 0, which is for ever, or at least 7",
            ),
            (self.raw_days <= RAW_DAYS_MAX, "raw_days must not be above 100,000; 0 is for ever"),
            (self.journal_keep_entries >= 1, "journal_keep_entries must be at least 1"),
            (self.journal_keep_private >= 1, "journal_keep_private must be at least 1"),
            (self.journal_keep_lab >= 1, "journal_keep_lab must be at least 1"),
            (self.words_keep_each >= 1, "words_keep_each must be at least 1"),
            (self.words_keep_total >= 1, "words_keep_total must be at least 1"),
            (self.alerts_address_per_day >= 1, "alerts_address_per_day must be at least 1"),
            (self.alerts_all_per_day >= 1, "alerts_all_per_day must be at least 1"),
            (self.words_visitor_per_minute >= 1, "words_visitor_per_minute must be at least 1"),
            (self.words_address_per_minute >= 1, "words_address_per_minute must be at least 1"),
            (self.words_all_per_minute >= 1, "words_all_per_minute must be at least 1"),
        ];
        rules.into_iter().find(|(fits, _)| !fits).map_or(Ok(()), |(_, rule)| Err(Misfit(rule)))
    }

    pub(super) fn lock_wait(&self) -> Duration {
        Duration::from_millis(self.lock_wait_ms)
    }

    /// Bytes that reports, words and alerts may fill.
    pub(super) fn limit_bytes(&self) -> u64 {
        u64::from(self.max_database_mib) << 20
    }

    /// Bytes beyond the limit that only control jobs may fill.
    pub(super) fn reserve_bytes(&self) -> u64 {
        u64::from(self.control_reserve_mib) << 20
    }

    /// Bytes that one station may fill.
    pub fn station_share_bytes(&self) -> u64 {
        self.limit_bytes() / 100 * u64::from(self.station_share_percent)
    }

    pub(super) fn journal_keep_ms(&self) -> i64 {
        i64::from(self.journal_keep_hours) * HOUR_MS
    }

    pub(super) fn words_keep_ms(&self) -> i64 {
        i64::from(self.words_keep_days) * DAY_MS
    }

    pub(super) fn alerts_unseen_ms(&self) -> i64 {
        i64::from(self.alerts_unseen_days) * DAY_MS
    }

    pub(super) fn alerts_keep_ms(&self) -> i64 {
        i64::from(self.alerts_keep_days) * DAY_MS
    }
}

/// Fewer would cut into what pages show, what a late report is judged by, and how rain goes on over midnight.
const RAW_DAYS_MIN: u32 = 7;
/// Nobody has measured for longer.
const RAW_DAYS_MAX: u32 = 100_000;
/// More would be more than a small machine has.
const MAX_QUEUE_MIB: usize = 4_096;
/// Nobody waits for this many: about a gigabyte.
const MAX_QUEUE_WORDS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_fit_together() {
        assert_eq!(Options::default().check(), Ok(()));
    }

    #[test]
    fn knobs_that_do_not_fit_together_are_named() {
        let options = Options { queue_rows: 10, ..Options::default() };
        assert_eq!(options.check(), Err(Misfit("queue_rows must not be below batch_rows")));
        let options = Options { lock_wait_ms: 5_000, ..Options::default() };
        assert!(options.check().expect_err("too long").0.contains("lock_wait_ms"));
    }

    #[test]
    fn unknown_knobs_are_refused() {
        let error = serde_json::from_str::<Options>(r#"{"durabilty":"full"}"#).expect_err("misspelt");
        assert!(error.to_string().contains("durabilty"), "{error}");
        let options: Options = serde_json::from_str(r#"{"durability":"normal"}"#).expect("fine");
        assert_eq!((options.durability, options.idle_lock_ms), (Durability::Normal, 1_000));
    }
}
