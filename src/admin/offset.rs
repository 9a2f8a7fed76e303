//! What is added to the times of a station whose clock is wrong, as an owner writes it. Pure.

use super::interval::interval_text;
use weather::clock::OFFSET_MAX_MS;

/// Reads what is added to the times of a station, ms: `5h`, `-2h30m`.
///
/// # Errors
/// What is wrong with it, for people.
pub fn clock_offset(text: &str) -> Result<i64, String> {
    let (sign, length) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let wrong = || format!("{text:?} is no length of time up to 366 days: write 5h, -2h or 90min");
    let length = humantime::parse_duration(length.trim()).map_err(|_| wrong())?;
    let ms = i64::try_from(length.as_millis()).ok().filter(|ms| *ms <= OFFSET_MAX_MS).ok_or_else(wrong)?;
    Ok(sign * ms)
}

/// The same as text; empty if nothing is added.
pub fn clock_offset_text(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let length = interval_text(ms);
    if ms == 0 { String::new() } else { format!("{sign}{length}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_as_it_is_written() {
        for (text, ms) in [("5h", 18_000_000), ("-2h", -7_200_000), ("-1h 30m", -5_400_000), ("3d", 259_200_000)] {
            assert_eq!(clock_offset(text), Ok(ms), "{text}");
            assert_eq!(clock_offset(&clock_offset_text(ms)), Ok(ms), "{}", clock_offset_text(ms));
        }
        assert_eq!(clock_offset_text(259_200_000), "3 days");
        assert_eq!((clock_offset("+0s"), clock_offset_text(0)), (Ok(0), String::new()));
        for wrong in ["5", "h", "-400d", "", "--5h"] {
            assert!(clock_offset(wrong).is_err(), "{wrong}");
        }
    }
}
