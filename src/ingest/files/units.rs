//! The units that a file does not say.

use weather::units::Unit;

/// The units that Cumulus was set to: the file does not say them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    /// Of temperatures.
    pub temperature: Unit,
    /// Of pressures.
    pub pressure: Unit,
    /// Of wind.
    pub wind: Unit,
    /// Of rain.
    pub rain: Unit,
}

impl Default for Units {
    /// What Cumulus has if nobody has changed it.
    fn default() -> Self {
        Self {
            temperature: Unit::Celsius,
            pressure: Unit::Hectopascal,
            wind: Unit::KilometrePerHour,
            rain: Unit::Millimetre,
        }
    }
}

impl Units {
    /// Reads `temperature=F`, `pressure=inHg`, `wind=mph` or `rain=in`.
    ///
    /// # Errors
    /// What is wrong, for the person who wrote it.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let (what, unit) = text.split_once('=').ok_or("write WHAT=UNIT, such as wind=mph")?;
        let (slot, of) = match what.trim() {
            "temperature" => (&mut self.temperature, Unit::Celsius),
            "pressure" => (&mut self.pressure, Unit::Hectopascal),
            "wind" => (&mut self.wind, Unit::MetrePerSecond),
            "rain" => (&mut self.rain, Unit::Millimetre),
            other => return Err(format!("{other:?} has no unit here: temperature, pressure, wind, rain")),
        };
        let found = Unit::from_spelling(&unit.trim().to_lowercase()).filter(|unit| unit.canonical() == of);
        *slot = found.ok_or_else(|| format!("{unit:?} is no unit of {what}"))?;
        Ok(())
    }
}
