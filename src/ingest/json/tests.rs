mod dialects;
mod times;
mod units;

use super::*;
use proptest::prelude::*;
use weather::quantity::Quantity;
use weather::report::{Report, Warning};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn json(body: &str) -> Result<Parsed, Malformed> {
    parse(body.as_bytes(), Format::Json, &NOW.into(), 3)
}

fn lines(body: &str) -> Result<Parsed, Malformed> {
    parse(body.as_bytes(), Format::Lines, &NOW.into(), 3)
}

fn value(report: &Report, sensor: &str, quantity: Quantity) -> Option<f64> {
    report.sensors().get(&SensorName::new(sensor).ok()?)?.get(quantity)
}

fn told(parsed: &Parsed) -> Vec<String> {
    parsed.warnings.iter().map(Warning::to_string).collect()
}

fn refusal(parsed: Result<Parsed, Malformed>) -> String {
    parsed.expect_err("malformed").to_string()
}

#[test]
fn one_object_is_one_report_of_now() {
    let parsed = json(r#"{"temperature": 21.5, "humidity": 40, "indoor/temperature": 19}"#).expect("good");
    let [report] = &parsed.reports[..] else { panic!("{parsed:?}") };
    assert_eq!(report.observed_at(), NOW);
    assert_eq!(value(report, "", Quantity::Temperature), Some(21.5));
    assert_eq!(value(report, "", Quantity::Humidity), Some(40.0));
    assert_eq!(value(report, "indoor", Quantity::Temperature), Some(19.0));
    assert_eq!((parsed.known, parsed.refused, told(&parsed)), (3, 0, vec![]));
}

#[test]
fn a_suffix_names_the_unit() {
    let body = r#"{"temperature_f": 50, "station_pressure_pa": 99500, "wind_speed_kmh": 36, "precipitation_in": 1,
        "greenhouse-2/temperature_f": 212e-1}"#;
    let parsed = json(body).expect("good");
    let report = &parsed.reports[0];
    assert_eq!(value(report, "", Quantity::Temperature), Some(10.0));
    assert_eq!(value(report, "", Quantity::StationPressure), Some(995.0));
    assert_eq!(value(report, "", Quantity::WindSpeed), Some(10.0));
    assert_eq!(value(report, "", Quantity::Precipitation), Some(25.4));
    assert_eq!(value(report, "greenhouse-2", Quantity::Temperature), Some(-6.0));
}

#[test]
fn a_number_may_come_as_text() {
    let parsed = json(r#"{"temperature": "21.5", "humidity": "\u0034\u0030", "observed_at": "1799999999"}"#);
    let parsed = parsed.expect("good");
    assert_eq!(value(&parsed.reports[0], "", Quantity::Temperature), Some(21.5));
    assert_eq!(value(&parsed.reports[0], "", Quantity::Humidity), Some(40.0));
    assert_eq!(parsed.reports[0].observed_at(), Timestamp(1_799_999_999_000));
}

#[test]
fn the_time_is_read_wherever_it_stands_and_null_is_now() {
    for (body, ms) in [
        (r#"{"temperature": 1, "observed_at": "2027-01-15T09:00:00+01:00"}"#, 1_800_000_000_000),
        (r#"{"observed_at": 1799999000, "temperature": 1}"#, 1_799_999_000_000),
        (r#"{"observed_at": 1799999000.125, "temperature": 1}"#, 1_799_999_000_125),
        (r#"{"observed_at": 1799999000125, "temperature": 1}"#, 1_799_999_000_125),
        (r#"{"observed_at": null, "temperature": 1}"#, NOW.0),
    ] {
        assert_eq!(json(body).expect(body).reports[0].observed_at(), Timestamp(ms), "{body}");
    }
}

#[test]
fn an_array_and_lines_are_several_reports_in_their_order() {
    let objects = [r#"{"temperature": 1}"#, r#"{"temperature": 2}"#, r#"{"temperature": 3}"#];
    let array = format!(" [{}] ", objects.join(","));
    let lined = format!("\n{}\r\n\n", objects.join("\r\n \n"));
    for parsed in [json(&array), lines(&lined)] {
        let parsed = parsed.expect("good");
        let temperatures: Vec<_> = parsed.reports.iter().map(|r| value(r, "", Quantity::Temperature)).collect();
        assert_eq!(temperatures, [Some(1.0), Some(2.0), Some(3.0)]);
    }
    assert_eq!(json("[]").expect("an empty array is no mistake").reports, []);
}

#[test]
fn a_value_that_is_not_weather_is_named_and_the_rest_is_kept() {
    let body = r#"{"temperature": 21, "humidity": 140, "dew_point": "warm", "wind_speed": true, "co2": {"ppm": 400},
        "pm10": [1], "Indoor/temperature": 3, "wind": 4, "/temperature": 5, "uv_index": "\ud800"}"#;
    let parsed = json(body).expect("structure is good");
    assert_eq!(parsed.reports[0].sensors().values().flat_map(|v| v.iter()).count(), 1);
    assert_eq!(
        told(&parsed),
        [
            r#"humidity = "140": outside 0 to 100 %"#,
            r#"dew_point = "warm": not a number"#,
            r#"wind_speed = "true": not a number"#,
            r#"co2 = "{\"ppm\": 400}": not a number"#,
            r#"pm10 = "[1]": not a number"#,
            r#"Indoor/temperature = "3": "Indoor" is not a sensor name: use a-z, 0-9, - and _, 40 at most"#,
            r#"wind = "4": unknown field, not stored"#,
            r#"/temperature = "5": unknown field, not stored; did you mean temperature?"#,
            r#"uv_index = "\"\\ud800\"": not a number"#,
        ]
    );
    assert_eq!(parsed.refused, 7);
}

#[test]
fn warnings_name_the_place_among_several() {
    let parsed = json(r#"[{"temperature": 1}, {"temperature": 99, "humidity": 5}]"#).expect("good");
    assert_eq!(told(&parsed), [r#"[1].temperature = "99": outside -80 to 60 °C"#]);
    let parsed = lines("{\"temperature\": 1}\n\n{\"temperature\": 99}\n").expect("good");
    assert_eq!(told(&parsed), [r#"[1].temperature = "99": outside -80 to 60 °C"#]);
}

#[test]
fn no_value_is_missing_and_not_refused() {
    let parsed = json(r#"{"temperature": null, "humidity": -9999, "co2": "unavailable", "pm10": 1e999, "pm2_5": ""}"#);
    let parsed = parsed.expect("good");
    assert!(parsed.reports.is_empty(), "{parsed:?}");
    assert_eq!((parsed.known, parsed.refused), (5, 0));
    assert_eq!(parsed.warnings.len(), 3, "null and the empty text need no word: {parsed:?}");
}

#[test]
fn a_bare_word_for_no_value_is_missing_as_its_text_is() {
    for body in [
        r#"{"temperature": NaN, "humidity": nan, "co2": Infinity, "pm10": -Infinity, "uv_index": -nan}"#,
        r#"{"temperature": "NaN", "humidity": "nan", "co2": "inf", "pm10": "-inf", "uv_index": "-"}"#,
    ] {
        let parsed = json(body).expect(body);
        assert_eq!((parsed.known, parsed.refused, parsed.reports.len()), (5, 0, 0), "{parsed:?}");
        assert!(parsed.warnings.iter().all(|warning| warning.reason.starts_with("means \"no value\"")), "{parsed:?}");
    }
    let parsed = lines("{\"temperature\": 1}\n{\"temperature\": NaN, \"humidity\": 2}").expect("good");
    assert_eq!(told(&parsed), [r#"[1].temperature = "NaN": means "no value", nothing stored"#]);
}

#[test]
fn the_same_quantity_twice_keeps_the_later_and_says_so() {
    let parsed = json(r#"{"temperature": 1, "temperature": 2, "temperature_f": 35.6, "temperature_c": null}"#);
    let parsed = parsed.expect("good");
    assert_eq!(value(&parsed.reports[0], "", Quantity::Temperature).map(f64::round), Some(2.0));
    assert!(told(&parsed)[0].contains("sent twice"), "{parsed:?}");
}

#[test]
fn long_numbers_of_careful_languages_are_numbers() {
    let parsed = json(r#"{"temperature": 21.50000000000000000000000000000000000000000001}"#).expect("good");
    assert_eq!(value(&parsed.reports[0], "", Quantity::Temperature), Some(21.5));
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    assert_eq!(refusal(json("")), "the body is empty");
    assert_eq!(refusal(json("\u{feff} \n")), "the body is empty");
    assert_eq!(refusal(json("{\"temperature\": nano}")), "line 1, column 18: expected ident");
    assert_eq!(
        refusal(json("{\"temperature\": nan, \"humidity\": -Infinity, \"co2\": x}")),
        "line 1, column 52: expected value"
    );
    assert_eq!(refusal(json("{\"temperature\": 1,\n \"humidity\": 2,}")), "line 2, column 16: trailing comma");
    assert_eq!(
        refusal(json("[{\"temperature\": 1}, {\"temperature\" 2}]")),
        "report [1], line 1, column 37: expected `:`"
    );
    assert_eq!(
        refusal(lines("{\"temperature\": 1}\n\n{\"temperature\": 1")),
        "report [1], line 3, column 17: EOF while parsing an object"
    );
    let broken = parse(b"{\"a\":\n\"\xff\"}", Format::Json, &NOW.into(), 3);
    assert_eq!(refusal(broken), "line 2, column 2: not UTF-8");
}

#[test]
fn what_is_not_a_report_is_refused() {
    for body in ["1", "\"temperature\"", "null", "true"] {
        let refusal = refusal(json(body));
        assert!(refusal.contains("expected a report (an object) or an array of reports"), "{refusal}");
    }
    assert_eq!(
        refusal(json("[{\"temperature\": 1}, 7]")),
        "report [1], line 1, column 22: invalid type: integer `7`, expected a report (an object)"
    );
    assert!(refusal(json("[[{\"temperature\": 1}]]")).contains("invalid type: sequence, expected a report"));
    assert!(refusal(lines("[{\"temperature\": 1}]")).contains("expected a report (an object)"));
    let two = "{\"temperature\": 1}\n{\"temperature\": 2}";
    assert!(refusal(json(two)).ends_with("send Content-Type: application/x-ndjson"));
    for nul in ["{\"temperature\": 1}\0", "{\"temperature\": 1}\0\n", "[{\"temperature\": 1}]\0\0"] {
        assert!(
            refusal(json(nul))
                .ends_with("a NUL follows after the end: send the text without the byte that ends it in memory")
        );
    }
    assert!(refusal(json("{\"a\": 1} x\0")).ends_with("x-ndjson"));
    assert!(refusal(lines("{} {}")).ends_with("more follows after the end of the report"));
}

#[test]
fn a_bad_time_refuses_the_whole_request_and_is_named() {
    let malformed = json(r#"[{"temperature": 1}, {"temperature": 2, "observed_at": "noon"}]"#).expect_err("no time");
    assert_eq!(
        malformed.to_string(),
        "report [1], line 1, column 62: observed_at = \"noon\": not a time: use RFC 3339 with an offset \
         (2026-11-22T14:00:00Z) or Unix seconds or milliseconds"
    );
    assert_eq!(malformed.field().map(|w| (w.field, w.value)), Some(("[1].observed_at".into(), "noon".into())));
    for bad in ["\"\"", "true", "{}", "[1]", "\"2026-11-22T14:00:00\"", "1e18"] {
        json(&format!("{{\"observed_at\": {bad}}}")).expect_err(bad);
    }
}

#[test]
fn there_are_limits_to_reports_and_fields() {
    assert!(json(&format!("[{}]", ["{\"co2\":1}"; 3].join(","))).is_ok());
    let four = ["{\"co2\":1}"; 4];
    let why = "more than 3 reports in one request";
    assert!(refusal(json(&format!("[{}]", four.join(",")))).ends_with(why));
    assert!(refusal(lines(&four.join("\n"))).ends_with(why));
    let fields = |count| format!("{{{}}}", vec!["\"x\":0"; count].join(","));
    assert!(json(&fields(FIELDS_MAX)).is_ok());
    assert!(refusal(json(&fields(FIELDS_MAX + 1))).ends_with("more than 256 fields in one report"));
}

#[test]
fn deep_nesting_is_one_bad_value() {
    let deep = format!("{{\"co2\": {}{}, \"temperature\": 1}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(json(&deep).expect("the structure is one object").refused, 1);
    json(&"[".repeat(100_000)).expect_err("an array of arrays");
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let name = prop_oneof!["x[a-z/_]{0,12}", Just("temperature".to_owned()), Just("indoor/humidity".to_owned())];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,12}|-?[0-9]{1,3}(\\.[0-9])?".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), lined: bool) {
        let format = if lined { Format::Lines } else { Format::Json };
        let _ = parse(&bytes, format, &NOW.into(), 3);
    }

    #[test]
    fn whatever_json_is_sent_only_weather_comes_in(value in any_json()) {
        let parsed = parse(value.to_string().as_bytes(), Format::Json, &NOW.into(), 10);
        let is_list = value.as_array().is_some_and(|list| list.iter().all(serde_json::Value::is_object));
        let is_well_formed = value.is_object() || is_list;
        match &parsed {
            Ok(_) => prop_assert!(is_well_formed),
            // By chance a number is a time of the last year: what else is well formed is read.
            Err(error) => prop_assert!(!is_well_formed || error.to_string().contains("observed_at"), "{}", error),
        }
        for report in parsed.map(|parsed| parsed.reports).unwrap_or_default() {
            for (quantity, value) in report.sensors().values().flat_map(|values| values.iter()) {
                prop_assert!(quantity.limits().contains(&value));
            }
        }
    }
}
