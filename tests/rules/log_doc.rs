//! `docs/LOG.md` lists what the log says.

use crate::sources;
use std::collections::BTreeSet;
use std::fs;

/// The manual.
const DOCUMENT: &str = "docs/LOG.md";
/// Levels that the manual lists.
const LEVELS: [&str; 3] = ["info", "warn", "error"];
/// Whole sentences that are made elsewhere; the manual tells of them below its tables.
const SENTENCE: (&str, &str) = ("src/storage/core/shares.rs", "…");

/// The arguments of a macro, behind its opening parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let (mut arguments, mut depth, mut is_text, mut is_escaped) = (vec![String::new()], 1, false, false);
    for c in text.chars() {
        match c {
            '"' if !is_escaped => is_text = !is_text,
            '(' | '[' | '{' if !is_text => depth += 1,
            ')' | ']' | '}' if !is_text => depth -= 1,
            ',' if !is_text && depth == 1 => {
                arguments.push(String::new());
                continue;
            }
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
        if depth == 0 {
            break;
        }
        arguments.last_mut().expect("one").push(c);
    }
    arguments
}

/// A message with `…` for what varies.
fn message(literal: &str) -> String {
    let joined: Vec<_> = literal.split("\\\n").map(str::trim_start).collect();
    let (mut message, mut rest) = (String::new(), joined.concat());
    while let Some((before, after)) = rest.split_once('{') {
        message.push_str(before);
        message.push('…');
        rest = after.split_once('}').map(|(_, after)| after.to_owned()).unwrap_or_default();
    }
    (message + &rest).replace("\\\"", "\"")
}

/// Levels and messages of all lines in the sources.
fn said() -> BTreeSet<(String, String)> {
    let mut said = BTreeSet::new();
    for source in sources::read(&["src", "crates"], &[".rs"]).iter().filter(|source| !source.is_test()) {
        for level in LEVELS {
            for (at, found) in source.own().match_indices(&format!("tracing::{level}!(")) {
                let arguments = arguments(&source.own()[at + found.len()..]);
                let literal =
                    arguments.iter().find_map(|argument| argument.trim().strip_prefix('"')?.strip_suffix('"'));
                let literal = literal.unwrap_or_else(|| panic!("{}: a line without a message", source.path));
                let message = message(literal);
                if (source.path.as_str(), message.as_str()) != SENTENCE {
                    said.insert((level.to_owned(), message));
                }
            }
        }
    }
    said
}

#[test]
fn the_manual_lists_every_line_of_the_log() {
    let text = fs::read_to_string(DOCUMENT).expect("the manual");
    let rows = text.lines().filter_map(|line| {
        let (level, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        let (message, _) = rest.split_once("` | ")?;
        LEVELS.contains(&level).then(|| (level.to_owned(), message.to_owned()))
    });
    let (listed, said) = (rows.collect::<BTreeSet<_>>(), said());
    assert!(said.len() > 50, "they are found: {}", said.len());
    let missing: Vec<_> = said.difference(&listed).collect();
    let surplus: Vec<_> = listed.difference(&said).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not in {DOCUMENT}: {missing:#?}\nnot in the code: {surplus:#?}");
}

#[test]
fn a_message_is_found_behind_its_fields() {
    let told = arguments(r#"target: "x", a = f("b, c"), %error, "it is {so}, \"no\"", 3); rest"#);
    assert_eq!(told.len(), 5);
    assert_eq!(message(told[3].trim().trim_matches('"')), r#"it is …, "no\"#);
}
