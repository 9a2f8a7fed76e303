//! The table of quantities is one table: what else is written of it agrees, and a row and a column make a new quantity.

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use stevenson::ingest::json::{Format, parse};
use stevenson::keeper::language::topic::Context;
use stevenson::keeper::talk::intent::Intent;
use stevenson::keeper::talk::understand::understand;
use tokio::time::Instant;
use weather::preference::{DIMENSIONS, Preference};
use weather::quantity::{Quantity, Words};
use weather::station::{SensorName, Slug, Station, StationId};
use weather::time::Timestamp;
use weather::zone::Zone;

/// What stands between two markers of the browser's table.
fn table(name: &str) -> Value {
    let script = fs::read_to_string("static/js/view/quantities.js").expect("the script");
    let (_, table) = script.split_once(&format!("// {name}: begin")).expect("the first marker");
    let (table, _) = table.split_once(&format!("// {name}: end")).expect("the last marker");
    serde_json::from_str(table).expect("JSON")
}

#[test]
fn the_browser_has_the_same_units_and_decimals() {
    let quantities = Quantity::all().map(|q| (q.name().to_owned(), json!([q.unit().symbol(), q.decimals()])));
    let (browser, house) = (table("quantities"), quantities.collect::<Value>());
    assert_eq!(browser, house, "QUANTITIES of static/js/view/quantities.js and the table of crates/weather");

    let states = Quantity::all().filter_map(|q| q.states().map(|words| (q.name().to_owned(), json!(words))));
    assert_eq!(table("states"), states.collect::<Value>(), "STATES, and crates/weather/src/quantity/state.rs");

    // A factor is canonical units in one of the other unit; where there is an offset, it multiplies.
    let mut others = Vec::new();
    for dimension in &DIMENSIONS {
        let (first, more) = dimension.choices.split_first().expect("a choice");
        others.extend(more.iter().map(|choice| (first.unit, choice.unit, choice.decimals)));
        others.extend(more.iter().filter_map(|choice| Some((first.rate?, choice.rate?, choice.decimals))));
    }
    let rows: usize = table("units")
        .as_object()
        .expect("an object")
        .values()
        .map(|rows| rows.as_array().expect("a list").len())
        .sum();
    assert_eq!(others.len(), rows, "OTHER_UNITS of static/js/view/quantities.js and DIMENSIONS of crates/weather");
    for (canonical, unit, decimals) in others {
        let table = table("units");
        let rows = table[canonical.symbol()].as_array().expect("a list");
        let row = rows.iter().find(|row| row["symbol"] == unit.symbol()).unwrap_or_else(|| panic!("{}", unit.symbol()));
        assert_eq!(row["decimals"], json!(decimals));
        let (factor, offset) = (row["factor"].as_f64().expect("a number"), row["offset"].as_f64().expect("a number"));
        for value in [0.0, 1.0, -40.0, 1013.25] {
            let browser = if offset == 0.0 { value / factor } else { value * factor + offset };
            // As both cut off the noise of arithmetic.
            let browser = (browser * 1e9 + 0.5).floor() / 1e9;
            assert_eq!(browser, unit.from_canonical(value), "{} in {}", canonical.symbol(), unit.symbol());
        }
    }
}

#[test]
fn the_manual_names_every_quantity_with_its_unit_and_limits() {
    let manual = fs::read_to_string("docs/INGEST.md").expect("the manual");
    for quantity in Quantity::shown() {
        let start = format!("| `{}` | {}", quantity.name(), quantity.unit().symbol());
        let line = manual.lines().find(|line| line.starts_with(&start));
        let (low, high) = quantity.limits().into_inner();
        let limits = format!("| {low} to {high}");
        assert!(line.is_some_and(|line| line.contains(&limits)), "docs/INGEST.md: {start} … {limits}: {line:?}");
    }
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = fs::read_to_string("static/vendor/lucide-1.62.0/icons.svg").expect("the sprite");
    for quantity in Quantity::shown() {
        assert!(sprite.contains(&format!("id=\"{}\"", quantity.icon())), "{}", quantity.icon());
    }
}

#[test]
fn every_quantity_can_be_posted_by_its_name_and_asked_for_by_its_words() {
    let here = Station {
        id: StationId(1),
        slug: Slug::new("town-hall").expect("a slug"),
        name: "Town Hall".to_owned(),
        zone: Zone::UTC,
        elevation_m: None,
        clock_offset_ms: 0,
        coordinates: None,
        upload_units: weather::upload_units::UploadUnits::AsNamed,
        interval_ms: None,
    };
    let now = Timestamp(1_795_348_800_000);
    let known = Quantity::all().map(|quantity| (SensorName::main(), quantity)).collect();
    let context = Context { here: Arc::new(here), known, others: vec![], preference: Preference::default(), now };
    for quantity in Quantity::shown() {
        let value = (quantity.limits().start() + quantity.limits().end()) / 2.0;
        let body = json!({quantity.name(): value}).to_string();
        let parsed = parse(body.as_bytes(), Format::Json, &now.into(), 1).expect("a report");
        assert_eq!(parsed.reports[0].sensors()[&SensorName::main()].get(quantity), Some(value), "{body}");

        let words = quantity.keeper().names.iter().find_map(|name| match name.words {
            Words::Any(words) => words.split(' ').next(),
            _ => None,
        });
        if let Some(word) = words {
            let intent = understand(&format!("what is the {word} now"), &context);
            assert!(matches!(&intent, Intent::Now(topic) if topic.quantity == quantity), "{word}: {intent:?}");
        }
    }
}

/// A quantity that nobody has, as its author would write it.
const ROW: &str = r#"
    // How much of the light the ground throws back.
    Albedo = Row {
        number: 255,
        order: 156,
        name: "albedo",
        title: "Albedo",
        icon: "sun",
        unit: Unit::Percent,
        decimals: 0,
        limits: 0.0..=100.0,
        saturates_at: None,
        faults: &[],
        hysteresis: back_by(3.0, 10),
        keeper: Speech {
            called: "albedo",
            names: &[name(3, Words::Any("albedo"))],
            ..UNSAID
        },
        uploads: &[main("albedo", Unit::Percent)],
    },
);
"#;
const MIGRATION: &str = "ALTER TABLE observation ADD COLUMN albedo REAL;\n";
/// What the program is built from.
const SOURCES: [&str; 9] =
    ["Cargo.toml", "Cargo.lock", "src", "crates", "templates", "static", "migrations", "benches", "rustfmt.toml"];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("a copy");
    }
}

/// Copies the sources with one row and one migration more, and builds the program.
fn program_with_one_quantity_more(folder: &Path) -> PathBuf {
    for name in SOURCES {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        copy(&from, &folder.join(name));
    }
    let path = folder.join("crates/weather/src/quantity/table.rs");
    let table = fs::read_to_string(&path).expect("the table");
    let rows = table.trim_end().strip_suffix(");").expect("the table's end");
    fs::write(path, format!("{rows}{ROW}")).expect("written");
    let migrations = folder.join("migrations/sqlite");
    let next = fs::read_dir(&migrations).expect("a folder").count() + 1;
    fs::write(migrations.join(format!("{next:04}_albedo.sql")), MIGRATION).expect("written");

    // A folder that stays: only the first run builds the dependencies.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-quantity-more");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--offline", "--bin", "stevenson", "--target-dir"])
        .arg(&target)
        .current_dir(folder)
        .status();
    assert!(built.expect("cargo runs").success(), "the copy does not build");
    target.join("debug/stevenson")
}

/// A server that is killed on drop.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if it has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for a page again until it says something.
async fn until_it_says(url: &str, cookie: &str, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = reqwest::Client::new().get(url).header("Cookie", cookie).send().await.expect("an answer");
        let page = answer.text().await.expect("a page");
        if page.contains(what) {
            return;
        }
        assert!(Instant::now() < deadline, "{url} never said {what:?}:\n{page}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
#[ignore = "builds the program a second time: minutes"]
async fn one_row_and_one_migration_make_a_quantity_that_is_posted_shown_and_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = program_with_one_quantity_more(folder.path());
    let data = folder.path().join("data");
    let command = || {
        let mut command = Command::new(&program);
        command.env_remove("STEVENSON_PORT").env_remove("STEVENSON_DATA").arg("--data").arg(&data);
        command
    };
    let added = command().args(["station", "add", "orchard", "--name", "Orchard"]).output().expect("the program runs");
    let text = String::from_utf8(added.stdout).expect("UTF-8");
    let key = text.lines().find_map(|line| line.strip_prefix("key: ")).expect("a key");

    let child = command().args(["serve", "--port", "0"]).stdout(Stdio::piped()).spawn();
    let mut server = Running(child.expect("the server starts"));
    let stdout = server.0.stdout.take().expect("a pipe");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
    let url = line.trim().strip_prefix("listening on ").expect("the address").to_owned();
    let (page, http) = (format!("{url}/s/orchard"), reqwest::Client::new());

    let posted = http.post(format!("{url}/api/v1/readings")).bearer_auth(key).json(&json!({"albedo": 37}));
    let posted = posted.send().await.expect("an answer");
    assert_eq!(posted.status().as_u16(), 201, "{}", posted.text().await.unwrap_or_default());
    until_it_says(&page, "", "Albedo").await;
    until_it_says(&page, "", ">37<").await;

    let upload = format!(
        "{url}/weatherstation/updateweatherstation.php?action=updateraw&ID=orchard&PASSWORD={key}\
        &dateutc=now&albedo=41"
    );
    assert_eq!(http.get(upload).send().await.expect("an answer").text().await.expect("a body"), "success\n");
    until_it_says(&page, "", ">41<").await;

    let first = http.get(&page).send().await.expect("a page");
    let cookie = first.headers().get("set-cookie").expect("a cookie").to_str().expect("text").to_owned();
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let form = http.get(&page).header("Cookie", &cookie).send().await.expect("a page").text().await.expect("a body");
    let (_, rest) = form.split_once("name=\"key\" value=\"").expect("the form's key");
    let (word_key, _) = rest.split_once('"').expect("its end");
    let said = form_urlencoded::Serializer::new(String::new())
        .append_pair("key", word_key)
        .append_pair("text", "what is the albedo?")
        .finish();
    let words = http.post(format!("{page}/words")).header("Cookie", &cookie);
    let words = words.header("Content-Type", "application/x-www-form-urlencoded").body(said);
    assert!(words.send().await.expect("an answer").status().is_success());
    until_it_says(&page, &cookie, "The albedo is 41 %").await;
}
