//! The colours of temperatures: nine steps, the same on every page. The stylesheet has their colours.

/// The temperatures that the colours stand for, °C.
pub(crate) const STEPS_C: [f64; 9] = [-20.0, -10.0, 0.0, 8.0, 15.0, 22.0, 28.0, 34.0, 40.0];
/// Where a step ends and the next begins, °C: halfway between them.
const BOUNDS_C: [f64; 8] = [-15.0, -5.0, 4.0, 11.5, 18.5, 25.0, 31.0, 37.0];

/// The step of a temperature, 0 (deep frost) to 8 (fierce heat).
pub(crate) fn step(temperature_c: f64) -> usize {
    BOUNDS_C.iter().filter(|bound| temperature_c >= **bound).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_stands_for_its_temperature() {
        for (index, temperature) in STEPS_C.into_iter().enumerate() {
            assert_eq!(step(temperature), index, "{temperature} °C");
        }
        assert_eq!((step(-80.0), step(60.0)), (0, 8));
        assert_eq!((step(3.9), step(4.0)), (2, 3), "a bound belongs to the warmer step");
    }
}
