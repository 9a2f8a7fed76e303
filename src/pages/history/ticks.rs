//! Places on the axis of time: round times of the station's clock, as many as there is room for.

use super::window::Window;
use crate::pages::chart::{Tick, percent};
use crate::pages::clock;
use chrono::{Datelike, Days, Months, NaiveDate, Timelike};
use weather::day;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// Labels below a picture, at most.
const TICKS_MAX: i64 = 9;
/// Labels closer than this to an edge would be cut, percent.
const MARGIN_PERCENT: f64 = 1.5;

/// What lies between two labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Minutes(u32),
    Days(u32),
    Months(u32),
    Years(i32),
}

/// All steps, the finest first.
const STEPS: [Step; 23] = [
    Step::Minutes(1),
    Step::Minutes(5),
    Step::Minutes(15),
    Step::Minutes(30),
    Step::Minutes(60),
    Step::Minutes(180),
    Step::Minutes(360),
    Step::Minutes(720),
    Step::Days(1),
    Step::Days(2),
    Step::Days(4),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
    Step::Years(50),
];

impl Step {
    fn length_ms(self) -> i64 {
        /// About a month; it only tells how many there are.
        const MONTH_MS: i64 = 30 * DAY_MS;
        match self {
            Self::Minutes(minutes) => i64::from(minutes) * MINUTE_MS,
            Self::Days(days) => i64::from(days) * DAY_MS,
            Self::Months(months) => i64::from(months) * MONTH_MS,
            Self::Years(years) => i64::from(years) * 12 * MONTH_MS,
        }
    }

    /// The finest that does not give too many.
    fn for_window(window: Window) -> Self {
        let fits = |step: &Self| window.length_ms() / step.length_ms() <= TICKS_MAX;
        STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1])
    }
}

/// A round time: the instant, its label, and whether it is more than others.
pub(crate) type Round = (Timestamp, String, bool);

/// The round times of a window.
pub(crate) fn rounds(window: Window, zone: &Zone) -> Vec<Round> {
    match Step::for_window(window) {
        Step::Minutes(minutes) => of_hours(window, zone, minutes),
        step => of_days(window, zone, step),
    }
}

/// The labels below a picture of this window.
pub(crate) fn shown(window: Window, zone: &Zone) -> Vec<Tick> {
    let shown = |(at, label, strong): Round| {
        let part = window.part(at);
        let inside = (MARGIN_PERCENT..=100.0 - MARGIN_PERCENT).contains(&(part * 100.0));
        inside.then(|| Tick { at: percent(part), label, strong })
    };
    rounds(window, zone).into_iter().filter_map(shown).collect()
}

/// Round times of the clock. Where the clocks go back, an hour comes twice and is labelled once.
fn of_hours(window: Window, zone: &Zone, minutes: u32) -> Vec<Round> {
    /// Zones differ from UTC by whole quarters of an hour.
    const QUARTER_MINUTES: u32 = 15;
    let stride_ms = i64::from(minutes.min(QUARTER_MINUTES)) * MINUTE_MS;
    let mut times: Vec<Round> = Vec::new();
    let mut at = Timestamp((window.from.0.div_euclid(stride_ms) + 1) * stride_ms);
    while at < window.to {
        let clock = clock::local(zone, at);
        let of_day = clock.hour() * 60 + clock.minute();
        let again = times.last().is_some_and(|(last, ..)| minutes > 60 && at.since(*last) <= HOUR_MS);
        if of_day.is_multiple_of(minutes) && !again {
            let midnight = of_day == 0;
            let label = clock.format(if midnight { "%a %-d" } else { "%H:%M" }).to_string();
            times.push((at, label, midnight));
        }
        at = at.plus(stride_ms);
    }
    times
}

/// Round local days.
fn of_days(window: Window, zone: &Zone, step: Step) -> Vec<Round> {
    let first = day::date_at(zone, window.from);
    let mut times = Vec::new();
    let mut date = Some(begin(first, step));
    while let Some(one) = date {
        let (at, _) = day::bounds(zone, one);
        if at >= window.to {
            break;
        }
        let year = one.ordinal() == 1;
        let form = match step {
            Step::Years(_) => "%Y",
            Step::Months(_) if year => "%Y",
            Step::Months(_) => "%b",
            _ => "%-d %b",
        };
        if at >= window.from {
            times.push((at, one.format(form).to_string(), year && !matches!(step, Step::Years(_))));
        }
        date = match step {
            Step::Days(days) => one.checked_add_days(Days::new(u64::from(days))),
            Step::Months(months) => one.checked_add_months(Months::new(months)),
            Step::Years(years) => NaiveDate::from_ymd_opt(one.year() + years, 1, 1),
            Step::Minutes(_) => None,
        };
    }
    times
}

/// The first round day that is not later. Weeks begin on Monday.
fn begin(date: NaiveDate, step: Step) -> NaiveDate {
    let round = match step {
        Step::Minutes(_) | Step::Days(1..=6) => Some(date),
        Step::Days(_) => date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))),
        Step::Months(months) => NaiveDate::from_ymd_opt(date.year(), date.month0() / months * months + 1, 1),
        Step::Years(years) => NaiveDate::from_ymd_opt(date.year().div_euclid(years) * years, 1, 1),
    };
    round.unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str) -> Vec<String> {
        let at = |text: &str| Timestamp::from(chrono::DateTime::parse_from_rfc3339(text).expect("a time"));
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        shown(Window { from: at(from), to: at(to) }, &berlin).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn labels_are_round_times_of_the_stations_clock() {
        assert_eq!(
            labels("2026-11-21T14:18:00Z", "2026-11-22T14:18:00Z").join(" "),
            "18:00 21:00 Sun 22 03:00 06:00 09:00 12:00"
        );
        assert_eq!(labels("2026-11-22T14:01:00Z", "2026-11-22T14:08:30Z").len(), 7);
        assert_eq!(labels("2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z")[0], "17 Nov");
        let year = labels("2025-11-22T00:00:00Z", "2026-11-22T00:00:00Z");
        assert_eq!(year.join(" "), "2026 Mar May Jul Sep Nov");
        assert_eq!(labels("2001-06-01T00:00:00Z", "2026-06-01T00:00:00Z").join(" "), "2005 2010 2015 2020 2025");
        assert!(labels("1700-01-02T00:00:00Z", "2262-01-01T00:00:00Z").len() > 3);
    }

    #[test]
    fn where_the_clocks_change_no_label_comes_twice() {
        let back = labels("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        assert_eq!(back.join(" "), "03:00 06:00 09:00 12:00 15:00 18:00 21:00");
        let on = labels("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
        assert_eq!(on.join(" "), "03:00 06:00 09:00 12:00 15:00 18:00 21:00");
    }
}
