//! Claims of `docs/ARCHITECTURE.md` and of comments that no other test holds.

use crate::sources::{self, Source};
use std::fs;
use std::path::Path;

/// Ways to make a global that changes or is filled later. A `static` table of constants is none.
const GLOBALS: [&str; 8] =
    ["static mut ", "OnceLock", "OnceCell", "LazyLock", "LazyCell", "lazy_static", "thread_local!", "static ref "];

/// Names that convert between units.
const CONVERSIONS: [&str; 3] = ["units::Unit", "units::{Unit", "from_canonical("];

/// The edges where units are converted: the doors that take reports, the metrics, the pages, and the keeper, who hears and says
/// numbers.
const EDGES: [&str; 6] =
    ["src/ingest", "src/metrics/weather", "src/pages", "src/keeper/language", "src/keeper/talk", "src/keeper/alerts"];

/// The beginnings of paths that a text may name.
const FOLDERS: [&str; 10] =
    ["src/", "crates/", "tests/", "docs/", "static/", "templates/", "migrations/", "benches/", "scripts/", "pages/"];

/// Paths that texts name as patterns, examples or plans, each with its reason.
const NOT_THERE: [(&str, &str); 3] = [
    ("src/a.rs", "an example in tests/rules/floors.rs"),
    ("src/a/b.rs", "an example in tests/rules/floors.rs"),
    ("tests/js/*.test.js", "a pattern"),
];

fn lines_with<'a>(source: &'a Source, needles: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let code = |line: &'a str| line.split("//").next().unwrap_or_default();
    let has = move |(_, line): &(usize, &'a str)| needles.iter().any(|needle| code(line).contains(needle));
    source
        .own()
        .lines()
        .enumerate()
        .filter(has)
        .map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim()))
}

/// The paths between backticks in a text.
fn paths_in(text: &str) -> Vec<String> {
    let named = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path = |name: &&str| {
        FOLDERS.iter().any(|folder| name.starts_with(folder)) && !name.contains(|c: char| " ()<>".contains(c))
    };
    named.filter(is_path).map(|name| name.split("::").next().unwrap_or(name).to_owned()).collect()
}

#[test]
fn there_are_no_globals() {
    let sources = sources::read(&["src", "crates"], &[".rs"]);
    let wrong: Vec<_> =
        sources.iter().filter(|source| !source.is_test()).flat_map(|source| lines_with(source, &GLOBALS)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn units_are_converted_at_the_edges_only() {
    let sources = sources::read(&["src", "crates/channel", "crates/lab"], &[".rs"]);
    let inside = sources.iter().filter(|source| !source.is_in(&EDGES));
    let wrong: Vec<_> = inside.flat_map(|source| lines_with(source, &CONVERSIONS)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_path_that_a_text_names_is_there() {
    let folders = ["src", "crates", "tests", "benches", "docs", "static/js", "scripts", "README.md", "CONTRIBUTING.md"];
    let sources = sources::read(&folders, &[".rs", ".js", ".md", "/test", "/bench"]);
    let is_there = |source: &Source, path: &str| {
        let own_crate = source.path.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
        let below = own_crate.map(|name| Path::new("crates").join(name).join(path));
        Path::new(path).exists() || below.is_some_and(|path| path.exists())
    };
    let wrong = sources.iter().filter(|source| !source.path.contains("/vendor/")).flat_map(|source| {
        let missing = paths_in(&source.text)
            .into_iter()
            .filter(|path| !NOT_THERE.iter().any(|(known, _)| known == path) && !is_there(source, path));
        missing.map(|path| format!("{}: {path}", source.path)).collect::<Vec<_>>()
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of tests in the table of invariants.
fn tests_in(architecture: &str) -> Vec<&str> {
    let table = architecture.split("## Invariants").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = table.unwrap_or_default().lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.rsplit('|').nth(1));
    cells.filter_map(|cell| cell.split('`').nth(1)).filter(|name| name.contains('_')).collect()
}

#[test]
fn every_invariant_names_a_test() {
    let architecture = fs::read_to_string("docs/ARCHITECTURE.md").expect("the document");
    let named = tests_in(&architecture);
    assert!(named.len() >= 14, "{} invariants name a test", named.len());
    let sources = sources::read(&["src", "crates", "tests"], &[".rs"]);
    let is_there = |name: &str| sources.iter().any(|source| source.text.contains(&format!("fn {name}()")));
    let wrong: Vec<_> = named.into_iter().filter(|name| !is_there(name)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_checks_see_what_they_look_for() {
    let source = |text: &str| Source { path: "src/x.rs".into(), text: text.into() };
    assert_eq!(lines_with(&source("static mut A: u8 = 0; // LazyLock\n// OnceLock"), &GLOBALS).count(), 1);
    assert_eq!(
        paths_in("see `src/app.rs` and `docs/LAB.md`, not `x/y` and `src/<room>`"),
        ["src/app.rs", "docs/LAB.md"]
    );
}
