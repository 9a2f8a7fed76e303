//! A report in all its shapes.

use super::*;
use crate::measured::Age;

fn report() -> Report {
    let scenario = Scenario { loss: 0.001, cut_s: Some(60.0), ..Scenario::default() };
    let machine = Machine { cpu: "a <small> one".to_owned(), cores: 2, system: "linux".to_owned() };
    let age = Age { count: 4, mean_ms: 51.25, median_ms: 50.0, p95_ms: 60.0, worst_ms: 149.0 };
    let some = Measured {
        seconds: 3_600.0,
        trips: 180,
        legs_out: 180,
        legs_home: 180,
        empty_home: 90,
        age: Some(age),
        ..Measured::default()
    };
    let none = Measured { seconds: 3_600.0, ..Measured::default() };
    let rows = vec![("ping-pong".parse().expect("a row"), some), ("stay-home".parse().expect("a row"), none)];
    Report::new(How::Simulated, "2026-01-02T03:04:05Z".to_owned(), machine, scenario, rows)
}

#[test]
fn the_table_names_machine_date_seed_and_limits() {
    let text = report().to_string();
    for part in [
        "a <small> one, 2 cores",
        "2026-01-02T03:04:05Z",
        "seed 1",
        "cut after 60 s",
        "lost 0.1 %",
        "What these figures do not show",
        "loses and cuts nothing",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert!(text.lines().any(|line| line.starts_with("ping-pong") && line.contains("180.0")), "{text}");
}

#[test]
fn values_by_commas_have_a_head_for_each() {
    let csv = report().csv();
    let columns: Vec<_> = csv.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(columns, [34; 3], "{csv}");
}

#[test]
fn the_page_stands_by_itself() {
    let html = report().html().expect("a page");
    assert!(html.contains("a &#60;small&#62; one"), "{html}");
    for foreign in ["<script", "src=", "href=", "url("] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert_eq!((html.matches("<svg").count(), html.matches("<th scope=\"row\">").count()), (3, 2));
}

#[test]
fn programs_read_what_people_read() {
    let json: serde_json::Value = serde_json::from_str(&report().json().expect("JSON")).expect("JSON");
    assert_eq!((&json["how"], &json["rows"][0]["fleet"]), (&"simulated".into(), &"ping-pong".into()));
    assert_eq!(json["rows"][0]["measured"]["age"]["mean_ms"], 51.25);
    assert!(json["rows"][0]["deviation"]["trips"].is_number() && json["rows"][1]["deviation"]["age"].is_null());
}
