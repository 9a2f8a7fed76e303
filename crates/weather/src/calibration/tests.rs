use super::*;
use proptest::prelude::*;

const EARLIER: Timestamp = Timestamp(1_000);
const START: Timestamp = Timestamp(2_000);
const LATER: Timestamp = Timestamp(3_000);

fn calibration(quantity: Quantity, factor: f64, offset: f64) -> Calibration {
    Calibration::new(quantity, factor, offset).expect("a calibration")
}

fn main(steps: &[(Quantity, Timestamp, f64, f64)]) -> Calibrations {
    let mut all = Calibrations::default();
    for (quantity, from, factor, offset) in steps {
        all.add(SensorName::main(), *quantity, *from, calibration(*quantity, *factor, *offset));
    }
    all
}

fn values(values: &[(Quantity, f64)]) -> Values {
    let mut all = Values::default();
    values.iter().for_each(|(quantity, value)| all.put(*quantity, *value).expect("weather"));
    all
}

#[test]
fn each_calibration_holds_until_the_next_one() {
    let all = main(&[(Quantity::Temperature, START, 1.0, -0.4), (Quantity::Temperature, LATER, 1.0, 0.0)]);
    let main = all.of(&SensorName::main()).expect("calibrated");
    let at = |at| main.put_right(at, &values(&[(Quantity::Temperature, 21.5)]), false);
    assert_eq!(at(EARLIER).values.get(Quantity::Temperature), Some(21.5));
    let right = at(START);
    assert_eq!(right.values.get(Quantity::Temperature), Some(21.1), "without noise");
    assert_eq!(right.sent_as(Quantity::Temperature), Some(21.5));
    assert_eq!(at(LATER), Calibrated { values: values(&[(Quantity::Temperature, 21.5)]), ..Calibrated::default() });
    assert!(
        !main.is_same(Quantity::Temperature, EARLIER, START) && main.is_same(Quantity::Temperature, EARLIER, LATER)
    );
    assert!(all.of(&SensorName::new("indoor").expect("a name")).is_none());
}

#[test]
fn what_cannot_be_less_than_nothing_is_not_and_what_is_no_weather_does_not_count() {
    let of = |quantity, factor, offset, sent| calibration(quantity, factor, offset).of(quantity, sent);
    assert_eq!(of(Quantity::WindSpeed, 1.0, -0.5, 0.2), 0.0);
    assert_eq!(of(Quantity::Humidity, 1.0, 5.0, 98.0), 100.0);
    assert_eq!(of(Quantity::WindDirection, 1.0, 30.0, 345.0), 15.0);
    assert_eq!(of(Quantity::WindDirection, 1.0, -30.0, 15.0), 345.0);
    let all = main(&[(Quantity::Temperature, START, 1.0, 40.0)]);
    let right = all.of(&SensorName::main()).expect("calibrated").put_right(
        START,
        &values(&[(Quantity::Temperature, 21.5)]),
        false,
    );
    assert_eq!((right.values.is_empty(), right.beyond), (true, vec![(Quantity::Temperature, 61.5)]));
}

#[test]
fn a_gauge_has_one_factor_and_its_counters_stay_as_they_are() {
    let all = main(&[(Quantity::Precipitation, START, 1.1, 0.0)]);
    let gauge = all.of(&SensorName::main()).expect("calibrated");
    let sent = values(&[
        (Quantity::Precipitation, 2.0),
        (Quantity::PrecipitationTotal, 800.0),
        (Quantity::PrecipitationRate, 3.0),
        (Quantity::PrecipitationHour, 1.0),
    ]);
    let told =
        |has_fallen| gauge.put_right(START, &sent, has_fallen).values.iter().map(|(_, mm)| mm).collect::<Vec<_>>();
    let both = (told(false), told(true));
    assert!(both.0.contains(&2.0) && both.1.contains(&2.2), "{both:?}");
    for told in [both.0, both.1] {
        assert!([800.0, 3.3, 1.1].iter().all(|value| told.contains(value)), "{told:?}");
    }
    assert_eq!((gauge.rain_factor(EARLIER), gauge.rain_factor(START)), (1.0, 1.1));
}

#[test]
fn a_dew_point_that_a_console_computed_follows_its_thermometer() {
    let sent = values(&[(Quantity::Temperature, 20.0), (Quantity::Humidity, 50.0), (Quantity::DewPoint, 9.3)]);
    let all = main(&[(Quantity::Temperature, START, 1.0, -15.0)]);
    let sensor = all.of(&SensorName::main()).expect("calibrated");
    let right = sensor.put_right(START, &sent, false);
    let dew_point = right.values.get(Quantity::DewPoint).expect("it follows");
    assert!((dew_point + 4.6).abs() < 0.2, "{dew_point}");
    assert_eq!(right.sent_as(Quantity::DewPoint), Some(9.3));
    assert_eq!(sensor.put_right(EARLIER, &sent, false).values, sent);
    let own = main(&[(Quantity::Temperature, START, 1.0, -0.4), (Quantity::DewPoint, START, 1.0, 1.0)]);
    let own = own.of(&SensorName::main()).expect("calibrated").put_right(START, &sent, false);
    assert_eq!(own.values.get(Quantity::DewPoint), Some(10.3));
}

#[test]
fn what_is_no_calibration_is_refused_with_the_reason() {
    for (quantity, factor, offset, why) in [
        (Quantity::Temperature, 0.0, 0.0, "between 0.1 and 10"),
        (Quantity::Temperature, -1.0, 0.0, "between 0.1 and 10"),
        (Quantity::Temperature, f64::NAN, 0.0, "finite"),
        (Quantity::Temperature, 1.0, f64::INFINITY, "finite"),
        (Quantity::Temperature, 1.0, 71.0, "between -70 and 70 °C"),
        (Quantity::UvIndex, 1.0, 11.0, "between -10 and 10"),
        (Quantity::WindDirection, 1.1, 0.0, "no factor"),
        (Quantity::Precipitation, 1.1, 0.5, "no offset"),
        (Quantity::PrecipitationRate, 1.1, 0.0, "calibrate precipitation"),
        (Quantity::PrecipitationTotal, 1.1, 0.0, "calibrate precipitation"),
        (Quantity::LightningCount, 1.1, 0.0, "no measure"),
        (Quantity::BatteryLow, 1.1, 0.0, "no measure"),
    ] {
        let refused = Calibration::new(quantity, factor, offset).expect_err("no calibration").to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn a_start_is_read_back_as_it_is_shown() {
    let zone = Zone::inside("Europe/Berlin").expect("a zone");
    let now = Timestamp(1_795_348_800_123);
    let read = |text: &str| read_start(&zone, text, now);
    assert_eq!((read(""), read("now")), (Ok(Timestamp(1_795_348_800_000)), Ok(Timestamp(1_795_348_800_000))));
    assert_eq!(read("2026-11-22"), Ok(Timestamp(1_795_302_000_000)), "local midnight");
    assert!(read("2026-11-22..2026-11-23").is_err() && read("soon").is_err());
    for from in [EVER, Timestamp(1_795_348_800_000), Timestamp(1_795_348_800_500)] {
        assert_eq!(read(&shown_start(&zone, from)), Ok(from));
    }
    assert_eq!(calibration(Quantity::Temperature, 1.02, -0.4).shown(Quantity::Temperature), "× 1.02 − 0.4 °C");
    assert_eq!(calibration(Quantity::UvIndex, 1.0, 0.5).shown(Quantity::UvIndex), "+ 0.5");
}

#[test]
fn one_that_is_taken_away_holds_no_longer() {
    let mut all = main(&[(Quantity::Temperature, START, 1.0, -0.4)]);
    assert_eq!(all.remove(&SensorName::main(), Quantity::Temperature, LATER), None);
    assert!(all.remove(&SensorName::main(), Quantity::Temperature, START).is_some());
    assert_eq!(all.of(&SensorName::main()).and_then(|of| of.at(Quantity::Temperature, LATER)), None);
}

proptest! {
    #[test]
    fn what_was_sent_is_always_known(
        tenths in -800..600i32, factor in 0.1..10.0f64, offset in -70.0..70.0f64, humidity in 0..100u8,
    ) {
        let sent = values(&[
            (Quantity::Temperature, f64::from(tenths) / 10.0 + 1e-3),
            (Quantity::Humidity, f64::from(humidity)),
            (Quantity::DewPoint, -3.25),
        ]);
        let all = main(&[(Quantity::Temperature, START, factor, offset), (Quantity::Humidity, START, 1.0, offset / 2.0)]);
        let right = all.of(&SensorName::main()).expect("calibrated").put_right(START, &sent, false);
        for (quantity, value) in sent.iter() {
            let beyond = right.beyond.iter().find(|(of, _)| *of == quantity).map(|(_, value)| *value);
            let kept = right.values.get(quantity).or(beyond);
            prop_assert_eq!(right.sent_as(quantity).or(kept), Some(value));
        }
    }
}
