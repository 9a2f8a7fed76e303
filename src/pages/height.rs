//! The height of a place as people read it.

use weather::preference::Preference;

/// The height of the ground as people read it.
pub(crate) fn elevation(metres: f64, preference: Preference) -> String {
    let (number, unit) = elevation_number(metres, preference);
    format!("{number} {unit}")
}

/// The same, the unit apart.
pub(crate) fn elevation_number(metres: f64, preference: Preference) -> (String, &'static str) {
    /// 1 m in feet, exact.
    const FEET_PER_METRE: f64 = 1.0 / 0.3048;
    let (value, unit) = if preference.has_miles() { (metres * FEET_PER_METRE, "ft") } else { (metres, "m") };
    (preference.written(weather::units::format_half_up(value, 0)), unit)
}
