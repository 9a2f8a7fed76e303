//! The time of a report, under all its names, and what looks like one.

use super::*;

const TIME: Timestamp = Timestamp(1_795_000_000_000);

#[test]
fn every_synonym_is_the_time_of_the_report_in_any_case() {
    for name in [
        "observed_at",
        "time",
        "timestamp",
        "ts",
        "date",
        "datetime",
        "dateTime",
        "Time",
        "TIMESTAMP",
        "phenomenonTime",
        "dateutc",
        "DateUTC",
    ] {
        for value in ["1795000000", "\"2026-11-18T11:06:40Z\"", "1795000000000", "\"1795000000.000\""] {
            let parsed = json(&format!("[{{\"{name}\": {value}, \"temperature\": 5}}]")).expect(name);
            assert_eq!(parsed.reports[0].observed_at(), TIME, "{name}");
            assert_eq!(told(&parsed), [""; 0]);
        }
    }
    for utc in ["2026-11-18 11:06:40", "2026-11-18+11:06:40"] {
        let parsed = json(&format!("{{\"dateutc\": \"{utc}\", \"temperature\": 5}}")).expect(utc);
        assert_eq!(parsed.reports[0].observed_at(), TIME);
    }
    assert_eq!(json(r#"{"dateutc": "now", "temperature": 5}"#).expect("good").reports[0].observed_at(), NOW);
}

#[test]
fn two_names_may_agree_and_not_disagree() {
    let agree =
        json(r#"{"ts": 1795000000000, "time": "2026-11-18T11:06:40Z", "date": null, "co2": 400}"#).expect("good");
    assert_eq!(agree.reports[0].observed_at(), TIME);
    let disagree =
        json(r#"[{"co2": 400}, {"ts": 1795000000, "co2": 400, "time": 1795000001}]"#).expect_err("two times");
    assert!(disagree.to_string().contains(r#"time = "1795000001": ts tells another time"#), "{disagree}");
    assert_eq!(disagree.field().map(|warning| warning.field), Some("[1].time".into()));
    json(r#"{"observed_at": 1795000000, "observed_at": 1795000001, "co2": 400}"#).expect_err("two times");
}

#[test]
fn a_time_that_is_misspelt_is_no_time_of_arrival() {
    for field in [
        r#""timestmap": 1795000000"#,
        r#""observedAt": "2026-11-18T11:06:40Z""#,
        r#""created_at": 1795000000"#,
        r#""zeit": "2026-11-18 12:06""#,
        r#""when": 1795000000123"#,
        r#""epoch": "1795000000""#,
        r#""t": 1799000000"#,
        r#""Datum": "18.11.2026""#,
        r#""last_updated": "2026-11-18T11:06:40+00:00""#,
    ] {
        let refused = json(&format!("[{{{field}, \"temperature\": 5}}]")).expect_err(field);
        let name = field.split('"').nth(1).expect("a name");
        assert_eq!(refused.field().map(|warning| warning.field), Some(format!("[0].{name}")));
        assert!(refused.to_string().ends_with("use observed_at"), "{refused}");
        // Beside a time of its own it does no harm.
        let with_time = json(&format!("{{{field}, \"observed_at\": 1795000000, \"temperature\": 5}}")).expect(field);
        assert_eq!(with_time.reports[0].observed_at(), TIME);
        assert_eq!(with_time.warnings.len(), 1);
    }
    let harmless = r#"{"temperature": 5, "data": 5, "uptime": 12345, "chip_id": 1799999000, "sunrise": "2026-11-18T06:40:00Z",
        "timestmap": null, "lightning_time": 1795000000}"#;
    assert_eq!(json(harmless).expect("no time in it").reports[0].observed_at(), NOW);
}

#[test]
fn local_time_is_refused_with_advice() {
    let refused = json(r#"{"time": "2026-11-18 12:06:40", "id": 1, "temperature_C": 5}"#).expect_err("no offset");
    assert!(refused.to_string().contains("has no offset from UTC"), "{refused}");
}
