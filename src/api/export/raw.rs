//! What a sensor sent, of what is stored of it: so an export that is read back into a station with calibrations is not calibrated
//! twice. Pure: rows come in the order of time.
//!
//! A pressure at sea level that was made here stays as it is stored: a file whose lines say none would not have it again.

use std::collections::VecDeque;
use weather::calibration::OfSensor;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::time::Timestamp;
use weather::units::without_noise;

/// What was sent from a row on, in the order of time, where a calibration made something else of it.
pub(super) type Sent = VecDeque<(Timestamp, Quantity, f64)>;

/// Puts what was sent into a row in the place of what a calibration made of it. What belongs to the row is taken from `sent`.
pub(super) fn as_sent(of: Option<&OfSensor>, at: Timestamp, values: &mut Values, sent: &mut Sent) {
    let mut has_rain = false;
    while let Some((_, quantity, value)) = sent.pop_front_if(|(then, ..)| *then <= at) {
        // A value that does not count is not exported.
        if values.get(quantity).is_some() {
            has_rain |= quantity == Quantity::Precipitation;
            values.restore(quantity, value);
        }
    }
    // A counter is kept as it came, and the factor is in the sum that was made of it.
    if let Some(mm) = values.get(Quantity::Precipitation).filter(|_| !has_rain)
        && let factor = of.map_or(1.0, |of| of.rain_factor(at))
        && factor != 1.0
    {
        values.restore(Quantity::Precipitation, without_noise(mm / factor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::calibration::{Calibration, Calibrations, EVER};
    use weather::station::SensorName;

    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    #[test]
    fn what_was_sent_stands_in_the_place_of_what_was_made_of_it() {
        let mut calibrations = Calibrations::default();
        let rain = Calibration::new(Quantity::Precipitation, 1.25, 0.0).expect("a calibration");
        calibrations.add(SensorName::main(), Quantity::Precipitation, EVER, rain);
        let row = |temperature: f64, precipitation: f64| {
            let mut values = Values::default();
            values.restore(Quantity::Temperature, temperature);
            values.restore(Quantity::Precipitation, precipitation);
            values
        };
        let mut values = row(15.0, 2.5);
        let mut sent = Sent::from([
            (NOON.plus(-1), Quantity::Temperature, 99.0),
            (NOON, Quantity::Temperature, 15.4),
            (NOON, Quantity::Humidity, 50.0),
            (NOON.plus(1), Quantity::Precipitation, 2.1),
        ]);
        as_sent(calibrations.of(&SensorName::main()), NOON, &mut values, &mut sent);
        assert_eq!((values, sent.len()), (row(15.4, 2.0), 1));
        let mut values = row(15.0, 2.625);
        as_sent(calibrations.of(&SensorName::main()), NOON.plus(1), &mut values, &mut sent);
        assert_eq!((values, sent.len()), (row(15.0, 2.1), 0), "rain that was sent as it fell");
        let mut values = row(15.0, 2.5);
        as_sent(None, NOON, &mut values, &mut sent);
        assert_eq!(values, row(15.0, 2.5));
    }
}
