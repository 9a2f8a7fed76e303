//! `lab peers`: measurements of this server and of others, side by side.

use crate::cli::said::print;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Prints the tables.
pub(super) fn run(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let measured: Vec<Value> = lines
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} holds something other than lines of `drive --json`", file.display()))?;
    print(tables(&measured)?)
}

/// A figure: its name, where it stands in a measurement, its factor, its decimals.
type Figure = (&'static str, &'static str, f64, usize);

const SATURATED: &[Figure] = &[
    ("deliveries/s", "/deliveries_per_s", 1.0, 0),
    ("server's CPU a delivery, µs", "/cpu_us_per_delivery", 1.0, 1),
    ("server, cores busy", "/server_cpu_share", 1.0, 2),
    ("load generator, cores busy", "/driver_cpu_share", 1.0, 2),
    ("bytes a load", "/bytes_per_delivery", 1.0, 0),
];
const PACED: &[Figure] = &[
    ("publish → page, p50, ms", "/age/median_ms", 1.0, 2),
    ("publish → page, p99, ms", "/age/p99_ms", 1.0, 2),
    ("PSS a parked page at the end, kB", "/memory/by_truck_after", 1e-3, 1),
    ("PSS a parked page, first park, kB", "/memory/by_truck", 1e-3, 1),
    ("PSS a silent connection, kB", "/memory/by_connection", 1e-3, 1),
    ("kernel a connection, kB", "/memory/kernel_by_connection", 1e-3, 1),
];
const POSTED: &[Figure] = &[
    ("stored posts/s", "/stored_per_s", 1.0, 0),
    ("p50, ms", "/took/median_ms", 1.0, 2),
    ("p99, ms", "/took/p99_ms", 1.0, 2),
    ("server's CPU a post, µs", "/cpu_us_per_post", 1.0, 1),
    ("server, cores busy", "/server_cpu_share", 1.0, 2),
    ("load generator, cores busy", "/driver_cpu_share", 1.0, 2),
];

/// One table for each kind of measurement, in the order in which they were first made.
fn tables(measured: &[Value]) -> Result<String> {
    // What was asked for → who → its measurements.
    let mut asked: Vec<(String, &[Figure])> = Vec::new();
    let mut found: BTreeMap<String, BTreeMap<String, Vec<&Value>>> = BTreeMap::new();
    for one in measured {
        let (name, who, figures) = kind(one).context("a measurement without mode, peer or count")?;
        if !found.contains_key(&name) {
            asked.push((name.clone(), figures));
        }
        found.entry(name).or_default().entry(who).or_default().push(one);
    }
    let mut text = String::new();
    for (name, figures) in asked {
        table(&mut text, &name, figures, &found[&name])?;
    }
    Ok(text)
}

/// What was asked for, of whom, and the figures that answer it.
fn kind(one: &Value) -> Option<(String, String, &'static [Figure])> {
    let who = one["peer"].as_str()?.to_owned();
    Some(match one["mode"].as_str()? {
        "deliver" => {
            let (trucks, heads) = (one["trucks"].as_u64()?, one["heads"].as_str()?);
            match one["news_per_s"].as_f64() {
                Some(news) => (format!("{trucks} parked, {news} news/s, {heads} heads"), who, PACED),
                None => (format!("{trucks} parked, saturated, {heads} heads"), who, SATURATED),
            }
        }
        "post" => (
            format!("single posts, {} clients, {} stations", one["clients"].as_u64()?, one["keys"].as_u64()?),
            who,
            POSTED,
        ),
        _ => return None,
    })
}

fn table(text: &mut String, name: &str, figures: &[Figure], by_peer: &BTreeMap<String, Vec<&Value>>) -> Result<()> {
    const OURS: &str = "stevenson";
    let ours = by_peer.get(OURS);
    let others: Vec<_> = by_peer.iter().filter(|(who, _)| *who != OURS).collect();
    write!(text, "\n| {name} |")?;
    for (who, rounds) in
        ours.map(|ours| (OURS, ours)).into_iter().chain(others.iter().map(|(who, r)| (who.as_str(), *r)))
    {
        write!(text, " {who}, median of {} |", rounds.len())?;
    }
    others.iter().filter(|_| ours.is_some()).try_for_each(|_| write!(text, " ratio |"))?;
    writeln!(text)?;
    let columns = by_peer.len() + if ours.is_some() { others.len() } else { 0 };
    writeln!(text, "|---|{}", "---:|".repeat(columns))?;
    for &(figure, place, factor, decimals) in figures {
        let mine = ours.and_then(|rounds| median(rounds, place));
        let theirs: Vec<Option<f64>> = others.iter().map(|(_, rounds)| median(rounds, place)).collect();
        write!(text, "| {figure} |")?;
        for value in ours.map(|_| mine).into_iter().chain(theirs.iter().copied()) {
            let shown = value.map_or("–".to_owned(), |value| format!("{:.decimals$}", value * factor));
            write!(text, " {shown} |")?;
        }
        for theirs in theirs.iter().filter(|_| ours.is_some()) {
            let ratio = mine.zip(*theirs).filter(|(_, theirs)| *theirs > 0.0);
            write!(text, " {} |", ratio.map_or("–".to_owned(), |(mine, theirs)| format!("{:.2}", mine / theirs)))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

/// The median of what stands in the measurements at this place; of an even number the lower of the two in the middle.
fn median(rounds: &[&Value], place: &str) -> Option<f64> {
    let mut values: Vec<f64> = rounds.iter().filter_map(|one| one.pointer(place)?.as_f64()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn medians_stand_side_by_side_with_their_ratio() {
        let one = |peer: &str, speed: f64| {
            json!({"mode": "deliver", "peer": peer, "heads": "short", "trucks": 1000, "news_per_s": null,
                   "deliveries_per_s": speed, "cpu_us_per_delivery": null})
        };
        let runs = [
            one("nchan", 100.0),
            one("stevenson", 90.0),
            one("stevenson", 10.0),
            one("stevenson", 50.0),
            one("nchan", 100.0),
        ];
        let tables = tables(&runs).expect("tables");
        assert!(
            tables.contains(
                "| 1000 parked, saturated, short heads | stevenson, median of 3 | nchan, median of 2 | ratio |"
            ),
            "{tables}"
        );
        assert!(tables.contains("| deliveries/s | 50 | 100 | 0.50 |"), "{tables}");
        assert!(tables.contains("| server's CPU a delivery, µs | – | – | – |"), "{tables}");
    }

    #[test]
    fn a_server_that_stands_alone_has_no_ratio() {
        let runs = [json!({"mode": "post", "peer": "stevenson", "clients": 64, "keys": 4, "stored_per_s": 20000.4})];
        let tables = tables(&runs).expect("tables");
        assert!(
            tables.contains("| single posts, 64 clients, 4 stations | stevenson, median of 1 |\n|---|---:|\n"),
            "{tables}"
        );
        assert!(tables.contains("| stored posts/s | 20000 |\n"), "{tables}");
        assert!(super::tables(&[json!({"mode": "walk"})]).is_err());
    }
}
