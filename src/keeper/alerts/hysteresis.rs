//! How far, and for how long, a value must be back before its alert may ring again: hovering at a limit rings once.

use weather::quantity::Quantity;
use weather::time::MINUTE_MS;

/// When an alert counts as over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hysteresis {
    /// The value lies so far on the quiet side, canonical unit …
    pub margin: f64,
    /// … in every reading of so long, ms.
    pub hold_ms: i64,
}

/// Dry for so long, and the rain is over, ms: a shower's pauses are shorter.
pub const DRY_MS: i64 = 30 * MINUTE_MS;
/// What a tipping bucket counts at least is 0.1 mm; less is a rounding error of inches.
pub const WET_MM: f64 = 0.05;

/// The numbers for a quantity: more than the noise of usual sensors, less than what people would call a change.
pub fn of(quantity: Quantity) -> Hysteresis {
    let (margin, minutes) = match quantity {
        // Half a degree is twice a good sensor's noise; a cloud before the sun passes within ten minutes.
        Quantity::Temperature | Quantity::DewPoint | Quantity::SoilTemperature => (0.5, 10),
        Quantity::Humidity | Quantity::SoilMoisture => (3.0, 10),
        // Pressure moves by tenths; a front's passage takes longer than half an hour.
        Quantity::SeaLevelPressure | Quantity::AltimeterSetting | Quantity::StationPressure => (0.5, 30),
        // Wind comes in gusts, gusts come in bursts.
        Quantity::WindSpeed => (1.0, 10),
        Quantity::WindGust => (2.0, 30),
        Quantity::PrecipitationRate => (0.2, 30),
        // A counter does not hover: it goes up until midnight.
        Quantity::Precipitation => (0.0, 0),
        Quantity::SolarRadiation => (50.0, 10),
        Quantity::UvIndex => (0.5, 10),
        Quantity::Pm2_5 | Quantity::Pm10 => (2.0, 30),
        Quantity::Co2 => (50.0, 10),
        Quantity::BatteryVoltage => (0.1, 30),
        // There are no alerts of it.
        Quantity::WindDirection => (0.0, 0),
    };
    Hysteresis { margin, hold_ms: minutes * MINUTE_MS }
}
