//! Which days or hours a question is about, and what they are called in the answer.

use super::clock;
use super::tokens::{Token, Tokens};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;
use weather::day;
use weather::time::{HOUR_MS, Timestamp};

/// A stretch of the past, as it was said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Period {
    /// Since midnight.
    Today,
    /// The day before.
    Yesterday,
    /// The day before that.
    DayBeforeYesterday,
    /// This calendar week, from Monday, or one of those before.
    Week {
        /// How many before this one.
        ago: u32,
    },
    /// This calendar month, or one of those before.
    Month {
        /// How many before this one.
        ago: u32,
    },
    /// This year so far.
    Year,
    /// From the newest such day on.
    Since(Weekday),
    /// From that date on.
    SinceDate(NaiveDate),
    /// The newest such day; not today if it was called the last one.
    On(Weekday, bool),
    /// That date.
    OnDate(NaiveDate),
    /// So many days, today included.
    LastDays(u32),
    /// So many hours up to now.
    LastHours(u32),
    /// From six in the evening to nine in the morning.
    LastNight,
    /// From midnight, or six in the morning, to noon.
    ThisMorning,
}

/// A period on the calendar or on the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stretch {
    /// Whole local days, both included.
    Days(NaiveDate, NaiveDate),
    /// From one instant (inclusive) to another (exclusive).
    Hours(Timestamp, Timestamp),
}

/// Days that are looked back at most: ten years.
const DAYS_MAX: u32 = 3_660;
/// Hours that are looked at one by one; more are days.
const HOURS_MAX: u32 = 48;

const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("monday", "mondays", Weekday::Mon),
    ("tuesday", "tuesdays", Weekday::Tue),
    ("wednesday", "wednesdays", Weekday::Wed),
    ("thursday", "thursdays", Weekday::Thu),
    ("friday", "fridays", Weekday::Fri),
    ("saturday", "saturdays", Weekday::Sat),
    ("sunday", "sundays", Weekday::Sun),
];

pub(super) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Period {
    /// The period a sentence names, if it does. `today` is the date there.
    pub fn find(tokens: &Tokens, today: NaiveDate) -> Option<Self> {
        let since = tokens.find(&["since", "from"]);
        if let Some(date) = date(tokens, today) {
            return Some(if since.is_some() { Self::SinceDate(date) } else { Self::OnDate(date) });
        }
        if let Some((place, day)) = weekday(tokens) {
            let last = place > 0 && matches!(tokens.at(place - 1), Some("last" | "past"));
            return Some(if since.is_some_and(|since| since < place) { Self::Since(day) } else { Self::On(day, last) });
        }
        if tokens.phrase(&["day", "before", "yesterday"]) {
            return Some(Self::DayBeforeYesterday);
        }
        if tokens.any(&["yesterday", "yesterdays"]) {
            let yesterday = today.pred_opt().unwrap_or(today);
            return Some(if since.is_some() { Self::SinceDate(yesterday) } else { Self::Yesterday });
        }
        if tokens.phrase(&["last", "night"]) || tokens.phrase(&["over", "night"]) || tokens.any(&["overnight"]) {
            return Some(Self::LastNight);
        }
        if tokens.phrase(&["this", "morning"]) {
            return Some(Self::ThisMorning);
        }
        counted(tokens).or_else(|| calendar(tokens))
    }

    /// True if it is all that is known.
    pub fn is_ever(self) -> bool {
        matches!(self, Self::LastDays(DAYS_MAX))
    }

    /// The days or hours that it means now.
    pub fn stretch(self, zone: Tz, now: Timestamp) -> Stretch {
        let today = day::date_at(zone, now);
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        let since_monday = u64::from(today.weekday().num_days_from_monday());
        let newest =
            |day: Weekday| u64::from((7 + today.weekday().num_days_from_monday() - day.num_days_from_monday()) % 7);
        match self {
            Self::Today => Stretch::Days(today, today),
            Self::Yesterday => Stretch::Days(back(1), back(1)),
            Self::DayBeforeYesterday => Stretch::Days(back(2), back(2)),
            Self::Week { ago: 0 } => Stretch::Days(back(since_monday), today),
            Self::Week { ago } => {
                let monday = since_monday + 7 * u64::from(ago);
                Stretch::Days(back(monday), back(monday - 6))
            }
            Self::Month { ago } => {
                let first = today.with_day(1).unwrap_or(today);
                let from = first.checked_sub_months(Months::new(ago)).unwrap_or(first);
                let next = from.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(today);
                Stretch::Days(from, next.min(today))
            }
            Self::Year => Stretch::Days(NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today), today),
            Self::Since(day) => Stretch::Days(back(newest(day)), today),
            Self::SinceDate(date) => Stretch::Days(date.max(back(u64::from(DAYS_MAX))), today),
            Self::On(day, last) => {
                let days = match newest(day) {
                    0 if last => 7,
                    days => days,
                };
                Stretch::Days(back(days), back(days))
            }
            Self::OnDate(date) => Stretch::Days(date, date),
            Self::LastDays(days) => Stretch::Days(back(u64::from(days.saturating_sub(1))), today),
            Self::LastHours(hours) => Stretch::Hours(now.plus(-i64::from(hours) * HOUR_MS), now.plus(1)),
            Self::LastNight => {
                let (evening, morning) = (at_hour(zone, back(1), 18), at_hour(zone, today, 9));
                Stretch::Hours(evening, morning.min(now.plus(1)))
            }
            Self::ThisMorning => {
                Stretch::Hours(at_hour(zone, today, 6).min(now), at_hour(zone, today, 12).min(now.plus(1)))
            }
        }
    }

    /// What it is called inside a sentence: `today`, `this week`, `since Monday`.
    pub fn name(self) -> String {
        match self {
            Self::Today => "today".into(),
            Self::Yesterday => "yesterday".into(),
            Self::DayBeforeYesterday => "the day before yesterday".into(),
            Self::Week { ago: 0 } => "this week".into(),
            Self::Week { ago: 1 } => "last week".into(),
            Self::Week { ago } => format!("{ago} weeks ago"),
            Self::Month { ago: 0 } => "this month".into(),
            Self::Month { ago: 1 } => "last month".into(),
            Self::Month { ago } => format!("{ago} months ago"),
            Self::Year => "this year".into(),
            Self::Since(day) => format!("since {}", clock::weekday(day)),
            Self::SinceDate(date) => format!("since {}", clock::date(date)),
            Self::On(day, last) => format!("{} {}", if last { "last" } else { "on" }, clock::weekday(day)),
            Self::OnDate(date) => format!("on {}", clock::date(date)),
            Self::LastDays(1) => "today".into(),
            Self::LastDays(DAYS_MAX) => "ever".into(),
            Self::LastDays(days) => format!("in the last {days} days"),
            Self::LastHours(1) => "in the last hour".into(),
            Self::LastHours(hours) => format!("in the last {hours} hours"),
            Self::LastNight => "last night".into(),
            Self::ThisMorning => "this morning".into(),
        }
    }
}

fn at_hour(zone: Tz, date: NaiveDate, hour: u32) -> Timestamp {
    let (midnight, _) = day::bounds(zone, date);
    let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    // An hour that the clocks skip is counted from midnight.
    zone.from_local_datetime(&date.and_time(time))
        .earliest()
        .map_or(midnight.plus(i64::from(hour) * HOUR_MS), Timestamp::from)
}

fn weekday(tokens: &Tokens) -> Option<(usize, Weekday)> {
    WEEKDAYS.iter().find_map(|(name, many, day)| Some((tokens.find(&[name, many])?, *day)))
}

/// `2026-11-14`, `14 November`, `November 14th, 2025`; without a year, the newest that is not ahead.
pub(super) fn date(tokens: &Tokens, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(date) =
        tokens.all.iter().find_map(|token| if let Token::Date(date) = token { Some(*date) } else { None })
    {
        return Some(date);
    }
    let (place, month) = (0..tokens.all.len()).find_map(|place| {
        let month = MONTHS.iter().position(|month| tokens.at(place) == Some(month))?;
        Some((place, month as u32 + 1))
    })?;
    let day = |place: usize| tokens.number_at(place).filter(|day| (1.0..=31.0).contains(day)).map(|day| day as u32);
    let ordinal = |place: usize| matches!(tokens.at(place), Some("of" | "st" | "nd" | "rd" | "th"));
    let before = (1..=3).filter_map(|back| place.checked_sub(back)).take_while(|&at| day(at).is_some() || ordinal(at));
    let day = before.filter_map(day).next().or_else(|| day(place + 1))?;
    let is_year = |year: &f64| (1900.0..=2200.0).contains(year);
    let year = tokens.numbers().find(is_year).map(|year| year as i32);
    let date = NaiveDate::from_ymd_opt(year.unwrap_or(today.year()), month, day)?;
    match year {
        None if date > today => NaiveDate::from_ymd_opt(today.year() - 1, month, day),
        _ => Some(date),
    }
}

/// `the last 3 days`, `past 24 hours`, `last hour`.
fn counted(tokens: &Tokens) -> Option<Period> {
    let (place, hours_each) = (0..tokens.all.len()).find_map(|place| match tokens.at(place)? {
        "hour" | "hours" | "h" => Some((place, 1)),
        "day" | "days" => Some((place, 24)),
        "weeks" => Some((place, 7 * 24)),
        "months" => Some((place, 30 * 24)),
        _ => None,
    })?;
    let count = place.checked_sub(1).and_then(|before| tokens.number_at(before));
    let said_last = tokens.find(&["last", "past", "previous"]).is_some_and(|last| last < place);
    let count = match count {
        Some(count) if count >= 1.0 => count.min(f64::from(DAYS_MAX)) as u32,
        None if said_last => 1,
        _ => return None,
    };
    match (hours_each, count) {
        (1, hours) if hours <= HOURS_MAX => Some(Period::LastHours(hours)),
        (1, hours) => Some(Period::LastDays(hours.div_ceil(24))),
        (24, 1) => Some(Period::LastHours(24)),
        (each, count) => Some(Period::LastDays((count * (each / 24)).min(DAYS_MAX))),
    }
}

fn calendar(tokens: &Tokens) -> Option<Period> {
    let ago = u32::from(tokens.any(&["last", "previous", "past"]));
    if tokens.any(&["week", "weeks", "weekly"]) {
        return Some(Period::Week { ago });
    }
    if tokens.any(&["month", "months", "monthly"]) {
        return Some(Period::Month { ago });
    }
    if tokens.any(&["ever", "record", "records"]) || (tokens.any(&["year", "yearly"]) && ago == 1) {
        return Some(Period::LastDays(if tokens.any(&["year"]) { 365 } else { DAYS_MAX }));
    }
    if tokens.any(&["year", "yearly"]) {
        return Some(Period::Year);
    }
    tokens.any(&["today", "todays", "tonight", "daily", "midnight"]).then_some(Period::Today)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 12:00 UTC, a Sunday; 13:00 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_348_800_000);
    const BERLIN: Tz = Tz::Europe__Berlin;

    fn days(text: &str) -> Option<(String, String)> {
        let period = Period::find(&Tokens::of(text), day::date_at(BERLIN, NOW))?;
        match period.stretch(BERLIN, NOW) {
            Stretch::Days(from, to) => Some((from.to_string(), to.to_string())),
            Stretch::Hours(from, to) => Some((from.rfc3339(), to.rfc3339())),
        }
    }

    #[test]
    fn days_are_the_stations() {
        for (text, from, to) in [
            ("high today", "2026-11-22", "2026-11-22"),
            ("rain yesterday", "2026-11-21", "2026-11-21"),
            ("the day before yesterday", "2026-11-20", "2026-11-20"),
            ("this week", "2026-11-16", "2026-11-22"),
            ("last week", "2026-11-09", "2026-11-15"),
            ("this month", "2026-11-01", "2026-11-22"),
            ("last month", "2026-10-01", "2026-10-31"),
            ("this year", "2026-01-01", "2026-11-22"),
            ("since Monday", "2026-11-16", "2026-11-22"),
            ("since sunday", "2026-11-22", "2026-11-22"),
            ("on Sunday", "2026-11-22", "2026-11-22"),
            ("last Sunday", "2026-11-15", "2026-11-15"),
            ("on tuesday", "2026-11-17", "2026-11-17"),
            ("since yesterday", "2026-11-21", "2026-11-22"),
            ("on 2026-11-14", "2026-11-14", "2026-11-14"),
            ("on 14 November", "2026-11-14", "2026-11-14"),
            ("on the 14th of November", "2026-11-14", "2026-11-14"),
            ("November 14", "2026-11-14", "2026-11-14"),
            ("since 24 December", "2025-12-24", "2026-11-22"),
            ("on 3 May 2024", "2024-05-03", "2024-05-03"),
            ("the last 3 days", "2026-11-20", "2026-11-22"),
            ("past two weeks", "2026-11-09", "2026-11-22"),
            ("last 72 hours", "2026-11-20", "2026-11-22"),
            ("last 3 hours", "2026-11-22T09:00:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("in the last hour", "2026-11-22T11:00:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("last night", "2026-11-21T17:00:00.000Z", "2026-11-22T08:00:00.000Z"),
            ("this morning", "2026-11-22T05:00:00.000Z", "2026-11-22T11:00:00.000Z"),
        ] {
            assert_eq!(days(text), Some((from.to_owned(), to.to_owned())), "{text}");
        }
        assert_eq!(days("how cold is it"), None);
    }

    #[test]
    fn every_period_of_every_day_ends_no_earlier_than_it_starts() {
        for step in 0..800 {
            let now = Timestamp(NOW.0 + step * 40_000_003);
            for zone in [BERLIN, Tz::America__Sao_Paulo, Tz::Pacific__Apia] {
                for period in [
                    Period::Today,
                    Period::Week { ago: 0 },
                    Period::Week { ago: 3 },
                    Period::Month { ago: 0 },
                    Period::Month { ago: 13 },
                    Period::Year,
                    Period::LastNight,
                    Period::ThisMorning,
                ] {
                    match period.stretch(zone, now) {
                        Stretch::Days(from, to) => assert!(from <= to, "{period:?}"),
                        Stretch::Hours(from, to) => assert!(from <= to, "{period:?} at {}", now.rfc3339()),
                    }
                }
            }
        }
    }
}
