//! When a letter is tried again, and when it is given up. Pure.

use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};

/// The first pause after a failure, ms.
const PAUSE_MIN_MS: i64 = SECOND_MS;
/// The longest pause, ms: a receiver that is back hears of it soon.
const PAUSE_MAX_MS: i64 = 10 * MINUTE_MS;
/// The longest pause that a receiver may ask for, ms.
const ASKED_MAX_MS: i64 = HOUR_MS;
/// A letter that could not be sent for so long goes: nobody is helped by the frost of the day before yesterday, ms.
pub(super) const KEEP_MS: i64 = DAY_MS;
/// Most letters of a webhook that wait. The oldest go: the newest say how things are.
pub(super) const WAITING_MAX: u64 = 1_000;

/// The pause before the next attempt, ms: it doubles with each failure in a row. `random` takes up to half of it away, so that receivers
/// that were down are not asked by all at once. `asked_ms`: what the receiver asked for.
pub(super) fn pause_ms(failures: u32, random: u64, asked_ms: Option<i64>) -> i64 {
    let doubled = PAUSE_MIN_MS.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(PAUSE_MAX_MS);
    let half = doubled / 2;
    let pause = half + (random % half.unsigned_abs().max(1)) as i64;
    pause.max(asked_ms.unwrap_or(0).clamp(0, ASKED_MAX_MS))
}

/// Whether a letter is too old.
pub(super) fn is_too_old(made_at: Timestamp, now: Timestamp) -> bool {
    now.since(made_at) > KEEP_MS
}

/// What the header `Retry-After` asks for, ms: seconds, or a date.
pub(super) fn asked_ms(header: &str, now: Timestamp) -> Option<i64> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(i64::from(seconds) * SECOND_MS);
    }
    let date = httpdate::parse_http_date(header).ok()?;
    let at = Timestamp::from(chrono::DateTime::<chrono::Utc>::from(date));
    Some(at.since(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit_and_heed_the_receiver() {
        for (failures, random, pause) in [(1, 0, 500), (1, 499, 999), (2, 0, 1_000), (4, 0, 4_000), (400, 0, 300_000)] {
            assert_eq!(pause_ms(failures, random, None), pause, "{failures}");
        }
        assert_eq!(pause_ms(1, 0, Some(30_000)), 30_000);
        assert_eq!(pause_ms(1, 0, Some(DAY_MS)), HOUR_MS, "nobody makes us wait for a day");
        assert_eq!(pause_ms(4, 0, Some(1)), 4_000);
    }

    #[test]
    fn a_receiver_asks_in_seconds_or_by_a_date() {
        let now = Timestamp(784_111_777_000);
        assert_eq!(asked_ms("120", now), Some(120_000));
        assert_eq!(asked_ms("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60_000));
        assert_eq!(asked_ms("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(0), "a date that is over");
        assert_eq!(asked_ms("soon", now), None);
    }

    #[test]
    fn a_letter_is_kept_for_a_day() {
        assert!(!is_too_old(Timestamp(0), Timestamp(DAY_MS)) && is_too_old(Timestamp(0), Timestamp(DAY_MS + 1)));
    }
}
