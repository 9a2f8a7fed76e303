//! Amounts that fell, summed up over round times of the station's clock.

use super::window::Window;
use crate::pages::clock;
use crate::storage::Span;
use chrono::{Datelike, Days, Months, NaiveDate, Timelike};
use weather::day;
use weather::time::{DAY_MS, HOUR_MS, Timestamp};
use weather::zone::Zone;

/// Bars of one picture, at most: on a phone each is two pixels wide.
const BARS_MAX: i64 = 130;

/// What fell within some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
    /// How much, canonical unit.
    pub amount: f64,
    /// Of how many readings.
    pub count: u32,
}

/// The time that a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Hours(u32),
    Day,
    Week,
    Month,
    Year,
}

/// All widths, the narrowest first.
const WIDTHS: [Width; 6] = [Width::Hours(1), Width::Hours(3), Width::Day, Width::Week, Width::Month, Width::Year];

impl Width {
    /// What people read: `Rain by the hour`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hours(1) => "by the hour",
            Self::Hours(_) => "in three hours",
            Self::Day => "by the day",
            Self::Week => "by the week",
            Self::Month => "by the month",
            Self::Year => "by the year",
        }
    }

    /// About.
    fn length_ms(self) -> i64 {
        match self {
            Self::Hours(hours) => i64::from(hours) * HOUR_MS,
            Self::Day => DAY_MS,
            Self::Week => 7 * DAY_MS,
            Self::Month => 30 * DAY_MS,
            Self::Year => 365 * DAY_MS,
        }
    }

    /// The narrowest that a picture has room for, and that holds a whole span.
    pub(crate) fn of(window: Window, spans: &[Span]) -> Self {
        /// A local day has an hour more or less.
        const SLACK_MS: i64 = HOUR_MS;
        let span_ms = spans.iter().map(|span| span.to.since(span.from)).max().unwrap_or(0);
        let fits = |width: &Self| {
            window.length_ms() / width.length_ms() <= BARS_MAX && span_ms <= width.length_ms() + SLACK_MS
        };
        WIDTHS.into_iter().find(fits).unwrap_or(Width::Year)
    }

    /// The bounds of the time that an instant lies in.
    fn bounds(self, zone: &Zone, at: Timestamp) -> (Timestamp, Timestamp) {
        let date = day::date_at(zone, at);
        let days = |first: Option<NaiveDate>, end: Option<NaiveDate>| {
            (day::bounds(zone, first.unwrap_or(date)).0, day::bounds(zone, end.unwrap_or(date)).0)
        };
        match self {
            Self::Hours(hours) => {
                let start = clock::hour_start(zone, at);
                let start = start.plus(-i64::from(clock::local(zone, at).hour() % hours) * HOUR_MS);
                (start, start.plus(self.length_ms()))
            }
            Self::Day => day::bounds(zone, date),
            Self::Week => {
                let monday = date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday())));
                days(monday, monday.and_then(|monday| monday.checked_add_days(Days::new(7))))
            }
            Self::Month => {
                let first = date.with_day(1);
                days(first, first.and_then(|first| first.checked_add_months(Months::new(1))))
            }
            Self::Year => days(date.with_ordinal(1), NaiveDate::from_ymd_opt(date.year() + 1, 1, 1)),
        }
    }
}

/// Sums up what fell. A span counts where it begins; one without an amount says nothing.
pub(crate) fn bars(spans: &[Span], width: Width, zone: &Zone) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for span in spans {
        let Some(amount) = span.amount else { continue };
        match bars.last_mut().filter(|bar| span.from < bar.to) {
            Some(bar) => {
                bar.amount += amount;
                bar.count = bar.count.saturating_add(span.count);
            }
            None => {
                let (from, to) = width.bounds(zone, span.from);
                bars.push(Bar { from, to, amount, count: span.count });
            }
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from(chrono::DateTime::parse_from_rfc3339(text).expect("a time"))
    }

    fn fell(from: Timestamp, minutes: i64, amount: Option<f64>) -> Span {
        Span { from, to: from.plus(minutes * 60_000), mean: 0.0, min: 0.0, max: 0.0, count: 2, amount }
    }

    #[test]
    fn what_fell_is_summed_up_by_local_days() {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let midnight = at("2026-11-21T23:00:00Z");
        let spans = [
            fell(midnight.plus(-HOUR_MS), 60, Some(1.5)),
            fell(midnight, 60, Some(0.5)),
            fell(midnight.plus(5 * HOUR_MS), 60, None),
            fell(midnight.plus(6 * HOUR_MS), 60, Some(2.0)),
        ];
        let bars = bars(&spans, Width::Day, &berlin);
        let amounts: Vec<(f64, u32)> = bars.iter().map(|bar| (bar.amount, bar.count)).collect();
        assert_eq!(amounts, [(1.5, 2), (2.5, 4)]);
        assert_eq!((bars[1].from, bars[1].to), (midnight, midnight.plus(DAY_MS)));
    }

    #[test]
    fn bars_are_as_wide_as_the_window_and_the_spans_ask() {
        let over = |days: i64| Window { from: Timestamp(0), to: Timestamp(days * DAY_MS) };
        for (days, width) in [
            (1, "by the hour"),
            (7, "in three hours"),
            (30, "by the day"),
            (365, "by the week"),
            (3_650, "by the month"),
            (20_000, "by the year"),
        ] {
            assert_eq!(Width::of(over(days), &[]).name(), width, "{days} days");
        }
        assert_eq!(Width::of(over(1), &[fell(Timestamp(0), 25 * 60, None)]), Width::Day, "a long local day");
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        let (from, to) = Width::Week.bounds(&berlin, at("2026-11-22T14:18:00Z"));
        assert_eq!((from, to), (at("2026-11-15T23:00:00Z"), at("2026-11-22T23:00:00Z")));
        assert_eq!(Width::Hours(3).bounds(&berlin, at("2026-11-22T14:18:00Z")).0, at("2026-11-22T14:00:00Z"));
    }
}
