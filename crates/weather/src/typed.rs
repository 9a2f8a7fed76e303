//! What people type: numbers, and names with a slip of a finger.

use strsim::osa_distance;

/// Reads a number: with a point, without a unit. A true minus is one too.
///
/// # Errors
/// How to write it, such as `write 34.5, with a point and without a unit`. A comma is not taken for a point: `1,234` may be a thousand.
pub fn number(text: &str) -> Result<f64, String> {
    let plain = text.trim().replace('−', "-");
    if let Some(number) = plain.parse().ok().filter(|number: &f64| number.is_finite()) {
        // No number is -0.
        return Ok(number + 0.0);
    }
    let bare = plain.trim_end_matches(|c: char| !c.is_ascii_digit()).replace(',', ".");
    match bare.parse::<f64>() {
        Ok(number) if number.is_finite() => Err(format!("write {bare}, with a point and without a unit")),
        _ => Err("write a number with a point and without a unit, such as 34.5".to_owned()),
    }
}

/// The known name that is most like this one, unless none is.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may differ, and not all of them: more is another word.
    let length = name.chars().count();
    let allowed = (length / 3).max(1).min(length.saturating_sub(1));
    let name = name.to_lowercase();
    let distance = |other: &str| osa_distance(&name, other);
    // What is longer or shorter by more is further away.
    let known = known.filter(|other| other.chars().count().abs_diff(length) <= allowed);
    known.map(|other| (distance(other), other)).filter(|(far, _)| *far <= allowed).min().map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_written_otherwise_is_told_how_to_write_it() {
        for (text, value) in [("34.5", 34.5), (" -0.4 ", -0.4), ("−0.4", -0.4), ("-0", 0.0), ("1e1", 10.0)] {
            let read = number(text);
            assert_eq!(read, Ok(value), "{text}");
            assert!(read.is_ok_and(|value| value.is_sign_negative() == (value < 0.0)), "{text}");
        }
        for (text, say) in [
            ("34,5", "write 34.5,"),
            ("34m", "write 34,"),
            ("34,5 m", "write 34.5,"),
            ("-0,4", "write -0.4,"),
            ("52.5°", "write 52.5,"),
        ] {
            assert!(number(text).is_err_and(|said| said.starts_with(say)), "{text}: {:?}", number(text));
        }
        for text in ["", "m", "high", "nan", "inf", "1.2.3", "--5", "1e999"] {
            assert!(number(text).is_err_and(|said| said.contains("such as 34.5")), "{text}: {:?}", number(text));
        }
    }

    #[test]
    fn a_name_with_a_slip_is_the_one_that_is_meant() {
        let near = |name| nearest(name, ["garden", "gate", "roof", "a"].into_iter());
        for (name, meant) in [("garten", "garden"), ("Gardn", "garden"), ("rof", "roof"), ("gtae", "gate")] {
            assert_eq!(near(name), Some(meant), "{name}");
        }
        for name in ["", "b", "cellar", "barn", &"garden".repeat(9)] {
            assert_eq!(near(name), None, "{name}");
        }
    }
}
