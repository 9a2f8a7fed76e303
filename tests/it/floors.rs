//! Arrows point down: a room uses only rooms on lower floors.

use std::fs;
use std::path::{Path, PathBuf};

/// The floor plan of `src/`, from the top.
const FLOORS: [(&[&str], u32); 6] = [
    (&["app"], 6),
    (&["config"], 5),
    (&["ingest", "live", "pages", "metrics"], 4),
    (&["web"], 3),
    (&["courier", "keeper", "pretend"], 2),
    (&["storage"], 1),
];

/// The crates below the floors, and what each may use of the others. The compiler holds what the manifests say.
const CRATES: [(&str, &[&str]); 3] = [("weather", &[]), ("channel", &[]), ("lab", &["channel"])];

/// Above all floors: they see the house from outside.
const ROOF: [&str; 3] = ["main", "lib", "cli"];

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

#[test]
fn rocket_and_sqlx_stay_on_their_floors() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let wrong: Vec<_> = files
        .iter()
        .filter(|file| !ROOF.contains(&room_of(file).as_str()))
        .filter(|file| {
            let text = fs::read_to_string(file).expect("readable");
            let (room, floor) = (room_of(file), floor_of(&room_of(file)).unwrap_or(9));
            (text.contains("sqlx::") && room != "storage") || (text.contains("rocket::") && !matches!(floor, 3 | 4 | 6))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
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
