//! One report in the making: what every dialect takes its values by.

use super::names::{self, Measure, Named};
use super::units::Told;
use super::{Arrival, text_of};
use weather::quality::{self, NUMBER_MAX_BYTES, Sent};
use weather::quantity::Quantity;
use weather::report::{Draft, Finished, Warning};
use weather::station::{SENSOR_MAX_BYTES, SensorName};
use weather::time::Timestamp;

/// Why a report, and with it the whole request, is refused.
pub(crate) struct Stop {
    pub why: String,
    pub field: Option<Warning>,
}

impl Stop {
    pub(super) fn about(name: &str, text: &str, why: impl Into<String>) -> Self {
        let warning = Warning::new(name, text, why);
        Self { why: warning.to_string(), field: Some(warning) }
    }
}

/// A report in the making.
pub(crate) struct Reading<'r> {
    pub arrival: &'r Arrival,
    pub draft: Draft,
    pub told: Told,
    /// The sensor of values that name none.
    pub sensor: SensorName,
    warnings: Vec<Warning>,
}

/// The quantity and unit of a field of that lower-case name. `record`: another field tells the units of all.
pub(crate) fn meaning(lower: &str, record: bool) -> Option<Named> {
    let own = |(quantity, unit)| {
        let is_bare = Quantity::from_name(lower).is_some();
        Named { sensor: String::new(), quantity, unit: if is_bare { Measure::Ours } else { Measure::Named(unit, 1.0) } }
    };
    Quantity::from_field(lower).map(own).or_else(|| names::find(lower, record))
}

impl<'r> Reading<'r> {
    /// An empty report.
    pub(crate) fn new(arrival: &'r Arrival) -> Self {
        let draft = if arrival.is_history {
            Draft::of_history(arrival.at)
        } else {
            Draft::new(arrival.at).of_clock(arrival.clock_offset_ms)
        };
        let told = Told::default();
        Self { arrival, draft, told, sensor: SensorName::main(), warnings: Vec::new() }
    }

    /// What became of it.
    pub(crate) fn finish(self, observed_at: Option<Timestamp>) -> Finished {
        let mut finished = self.draft.finish(observed_at);
        finished.warnings.extend(self.warnings);
        finished
    }

    /// Takes a value whose name may say its sensor: the `prefix` before the slash.
    pub(crate) fn take_named(&mut self, name: &str, sent: &str, prefix: &str, named: &Named) -> Result<(), Stop> {
        let sensor = match (prefix, named.sensor.as_str()) {
            ("", "") => Ok(self.sensor.clone()),
            ("", named) => SensorName::new(named),
            (prefix, _) => SensorName::new(prefix),
        };
        match sensor {
            Ok(sensor) => self.take(&sensor, named, name, sent),
            Err(error) => {
                self.draft.refuse(name, &text_of(sent), error.short().to_string());
                Ok(())
            }
        }
    }

    /// Takes a value, `sent` as raw JSON.
    pub(crate) fn take(&mut self, sensor: &SensorName, named: &Named, name: &str, sent: &str) -> Result<(), Stop> {
        if sent == "null" {
            self.draft.missing();
            return Ok(());
        }
        let (unit, factor) = match self.told.of(named.quantity, named.unit) {
            Ok(unit) => unit,
            Err(why) if named.unit == Measure::Unsaid => {
                self.draft.refuse(name, &text_of(sent), why);
                return Ok(());
            }
            Err(why) => return Err(Stop::about(name, &text_of(sent), why)),
        };
        let quantity = named.quantity;
        if let Some(trail) = &self.arrival.trail {
            trail.takes(sensor, quantity, unit, factor, name, &text_of(sent));
        }
        match (sent.parse::<f64>(), quality::read_text(&text_of(sent))) {
            (_, Sent::Number(number)) if factor != 1.0 => {
                self.draft.take_number(sensor, quantity, unit, name, number * factor);
            }
            // Digits that no sensor has, but some languages print.
            (Ok(number), _) if sent.len() > NUMBER_MAX_BYTES => {
                self.draft.take_number(sensor, quantity, unit, name, number * factor);
            }
            _ => self.draft.take_text(sensor, quantity, unit, name, &text_of(sent)),
        }
        Ok(())
    }

    /// Takes a field that means nothing by itself as what the station's owner has said that it is, or remembers it.
    pub(crate) fn unknown(&mut self, name: &str, text: &str) {
        if let Some(mapping) = self.arrival.mappings.find(name) {
            let sensor = if mapping.sensor().is_main() { &self.sensor } else { mapping.sensor() };
            let (quantity, unit) = (mapping.quantity(), mapping.unit());
            if let Some(trail) = &self.arrival.trail {
                trail.takes(sensor, quantity, unit, 1.0, name, text);
            }
            return self.draft.take_text(sensor, quantity, unit, name, text);
        }
        if let Some(trail) = &self.arrival.trail {
            trail.leaves(name, text);
        }
        self.draft.unknown(name, text);
    }

    /// Passes over a field that tells of the device and not of the weather.
    pub(crate) fn silent(&self, name: &str, sent: &str) {
        if let Some(trail) = &self.arrival.trail {
            trail.sets_aside(name, &text_of(sent), "");
        }
    }

    /// Remembers a field that is understood and not stored.
    pub(crate) fn remark(&mut self, name: &str, text: &str, why: &str) {
        if let Some(trail) = &self.arrival.trail {
            trail.sets_aside(name, text, why);
        }
        if self.arrival.is_history {
            return self.draft.unknown(name, text);
        }
        self.warnings.push(Warning::new(name, text, why));
    }
}

/// The name of a sensor of these parts: small letters and digits, with hyphens between. The end is never cut, for there the number
/// stands that tells two sensors of a kind apart.
pub(crate) fn sensor_of(parts: &[&str]) -> SensorName {
    let mut name = String::new();
    for c in parts.join("-").chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '_' => name.push(c),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = match name.trim_end_matches('-') {
        // Letters of another script: a name of its own all the same, or it would be the main sensor.
        "" if parts.iter().any(|part| !part.trim().is_empty()) => {
            let code = parts.join("-").chars().fold(0_u64, |code, c| code.wrapping_mul(0x1_0000_01b3) ^ u64::from(c));
            &format!("sensor-{:08x}", code & 0xffff_ffff)
        }
        name => name,
    };
    let start = name.len().saturating_sub(SENSOR_MAX_BYTES);
    SensorName::new(&name[start..]).unwrap_or_default()
}
