//! `docs/CONFIG.md` lists every knob, with its default, its unit and its reason, and says what the code says.
//!
//! The keys and defaults come from `Config::default()`, the texts from the comments of the `Options` structs.
//! `UPDATE=1 cargo test --test rules config_doc` writes the document anew.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use stevenson::config::{Config, Flags, Loaded, Surroundings};

const DOCUMENT: &str = "docs/CONFIG.md";

/// The sections, each with the room whose `Options` it is and its heading. The first is the top of the file.
const SECTIONS: [(&str, &str, &str); 11] = [
    ("", "src/config", "The server"),
    ("storage", "src/storage", "Storage"),
    ("backup", "src/backup", "Backups"),
    ("dock", "crates/channel/src", "The channel"),
    ("ingest", "src/ingest", "Taking reports"),
    ("door", "src/door", "The front door"),
    ("station_port", "src/station_port", "The station port"),
    ("mqtt", "src/mqtt", "MQTT"),
    ("tempest", "src/tempest", "WeatherFlow Tempest"),
    ("keeper", "src/keeper", "The keeper"),
    ("web", "src/web", "Proxies, metrics and other sites"),
];

/// Keys of the structs that are no knobs, with the reason.
const NOT_KNOBS: [(&str, &str); 1] = [("storage.file", "the server sets it: `stevenson.db` in the folder `data`")];

/// Units, as the last part of a key that has one names them.
const UNITS: [(&str, &str); 25] = [
    ("connections", "connections"),
    ("ms", "milliseconds"),
    ("s", "seconds"),
    ("hour", "hour of the day"),
    ("hours", "hours"),
    ("days", "days"),
    ("kib", "KiB"),
    ("mib", "MiB"),
    ("bytes", "bytes"),
    ("entries", "entries"),
    ("items", "entries"),
    ("trucks", "trucks"),
    ("reports", "reports"),
    ("messages", "messages"),
    ("rows", "rows"),
    ("words", "words"),
    ("alerts", "alerts"),
    ("readers", "connections"),
    ("port", "port number"),
    ("each", "words"),
    ("private", "entries"),
    ("lab", "entries"),
    ("percent", "percent"),
    ("minute", "words a minute"),
    ("day", "alerts a day"),
];

const HEAD: &str = "\
# Configuration

<!-- This file is made from the code: `UPDATE=1 cargo test --test rules config_doc` writes it. Do not edit it by hand. -->

The server reads `stevenson.toml` in its data folder, or the file that `--config` names. A key that is missing there has
its default. An unknown key or a wrong value stops the server with an error that names it and its line. `stevenson config` prints
the whole configuration with where each value comes from; `stevenson check` says what should be mended.

```toml
port = 8080

[storage]
durability = \"normal\"
```

An environment variable wins over the file: `STEVENSON_PORT=8080`, `STEVENSON_STORAGE__DURABILITY=normal` (two underscores
between section and key). A flag of the command line wins over both. `STEVENSON_LOG` and the flags
`--log` and `--log-format` are no keys of the file: [LOG.md](LOG.md) tells of them.

A command that a wrong configuration stops ends with exit code 78, so that systemd does not start the server again in vain
(`RestartPreventExitStatus=78`); the same counts for a filter of the log that is none. All other failures end with 1, also a port
that another program has: that may pass. A flag or a command that does not exist ends with 2.

## The data folder

The data folder is the one that `--data` names, else `STEVENSON_DATA`, else the key `data` of a file that `--config` names. If they
disagree, the first of them wins, and the difference is said. If nobody names one, it is the first of these that there is: the
folder that systemd gives (`StateDirectory=` in a unit), `$XDG_DATA_HOME/stevenson`, `$HOME/.local/share/stevenson`. Only
`stevenson serve` makes the folder and its database; other commands refuse where there is none. A `stevenson.toml` in a data
folder may not name another one.
";

/// A field of an `Options` struct.
struct Field {
    name: String,
    text: String,
}

fn rust_files(room: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = [room.with_extension("rs")].into_iter().filter(|file| file.is_file()).collect();
    let mut folders = vec![room.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The text of a `///` comment, in one line.
fn text_of(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
        let syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(literal), .. }) = &attribute.meta else {
            return None;
        };
        let syn::Lit::Str(line) = &literal.lit else { return None };
        Some(line.value().trim().to_owned())
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The fields of the one public struct called `name` in a room.
fn fields_of(room: &str, name: &str) -> Vec<Field> {
    let structs = rust_files(Path::new(room)).into_iter().flat_map(|file| {
        let text = fs::read_to_string(&file).expect("readable");
        syn::parse_file(&text).expect("Rust").items.into_iter().filter_map(|item| match item {
            syn::Item::Struct(found) if found.ident == name && matches!(found.vis, syn::Visibility::Public(_)) => {
                Some(found)
            }
            _ => None,
        })
    });
    let structs: Vec<_> = structs.collect();
    assert_eq!(structs.len(), 1, "structs called {name} in {room}");
    let field = |field: &syn::Field| Field {
        name: field.ident.as_ref().expect("a name").to_string(),
        text: text_of(&field.attrs),
    };
    structs[0].fields.iter().filter(|field| !is_skipped(field)).map(field).collect()
}

/// Whether a field is for the program alone: no configuration says it.
fn is_skipped(field: &syn::Field) -> bool {
    let is_skip = |attribute: &syn::Attribute| {
        attribute.path().is_ident("serde") && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "skip")
    };
    field.attrs.iter().any(is_skip)
}

fn unit_of(key: &str) -> &'static str {
    let named = |part: &str| UNITS.iter().find(|(name, _)| *name == part).map(|(_, unit)| *unit);
    key.rsplit('_').find_map(named).unwrap_or_else(|| panic!("{key} is a number, and its name tells no unit"))
}

/// Shorter numbers are read without groups of digits.
const GROUPED_FROM_DIGITS: usize = 5;

/// A default as TOML writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => {
            let digits = number.to_string();
            if digits.len() < GROUPED_FROM_DIGITS {
                return format!("`{digits}`");
            }
            let groups: Vec<&str> =
                digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
            format!("`{}`", groups.join("_"))
        }
        other => format!("`{other}`"),
    }
}

/// A comment's text without links to code, which a reader of the document cannot follow.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let (name, after) = link.split_once("`]").expect("a link ends");
        plain.push_str(before);
        plain.push_str(name.rsplit("::").next().unwrap_or(name));
        rest = after;
    }
    plain.push_str(rest);
    plain.replace('|', "\\|")
}

fn document() -> String {
    let defaults = serde_json::to_value(Config::default()).expect("a configuration");
    let mut text = HEAD.to_owned();
    let sections: Vec<&str> = SECTIONS.iter().map(|(section, ..)| *section).collect();
    for (section, room, title) in SECTIONS {
        let values = if section.is_empty() { &defaults } else { &defaults[section] };
        let values: BTreeMap<&String, &Value> = values.as_object().expect("a section").iter().collect();
        let heading = if section.is_empty() { title.to_owned() } else { format!("{title}: `[{section}]`") };
        text.push_str(&format!(
            "\n## {heading}\n\n| key | default | unit | what it does, and why |\n|---|---|---|---|\n"
        ));
        let fields = fields_of(room, if section.is_empty() { "Config" } else { "Options" });
        assert_eq!(fields.len(), values.len(), "fields and defaults of [{section}]");
        for Field { name, text: why } in fields {
            let full = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
            let default = values[&name];
            if NOT_KNOBS.iter().any(|(key, _)| *key == full) || (section.is_empty() && default.is_object()) {
                assert!(!default.is_object() || sections.contains(&name.as_str()), "the section {name} is listed");
                continue;
            }
            assert!(!why.is_empty(), "{full} has no comment");
            let unit = if default.is_number() { unit_of(&name) } else { "" };
            text.push_str(&format!("| `{name}` | {} | {unit} | {} |\n", shown(default), plain(&why)));
        }
    }
    text
}

#[test]
fn the_document_lists_every_knob_as_the_code_has_it() {
    let document = document();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(DOCUMENT, &document).expect("written");
    }
    let stands = fs::read_to_string(DOCUMENT).unwrap_or_default();
    let only_in = |one: &str, other: &str| {
        let lines = one.lines().filter(|line| !other.lines().any(|known| known == *line));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (missing, surplus) = (only_in(&document, &stands), only_in(&stands, &document));
    assert!(
        stands == document,
        "run: UPDATE=1 cargo test --test rules config_doc\nmissing in {DOCUMENT}:\n{missing}\nnot in the code:\n{surplus}"
    );
}

#[test]
fn the_example_of_the_document_is_a_configuration() {
    let example = HEAD.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("stevenson.toml");
    fs::write(&file, example).expect("written");
    let around = Surroundings { home: Some(folder.path().into()), ..Surroundings::default() };
    let loaded = Loaded::load(Some(&file), Flags::default(), &around).expect("a configuration");
    assert_eq!(loaded.config.port, 8080);
}
