//! What is said of records in words.

use super::figures::Shown;
use crate::pages::facts::Facts;
use crate::pages::past;
use crate::storage::Extreme;
use weather::climate::Days;
use weather::climate::news::{self, Among, NewRecord, Of, Today};
use weather::climate::records::Record;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// Of how many days there is a value.
pub(super) fn count(days: &Days) -> usize {
    let Days { temperature, rain, wind, gust, pressure, direction: _ } = days;
    [temperature, rain, wind, gust, pressure].into_iter().map(Vec::len).max().unwrap_or(0)
}

/// `3,650 days since 1 January 2016`; empty if there are none.
pub(super) fn known(days: &Days, count: usize) -> String {
    let Some(first) = days.first() else { return String::new() };
    let days = if count == 1 { "1 day".to_owned() } else { format!("{} days", thousands(count)) };
    format!("{days} since {}", first.format("%-d %B %Y"))
}

/// With a comma before each three digits.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The records of today, a line each: what its extremes are against all days before.
pub(crate) fn of_today(past: &Days, facts: &Facts, now: Timestamp, preference: Preference) -> Vec<String> {
    let station = &facts.station;
    let calendar = past::calendar(station, facts.interval_ms, now);
    let extreme = |quantity| facts.extreme(quantity);
    let gust = extreme(Quantity::WindGust).or_else(|| extreme(Quantity::WindSpeed));
    let high = |of: &Extreme| Record { value: of.high, date: calendar.today, at: of.high_at };
    let low = |of: &Extreme| Record { value: of.low, date: calendar.today, at: of.low_at };
    let temperature = extreme(Quantity::Temperature);
    let today = Today {
        highest: temperature.map(high),
        lowest: temperature.map(low),
        gust: gust.map(high),
        rain: extreme(Quantity::Precipitation).map(high),
    };
    let shown = Shown { zone: &station.zone, today: calendar.today, preference };
    news::of(past, &today, &calendar).iter().map(|new| line(new, &shown)).collect()
}

/// A record of today as a line: `Highest temperature of the year so far: 31.2 °C, 14:35`.
fn line(new: &NewRecord, shown: &Shown<'_>) -> String {
    let (what, quantity) = match new.of {
        Of::Highest => ("Highest temperature", Quantity::Temperature),
        Of::Lowest => ("Lowest temperature", Quantity::Temperature),
        Of::Gust => ("Strongest gust", Quantity::WindGust),
        Of::Wettest => ("Most rain in a day", Quantity::Precipitation),
    };
    let among = match new.among {
        Among::Ever => "ever measured here".to_owned(),
        Among::Year => "of the year so far".to_owned(),
        Among::Month => "of the month so far".to_owned(),
        Among::Date => format!("ever on {}", shown.today.format("%-d %B")),
    };
    let value = shown.preference.text(quantity, new.record.value);
    match new.of {
        // Rain goes on falling: when it was so much says nothing.
        Of::Wettest => format!("{what} {among}: {value}"),
        _ => format!("{what} {among}: {value}, {}", shown.moment(new.record.date, new.record.at)),
    }
}
