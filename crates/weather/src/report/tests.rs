use super::*;
use crate::units::Unit;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn draft(fields: &[(Quantity, Unit, &str)]) -> Finished {
    let mut draft = Draft::new(NOW);
    for (quantity, unit, text) in fields {
        draft.take_text(&SensorName::main(), *quantity, *unit, quantity.name(), text);
    }
    draft.finish(None)
}

#[test]
fn what_is_weather_is_kept_in_canonical_units() {
    let finished =
        draft(&[(Quantity::Temperature, Unit::Fahrenheit, "50"), (Quantity::Humidity, Unit::Percent, "080")]);
    let report = finished.report.expect("two values");
    let values = report.sensors()[&SensorName::main()];
    assert_eq!((values.get(Quantity::Temperature), values.get(Quantity::Humidity)), (Some(10.0), Some(80.0)));
    assert!(finished.warnings.is_empty());
}

#[test]
fn a_sentinel_is_checked_before_it_is_converted() {
    let finished = draft(&[(Quantity::Temperature, Unit::Fahrenheit, "-99")]);
    assert!(finished.report.is_none(), "-99 °F would be a believable -72.8 °C");
    assert_eq!((finished.refused, finished.warnings.len()), (0, 1));
}

#[test]
fn a_refused_value_is_named_with_its_reason_and_the_rest_is_kept() {
    let finished = draft(&[(Quantity::Temperature, Unit::Celsius, "warm"), (Quantity::Humidity, Unit::Percent, "55")]);
    assert_eq!(finished.warnings[0].to_string(), "temperature = \"warm\": not a number");
    assert!(finished.report.is_some());
    assert_eq!(finished.refused, 1);
}

#[test]
fn of_two_values_for_one_quantity_the_later_is_kept_and_named() {
    let finished = draft(&[
        (Quantity::Temperature, Unit::Celsius, "20"),
        (Quantity::Temperature, Unit::Fahrenheit, "50"),
        (Quantity::Temperature, Unit::Celsius, "10"),
        (Quantity::Temperature, Unit::Celsius, "warm"),
    ]);
    let report = finished.report.expect("two good ones");
    assert_eq!(report.sensors()[&SensorName::main()].get(Quantity::Temperature), Some(10.0));
    assert_eq!(finished.warnings[0].value, "50");
    assert_eq!((finished.warnings.len(), finished.refused, finished.known), (2, 1, 4), "{:?}", finished.warnings);
}

#[test]
fn warnings_are_numbered_cut_and_bounded() {
    let mut parsed = Parsed::default();
    for place in 0..WARNINGS_MAX + 7 {
        let mut draft = Draft::new(NOW);
        draft.unknown(&"x".repeat(1_000), &"y".repeat(1_000));
        parsed.add(draft.finish(None), Some(place));
    }
    assert_eq!((parsed.warnings.len(), parsed.unlisted, parsed.known), (WARNINGS_MAX, 7, 0));
    assert_eq!(parsed.warnings[3].field, format!("[3].{}", "x".repeat(FIELD_MAX_CHARS)));
    assert_eq!(parsed.warnings[3].value, "y".repeat(ECHO_MAX_CHARS));
}

#[test]
fn nothing_that_a_broken_bus_says_counts() {
    let finished = draft(&[
        (Quantity::Temperature, Unit::Celsius, "-145.7"),
        (Quantity::Humidity, Unit::Percent, "100"),
        (Quantity::StationPressure, Unit::Hectopascal, "575"),
    ]);
    assert!(finished.report.is_none());
    assert_eq!(finished.refused, 3);
    let finished =
        draft(&[(Quantity::Temperature, Unit::Celsius, "-46.85"), (Quantity::Humidity, Unit::Percent, "-6")]);
    assert!(finished.report.is_none(), "an HTU21 that does not answer: {:?}", finished.warnings);
}

/// Reports of these times, all of which came at `NOW`.
fn came(times: &[Option<Timestamp>]) -> Vec<Report> {
    let report = |observed_at: &Option<Timestamp>| {
        let mut draft = Draft::new(NOW);
        draft.take_number(&SensorName::main(), Quantity::Temperature, Unit::Celsius, "temperature", 1.0);
        draft.finish(*observed_at).report.expect("a value")
    };
    times.iter().map(report).collect()
}

fn since_now(reports: &[Report]) -> Vec<i64> {
    reports.iter().map(|report| report.observed_at().since(NOW)).collect()
}

#[test]
fn reports_without_a_time_to_believe_are_told_apart_in_their_order() {
    let mut reports = came(&[None, Some(Timestamp(1_000)), Some(NOW.plus(-5_000)), Some(NOW), None]);
    assert_eq!(Report::space_arrivals(&mut reports, None), Some(NOW));
    assert_eq!(since_now(&reports), [-2, -1, -5_000, 0, 0], "a device's own time stays");
}

#[test]
fn an_arrival_is_after_the_one_before_it() {
    let mut reports = came(&[None, None]);
    assert_eq!(Report::space_arrivals(&mut reports, Some(NOW)), Some(NOW.plus(2)));
    assert_eq!(since_now(&reports), [1, 2]);
    assert_eq!(Report::space_arrivals(&mut reports, Some(NOW.plus(-9_000))), Some(NOW), "time has gone on");
    assert_eq!(since_now(&reports), [-1, 0]);
    let set_back = Some(NOW.plus(ARRIVALS_AHEAD_MAX_MS + 1));
    assert_eq!(Report::space_arrivals(&mut reports, set_back), Some(NOW), "the server's clock was wrong before");
    assert_eq!(Report::space_arrivals(&mut came(&[Some(NOW)]), Some(NOW)), Some(NOW), "nothing to give");
}

#[test]
fn warnings_say_values_as_people_read_them() {
    let finished =
        draft(&[(Quantity::Temperature, Unit::Fahrenheit, "33.8"), (Quantity::Humidity, Unit::Percent, "1")]);
    assert_eq!(finished.warnings[0].value, "1");
    assert_eq!(Quantity::Temperature.echo(21.388_888_889), "21.389");
    assert_eq!(Quantity::Temperature.echo(-0.000_001), "0");
}

#[test]
fn a_value_beyond_the_limits_is_named_and_kept_beside_the_others() {
    let wind = (Quantity::WindSpeed, Unit::MilePerHour, "1048.36058");
    let finished = draft(&[wind, (Quantity::Temperature, Unit::Fahrenheit, "50")]);
    let report = finished.report.expect("a temperature");
    assert_eq!(finished.refused, 1);
    let [(Quantity::WindSpeed, speed)] = report.beyond(&SensorName::main()) else { panic!("{report:?}") };
    assert!((speed - 468.659).abs() < 0.001, "{speed} m/s");
    assert!(draft(&[wind]).report.is_none(), "nothing that counts");
    let good = (Quantity::WindSpeed, Unit::MetrePerSecond, "3");
    for fields in [[wind, good], [good, wind]] {
        let report = draft(&fields).report.expect("a wind");
        assert_eq!(report.beyond(&SensorName::main()), [], "what is good counts");
    }
    let broken = [(Quantity::Temperature, Unit::Celsius, "-145.7"), (Quantity::WindSpeed, Unit::MetrePerSecond, "468")];
    assert!(draft(&broken).report.is_none());
}
