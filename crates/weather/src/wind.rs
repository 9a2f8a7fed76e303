//! Wind in words: the compass and Admiral Beaufort's scale.

/// The sixteen points, clockwise from north.
const POINTS: [&str; 16] =
    ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];

/// Beaufort's numbers: from how many m/s (WMO-No. 8), and the word.
const BEAUFORT: [(f64, &str); 13] = [
    (0.0, "calm"),
    (0.3, "light air"),
    (1.6, "light breeze"),
    (3.4, "gentle breeze"),
    (5.5, "moderate breeze"),
    (8.0, "fresh breeze"),
    (10.8, "strong breeze"),
    (13.9, "near gale"),
    (17.2, "gale"),
    (20.8, "strong gale"),
    (24.5, "storm"),
    (28.5, "violent storm"),
    (32.7, "hurricane"),
];

/// The compass point a wind from `degrees` comes from.
pub fn compass(degrees: f64) -> &'static str {
    let sector = (degrees.rem_euclid(360.0) / 22.5 + 0.5).floor() as usize;
    POINTS[sector % POINTS.len()]
}

/// Beaufort's number and word for a wind in m/s.
pub fn beaufort(speed_ms: f64) -> (usize, &'static str) {
    let force = BEAUFORT.iter().rposition(|(from, _)| speed_ms >= *from).unwrap_or(0);
    (force, BEAUFORT[force].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_direction_has_a_point() {
        for (degrees, point) in
            [(0.0, "N"), (11.24, "N"), (11.25, "NNE"), (247.0, "WSW"), (348.75, "N"), (360.0, "N"), (-90.0, "W")]
        {
            assert_eq!(compass(degrees), point, "{degrees}");
        }
    }

    #[test]
    fn beaufort_steps_where_the_manual_says() {
        for (speed, force) in [(0.0, 0), (0.29, 0), (0.3, 1), (4.2, 3), (32.6, 11), (32.7, 12), (90.0, 12)] {
            assert_eq!(beaufort(speed).0, force, "{speed} m/s");
        }
    }
}
