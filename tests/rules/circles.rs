//! Modules of a room do not use each other in a circle.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of a crate, by their paths, each with those it uses.
type Arrows = BTreeMap<String, Vec<String>>;

/// A source text without its comments and without the tests at its end.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path that is written in `code` after `start`, with its groups spread out: `{a, b::{c, d}}` is a, b::c and b::d.
fn paths(code: &str) -> Vec<Vec<String>> {
    let code = code.trim_start();
    if let Some(group) = code.strip_prefix('{') {
        let (mut depth, mut start, mut items) = (0, 0, Vec::new());
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' | ',' if depth == 0 => {
                    items.push(&group[start..at]);
                    start = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        return items.into_iter().filter(|item| !item.trim().is_empty()).flat_map(paths).collect();
    }
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    let (name, rest) = code.split_at(end);
    match rest.strip_prefix("::") {
        Some(rest) if !rest.starts_with('<') => {
            let longer = paths(rest).into_iter();
            longer.map(|path| [vec![name.to_owned()], path].concat()).collect()
        }
        _ => vec![vec![name.to_owned()]],
    }
}

/// The modules that a file uses: the longest beginning of each `crate::` and `super::` path that is a module.
fn used(module: &str, text: &str, is_module: &dyn Fn(&str) -> bool) -> Vec<String> {
    let code = code_of(text);
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let is_inside =
                code[..at].ends_with("::") || code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if is_inside {
                continue;
            }
            for path in paths(&code[at..]) {
                let mut here: Vec<&str> = if start == "crate::" { Vec::new() } else { module.split('/').collect() };
                for step in &path {
                    match step.as_str() {
                        "crate" => {}
                        "super" => drop(here.pop()),
                        name => here.push(name),
                    }
                }
                while !here.is_empty() && !is_module(&here.join("/")) {
                    here.pop();
                }
                let other = here.join("/");
                // A module and those inside it are one thing: it may use them, and they may use what it holds.
                if !other.is_empty() && !is_within(&other, module) && !is_within(module, &other) {
                    found.push(other);
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn is_within(module: &str, outer: &str) -> bool {
    module == outer || module.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

fn modules(folder: &Path, root: &Path, found: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            modules(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let module = path.strip_prefix(root).expect("below it").with_extension("");
            found.push((module.to_string_lossy().into_owned(), path));
        }
    }
}

fn arrows(root: &Path) -> Arrows {
    let mut found = Vec::new();
    modules(root, root, &mut found);
    let is_module = |name: &str| found.iter().any(|(module, _)| module == name);
    let arrows = found.iter().map(|(module, file)| {
        let text = fs::read_to_string(file).expect("a readable file");
        (module.clone(), used(module, &text, &is_module))
    });
    arrows.collect()
}

/// Every circle among the modules of one folder, written as `a -> b -> a`, each once: from its first name on.
///
/// An arrow from something inside `a` to something inside `b` is an arrow from `a` to `b`.
fn circles(arrows: &Arrows) -> Vec<String> {
    let mut rooms = BTreeMap::<String, BTreeMap<String, Vec<String>>>::new();
    for (from, to) in arrows.iter().flat_map(|(from, used)| used.iter().map(move |to| (from, to))) {
        let shared = from.split('/').zip(to.split('/')).take_while(|(a, b)| a == b).count();
        let part = |path: &str| path.split('/').take(shared + 1).collect::<Vec<_>>().join("/");
        let room = from.split('/').take(shared).collect::<Vec<_>>().join("/");
        let targets = rooms.entry(room).or_default().entry(part(from)).or_default();
        if !targets.contains(&part(to)) {
            targets.push(part(to));
        }
    }
    let mut found = Vec::new();
    for room in rooms.values() {
        for start in room.keys() {
            walk(room, &mut vec![start.clone()], &mut found);
        }
    }
    found
}

/// Goes on from the end of `way`, to modules that come after its start in the alphabet.
fn walk(room: &BTreeMap<String, Vec<String>>, way: &mut Vec<String>, found: &mut Vec<String>) {
    for next in way.last().and_then(|last| room.get(last)).into_iter().flatten() {
        if *next == way[0] {
            found.push(format!("{} -> {next}", way.join(" -> ")));
        } else if *next > way[0] && !way.contains(next) {
            way.push(next.clone());
            walk(room, way, found);
            way.pop();
        }
    }
}

#[test]
fn no_modules_use_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    for root in ["src", "crates/weather/src", "crates/channel/src", "crates/join/src", "crates/lab/src"] {
        let arrows = arrows(Path::new(root));
        assert!(arrows.values().any(|used| !used.is_empty()), "the modules of {root} have been found");
        wrong.extend(circles(&arrows).into_iter().map(|circle| format!("{root}: {circle}")));
    }
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} circles:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_check_sees_a_circle_and_no_circle_where_none_is() {
    let room = |files: &[(&str, &str)]| -> Vec<String> {
        let is_module = |name: &str| files.iter().any(|(module, _)| *module == name);
        let arrows = files.iter().map(|(module, text)| ((*module).to_owned(), used(module, text, &is_module)));
        circles(&arrows.collect())
    };
    let found =
        room(&[("a", ""), ("a/x", "use super::{y::Y, z};"), ("a/y", "fn f() { crate::a::x::g() }"), ("a/z", "")]);
    assert_eq!(found, ["a/x -> a/y -> a/x"]);
    let found =
        room(&[("a/x", "use super::y;"), ("a/y", "use super::z::{A, B};"), ("a/z", "use super::super::a::x::C;")]);
    assert_eq!(found, ["a/x -> a/y -> a/z -> a/x"]);
    let found = room(&[("a/x", ""), ("a/x/p", "use crate::a::y::Y;"), ("a/y", "use super::x::p;")]);
    assert_eq!(found, ["a/x -> a/y -> a/x"], "what is inside counts for what is around it");
    let found = room(&[("a", "use crate::a::x;"), ("a/x", "use super::A; // use super::y;"), ("a/y", "use super::x;")]);
    assert!(found.is_empty(), "{found:?}");
}
