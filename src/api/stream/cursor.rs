//! The cursor of live answers: a number that grows with time and with each question, so that a proxy never gives a program the same
//! answer again and again.

/// How long a number stays, ms, as the protocol has it.
const INTERVAL_MS: i64 = 20_000;
/// From when they are counted: 9 October 2024, ms.
const START_MS: i64 = 1_728_432_000_000;
/// The largest that is taken: all numbers below are exact in every language.
pub(super) const CURSOR_MAX: u64 = (1 << 53) - JITTER_MAX;
/// A number that was there already grows by up to an hour: so many intervals.
const JITTER_MAX: u64 = 180;

/// The cursor of an answer at `now_ms`, to a question with the cursor `asked`. `chance` is any number.
pub(super) fn cursor(now_ms: i64, asked: Option<u64>, chance: u64) -> u64 {
    let now = u64::try_from((now_ms - START_MS) / INTERVAL_MS).unwrap_or(0);
    match asked {
        Some(asked) if asked >= now => asked + 1 + chance % JITTER_MAX,
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_never_goes_back_nor_stays() {
        let now_ms = START_MS + 1_000 * INTERVAL_MS + 5;
        assert_eq!(cursor(now_ms, None, 7), 1_000);
        assert_eq!(cursor(now_ms, Some(999), 7), 1_000);
        for chance in [0, 1, 179, 180, u64::MAX] {
            let next = cursor(now_ms, Some(1_000), chance);
            assert!((1_001..=1_180).contains(&next), "{next}");
        }
        assert!(cursor(now_ms, Some(CURSOR_MAX), u64::MAX) > CURSOR_MAX && cursor(0, None, 0) == 0);
    }
}
