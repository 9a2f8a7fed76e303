//! What is said of records in words.

use crate::pages::facts::Facts;
use crate::pages::past;
use crate::storage::Extreme;
use weather::climate::Days;
use weather::climate::news::{self, Today};
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
    news::of(past, &today, &calendar).iter().map(|new| new.text(&station.zone, preference)).collect()
}
