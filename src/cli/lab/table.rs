//! `lab table`: a recorded run as Markdown.

use crate::cli::said::print;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;

/// Prints the table.
pub(super) fn run(file: &Path) -> Result<()> {
    let read = || format!("cannot read {}", file.display());
    let text = std::fs::read_to_string(file).with_context(read)?;
    let recorded: Value = serde_json::from_str(&text).with_context(read)?;
    print(table(&recorded).with_context(|| format!("{} is no run of the lab", file.display()))?)
}

fn table(recorded: &Value) -> Option<String> {
    let (run, scenario) = (&recorded["run"], &recorded["scenario"]);
    let mut table = String::from(
        "| fleet | trips per piece of news | empty legs | news delivered | age of it, median / p95 | parked |\n\
         |---|---:|---:|---:|---:|---:|\n",
    );
    for row in recorded["rows"].as_array()? {
        let m = &row["measured"];
        let number = |name: &str| m[name].as_f64();
        let share = |part: Option<f64>, whole: f64| part.filter(|_| whole > 0.0).map(|part| part / whole);
        let (legs, empty) = (number("legs_out")? + number("legs_home")?, number("empty_out")? + number("empty_home")?);
        let dash = || "–".to_owned();
        let trips = share(number("trips"), number("news_delivered")?).map_or_else(dash, |trips| format!("{trips:.2}"));
        let empty = share(Some(empty), legs).map_or_else(dash, |share| format!("{:.0} %", share * 100.0));
        let age = |name: &str| m["age"][name].as_f64().map_or_else(dash, time);
        let (median, p95) = (age("median_ms"), age("p95_ms"));
        let (news, delivered) = (m["news"].as_u64()?, m["news_delivered"].as_u64()?);
        let (fleet, parked) = (row["fleet"].as_str()?, number("parked")?);
        table += &format!("| {fleet} | {trips} | {empty} | {delivered} of {news} | {median} / {p95} | {parked:.2} |\n");
    }
    table += "\nAges are those of the news that was delivered by the end: where some was not, they are too low.\n";
    table += &format!(
        "\nMeasured at {}: {} pages of each fleet for {} s, news every {} s, words every {} s, {} build, {}, {} cores; \
         bare round trip {}.\n",
        recorded["at"].as_str()?,
        run["pages"].as_u64()?,
        scenario["seconds"].as_f64()?,
        1.0 / scenario["news_per_s"].as_f64()?,
        1.0 / scenario["words_per_s"].as_f64()?,
        run["build"].as_str()?,
        recorded["machine"]["cpu"].as_str()?,
        recorded["machine"]["cores"].as_u64()?,
        time(run["round_trip_ms"].as_f64()?),
    );
    Some(table)
}

/// Milliseconds as people read them.
fn time(ms: f64) -> String {
    if ms >= 1_000.0 { format!("{:.2} s", ms / 1e3) } else { format!("{ms:.1} ms") }
}
