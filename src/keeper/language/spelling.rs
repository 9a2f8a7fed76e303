//! Typing errors: one slip of a finger is forgiven.

use super::vocabulary::{is_known, known};

/// Words shorter than this are taken as they are typed: too many are one letter apart.
const CORRECTED_MIN_CHARS: usize = 5;

/// The word that was meant: itself if it is known, else the one known word that is a single slip away.
pub fn correct(typed: &str) -> &str {
    if typed.chars().count() < CORRECTED_MIN_CHARS || is_known(typed) {
        return typed;
    }
    let mut close = known().filter(|word| word.len() >= CORRECTED_MIN_CHARS && is_one_slip(typed, word));
    match (close.next(), close.next()) {
        (Some(word), None) => word,
        (Some(word), Some(other)) if word == other => word,
        _ => typed,
    }
}

/// True if one letter is wrong, missing, too many, or two neighbours have changed places.
pub fn is_one_slip(typed: &str, word: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        ([w, x, a @ ..], [y, z, b @ ..]) => w == z && x == y && a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        for (typed, word) in [
            ("temprature", "temperature"),
            ("temperatrue", "temperature"),
            ("humidty", "humidity"),
            ("yesterdday", "yesterday"),
            ("pressute", "pressure"),
            ("presure", "pressure"),
            ("lowst", "lowest"),
            ("wendsday", "wendsday"),
            ("rian", "rian"),
            ("harbour", "harbour"),
            ("brillig", "brillig"),
        ] {
            assert_eq!(correct(typed), word);
        }
    }

    #[test]
    fn a_known_word_is_never_corrected() {
        for word in known() {
            assert_eq!(correct(word), word);
        }
    }
}
