//! What is said of records in words.

use weather::climate::Days;
use weather::preference::Numbers;

/// Of how many days there is a value.
pub(super) fn count(days: &Days) -> usize {
    let Days { temperature, rain, wind, gust, pressure, direction: _ } = days;
    [temperature, rain, wind, gust, pressure].into_iter().map(Vec::len).max().unwrap_or(0)
}

/// `3,650 days since 1 January 2016`; empty if there are none.
pub(super) fn known(days: &Days, count: usize, numbers: Numbers) -> String {
    let Some(first) = days.first() else { return String::new() };
    let days = if count == 1 { "1 day".to_owned() } else { format!("{} days", thousands(count, numbers)) };
    format!("{days} since {}", first.format("%-d %B %Y"))
}

/// With a sign before each three digits.
fn thousands(number: usize, numbers: Numbers) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(numbers.group_sign());
        }
        text.push(digit);
    }
    text
}
