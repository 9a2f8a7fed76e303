use super::*;

#[test]
fn heat_index_matches_the_published_vectors() {
    for (t, rh, expected) in [
        (75.0, 50.0, 74.55),
        (80.0, 50.0, 80.80),
        (80.0, 95.0, 87.80),
        (90.0, 50.0, 94.60),
        (90.0, 95.0, 126.62),
        (60.0, 90.0, 59.93),
        (80.0, 40.0, 79.58),
        (84.0, 90.0, 98.34),
        (86.0, 90.0, 105.39),
        (95.0, 10.0, 89.45),
        (100.0, 12.0, 94.92),
        (100.0, 40.0, 109.26),
        (110.0, 40.0, 135.66),
    ] {
        let got = heat_index_f(t, rh);
        assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
    }
}

#[test]
fn wind_chill_matches_the_published_vectors() {
    for (t, v, expected) in
        [(40.0, 5.0, 36.47), (30.0, 10.0, 21.25), (0.0, 15.0, -19.40), (-20.0, 30.0, -53.03), (-45.0, 60.0, -98.10)]
    {
        let (t_c, v_ms) = (Unit::Fahrenheit.to_canonical(t), Unit::MilePerHour.to_canonical(v));
        let got = Unit::Fahrenheit.from_canonical(wind_chill(t_c, v_ms).expect("cold and windy"));
        assert!((got - expected).abs() < 0.0051, "({t}, {v}): {got}, expected {expected}");
    }
    // The form for °C and km/h has rounded coefficients of its own: the two differ by less than 0.05 °C.
    for (t, kmh, expected) in [(0.0, 20.0, -5.24), (-10.0, 30.0, -19.52), (-25.0, 50.0, -42.22), (10.0, 5.0, 9.76)] {
        let got = wind_chill(t, Unit::KilometrePerHour.to_canonical(kmh)).expect("cold and windy");
        assert!((got - expected).abs() < 0.05, "({t}, {kmh}): {got}, expected {expected}");
    }
    assert_eq!(wind_chill(11.0, 5.0), None, "too warm");
    assert_eq!(wind_chill(5.0, 1.0), None, "too calm");
}

#[test]
fn dew_point_matches_the_published_vectors() {
    for (t, rh, expected) in [
        (20.0, 50.0, 9.26),
        (30.0, 90.0, 28.18),
        (0.0, 100.0, 0.0),
        (-10.0, 80.0, -12.80),
        (35.0, 20.0, 8.69),
        (20.0, 1.0, -38.02),
    ] {
        let got = dew_point(t, rh).expect("not dry");
        assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
    }
    assert_eq!(dew_point(20.0, 0.0), None);
}

#[test]
fn sea_level_pressure_matches_the_published_vectors() {
    for (p, z, t, rh, expected) in [
        (1000.0, 120.0, 15.0, 70.0, 1014.23),
        (862.0, 1000.0, 5.0, 60.0, 972.93),
        (1000.0, 120.0, -20.0, 70.0, 1016.28),
        (700.0, 3000.0, 0.0, 40.0, 1005.02),
    ] {
        let got = sea_level_pressure(p, z, t, rh);
        assert!((got - expected).abs() < 0.02, "({p}, {z}, {t}, {rh}): {got}, expected {expected}");
    }
}

/// What WeeWX computes (`weewx/wxformulas.py`, the hypsometric form without humidity). It is not shown here: of a high station
/// it is farther from a map's than the form of WMO-No. 8, and nearly the same of a low one.
fn hypsometric(station_hpa: f64, elevation_m: f64, temperature_c: f64) -> f64 {
    station_hpa * (elevation_m / (29.263 * (273.15 + temperature_c))).exp()
}

#[test]
fn a_low_station_is_reduced_as_by_the_hypsometric_form_and_a_high_one_is_not() {
    for (p, z, t, rh, expected) in [
        (1000.0, 120.0, 15.0, 70.0, 1014.33),
        (862.0, 1000.0, 5.0, 60.0, 974.68),
        (1000.0, 120.0, -20.0, 70.0, 1016.33),
        (700.0, 3000.0, 0.0, 40.0, 1018.82),
    ] {
        let got = hypsometric(p, z, t);
        assert!((got - expected).abs() < 0.02, "({p}, {z}, {t}): {got}, expected {expected}");
        let differs = (got - sea_level_pressure(p, z, t, rh)).abs();
        assert_eq!(differs > 0.5, z > LOW_STATION_M, "({p}, {z}, {t}): {differs}");
    }
}

#[test]
fn altimeter_setting_matches_the_published_vectors() {
    for (p, z, expected) in [(1000.0, 120.0, 1014.44), (862.0, 1000.0, 972.83), (700.0, 3000.0, 1011.87)] {
        let got = altimeter_setting(p, z);
        assert!((got - expected).abs() < 0.02, "({p}, {z}): {got}, expected {expected}");
    }
}

#[test]
fn a_low_station_has_pressure_at_sea_level_and_a_high_one_an_altimeter_setting() {
    let mut values = Values::default();
    assert_eq!(reduced_pressure(&values, 214.0), None);
    values.restore(Quantity::StationPressure, 987.7);
    assert_eq!(reduced_pressure(&values, 214.0), None, "no temperature");
    values.restore(Quantity::Temperature, 15.0);
    let (quantity, low) = reduced_pressure(&values, 214.0).expect("low");
    assert!(quantity == Quantity::SeaLevelPressure && (low - 1_013.0).abs() < 0.3, "{low}");
    values.restore(Quantity::StationPressure, 862.0);
    assert_eq!(reduced_pressure(&values, 1_000.0), Some((Quantity::AltimeterSetting, 972.83)));
    assert_eq!(reduced_pressure(&values, 8_000.0), None, "no such weather");
}

#[test]
fn wet_bulb_globe_is_that_of_the_published_formulas() {
    for (t, rh, expected) in [(20.0, 50.0, 19.86), (30.0, 60.0, 30.92), (35.0, 40.0, 32.59), (40.0, 20.0, 32.39)] {
        let got = wet_bulb_globe(t, rh, None).expect("warm");
        assert!((got - expected).abs() < 0.0051, "({t}, {rh}): {got}, expected {expected}");
    }
    for (t, rh, sun, wind, expected) in [
        (30.0, 60.0, 800.0, 2.0, 28.55),
        (30.0, 60.0, 0.0, 2.0, 25.37),
        (35.0, 40.0, 1_000.0, 5.0, 30.02),
        (25.0, 80.0, -3.0, 0.0, 23.14),
    ] {
        let got = wet_bulb_globe(t, rh, Some((sun, wind))).expect("warm");
        assert!((got - expected).abs() < 0.0051, "({t}, {rh}, {sun}, {wind}): {got}, expected {expected}");
    }
    assert_eq!(wet_bulb_globe(19.9, 90.0, None), None, "no heat");
}

#[test]
fn what_follows_is_there_only_where_it_is_defined() {
    let mut values = Values::default();
    assert_eq!(Follows::of(&values), Follows::default());
    values.restore(Quantity::Temperature, 30.0);
    values.restore(Quantity::Humidity, 60.0);
    let shade = Follows::of(&values);
    assert!(shade.wet_bulb_globe.is_some_and(|wbgt| (wbgt - 30.92).abs() < 0.01));
    assert!(shade.dew_point.is_some_and(|dew| (dew - 21.39).abs() < 0.01), "{shade:?}");
    values.restore(Quantity::SolarRadiation, 800.0);
    assert_eq!(Follows::of(&values).wet_bulb_globe, shade.wet_bulb_globe, "the sun alone does not tell");
    values.restore(Quantity::WindSpeed, 2.0);
    assert!(Follows::of(&values).wet_bulb_globe.is_some_and(|wbgt| (wbgt - 28.55).abs() < 0.01));
    values.restore(Quantity::DewPoint, 21.0);
    assert_eq!(Follows::of(&values).dew_point, None, "the station says it");
}

#[test]
fn heat_is_felt_only_as_far_as_the_table_goes() {
    assert_eq!(heat_index(42.0, 59.0), None, "70 °C: nobody feels that");
    assert_eq!(heat_index(45.0, 5.0), None, "hotter than the regression was made for");
    assert!(heat_index(43.0, 40.0).is_some_and(|index| (index - 57.0).abs() < 1.0));
}

#[test]
fn it_feels_like_something_only_where_that_is_defined() {
    let mut values = Values::default();
    assert_eq!(feels_like(&values), None);
    values.restore(Quantity::Temperature, 20.0);
    values.restore(Quantity::WindSpeed, 5.0);
    values.restore(Quantity::Humidity, 50.0);
    assert_eq!(feels_like(&values), None);
    values.restore(Quantity::Temperature, 0.0);
    assert!(feels_like(&values).expect("chill") < 0.0);
    values.restore(Quantity::Temperature, 35.0);
    assert!(feels_like(&values).expect("heat") > 35.0);
}
