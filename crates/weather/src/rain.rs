//! Rain from counters: how much has fallen since local midnight, whatever a gauge's counter did meanwhile.
//!
//! Consoles reset their counters seconds after midnight, at one o'clock because they know no summer time, at nine because
//! somebody set them so, or when a gateway restarts. What has fallen is the sum of the steps up, and a step belongs to the
//! local day in which it was reported.

use crate::day;
use crate::time::{HOUR_MS, Timestamp};
use crate::zone::Zone;

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// The rain of a day, by the console's idea of one.
    Daily,
    /// All rain, or that since somebody reset it.
    Total,
}

/// What is known of a gauge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauge {
    /// When it was read.
    pub at: Timestamp,
    /// What its counter said, mm.
    pub counted: f64,
    /// What has fallen since local midnight, mm.
    pub fallen: f64,
    /// What the next readings will tell.
    pub doubt: Option<Doubt>,
    /// It was read from the database. Nobody knows any more whether something was in doubt.
    pub is_recalled: bool,
}

/// A reading that may be corrupt, or of another gauge: its counter jumped by more than rain can, or fell during the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// Since when.
    pub since: Timestamp,
    /// What the counter said before, mm.
    pub before: f64,
    /// What has fallen if the counter was reset, mm. It counts when the next reading does not lead back.
    pub pending: f64,
}

/// No rain is heavier, mm/h: 305 mm in 42 minutes is the record (Holt, 1947).
const HARDEST_MM_H: f64 = 500.0;
/// So much may have fallen in no time, mm: two reports have lost their minute between them.
const AT_ONCE_MM: f64 = 5.0;
/// A counter that falls below this part of what it said was reset; what falls less was corrected.
const RESET_BELOW: f64 = 0.2;
/// A daily counter that nobody has heard before, or that was silent over midnight, is believed up to so much, mm: more has fallen
/// in a day in a few storms only, and is what a corrupt reading says.
const UNHEARD_MAX_MM: f64 = 500.0;
/// After a longer silence over midnight, a daily counter is taken to have been reset meanwhile, ms.
const RESET_UNSEEN_MS: i64 = 2 * HOUR_MS;
/// A corrupt reading is followed by a good one in this time, ms.
const DOUBT_MS: i64 = HOUR_MS;
/// If at least so much has fallen, a counter that looked reset and jumps to it at once is back from a corrupt reading, mm. That
/// is for a server that was restarted in between: else a counter is known to have been reset, and may reach what has fallen.
const BACK_FROM_MM: f64 = 1.0;

impl Gauge {
    /// The gauge as of a reading, by the newest reading that is known. `None` for a late reading of a total: nothing tells
    /// how much of it fell on that day.
    ///
    /// A reading that came late says what it counted; on the day of the newest one it says no more than that. A first reading that
    /// cannot have fallen since midnight is where the counter starts, and no rain.
    pub fn read(zone: &Zone, counter: Counter, newest: Option<Self>, at: Timestamp, counted: f64) -> Option<Self> {
        let is = |fallen: f64| Some(Self::heard(at, counted, (fallen, None)));
        let unheard = believed_since_midnight(zone, at, counted);
        let Some(newest) = newest else {
            return is(if counter == Counter::Daily { unheard } else { 0.0 });
        };
        let same_day = day::date_at(zone, newest.at) == day::date_at(zone, at);
        if at < newest.at {
            return match counter {
                _ if same_day && counted <= newest.counted => is((newest.fallen - (newest.counted - counted)).max(0.0)),
                Counter::Daily if same_day => is(counted.min(newest.fallen)),
                Counter::Daily => is(unheard),
                Counter::Total => None,
            };
        }
        if counter == Counter::Daily && !same_day && at.since(newest.at) > RESET_UNSEEN_MS {
            return is(unheard);
        }
        Some(Self::heard(at, counted, newest.after(counter, same_day, at, counted)))
    }

    fn heard(at: Timestamp, counted: f64, (fallen, doubt): (f64, Option<Doubt>)) -> Self {
        Self { at, counted, fallen: without_noise(fallen), doubt, is_recalled: false }
    }

    /// What has fallen after the next reading, and what is in doubt then.
    fn after(self, counter: Counter, same_day: bool, at: Timestamp, counted: f64) -> (f64, Option<Doubt>) {
        let since_ms = at.since(self.at);
        let was = if same_day { self.fallen } else { 0.0 };
        let doubtful = |pending| Some(Doubt { since: at, before: self.counted, pending });
        let is_possible = |step: f64| step <= AT_ONCE_MM + HARDEST_MM_H * (since_ms as f64 / HOUR_MS as f64);
        let stepped = |step: f64| if is_possible(step) { (was + step, None) } else { (was, doubtful(0.0)) };
        let doubt = self.doubt.filter(|doubt| at.since(doubt.since) <= DOUBT_MS);
        match doubt {
            Some(_) if counted == self.counted && same_day => return (was, doubt),
            // The reading in between was corrupt.
            Some(Doubt { before, .. }) if counted >= before && (before > self.counted || counted < self.counted) => {
                return stepped(counted - before);
            }
            _ => {}
        }
        let may_have_doubted = self.is_recalled && counter == Counter::Daily && same_day && since_ms <= DOUBT_MS;
        let looks_reset = self.fallen >= BACK_FROM_MM && self.counted < self.fallen * RESET_BELOW;
        if may_have_doubted && looks_reset && counted >= self.fallen {
            return stepped(counted - self.fallen);
        }
        // What is in doubt at midnight is not the new day's.
        let pending = self.doubt.filter(|_| same_day).map_or(0.0, |doubt| doubt.pending);
        if counted < self.counted {
            return match counter {
                // It is midnight.
                Counter::Daily if !same_day => (was + counted, None),
                _ if counted < self.counted * RESET_BELOW => (was + pending, doubtful(counted)),
                _ => (was + pending, doubtful(0.0)),
            };
        }
        let step = counted - self.counted;
        if is_possible(step) { (was + pending + step, None) } else { (was + pending, doubtful(0.0)) }
    }
}

/// What a daily counter says that was not heard before on that day, if it can have fallen since midnight; else nothing, mm.
fn believed_since_midnight(zone: &Zone, at: Timestamp, counted: f64) -> f64 {
    let (midnight, _) = day::bounds(zone, day::date_at(zone, at));
    let hours = at.since(midnight) as f64 / HOUR_MS as f64;
    let most = UNHEARD_MAX_MM.min(AT_ONCE_MM + HARDEST_MM_H * hours);
    if counted <= most { counted } else { 0.0 }
}

/// Sums of tips of a bucket without the noise of adding them.
pub fn without_noise(mm: f64) -> f64 {
    (mm * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use proptest::prelude::*;

    fn berlin() -> Zone {
        Zone::inside("Europe/Berlin").expect("a zone")
    }

    fn local(text: &str) -> Timestamp {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").expect("a time");
        berlin().from_local_datetime(&naive).earliest().expect("it exists").into()
    }

    /// What has fallen, after each reading.
    fn fallen(counter: Counter, readings: &[(&str, f64)]) -> Vec<f64> {
        let mut newest = None;
        let each = readings.iter().map(|(at, counted)| {
            newest = Gauge::read(&berlin(), counter, newest, local(at), *counted);
            newest.expect("in order").fallen
        });
        each.collect()
    }

    #[test]
    fn a_counter_that_is_reset_late_does_not_bring_yesterdays_rain() {
        let readings = [
            ("2026-11-21 23:59:50", 5.3),
            ("2026-11-22 00:00:05", 5.3),
            ("2026-11-22 00:00:12", 0.0),
            ("2026-11-22 08:00:00", 0.6),
        ];
        assert_eq!(fallen(Counter::Daily, &readings), [5.3, 0.0, 0.0, 0.6]);
    }

    #[test]
    fn a_console_without_summer_time_resets_at_one_and_the_hour_counts_for_its_own_day() {
        let readings = [
            ("2026-06-21 23:55:00", 5.0),
            ("2026-06-22 00:30:00", 5.4),
            ("2026-06-22 00:59:00", 6.0),
            ("2026-06-22 01:04:00", 0.2),
            ("2026-06-22 09:00:00", 1.2),
        ];
        assert_eq!(
            fallen(Counter::Daily, &readings),
            [5.0, 0.4, 1.0, 1.0, 2.2],
            "a reset is believed at the next reading"
        );
    }

    #[test]
    fn a_reset_at_nine_or_at_a_restart_loses_nothing_and_invents_nothing() {
        let at_nine = [
            ("2026-11-22 07:00:00", 3.0),
            ("2026-11-22 08:59:00", 4.0),
            ("2026-11-22 09:01:00", 0.0),
            ("2026-11-22 10:00:00", 0.5),
            ("2026-11-22 23:59:00", 0.5),
            ("2026-11-23 00:01:00", 0.5),
        ];
        assert_eq!(fallen(Counter::Daily, &at_nine), [3.0, 4.0, 4.0, 4.5, 4.5, 0.0]);
        let early = [("2026-11-22 23:59:40", 5.3), ("2026-11-22 23:59:56", 0.0), ("2026-11-23 00:00:12", 0.0)];
        assert_eq!(fallen(Counter::Daily, &early), [5.3, 5.3, 0.0]);
    }

    #[test]
    fn a_counter_that_was_reset_late_may_exceed_what_had_fallen_before() {
        let at_nine = [
            ("2026-11-21 23:59:00", 5.0),
            ("2026-11-22 00:00:05", 5.0),
            ("2026-11-22 07:00:00", 5.5),
            ("2026-11-22 08:30:00", 6.0),
            ("2026-11-22 09:00:05", 0.0),
            ("2026-11-22 10:00:00", 0.5),
            ("2026-11-22 11:00:00", 2.0),
        ];
        assert_eq!(fallen(Counter::Daily, &at_nine)[1..], [0.0, 0.5, 1.0, 1.0, 1.5, 3.0]);
        let at_one = [
            ("2026-06-21 23:59:00", 5.0),
            ("2026-06-22 00:55:00", 5.5),
            ("2026-06-22 01:00:05", 0.0),
            ("2026-06-22 01:05:00", 0.2),
            ("2026-06-22 01:10:00", 0.4),
            ("2026-06-22 01:15:00", 0.8),
            ("2026-06-22 01:20:00", 1.6),
        ];
        assert_eq!(fallen(Counter::Daily, &at_one), [5.0, 0.5, 0.5, 0.7, 0.9, 1.3, 2.1]);
    }

    #[test]
    fn a_restart_after_a_late_reset_loses_no_rain() {
        let at = local("2026-11-22 10:00:00");
        let recalled = Gauge { is_recalled: true, ..Gauge::heard(at, 2.54, (3.556, None)) };
        let next = Gauge::read(&berlin(), Counter::Daily, Some(recalled), at.plus(HOUR_MS), 5.08).expect("in order");
        assert_eq!(next.fallen, 6.096);
    }

    #[test]
    fn one_corrupt_packet_is_no_rain() {
        let minute = |counts: [f64; 4]| {
            let times = ["10:00:00", "10:00:16", "10:00:32", "10:00:48"].map(|time| format!("2026-11-22 {time}"));
            let readings: Vec<_> = times.iter().map(String::as_str).zip(counts).collect();
            fallen(Counter::Daily, &readings)
        };
        assert_eq!(minute([0.0, 1270.0, 0.0, 0.2]), [0.0, 0.0, 0.0, 0.2]);
        assert_eq!(minute([0.6, 1270.0, 0.8, 1.0]), [0.6, 0.6, 0.8, 1.0], "what fell meanwhile counts");
        assert_eq!(minute([5.3, 0.0, 5.3, 5.5]), [5.3, 5.3, 5.3, 5.5], "a zero in between");
        assert_eq!(minute([5.3, 5.1, 5.3, 5.5]), [5.3, 5.3, 5.3, 5.5], "a small step back is no reset");
        assert_eq!(minute([2.0, 1270.0, 1270.0, 2.2]), [2.0, 2.0, 2.0, 2.2], "two of them");
    }

    #[test]
    fn two_gauges_of_one_name_do_not_make_rain_without_end() {
        for (one, other) in [(5.0, 0.8), (5.0, 1.2), (12.7, 2.03)] {
            let times: Vec<String> = (0..60).map(|minute| format!("2026-11-22 10:{minute:02}:00")).collect();
            let readings: Vec<_> = times.iter().map(String::as_str).zip([one, other].into_iter().cycle()).collect();
            let last = fallen(Counter::Daily, &readings).pop();
            assert_eq!(last, Some(one), "{one} and {other}");
        }
    }

    #[test]
    fn a_restart_in_the_midst_of_a_doubt_makes_no_rain() {
        let at = local("2026-11-22 10:00:00");
        let forgot = Gauge { at, counted: 0.0, fallen: 5.3, doubt: None, is_recalled: true };
        let back = Gauge::read(&berlin(), Counter::Daily, Some(forgot), at.plus(16_000), 5.3).expect("in order");
        assert_eq!(back.fallen, 5.3);
    }

    #[test]
    fn a_silence_over_midnight_hides_the_reset() {
        let readings = [("2026-11-21 14:00:00", 5.3), ("2026-11-22 10:00:00", 6.0)];
        assert_eq!(fallen(Counter::Daily, &readings), [5.3, 6.0]);
        let early = [("2026-11-21 23:59:00", 5.3), ("2026-11-21 23:59:56", 0.0), ("2026-11-22 10:00:00", 6.0)];
        assert_eq!(fallen(Counter::Daily, &early), [5.3, 5.3, 6.0], "a reset that was early");
    }

    #[test]
    fn a_first_reading_that_cannot_have_fallen_is_no_rain() {
        let day = |counts: [f64; 3]| {
            let times = ["2026-11-22 12:00:00", "2026-11-22 12:05:00", "2026-11-22 12:10:00"];
            fallen(Counter::Daily, &times.into_iter().zip(counts).collect::<Vec<_>>())
        };
        assert_eq!(day([480.0, 480.2, 480.2]), [480.0, 480.2, 480.2], "a storm");
        assert_eq!(
            day([1270.0, 0.2, 0.4]),
            [0.0, 0.0, 0.4],
            "a corrupt packet: what is there after it counts with the next reading"
        );
        assert_eq!(day([1270.0, 1270.0, 1270.2]), [0.0, 0.0, 0.2], "a counter that nobody ever resets");
        let night = [("2026-11-22 00:02:00", 300.0), ("2026-11-22 00:07:00", 300.2)];
        assert_eq!(fallen(Counter::Daily, &night), [0.0, 0.2], "nobody has had that in two minutes");
        let silent = [("2026-11-21 14:00:00", 5.3), ("2026-11-22 10:00:00", 1270.0), ("2026-11-22 10:05:00", 6.2)];
        assert_eq!(fallen(Counter::Daily, &silent)[..2], [5.3, 0.0], "after a silence");
    }

    #[test]
    fn a_total_counts_from_what_is_known() {
        let readings = [
            ("2026-11-21 22:00:00", 812.8),
            ("2026-11-21 23:00:00", 813.8),
            ("2026-11-22 00:10:00", 814.3),
            ("2026-11-22 01:00:00", 0.0),
            ("2026-11-22 02:00:00", 0.3),
        ];
        assert_eq!(fallen(Counter::Total, &readings), [0.0, 1.0, 0.5, 0.5, 0.8]);
    }

    #[test]
    fn a_late_reading_says_no_more_than_the_newest() {
        let newest = Gauge::heard(local("2026-11-22 00:00:14"), 0.0, (0.0, None));
        let read = |counter, at: &str, counted| {
            Gauge::read(&berlin(), counter, Some(newest), local(at), counted).map(|gauge| gauge.fallen)
        };
        assert_eq!(read(Counter::Daily, "2026-11-22 00:00:00", 5.3), Some(0.0), "an archive record of midnight");
        assert_eq!(read(Counter::Daily, "2026-11-21 23:59:00", 5.3), Some(5.3));
        assert_eq!(read(Counter::Total, "2026-11-21 23:59:00", 5.3), None);
    }

    proptest! {
        #[test]
        fn within_a_day_rain_only_grows_and_never_beyond_what_can_fall(
            counts in prop::collection::vec((0..3_000u16, 1..4_000i64), 1..60),
        ) {
            for counter in [Counter::Daily, Counter::Total] {
                let mut at = local("2026-11-22 00:00:00");
                let mut newest: Option<Gauge> = None;
                for (tenths, seconds) in &counts {
                    at = at.plus(seconds * 1_000);
                    let gauge = Gauge::read(&berlin(), counter, newest, at, f64::from(*tenths) / 10.0).expect("in order");
                    if let Some(before) = newest && day::date_at(&berlin(), before.at) == day::date_at(&berlin(), at) {
                        let hours = at.since(before.at) as f64 / HOUR_MS as f64;
                        prop_assert!(gauge.fallen >= before.fallen);
                        let pending = before.doubt.map_or(0.0, |doubt| doubt.pending);
                        let most = AT_ONCE_MM + HARDEST_MM_H * hours + pending;
                        prop_assert!(gauge.fallen - before.fallen <= most + 1e-6 );
                    }
                    newest = Some(gauge);
                }
            }
        }
    }
}
