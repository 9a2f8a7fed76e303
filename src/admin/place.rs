//! Where a station stands, as an owner writes it. Pure.

use weather::sun::{Coordinates, latitude, longitude};

/// Reads a latitude and a longitude, degrees; empty fields mean that the place is not known.
///
/// # Errors
/// What is wrong with them, for people.
pub(super) fn coordinates(north: &str, east: &str) -> Result<Option<Coordinates>, String> {
    match (north.trim(), east.trim()) {
        ("", "") => Ok(None),
        ("", _) | (_, "") => Err("a latitude needs a longitude, and a longitude needs a latitude".to_owned()),
        (north, east) => Ok(Coordinates::new(latitude(north)?, longitude(east)?)),
    }
}

/// The same for people: `52.52° N 13.41° E`.
pub fn coordinates_text(place: Coordinates) -> String {
    // What an older version stored may be finer than it is read now.
    let rounded = |degrees: f64| (degrees.abs() * 1e5).round() / 1e5;
    let of = |degrees: f64, sides: [&str; 2]| format!("{}° {}", rounded(degrees), sides[usize::from(degrees < 0.0)]);
    format!("{} {}", of(place.latitude(), ["N", "S"]), of(place.longitude(), ["E", "W"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_both_or_none() {
        let place = coordinates(" -33.8688", "151.2093 ").expect("a place").expect("known");
        assert_eq!(coordinates_text(place), "33.8688° S 151.2093° E");
        assert_eq!(coordinates("", " "), Ok(None));
        for (north, east, why) in
            [("52.5", "", "needs"), ("", "13.4", "needs"), ("91", "0", "latitude"), ("0", "x", "longitude")]
        {
            assert!(coordinates(north, east).is_err_and(|said| said.contains(why)), "{north} {east}");
        }
    }
}
