//! When a backup is due, what it is called, and which go. Pure.

use chrono::{NaiveDate, Timelike};
use weather::time::Timestamp;

const BEFORE: &str = "stevenson-";
const AFTER: &str = ".db";

/// The name of the backup of a day.
pub(super) fn named(date: NaiveDate) -> String {
    format!("{BEFORE}{date}{AFTER}")
}

/// The day of a backup's name; `None`: it is no backup of a day, and not ours to remove.
pub(super) fn date_of(name: &str) -> Option<NaiveDate> {
    let date = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    date.parse().ok().filter(|date: &NaiveDate| named(*date) == name)
}

/// Whether the backup of today is still to be written: from this hour on.
pub(super) fn is_due(now: Timestamp, utc_hour: u32, is_there: impl Fn(NaiveDate) -> bool) -> bool {
    let now = now.to_utc();
    now.hour() >= utc_hour && !is_there(now.date_naive())
}

/// The names of backups that are too many, if so many may stay: the oldest. Those of days ahead were made while the clock was wrong: they
/// are nobody's excess, and take no other's place.
pub(super) fn excess(names: Vec<String>, keep: u32, today: NaiveDate) -> Vec<String> {
    let is_past = |name: &String| date_of(name).is_some_and(|date| date <= today);
    let mut dated: Vec<_> = names.into_iter().filter(is_past).collect();
    dated.sort_unstable_by(|a, b| b.cmp(a));
    dated.split_off(dated.len().min(keep as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::{DAY_MS, HOUR_MS};

    #[test]
    fn a_backup_is_due_once_a_day_from_its_hour_on() {
        let midnight = Timestamp(20_000 * DAY_MS);
        let today = midnight.to_utc().date_naive();
        assert!(!is_due(midnight.plus(2 * HOUR_MS - 1), 2, |_| false));
        assert!(is_due(midnight.plus(2 * HOUR_MS), 2, |_| false));
        assert!(is_due(midnight.plus(DAY_MS - 1), 2, |date| date != today), "the server was down at that hour");
        assert!(!is_due(midnight.plus(DAY_MS - 1), 2, |date| date == today));
    }

    #[test]
    fn only_the_oldest_backups_of_days_go() {
        let all = ["stevenson-2026-11-28.db", "stevenson-2026-11-30.db", "notes.txt", "stevenson-2026-11-29.db"];
        let more = ["stevenson-2026-11-01-120000.db", "stevenson-2026-11-27.db.partial", "stevenson-2026-1-1.db"];
        let names = || all.iter().chain(&more).map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let today = NaiveDate::from_ymd_opt(2026, 11, 30).expect("a date");
        assert_eq!(excess(names(), 2, today), ["stevenson-2026-11-28.db"]);
        assert!(excess(names(), 3, today).is_empty());
        let before = today.pred_opt().expect("a date");
        assert_eq!(
            excess(names(), 1, before),
            ["stevenson-2026-11-28.db"],
            "one of a day ahead takes no place and stays"
        );
        assert_eq!(date_of("stevenson-2026-11-28.db"), NaiveDate::from_ymd_opt(2026, 11, 28));
    }
}
