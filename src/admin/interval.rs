//! How often a station reports, as an owner writes it. Pure.

use std::time::Duration;
use weather::station::INTERVAL_LIMITS_MS;

/// Longer units are words: h, m, ms are none.
const SIGN_MAX_CHARS: usize = 2;
/// The word for: its reports tell.
const LEARNT: &str = "learnt";

/// Reads how often a station reports, ms: `16s`, `5m`, `1h`; `None` for `learnt`, or if nothing is written.
///
/// # Errors
/// What is wrong with it, for people.
pub fn interval(text: &str) -> Result<Option<i64>, String> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case(LEARNT) {
        return Ok(None);
    }
    let ms = humantime::parse_duration(text).ok().and_then(|length| i64::try_from(length.as_millis()).ok());
    let fits = ms.filter(|ms| INTERVAL_LIMITS_MS.contains(ms));
    fits.map(Some).ok_or_else(|| {
        format!(
            "{text:?} is no length of time from {} to {}: write 16s, 5m or 1h, or {LEARNT} if its reports are to tell",
            interval_text(*INTERVAL_LIMITS_MS.start()),
            interval_text(*INTERVAL_LIMITS_MS.end())
        )
    })
}

/// The same as text.
pub fn interval_text(ms: i64) -> String {
    let text = humantime::format_duration(Duration::from_millis(ms.unsigned_abs())).to_string();
    // Words stand apart from their number, signs do not: 7 days, 5m.
    let mut told = String::new();
    for part in text.split(' ') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = part.split_at(digits);
        let blank = if unit.len() > SIGN_MAX_CHARS { " " } else { "" };
        told = format!("{told} {number}{blank}{unit}");
    }
    told.trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_read_as_it_is_written() {
        for (text, ms) in
            [("16s", 16_000), ("5m", 300_000), ("1h 30m", 5_400_000), ("7days", 604_800_000), ("1 day", 86_400_000)]
        {
            assert_eq!(interval(text), Ok(Some(ms)), "{text}");
            assert_eq!(interval(&interval_text(ms)), Ok(Some(ms)), "{text}");
        }
        assert_eq!((interval_text(604_800_000), interval_text(90_061_000)), ("7 days".into(), "1 day 1h 1m 1s".into()));
        assert_eq!((interval("learnt"), interval(" ")), (Ok(None), Ok(None)));
        for wrong in ["0s", "8days", "5", "often", "-5m"] {
            assert!(
                interval(wrong).is_err_and(|said| said.contains(wrong) && said.contains("1s to 7 days")),
                "{wrong}"
            );
        }
    }
}
