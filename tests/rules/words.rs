//! Which words stand where: the rules of `docs/GLOSSARY.md`.

use crate::sources::{self, Source};

/// Words of the trucks, with their plurals. `load` is judged apart: as a verb it stands anywhere.
const TRUCK_WORDS: [&str; 19] = [
    "truck",
    "trucks",
    "clipboard",
    "clipboards",
    "cargo",
    "bay",
    "bays",
    "dock",
    "docks",
    "ticket",
    "tickets",
    "tow",
    "fleet",
    "fleets",
    "yard",
    "yards",
    "courier",
    "couriers",
    "loads",
];

/// The rooms that speak of trucks.
const TRUCK_ROOMS: [&str; 20] = [
    "src/door",
    "crates/channel",
    "crates/lab",
    "src/live",
    "src/courier",
    "src/metrics",
    "src/pages/lab",
    "src/cli/lab",
    "templates/lab",
    "templates/part/meter",
    "templates/part/scene",
    "static/js/channel",
    "static/js/tabs",
    "static/js/meter",
    "static/js/lab",
    // Where the parts meet:
    "src/app",
    "src/lib",
    "static/js/page",
    "static/js/history",
    "static/js/admin",
];

/// Single words that may stand elsewhere, each with its reason.
const TRUCK_EXCEPTIONS: [(&str, &str, &str); 6] = [
    ("src/web/base", "dock", "the path `/dock`, with which no base begins"),
    ("src/ingest/console/target", "dock", "the path `/dock`, which no console can have"),
    ("src/config", "dock", "the name of the section `[dock]`, which users write"),
    ("src/cli", "fleets", "the help of the lab's commands"),
    ("src/keeper/language/units", "yards", "the unit of length"),
    ("templates/part/word", "truck", "the name of an icon"),
];

/// Words of what this program is about. The channel carries anything.
const STEVENSON_WORDS: [&str; 16] = [
    "station",
    "stations",
    "sensor",
    "sensors",
    "temperature",
    "temperatures",
    "humidity",
    "weather",
    "keeper",
    "keepers",
    "robot",
    "stevenson",
    "thermometer",
    "observation",
    "observations",
    "barometer",
];

/// `robot` stands in quotes or as the beginning of a metric's name, and only here: on the wire, in the database, in the
/// metrics, in the name of an old section of the configuration.
const ROBOT_PLACES: [&str; 9] = [
    "src/metrics",
    "src/storage",
    "src/config",
    "src/pages/conversation",
    "src/live",
    "crates/lab",
    "static/js/keeper",
    "static/js/page/main",
    "static/js/channel",
];
const ROBOT_FORMS: [&str; 5] = ["\"robot\"", "'robot'", "`robot`", "\"robot_", "`[robot]`"];

/// Names of types with one meaning, and where the type may be made. A twin of a thing has its name.
const MEANINGS: [(&str, &[&str]); 7] = [
    ("Report", &["crates/weather/src/report"]),
    ("Page", &["src/pages/page", "crates/lab/src/page"]),
    ("Load", &["crates/channel/src/cargo", "crates/lab/src/home"]),
    ("Stream", &["src/live/stream"]),
    ("Line", &["src/live/socket", "crates/lab/src/run/socket"]),
    ("State", &["crates/lab/src/home/state"]),
    ("Keeper", &["src/keeper"]),
];

/// Words of a text in order, in small letters: `ParkedTrucks` and `parked_trucks` are two each.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in text.chars().chain([' ']) {
        if !word.is_empty() && (!c.is_alphabetic() || (c.is_uppercase() && before.is_lowercase())) {
            words.push(std::mem::take(&mut word).to_lowercase());
        }
        if c.is_alphabetic() {
            word.push(c);
        }
        before = c;
    }
    words
}

/// The text without the texts in its double quotes, which are wire names and messages.
fn unquoted(text: &str) -> String {
    text.lines().map(|line| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"") + "\n").collect()
}

/// True if a line uses `load` as the name of a thing: the type, or a noun after an article.
fn names_a_load(line: &str) -> bool {
    let is_type = line.match_indices("Load").any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + 4..].chars().next());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            && !after.is_some_and(|c| c.is_alphanumeric() || c == ' ')
    });
    let is_noun = ["a load ", "the load ", "each load ", "one load ", "a load's", "the load's"];
    is_type || is_noun.iter().any(|noun| line.to_lowercase().contains(noun))
}

fn truck_words_in(source: &Source) -> Vec<String> {
    let excused = |word: &str| TRUCK_EXCEPTIONS.iter().any(|(place, name, _)| *name == word && source.is_in(&[place]));
    // A script's file is named after what is in it.
    let names_a_script = |line: &str| line.trim_start().starts_with("\"js/");
    let lines = source.own().lines().enumerate().filter(|(_, line)| !names_a_script(line));
    let found = lines.flat_map(|(at, line)| {
        let mut found: Vec<String> = words(&line.replace("CARGO_", ""))
            .into_iter()
            .filter(|word| TRUCK_WORDS.contains(&word.as_str()) && !excused(word))
            .collect();
        found.extend(names_a_load(line).then(|| "load".to_owned()));
        found.into_iter().map(move |word| (at + 1, word))
    });
    found.map(|(line, word)| format!("{}:{line}: {word}", source.path)).collect()
}

fn stevenson_words_in(source: &Source) -> Vec<String> {
    // `station` is a field of the wire.
    let text = unquoted(&source.own().replace("\"station\":", "")).replace("station: ", "").replace(".station", "");
    let found = text.lines().enumerate().flat_map(|(at, line)| words(line).into_iter().map(move |word| (at + 1, word)));
    let found = found.filter(|(_, word)| STEVENSON_WORDS.contains(&word.as_str()));
    found.map(|(line, word)| format!("{}:{line}: {word}", source.path)).collect()
}

fn robots_in(source: &Source) -> Vec<String> {
    let may = source.is_in(&ROBOT_PLACES);
    let lines = source.own().lines().enumerate().filter(|(_, line)| {
        let bare = match may {
            true => ROBOT_FORMS.iter().fold((*line).to_owned(), |line, form| line.replace(form, "")),
            false => (*line).to_owned(),
        };
        words(&bare).iter().any(|word| word == "robot" || word == "robots")
    });
    lines.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())).collect()
}

fn house() -> Vec<Source> {
    let all = sources::read(&["src", "crates", "templates", "static/js"], &[".rs", ".html", ".js", ".txt"]);
    all.into_iter().filter(|source| !source.is_test()).collect()
}

#[test]
fn truck_words_stay_in_the_rooms_of_the_channel() {
    let wrong: Vec<_> = house().iter().filter(|source| !source.is_in(&TRUCK_ROOMS)).flat_map(truck_words_in).collect();
    assert!(wrong.is_empty(), "{} words:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_channel_does_not_know_what_it_carries() {
    let wrong: Vec<_> =
        house().iter().filter(|source| source.is_in(&["crates/channel"])).flat_map(stevenson_words_in).collect();
    assert!(wrong.is_empty(), "{} words:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_keeper_is_called_robot_on_the_wire_and_in_the_metrics_only() {
    let wrong: Vec<_> = house().iter().flat_map(robots_in).collect();
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

/// The types of a file whose names mean something else.
fn other_meanings_in(source: &Source) -> Vec<String> {
    let makes = |line: &str, name: &str| {
        ["struct", "enum", "trait", "type"].iter().any(|kind| {
            let rest = line.split_once(&format!("{kind} {name}")).map(|(_, rest)| rest);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let code = |line: &'_ str| line.split("//").next().unwrap_or_default().to_owned();
    let lines = source.own().lines().map(code).enumerate();
    let found = lines.flat_map(|(at, line)| {
        let wrong = MEANINGS.iter().filter(|(name, places)| !source.is_in(places) && makes(&line, name));
        wrong.map(|(name, _)| (at + 1, *name)).collect::<Vec<_>>()
    });
    found.map(|(line, name)| format!("{}:{line}: {name}", source.path)).collect()
}

#[test]
fn a_type_whose_name_has_one_meaning_is_made_once() {
    let wrong: Vec<_> =
        house().iter().filter(|source| source.path.ends_with(".rs")).flat_map(other_meanings_in).collect();
    assert!(wrong.is_empty(), "{} types:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_check_sees_a_word_in_the_wrong_room() {
    let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    let text = "fn f(parkedTrucks: u8) {} // the yard\nlet x = config.load();\nuse x::Load;\n#[cfg(test)]\n// a dock";
    assert_eq!(truck_words_in(&source("src/web/x.rs", text)).len(), 3);
    assert!(truck_words_in(&source("src/config.rs", "pub dock: channel::Options")).is_empty());
    let channel = "struct Fields { station: String }\nlet a = \"a station\"; // a station's slug";
    assert_eq!(stevenson_words_in(&source("crates/channel/src/x.rs", channel)), ["crates/channel/src/x.rs:2: station"]);
    let types = "pub struct Line;\npub struct LineOf; // struct Page\nfn f() -> Report {}";
    assert_eq!(other_meanings_in(&source("src/web/x.rs", types)), ["src/web/x.rs:1: Line"]);
    assert!(other_meanings_in(&source("src/live/socket.rs", types)).is_empty());
    let robots = "let from = \"robot\"; // what the robot says";
    assert_eq!(robots_in(&source("src/storage/x.rs", robots)).len(), 1);
    assert_eq!(robots_in(&source("src/storage/x.rs", "let from = \"robot\";")).len(), 0);
    assert_eq!(robots_in(&source("src/web/x.rs", "let from = \"robot\";")).len(), 1);
    assert!(!source("src/liver.rs", "").is_in(&["src/live"]) && source("src/live/a.rs", "").is_in(&["src/live"]));
}
