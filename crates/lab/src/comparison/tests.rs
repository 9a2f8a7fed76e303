//! A comparison in all its shapes.

use super::*;
use crate::measured::Age;
use ::csv;

fn comparison() -> Comparison {
    let scenario = Scenario { loss: 0.001, cut_s: Some(60.0), ..Scenario::default() };
    let machine = Machine { cpu: "a <small> one".to_owned(), cores: 2, system: "linux".to_owned() };
    let age = Age { count: 4, mean_ms: 51.25, median_ms: 50.0, p95_ms: 60.0, worst_ms: 149.0 };
    let some = Measured {
        seconds: 3_600.0,
        trips: 180,
        legs_out: 180,
        legs_home: 180,
        empty_home: 90,
        news: 5,
        news_delivered: 4,
        age: Some(age),
        age_mean_least_ms: Some(241.0),
        ..Measured::default()
    };
    let none = Measured { seconds: 3_600.0, news: 5, ..Measured::default() };
    let fleet = |name| Fleet::named(name).expect("a fleet");
    let rows = vec![(fleet("ping-pong"), some), (fleet("stay-home"), none)];
    Comparison::of_simulation("2026-01-02T03:04:05Z".to_owned(), machine, scenario, rows)
}

#[test]
fn the_table_names_machine_date_seed_and_limits() {
    let text = comparison().to_string();
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
fn values_by_commas_have_a_head_and_name_machine_date_and_seed() {
    let csv = comparison().csv().expect("values");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<std::collections::HashMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>().expect("a table");
    let cells = |row: usize, names: [&str; 5]| names.map(|name| rows[row][name].as_str());
    assert_eq!(
        cells(0, ["fleet", "trips", "empty_share", "age_mean_ms", "news"]),
        ["ping-pong", "180", "0.25", "51.25", "5"]
    );
    assert_eq!(
        cells(1, ["fleet", "at", "cpu", "cores", "seed"]),
        ["stay-home", "2026-01-02T03:04:05Z", "a <small> one", "2", "1"]
    );
    assert_eq!((rows.len(), &*rows[1]["age_mean_ms"]), (2, ""), "{csv}");
}

#[test]
fn every_output_says_how_much_was_delivered() {
    let (table, html) = (comparison().to_string(), comparison().html().expect("a page"));
    let json: serde_json::Value = serde_json::from_str(&comparison().json().expect("JSON")).expect("JSON");
    for text in [&table, &html] {
        assert!(text.contains("4 of 5") && text.contains("0 of 5") && text.contains("241"), "{text}");
    }
    assert!(html.contains("Not all news was delivered by the end: ping-pong 4 of 5, stay-home 0 of 5."), "{html}");
    assert!(table.contains("too low"), "and what that does to the mean: {table}");
    let measured = &json["rows"][0]["measured"];
    assert_eq!((&measured["news_delivered"], &measured["news"]), (&4.into(), &5.into()));
    assert_eq!(measured["age_mean_least_ms"], 241.0);
}

#[test]
fn no_bar_of_an_age_is_invisible() {
    let scenario = Scenario { news_per_s: 0.25, words_per_s: 0.1, round_trip_s: 0.003, ..Scenario::default() };
    let age = |mean_ms| Some(Age { count: 4, mean_ms, median_ms: mean_ms, p95_ms: mean_ms, worst_ms: mean_ms });
    let measured =
        |mean_ms| Measured { seconds: 60.0, news: 4, news_delivered: 4, age: age(mean_ms), ..Measured::default() };
    let fleets = ["ping-pong", "stay-home"].map(|name| Fleet::named(name).expect("a fleet"));
    let rows = fleets.into_iter().zip([measured(2.1), measured(7_072.7)]).collect();
    let machine = Machine { cpu: String::new(), cores: 1, system: String::new() };
    let html = Comparison::of_simulation(String::new(), machine, scenario, rows).html().expect("a page");
    let plot = html.split("<figure>").nth(3).expect("the third plot");
    let widths: Vec<f64> = plot.split("<rect").skip(1).filter_map(|bar| bar.split('"').nth(5)?.parse().ok()).collect();
    assert!(widths.len() == 2 && widths.iter().all(|width| *width > 10.0), "{widths:?} in {plot}");
    assert!(plot.contains("By powers of ten, from 1 ms to 100 s."), "{plot}");
}

#[test]
fn the_page_stands_by_itself() {
    let html = comparison().html().expect("a page");
    assert!(html.contains("a &#60;small&#62; one"), "{html}");
    for foreign in ["<script", "src=", "href=", "url("] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert_eq!((html.matches("<svg").count(), html.matches("<th scope=\"row\">").count()), (3, 2));
}

#[test]
fn programs_read_what_people_read() {
    let json: serde_json::Value = serde_json::from_str(&comparison().json().expect("JSON")).expect("JSON");
    assert_eq!((&json["how"], &json["rows"][0]["fleet"]), (&"simulated".into(), &"ping-pong".into()));
    assert_eq!(json["rows"][0]["measured"]["age"]["mean_ms"], 51.25);
    assert!(json["rows"][0]["deviation"]["trips"].is_number() && json["rows"][1]["deviation"]["age"].is_null());
}
