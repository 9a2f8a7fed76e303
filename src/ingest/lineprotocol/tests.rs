use super::*;
use proptest::prelude::*;
use weather::report::Report;

const NOW: Timestamp = Timestamp(1_792_900_000_000);

fn read(body: &str, precision: Precision) -> Batch {
    parse(body.as_bytes(), precision, &NOW.into(), 3).expect(body)
}

/// All values of a report, canonical, rounded.
fn values(report: &Report) -> Vec<String> {
    let all = report.sensors().iter().flat_map(|(sensor, values)| values.iter().map(|(q, v)| (sensor.key(q), v)));
    all.map(|(key, value)| format!("{key} {}", (value * 100.0).round() / 100.0)).collect()
}

#[test]
fn what_clients_write_is_read() {
    let arduino = r#"environment,device=ESP8266,room=green\ house\,\ nord humidity=40i,note="say \"hi\"\\",ok=true,temperature=21.540000000000003 1792889971000"#;
    let batch = read(arduino, Milliseconds);
    assert_eq!(values(&batch.parsed.reports[0]), ["temperature 21.54", "humidity 40"]);
    assert_eq!(batch.parsed.reports[0].observed_at(), Timestamp(1_792_889_971_000));
    assert_eq!(batch.parsed.warnings.len(), 2, "note and ok: {:?}", batch.parsed.warnings);
    let v1 = r"weather,station=école\ 1 n=3i,temp_c=21.5 1792889970000000000";
    let batch = read(v1, Nanoseconds);
    assert_eq!(values(&batch.parsed.reports[0]), ["temperature 21.5"]);
    assert_eq!(batch.parsed.reports[0].observed_at(), Timestamp(1_792_889_970_000));
    let idiom = read("temperature,sensor=Green\\ House value=5\r\nmem,host=pi used=3i\r\n", Nanoseconds);
    assert_eq!(values(&idiom.parsed.reports[0]), ["green-house/temperature 5"]);
    assert_eq!((idiom.dropped, idiom.parsed.reports.len(), idiom.parsed.reports[0].observed_at()), (0, 1, NOW));
}

#[test]
fn each_sensor_that_rtl_433_hears_is_a_sensor_of_its_own() {
    for (line, expected) in [
        ("Acurite-Tower,id=12345,channel=A temperature_C=21.3,mod=\"ASK\"", "acurite-tower-a-12345/temperature 21.3"),
        ("rtl_433,model=LaCrosse-TX141,id=7 temperature_C=5", "lacrosse-tx141-7/temperature 5"),
        ("(null),id=7 temperature_C=5", "null-7/temperature 5"),
        ("x,device=y,room=z temperature_C=5", "temperature 5"),
        ("x,sensor=a,id=7 temperature_C=5", "a/temperature 5"),
        ("x a/temperature=5", "a/temperature 5"),
        ("Acurite-Tower,id=12345 battery_ok=0", "acurite-tower-12345/battery_low 1"),
    ] {
        assert_eq!(values(&read(line, Nanoseconds).parsed.reports[0]), [expected], "{line}");
    }
}

#[test]
fn precisions_have_the_names_of_both_versions() {
    let time = |precision: Precision, time: i64| precision.instant(time).map(|at| at.0);
    for (name, sent) in [
        (None, 1_792_889_970_000_000_000),
        (Some("ns"), 1_792_889_970_000_000_000),
        (Some("nonsense"), 1_792_889_970_000_000_000),
        (Some("u"), 1_792_889_970_000_000),
        (Some("ms"), 1_792_889_970_000),
        (Some("s"), 1_792_889_970),
    ] {
        assert_eq!(time(Precision::of_version_1(name), sent), Ok(1_792_889_970_000), "{name:?}");
    }
    assert_eq!(time(Precision::of_version_1(Some("m")), 29_881_499), Ok(1_792_889_940_000));
    assert_eq!(time(Precision::of_version_1(Some("h")), 498_024), Ok(1_792_886_400_000));
    assert_eq!(Precision::of_version_2(Some("us")), Some(Microseconds));
    assert_eq!(Precision::of_version_2(Some("u")), None);
    assert_eq!(time(Nanoseconds, -1), Ok(-1));
}

#[test]
fn seconds_that_are_read_as_nanoseconds_are_noticed_and_named() {
    let batch = read("weather temperature=21.5 1792889971", Nanoseconds);
    let why = "unable to parse 'weather temperature=21.5 1792889971': time 1792889971 read as nanoseconds is 1970; in seconds it \
        makes sense: send precision=s";
    assert_eq!((batch.dropped, batch.wrong), (1, vec![why.to_owned()]));
    for (precision, time, advice) in [
        (Nanoseconds, 1_792_889_971_000, "send precision=ms"),
        (Nanoseconds, 1_792_889_971_000_000, "send precision=us"),
        (Seconds, 1_792_889_971_000, "send precision=ms"),
        (Seconds, 1_792_889_971_000_000_000, "send precision=ns"),
        (Milliseconds, 1_792_889_971, "send precision=s"),
    ] {
        let why = precision.instant(time).expect_err("another precision");
        assert!(why.ends_with(advice), "{why}");
    }
    assert_eq!(Nanoseconds.instant(0), Ok(Timestamp(0)), "a clock that was never set");
}

#[test]
fn good_lines_are_read_beside_wrong_ones() {
    let batch = read("m temperature=1\nm temperature=NaN\nm humidity=200\n# done", Nanoseconds);
    assert_eq!((batch.parsed.reports.len(), batch.dropped, batch.parsed.refused), (1, 1, 1));
    assert_eq!(batch.wrong, ["unable to parse 'm temperature=NaN': invalid number"]);
    assert_eq!(parse(b"\xff", Nanoseconds, &NOW.into(), 3).err(), Some(Unreadable::NotUtf8));
    assert_eq!(parse(b"a b=1\na b=1\na b=1\na b=1", Nanoseconds, &NOW.into(), 3).err(), Some(Unreadable::TooMany(3)));
    assert_eq!(parse(b"\n#\n", Nanoseconds, &NOW.into(), 3).expect("nothing").dropped, 0);
    let many = "m x=\n".repeat(12);
    let batch = parse(many.as_bytes(), Nanoseconds, &NOW.into(), 20).expect("text");
    assert_eq!((batch.wrong.len(), batch.dropped), (WRONG_LISTED, 12));
}

#[test]
fn what_would_change_the_others_is_obeyed_or_refused() {
    let fahrenheit = read("m,unit=F temperature=50", Nanoseconds);
    assert_eq!(values(&fahrenheit.parsed.reports[0]), ["temperature 10"]);
    for (line, why) in [
        ("m,temperature_unit=K temperature=300", "this unit is not read here"),
        ("m temperature=5,time=1792889971i", "time looks like the time of the line"),
        ("m temperature=5,timestmap=\"2026\"", "timestmap looks like the time of the line"),
    ] {
        let batch = read(line, Nanoseconds);
        assert!(batch.dropped == 1 && batch.wrong[0].contains(why), "{batch:?}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_the_parser_panic(
        body in "\\PC{0,60}|([mé]{1,3}(,(sensor|id|unit)=[a-zCF]{1,3})?( (temperature|value|x/humidity|time)=[0-9.eiu\"t]{1,4})( [0-9]{1,20})?\n){1,3}",
        bytes: Vec<u8>,
        seconds: bool,
    ) {
        let precision = if seconds { Seconds } else { Nanoseconds };
        let _ = parse(&bytes, precision, &NOW.into(), 3);
        for report in parse(body.as_bytes(), precision, &NOW.into(), 3).map(|batch| batch.parsed.reports).unwrap_or_default() {
            for (quantity, value) in report.sensors().values().flat_map(|values| values.iter()) {
                prop_assert!(quantity.limits().contains(&value));
            }
        }
    }

    #[test]
    fn every_time_is_an_instant_or_advice(time: i64) {
        for (precision, ..) in MEANT {
            let _ = precision.instant(time);
        }
    }
}
