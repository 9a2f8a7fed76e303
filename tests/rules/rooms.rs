//! The browser's scripts lie in rooms, and imports go from pages to engines, never back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each room of `static/js/`, and the rooms that its scripts may import from.
const ROOMS: [(&str, &[&str]); 10] = [
    ("admin", &["channel"]),
    ("channel", &[]),
    ("tabs", &["channel"]),
    ("dom", &[]),
    ("view", &["dom"]),
    ("meter", &["channel", "dom"]),
    ("keeper", &["dom", "view"]),
    ("page", &["channel", "tabs", "dom", "view", "meter", "keeper"]),
    ("history", &["channel", "tabs", "view", "page"]),
    ("lab", &["channel", "dom", "meter"]),
];

/// The rooms of engines: they run in a worker and under `node --test`, where there is no page.
const ENGINES: [&str; 2] = ["channel", "tabs"];

/// What only a page has.
const DOM: [&str; 6] = ["document.", "window.", "querySelector", "HTMLElement", "Element}", "requestAnimationFrame"];

/// The scripts by their path below `static/js`.
fn scripts() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/js");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root).expect("the folder of scripts") {
        let room = entry.expect("an entry").path();
        let name = room.file_name().expect("a name").to_string_lossy().into_owned();
        for script in fs::read_dir(&room).unwrap_or_else(|_| panic!("{name} is no room")) {
            let script = script.expect("an entry").path();
            let file = script.file_name().expect("a name").to_string_lossy().into_owned();
            found.insert(format!("{name}/{file}"), fs::read_to_string(script).expect("a script"));
        }
    }
    found
}

fn room_of(path: &str) -> &str {
    path.split_once('/').map_or(path, |(room, _)| room)
}

/// The paths that follow `before` in a script, as seen from `static/js`.
fn named<'a>(path: &'a str, text: &'a str, before: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(before).skip(1).filter_map(|rest| rest.split('\'').next()).filter(|name| name.starts_with('.')).map(
        |name| match name.strip_prefix("../") {
            Some(other) => other.to_owned(),
            None => format!("{}/{}", room_of(path), name.trim_start_matches("./")),
        },
    )
}

/// The scripts whose code this one runs.
fn runs(path: &str, text: &str) -> Vec<String> {
    named(path, text, "from '").collect()
}

/// What is wrong with the imports of a script, of code and of types.
fn wrong_ways(path: &str, text: &str) -> Vec<String> {
    let room = room_of(path);
    let Some((_, may)) = ROOMS.iter().find(|(known, _)| *known == room) else {
        return vec![format!("{path}: the room is not on the plan")];
    };
    let imports = named(path, text, "from '").chain(named(path, text, "import('"));
    let strange = imports.filter(|other| room_of(other) != room && !may.contains(&room_of(other)));
    strange.map(|other| format!("{path} may not import {other}")).collect()
}

fn page_words(path: &str, text: &str) -> Vec<String> {
    let engine = ENGINES.contains(&room_of(path));
    DOM.iter().filter(|word| engine && text.contains(**word)).map(|word| format!("{path} knows {word}")).collect()
}

#[test]
fn imports_go_from_pages_to_engines_and_never_back() {
    let scripts = scripts();
    assert!(scripts.len() > 40, "the scripts have been found");
    let wrong: Vec<_> = scripts.iter().flat_map(|(path, text)| wrong_ways(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn engines_know_no_page() {
    let wrong: Vec<_> = scripts().iter().flat_map(|(path, text)| page_words(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_script_imports_itself_by_way_of_others() {
    let mut left: BTreeMap<_, _> = scripts().iter().map(|(path, text)| (path.clone(), runs(path, text))).collect();
    // What imports nothing that is left can be in no circle.
    loop {
        let free: Vec<_> = left.iter().filter(|(_, runs)| runs.iter().all(|other| !left.contains_key(other))).collect();
        let free: Vec<_> = free.into_iter().map(|(path, _)| path.clone()).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|path, _| !free.contains(path));
    }
    assert!(left.is_empty(), "a circle among {:?}", left.keys());
}

#[test]
fn the_check_sees_an_import_that_goes_back() {
    let back = "import { paint } from '../view/paint.js';\n/** @typedef {import('../page/main.js').State} State */";
    assert_eq!(wrong_ways("channel/home.js", back).len(), 2);
    assert_eq!(wrong_ways("attic/home.js", back).len(), 1, "an unknown room");
    assert!(wrong_ways("page/main.js", "import { paint } from '../view/paint.js';").is_empty());
    assert!(wrong_ways("view/paint.js", "import { draw } from './chart.js';").is_empty());
    assert_eq!(page_words("tabs/link.js", "document.title = ''").len(), 1);
}
