//! Fields that tell the units of others.

use super::*;

#[test]
fn a_field_that_tells_a_unit_is_obeyed() {
    for (body, quantity, canonical) in [
        (r#"{"TempUnit": "F", "temperature": 50}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 50, "unit": "°F"}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 50, "temperature_unit": "F", "humidity": 3}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 10, "unit": "C"}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 10, "unit": null}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature_f": 50, "TempUnit": "F"}"#, Quantity::Temperature, 10.0),
        (r#"{"wind_speed": 36, "wind_speed_unit": "km/h"}"#, Quantity::WindSpeed, 10.0),
        (r#"{"wind_speed": 36, "WindUnit": "kmh"}"#, Quantity::WindSpeed, 10.0),
        (r#"{"sea_level_pressure": 101300, "pressure_unit": "Pa"}"#, Quantity::SeaLevelPressure, 1013.0),
        (r#"{"precipitation_rate": 1, "rain_unit": "in"}"#, Quantity::PrecipitationRate, 25.4),
        (r#"{"temperature": 50, "usUnits": 1}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 50, "units": "US"}"#, Quantity::Temperature, 10.0),
        (r#"{"temperature": 10, "visibility_unit": "km"}"#, Quantity::Temperature, 10.0),
    ] {
        let parsed = json(body).expect(body);
        let is = value(&parsed.reports[0], "", quantity).expect(body);
        assert!((is - canonical).abs() < 1e-9, "{body}: {is}");
    }
}

#[test]
fn a_unit_that_is_not_read_or_disagrees_refuses_the_request_and_is_named() {
    for (body, field) in [
        (r#"{"temperature": 300, "temperature_unit": "K"}"#, "temperature_unit"),
        (r#"{"temperature": 10, "units": "metric"}"#, "units"),
        (r#"{"temperature": 10, "unit_of_measurement": "Grad"}"#, "unit_of_measurement"),
        (r#"{"sea_level_pressure": 760, "PressureUnit": "psi"}"#, "PressureUnit"),
        (r#"{"temperature": 10, "usUnits": 2}"#, "usUnits"),
        (r#"{"temperature": 10, "usUnits": 1, "units": "METRICWX"}"#, "units"),
        (r#"{"temperature_f": 50, "unit": "C"}"#, "temperature_f"),
        (r#"{"temperature": 50, "unit": "C", "temp_unit": "F"}"#, "temperature"),
        (r#"{"humidity": 50, "humidity_unit": "F"}"#, "humidity_unit"),
        (r#"{"temperature": 50, "indoor/temperature_unit": "F"}"#, "indoor/temperature_unit"),
        (r#"{"temperature": 50, "gradunit": "F"}"#, "gradunit"),
    ] {
        let refused = json(body).expect_err(body);
        assert_eq!(refused.field().map(|warning| warning.field).as_deref(), Some(field), "{refused}");
    }
}
