//! Arrows point down: a room uses only rooms on lower floors.

use std::fs;
use std::path::{Path, PathBuf};

/// The floor plan of `src/`, from the top.
const FLOORS: [(&[&str], u32); 7] = [
    (&["app"], 7),
    (&["config"], 6),
    (&["door", "station_port", "mqtt", "tempest"], 5),
    (&["admin", "api", "ingest", "live", "pages", "metrics"], 4),
    (&["web"], 3),
    (&["backup", "courier", "keeper", "lookout", "pretend", "webhook"], 2),
    (&["inbox", "storage", "trust"], 1),
];

/// The crates below the floors, and what each may use of the others. The compiler holds what the manifests say.
const CRATES: [(&str, &[&str]); 4] = [("weather", &[]), ("channel", &[]), ("join", &[]), ("lab", &["channel"])];

/// Above all floors: they see the house from outside.
const ROOF: [&str; 4] = ["main", "lib", "cli", "log"];

fn floor_of(room: &str) -> Option<u32> {
    FLOORS.iter().find(|(rooms, _)| rooms.contains(&room)).map(|(_, floor)| *floor)
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a source text names: `crate::a::…`, and each of `crate::{a, b::c}`.
fn rooms_named(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut named = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in group.chars() {
            match c {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => named.push(word(std::mem::take(&mut item).trim())),
                _ => (),
            }
            if depth > 0 || c != ',' {
                item.push(c);
            }
        }
        named.push(word(item.trim()));
    }
    named.retain(|room| !room.is_empty());
    named
}

/// The room a file belongs to: `src/a/b.rs` and `src/a.rs` are in `a`.
fn room_of(file: &Path) -> String {
    let inside = file.strip_prefix("src").expect("below src");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn arrows_up(file: &Path, text: &str) -> Vec<String> {
    let room = room_of(file);
    let Some(own) = floor_of(&room) else {
        return vec![format!("{}: room {room:?} is not on the floor plan", file.display())];
    };
    rooms_named(text)
        .into_iter()
        .filter(|other| *other != room && floor_of(other).is_none_or(|floor| floor >= own))
        .map(|other| format!("{}: {room} (floor {own}) uses {other}", file.display()))
        .collect()
}

#[test]
fn no_arrow_points_up_or_sideways() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 20, "the house has been found");
    let wrong: Vec<_> = files
        .iter()
        .filter(|file| !ROOF.contains(&room_of(file).as_str()))
        .flat_map(|file| arrows_up(file, &fs::read_to_string(file).expect("readable")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The engines and what they share: the only folders that know a database. The file beside each belongs to it.
const ENGINES: [&str; 3] = ["src/storage/postgres", "src/storage/sql", "src/storage/sqlite"];

/// It takes an address apart as the engine does.
const ADDRESS: &str = "src/storage/address.rs";

/// They read databases of other programs, which no engine of ours knows.
const OF_OTHERS: [&str; 1] = ["src/ingest/files/weewx.rs"];

/// Beginnings of SQL statements, as we write them.
const SQL: [&str; 11] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ALTER TABLE ",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
    "ON CONFLICT ",
    "FOR UPDATE",
];

/// What a source text says of databases where it must not.
fn database_words(file: &Path, text: &str) -> Vec<String> {
    let in_engine = |engine: &&str| file.starts_with(engine) || file == Path::new(&format!("{engine}.rs"));
    if ENGINES.iter().any(in_engine)
        || OF_OTHERS.iter().any(|other| file == Path::new(other))
        || file == Path::new(ADDRESS)
    {
        return Vec::new();
    }
    // What decides does not name it in comments either.
    let decides = file.starts_with("src/storage/core") || file == Path::new("src/storage/core.rs");
    let code: Vec<_> =
        text.lines().map(|line| if decides { line } else { line.split("//").next().unwrap_or("") }).collect();
    let words = SQL.iter().chain(if decides { &["sqlx"] } else { &["sqlx::"] });
    let stands = |word: &&&str| code.iter().any(|line| line.contains(**word));
    words.filter(stands).map(|word| format!("{}: {word:?}", file.display())).collect()
}

#[test]
fn rocket_and_sqlx_stay_on_their_floors() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !ROOF.contains(&room_of(file).as_str())) {
        let text = fs::read_to_string(file).expect("readable");
        let floor = floor_of(&room_of(file)).unwrap_or(9);
        if text.contains("rocket::") && !matches!(floor, 3 | 4 | 5 | 7) {
            wrong.push(format!("{}: rocket", file.display()));
        }
    }
    wrong.extend(files.iter().flat_map(|file| database_words(file, &fs::read_to_string(file).expect("readable"))));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_sql_and_sqlx_outside_of_an_engine() {
    let found = |file: &str, text: &str| database_words(Path::new(file), text).len();
    let sql = "const HEAD: &str = \"SELECT max(seq) FROM journal\";";
    assert_eq!(
        (found("src/pages/x.rs", sql), found("src/storage.rs", sql), found("src/storage/core/x.rs", sql)),
        (1, 1, 1)
    );
    assert_eq!((found("src/storage/sqlite.rs", sql), found("src/storage/sqlite/x.rs", sql)), (0, 0));
    assert_eq!(found("src/storage/error.rs", "Locked(Arc<sqlx::Error>)"), 1);
    assert_eq!((found("src/storage/error.rs", "// sqlx::Error"), found("src/storage/core/x.rs", "// sqlx")), (0, 1));
}

/// Which modules of a room a file uses, by `use` and by path: `super::a`, and `crate::storage::a`.
fn modules_used(room: &Path, file: &Path, text: &str) -> Vec<PathBuf> {
    let module = file.with_extension("");
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let parent = module.parent().expect("in a folder");
    let inside = format!("crate::{}::", room.file_name().expect("a name").to_string_lossy());
    let mut used = Vec::new();
    for (prefix, folder) in
        [("super::super::", parent.parent().expect("in src")), ("super::", parent), (&*inside, room)]
    {
        for (at, _) in code.match_indices(prefix) {
            let longer =
                prefix == "super::" && (code[..at].ends_with("super::") || code[at..].starts_with("super::super::"));
            if !longer {
                used.extend(names_after(&code[at + prefix.len()..]).into_iter().map(|name| folder.join(name)));
            }
        }
    }
    used.retain(|other| *other != module && other.with_extension("rs").exists());
    used.sort();
    used.dedup();
    used
}

/// The first names of a path or of each path in a group: `a::b`, `{a, b::c}`.
fn names_after(rest: &str) -> Vec<String> {
    rooms_named(&format!("crate::{rest}"))
        .into_iter()
        .take(if rest.starts_with('{') { usize::MAX } else { 1 })
        .collect()
}

#[test]
fn modules_of_storage_use_each_other_in_one_direction() {
    let room = Path::new("src/storage");
    let mut files = Vec::new();
    rust_files(room, &mut files);
    let arrows: std::collections::BTreeMap<PathBuf, Vec<PathBuf>> = files
        .iter()
        .map(|file| (file.with_extension(""), modules_used(room, file, &fs::read_to_string(file).expect("readable"))))
        .collect();
    assert!(arrows.values().map(Vec::len).sum::<usize>() > 50, "the arrows have been found");
    for (module, used) in arrows.iter().filter(|(module, _)| ENGINES.iter().any(|engine| module.starts_with(engine))) {
        let up = used.iter().find(|used| used.starts_with("src/storage/core") || used.ends_with("engine"));
        assert_eq!(up, None, "{} decides nothing", module.display());
    }
    // Whatever uses nothing that is left is taken away; a circle is what stays.
    let mut left: Vec<_> = arrows.keys().collect();
    loop {
        let rest: Vec<_> =
            left.iter().copied().filter(|module| arrows[*module].iter().any(|used| left.contains(&used))).collect();
        if rest.len() == left.len() {
            break;
        }
        left = rest;
    }
    assert!(left.is_empty(), "a circle is among {left:?}");
}

#[test]
fn the_check_sees_an_arrow_that_points_up() {
    let up = arrows_up(Path::new("src/storage/x.rs"), "use crate::{\n    web::{Error, Options},\n    pages,\n};");
    assert_eq!(up.len(), 2, "{up:?}");
    assert_eq!(
        arrows_up(Path::new("src/keeper/x.rs"), "fn f() { crate::pretend::g() }").len(),
        1,
        "neighbours are strangers"
    );
    assert!(arrows_up(Path::new("src/pages/x.rs"), "use crate::storage::Error; // crate::app").is_empty());
}

#[test]
fn the_crates_use_each_other_as_the_plan_says() {
    let names: Vec<_> = CRATES.iter().map(|(name, _)| *name).chain(["stevenson"]).collect();
    let mut found: Vec<_> =
        fs::read_dir("crates").expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    found.sort();
    let mut planned: Vec<_> = CRATES.iter().map(|(name, _)| std::ffi::OsString::from(name)).collect();
    planned.sort();
    assert_eq!(found, planned, "the crates on the plan are those in the folder");
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(format!("crates/{name}/Cargo.toml")).expect("a manifest");
        let used: Vec<_> = manifest
            .lines()
            .skip_while(|line| *line != "[dependencies]")
            .take_while(|line| *line != "[dev-dependencies]")
            .filter_map(|line| {
                names
                    .iter()
                    .find(|other| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} ")))
            })
            .copied()
            .collect();
        assert_eq!(used, allowed, "what {name} uses");
    }
}

/// The keeper's pure files, from the ground: each names only files before it.
const KEEPER: [&str; 26] = [
    "vocabulary",
    "spelling",
    "tokens",
    "topic",
    "units",
    "measure",
    "clock",
    "wrong_clock",
    "period",
    "dates",
    "facts",
    "sentence",
    "suggest",
    "rule",
    "state",
    "parse",
    "phrases",
    "letter",
    "book",
    "intent",
    "almanac",
    "impossible",
    "unanswerable",
    "refuse",
    "understand",
    "answer",
];

#[test]
fn the_keepers_understanding_has_no_circles() {
    let place = |name: &str| KEEPER.iter().position(|known| *known == name);
    let mut wrong = Vec::new();
    for folder in ["language", "alerts", "talk"] {
        let mut files = Vec::new();
        rust_files(&Path::new("src/keeper").join(folder), &mut files);
        let is_test =
            |file: &Path| file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests");
        for file in files.iter().filter(|file| !is_test(file)) {
            let inside = file.strip_prefix(Path::new("src/keeper").join(folder)).expect("below it");
            let name = inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
            let name = name.trim_end_matches(".rs");
            let own = place(name).unwrap_or_else(|| panic!("{} has no place", file.display()));
            let text = fs::read_to_string(file).expect("readable");
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            let arrows = KEEPER.iter().skip(own + 1).filter(|other| {
                let groups = ["super::", "keeper::language::", "keeper::alerts::", "keeper::talk::"];
                groups.iter().any(|group| code.contains(&format!("{group}{other}")))
                    || code.lines().any(|line| line.contains("keeper::") && line.contains(&format!("{{{other}")))
            });
            wrong.extend(arrows.map(|other| format!("{name} uses {other}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
