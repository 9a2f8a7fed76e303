//! How often a station reports, as an owner writes it. Pure.

use std::time::Duration;
use weather::station::INTERVAL_LIMITS_MS;

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
    humantime::format_duration(Duration::from_millis(ms.unsigned_abs())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_read_as_it_is_written() {
        for (text, ms) in [("16s", 16_000), ("5m", 300_000), ("1h 30m", 5_400_000), ("7days", 604_800_000)] {
            assert_eq!(interval(text), Ok(Some(ms)), "{text}");
            assert_eq!(interval(&interval_text(ms)), Ok(Some(ms)), "{text}");
        }
        assert_eq!((interval("learnt"), interval(" ")), (Ok(None), Ok(None)));
        for wrong in ["0s", "8days", "5", "often", "-5m"] {
            assert!(interval(wrong).is_err_and(|said| said.contains(wrong) && said.contains("1s to 7days")), "{wrong}");
        }
    }
}
