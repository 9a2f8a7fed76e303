//! Times that nobody can have measured: to come, or on no calendar.

use super::intent::Intent;
use crate::keeper::language::dates::{MONTHS, date};
use crate::keeper::language::sentence::capital;
use crate::keeper::language::tokens::Tokens;
use chrono::NaiveDate;

/// What to say of a time that has not been, or that never is: another day's answer would be wrong.
pub fn impossible(text: &str, tokens: &Tokens, today: NaiveDate) -> Option<Intent> {
    if date(tokens, today).is_some_and(|date| date > today) || tokens.any(&["next"]) {
        return Some(Intent::Forecast);
    }
    let no_day = |day: String| Some(Intent::Cannot(format!("There is no such day as {day}.")));
    let dated = |word: &&str| {
        let parts: Vec<&str> = word.split('-').collect();
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        parts.len() == 3 && parts[0].len() == 4 && parts.iter().all(|part| digits(part))
    };
    let mut words = text.split(|c: char| !(c.is_ascii_digit() || c == '-')).filter(dated);
    if let Some(word) = words.find(|word| word.parse::<NaiveDate>().is_err()) {
        return no_day(word.to_owned());
    }
    let month = (0..tokens.all.len()).find_map(|place| {
        let month = MONTHS.iter().find(|month| tokens.at(place) == Some(month))?;
        Some((place, *month))
    });
    if let Some((place, month)) = month.filter(|_| date(tokens, today).is_none()) {
        let before = place.checked_sub(1);
        let behind = before.filter(|&at| matches!(tokens.at(at), Some("st" | "nd" | "rd" | "th" | "of")));
        let of = behind.and_then(|at| at.checked_sub(1)).filter(|&at| tokens.number_at(at).is_none());
        let near =
            [before, behind.and_then(|at| at.checked_sub(1)), of.and_then(|at| at.checked_sub(1)), Some(place + 1)];
        let day = near.into_iter().flatten().find_map(|at| tokens.number_at(at)).filter(|day| *day < 1900.0);
        if let Some(day) = day {
            let name = capital(month);
            return no_day(format!("{day} {name}"));
        }
        if before.is_some_and(|at| matches!(tokens.at(at), Some("in" | "since" | "last" | "of" | "during" | "for"))) {
            return Some(other());
        }
    }
    let year =
        |at: usize| tokens.number_at(at).is_some_and(|year| (1900.0..2200.0).contains(&year) && year.fract() == 0.0);
    if (1..tokens.all.len()).any(|at| year(at) && matches!(tokens.at(at - 1), Some("in" | "during" | "since"))) {
        return Some(other());
    }
    let none = |at: usize| {
        let of_time = matches!(
            tokens.at(at + 1),
            Some("hour" | "hours" | "day" | "days" | "week" | "weeks" | "months" | "minutes" | "month" | "years")
        );
        of_time && tokens.number_at(at).is_some_and(|count| count < 1.0)
    };
    let unending = (0..tokens.all.len()).any(none);
    unending.then(|| Intent::Cannot("That is no time at all: I look back at least an hour or a day.".to_owned()))
}

fn other() -> Intent {
    Intent::Cannot(
        "I know this month and the last one, this year, single days (\"14 November\") and \"since 1 November\", but no other \
         month or year as a whole."
            .to_owned(),
    )
}
