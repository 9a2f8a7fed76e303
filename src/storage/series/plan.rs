//! Which spans a series has, and what they are made of. Pure.

use super::MadeOf;
use crate::storage::seam::Stretch;
use chrono::{Days, NaiveDate, Timelike};
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
use weather::zone::Zone;
use weather::{day, hour};

/// Lengths of spans below an hour, ms. Each divides an hour, or nearly all of them do: spans begin where the local hour does.
const PARTS_MS: [i64; 29] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND_MS,
    2 * SECOND_MS,
    3 * SECOND_MS,
    4 * SECOND_MS,
    5 * SECOND_MS,
    6 * SECOND_MS,
    10 * SECOND_MS,
    12 * SECOND_MS,
    15 * SECOND_MS,
    20 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    3 * MINUTE_MS,
    4 * MINUTE_MS,
    5 * MINUTE_MS,
    6 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
];
/// Hours that are taken together: such numbers divide a day, so that no span has parts of two days.
const HOURS: [u32; 7] = [1, 2, 3, 4, 6, 8, 12];

/// The spans of a series: they follow each other.
pub(super) struct Plan {
    pub made_of: MadeOf,
    pub spans: Vec<Stretch>,
}

impl Plan {
    /// The shortest spans of which no more than `points` touch the stretch, which is not empty.
    pub(super) fn of(zone: &Zone, stretch: Stretch, points: usize) -> Self {
        let parts = PARTS_MS.into_iter().filter(|width| fits(stretch, *width, points));
        let mut parts = parts.map(|width_ms| in_parts(zone, stretch, width_ms, points));
        match parts.find_map(|spans| spans) {
            Some(spans) => Self { made_of: MadeOf::Readings, spans },
            None => Self::of_hours(zone, stretch, points),
        }
    }

    /// The same of whole hours or days.
    pub(super) fn of_hours(zone: &Zone, stretch: Stretch, points: usize) -> Self {
        let hours = HOURS.into_iter().filter(|hours| fits(stretch, HOUR_MS * i64::from(*hours), points));
        match hours.map(|hours| in_hours(zone, stretch, hours, points)).find_map(|spans| spans) {
            Some(spans) => Self { made_of: MadeOf::Hours, spans },
            None => Self { made_of: MadeOf::Days, spans: in_days(zone, stretch, points) },
        }
    }

    /// All of its spans.
    pub(super) fn whole(&self) -> Option<Stretch> {
        Some(Stretch { from: self.spans.first()?.from, to: self.spans.last()?.to })
    }
}

/// False if so many spans surely do not do.
fn fits(stretch: Stretch, width_ms: i64, points: usize) -> bool {
    i64::try_from(points).is_ok_and(|points| stretch.to.since(stretch.from) / width_ms <= points)
}

/// `None` if there are more than `points`.
fn in_parts(zone: &Zone, stretch: Stretch, width_ms: i64, points: usize) -> Option<Vec<Stretch>> {
    let mut spans = Vec::new();
    for (from, to) in hour::between(zone, stretch.from, stretch.to) {
        // The first that touches the stretch.
        let before = stretch.from.max(from).since(from) / width_ms;
        let mut start = from.plus(before * width_ms);
        while start < to.min(stretch.to) {
            let end = start.plus(width_ms).min(to);
            spans.push(Stretch { from: start, to: end });
            start = end;
        }
        if spans.len() > points {
            return None;
        }
    }
    Some(spans)
}

fn in_hours(zone: &Zone, stretch: Stretch, hours: u32, points: usize) -> Option<Vec<Stretch>> {
    let group = |at: Timestamp| {
        let local = at.to_utc().with_timezone(zone);
        (local.date_naive(), local.hour() / hours)
    };
    // The stretch is widened to whole groups.
    let (mut from, mut to) = (stretch.from, stretch.to);
    while hours > 1 && group(hour::bounds(zone, from).0.plus(-1)) == group(from) {
        from = hour::bounds(zone, from).0.plus(-1);
    }
    while hours > 1 && group(hour::bounds(zone, to.plus(-1)).1) == group(to.plus(-1)) {
        to = hour::bounds(zone, to.plus(-1)).1.plus(1);
    }
    let mut spans: Vec<Stretch> = Vec::new();
    let mut last = None;
    for (from, to) in hour::between(zone, from, to) {
        let of = group(from);
        match spans.last_mut() {
            Some(span) if hours > 1 && last == Some(of) => span.to = to,
            _ => spans.push(Stretch { from, to }),
        }
        last = Some(of);
        if spans.len() > points {
            return None;
        }
    }
    Some(spans)
}

/// As many days together as it takes, from the first one on.
fn in_days(zone: &Zone, stretch: Stretch, points: usize) -> Vec<Stretch> {
    let (first, last) = dates(zone, stretch);
    let number = last.signed_duration_since(first).num_days().unsigned_abs() + 1;
    let together = number.div_ceil(points.max(1) as u64);
    let mut spans = Vec::new();
    let mut next = Some(first);
    while let Some(date) = next.filter(|date| *date <= last) {
        next = date.checked_add_days(Days::new(together));
        let (from, _) = day::bounds(zone, date);
        let to = next.map_or(from.plus(DAY_MS), |next| day::bounds(zone, next).0);
        spans.push(Stretch { from, to });
    }
    // A day that a zone skipped is none.
    spans.retain(|span| span.from < span.to);
    spans
}

/// The first and the last local day that a stretch touches.
pub(super) fn dates(zone: &Zone, stretch: Stretch) -> (NaiveDate, NaiveDate) {
    (day::date_at(zone, stretch.from), day::date_at(zone, stretch.to.plus(-1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::inside(name).expect("a zone")
    }

    /// 2026-10-24 00:00 in Berlin; the night after it has an hour more.
    const START: Timestamp = Timestamp(1_792_792_800_000);

    fn plan(zone: &Zone, ms: i64, points: usize) -> (MadeOf, Vec<Stretch>) {
        let plan = Plan::of(zone, Stretch { from: START, to: START.plus(ms) }, points);
        (plan.made_of, plan.spans)
    }

    #[test]
    fn spans_grow_with_the_stretch() {
        let berlin = zone("Europe/Berlin");
        let lengths = |ms, points| {
            let (made_of, spans) = plan(&berlin, ms, points);
            (made_of, spans[0].to.since(spans[0].from) / MINUTE_MS, spans.len())
        };
        assert_eq!(lengths(DAY_MS, 500), (MadeOf::Readings, 3, 480));
        assert_eq!(lengths(DAY_MS, 24), (MadeOf::Hours, 60, 24));
        assert_eq!(lengths(30 * DAY_MS, 500), (MadeOf::Hours, 120, 360));
        assert_eq!(lengths(365 * DAY_MS, 500), (MadeOf::Days, 24 * 60, 365));
        assert_eq!(lengths(3_652 * DAY_MS, 500).2, 457, "eight days each");
        assert_eq!(lengths(1, 1), (MadeOf::Readings, 0, 1));
    }

    #[test]
    fn the_night_with_an_hour_more_has_a_span_more() {
        let berlin = zone("Europe/Berlin");
        let (made_of, spans) = plan(&berlin, 49 * HOUR_MS, 60);
        assert_eq!((made_of, spans.len()), (MadeOf::Hours, 49));
        let (_, spans) = plan(&berlin, 49 * HOUR_MS, 40);
        let hours: Vec<_> = spans.iter().map(|span| span.to.since(span.from) / HOUR_MS).collect();
        assert_eq!(hours.iter().sum::<i64>(), 49);
        assert_eq!(hours[12..14], [2, 3], "from midnight to two, and from two to four over three o'clock twice");
    }

    proptest! {
        #[test]
        fn no_more_spans_than_points_cover_the_stretch_and_have_parts_of_one_day(
            at in 0_i64..2_000_000_000_000,
            exponent in 0_u32..42,
            part in 0.5..1.0,
            points in 1_usize..1_500,
            name in 0_usize..5,
        ) {
            let zone = zone(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"][name]);
            let length = ((1_i64 << exponent) as f64 * part) as i64 + 1;
            let stretch = Stretch { from: Timestamp(at), to: Timestamp(at).plus(length) };
            let plan = Plan::of(&zone, stretch, points);
            prop_assert!(!plan.spans.is_empty() && plan.spans.len() <= points, "{} spans", plan.spans.len());
            prop_assert!(plan.spans.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert!(plan.spans[0].from <= stretch.from && stretch.from < plan.spans[0].to);
            let last = plan.spans[plan.spans.len() - 1];
            prop_assert!(last.from < stretch.to && stretch.to <= last.to);
            for span in &plan.spans {
                let (first, last) = dates(&zone, *span);
                prop_assert!(plan.made_of == MadeOf::Days || first == last, "{:?}", span);
                prop_assert!(plan.made_of != MadeOf::Days || day::bounds(&zone, first).0 == span.from);
                let is_hour = |at| hour::bounds(&zone, at).0 == at;
                prop_assert!(plan.made_of == MadeOf::Readings || (is_hour(span.from) && is_hour(span.to)));
            }
        }
    }
}
