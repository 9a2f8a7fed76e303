//! The period that a sentence names.

use super::period::{DAYS_MAX, Period};
use super::tokens::{Token, Tokens};
use chrono::{Datelike, NaiveDate, Weekday};

/// Minutes that are looked at one by one, two days of them; more are whole days.
const MINUTES_MAX: u32 = 48 * HOUR_MIN;
/// Minutes of an hour.
const HOUR_MIN: u32 = 60;
/// Minutes of a day.
const DAY_MIN: u32 = 24 * HOUR_MIN;

const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("monday", "mondays", Weekday::Mon),
    ("tuesday", "tuesdays", Weekday::Tue),
    ("wednesday", "wednesdays", Weekday::Wed),
    ("thursday", "thursdays", Weekday::Thu),
    ("friday", "fridays", Weekday::Fri),
    ("saturday", "saturdays", Weekday::Sat),
    ("sunday", "sundays", Weekday::Sun),
];

/// The months, January first.
pub const MONTHS: [&str; 12] = [
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

/// The period a sentence names, if it does. `today` is the date there.
pub fn find(tokens: &Tokens, today: NaiveDate) -> Option<Period> {
    let since = tokens.find(&["since", "from"]);
    if let Some(date) = date(tokens, today) {
        return Some(if since.is_some() { Period::SinceDate(date) } else { Period::OnDate(date) });
    }
    if let Some((place, day)) = weekday(tokens) {
        let last = place > 0 && matches!(tokens.at(place - 1), Some("last" | "past"));
        return Some(if since.is_some_and(|since| since < place) { Period::Since(day) } else { Period::On(day, last) });
    }
    if tokens.phrase(&["day", "before", "yesterday"]) {
        return Some(Period::DayBeforeYesterday);
    }
    if tokens.any(&["yesterday", "yesterdays"]) {
        let yesterday = today.pred_opt().unwrap_or(today);
        return Some(if since.is_some() { Period::SinceDate(yesterday) } else { Period::Yesterday });
    }
    if tokens.phrase(&["last", "night"]) || tokens.phrase(&["over", "night"]) || tokens.any(&["overnight"]) {
        return Some(Period::LastNight);
    }
    if tokens.phrase(&["this", "morning"]) {
        return Some(Period::ThisMorning);
    }
    counted(tokens).or_else(|| calendar(tokens))
}

/// True if a day, a week or a length of time is named at that place. What belongs to it is none by itself: `14 November`
/// is one time, and so are `Monday 14 November`, `the day before yesterday` and `half an hour`.
pub fn is_time(tokens: &Tokens, place: usize) -> bool {
    let (Some(word), before) = (tokens.at(place), place.checked_sub(1)) else {
        return matches!(tokens.all.get(place), Some(Token::Date(_)));
    };
    let dated = || {
        let near = (place + 1..=place + 4).find(|&at| tokens.at(at).is_some_and(|word| MONTHS.contains(&word)));
        near.is_some() || tokens.all[place..].iter().any(|token| matches!(token, Token::Date(_)))
    };
    match word {
        "day" => {
            tokens.at(place + 1) != Some("before") && before.is_none_or(|at| tokens.at(at) != Some("each")) && {
                before
                    .is_some_and(|at| tokens.number_at(at).is_some() || matches!(tokens.at(at), Some("last" | "past")))
            }
        }
        "minute" | "minutes" | "hour" | "hours" | "h" | "days" | "weeks" | "months" | "years" => true,
        "week" | "month" | "year" => before.is_some_and(|at| {
            tokens.number_at(at).is_some()
                || matches!(tokens.at(at), Some("this" | "last" | "past" | "previous" | "the"))
        }),
        "today" | "todays" | "yesterday" | "yesterdays" | "overnight" => true,
        "may" => before.is_some_and(|at| tokens.number_at(at).is_some()),
        _ if is_weekday(tokens, place) => !dated(),
        _ => MONTHS.contains(&word),
    }
}

/// True if a weekday is named at that place.
pub fn is_weekday(tokens: &Tokens, place: usize) -> bool {
    tokens.at(place).is_some_and(|word| WEEKDAYS.iter().any(|(name, many, _)| word == *name || word == *many))
}

fn weekday(tokens: &Tokens) -> Option<(usize, Weekday)> {
    WEEKDAYS.iter().find_map(|(name, many, day)| Some((tokens.find(&[name, many])?, *day)))
}

/// `2026-11-14`, `14 November`, `November 14th, 2025`; without a year, the newest that is not ahead.
pub fn date(tokens: &Tokens, today: NaiveDate) -> Option<NaiveDate> {
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

/// `the last 3 days`, `past 24 hours`, `last hour`, `the last 20 minutes`, `last half hour`.
fn counted(tokens: &Tokens) -> Option<Period> {
    let (place, minutes_each) = (0..tokens.all.len()).find_map(|place| match tokens.at(place)? {
        "minute" | "minutes" => Some((place, 1)),
        "hour" | "hours" | "h" => Some((place, HOUR_MIN)),
        "day" | "days" => Some((place, DAY_MIN)),
        "weeks" => Some((place, 7 * DAY_MIN)),
        "months" => Some((place, 30 * DAY_MIN)),
        "years" => Some((place, 365 * DAY_MIN)),
        _ => None,
    })?;
    let said_last = tokens.find(&["last", "past", "previous"]).is_some_and(|last| last < place);
    let part = part_of_an_hour(tokens, place).filter(|_| minutes_each == HOUR_MIN);
    if let Some(minutes) = part {
        return Some(Period::LastMinutes(minutes));
    }
    let count = place.checked_sub(1).and_then(|before| tokens.number_at(before));
    let minutes = match count {
        // A year and a half are days; a minute and a half are two.
        Some(count) if count > 0.0 => (count * f64::from(minutes_each)).min(f64::from(DAYS_MAX) * f64::from(DAY_MIN)),
        None if said_last => f64::from(minutes_each),
        _ => return None,
    };
    let minutes = (minutes.ceil() as u32).max(1);
    match minutes_each {
        DAY_MIN if minutes == DAY_MIN => Some(Period::LastMinutes(DAY_MIN)),
        1 | HOUR_MIN if minutes <= MINUTES_MAX => Some(Period::LastMinutes(minutes)),
        _ => Some(Period::LastDays(minutes.div_ceil(DAY_MIN).min(DAYS_MAX))),
    }
}

/// `half an hour`, `the last quarter of an hour`, in minutes; `hour` stands at that place.
fn part_of_an_hour(tokens: &Tokens, place: usize) -> Option<u32> {
    let near = |back: usize| place.checked_sub(back).and_then(|at| tokens.at(at));
    let before = [near(1), near(2), near(3)].into_iter().flatten().find(|word| !matches!(*word, "an" | "a" | "of"))?;
    match before {
        "half" => Some(HOUR_MIN / 2),
        "quarter" => Some(HOUR_MIN / 4),
        _ => None,
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
    use crate::keeper::language::period::Stretch;
    use weather::day;
    use weather::time::Timestamp;
    use weather::zone::Zone;

    /// 2026-11-22 12:00 UTC, a Sunday; 13:00 in Berlin.
    const NOW: Timestamp = Timestamp(1_795_348_800_000);
    fn berlin() -> Zone {
        Zone::inside("Europe/Berlin").expect("a zone")
    }

    fn days(text: &str) -> Option<(String, String)> {
        let period = find(&Tokens::of(text), day::date_at(&berlin(), NOW))?;
        match period.stretch(&berlin(), NOW) {
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
            ("high in the last 20 minutes", "2026-11-22T11:40:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("max of the past 5 min", "2026-11-22T11:55:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("rain in the last half hour", "2026-11-22T11:30:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("in the last quarter of an hour", "2026-11-22T11:45:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("the last 90 minutes", "2026-11-22T10:30:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("the last 1.5 hours", "2026-11-22T10:30:00.000Z", "2026-11-22T12:00:00.001Z"),
            ("the last 2 years", "2024-11-23", "2026-11-22"),
            ("the last 5000 minutes", "2026-11-19", "2026-11-22"),
            ("last night", "2026-11-21T17:00:00.000Z", "2026-11-22T08:00:00.000Z"),
            ("this morning", "2026-11-22T05:00:00.000Z", "2026-11-22T11:00:00.000Z"),
        ] {
            assert_eq!(days(text), Some((from.to_owned(), to.to_owned())), "{text}");
        }
        assert_eq!(days("how cold is it"), None);
        assert_eq!(days("min and max"), None);
    }
}
