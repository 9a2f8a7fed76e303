//! What is wrong, each in one sentence: the key, the value, the place.

use super::SECRETS;
use super::layers::{Layers, Origin};
use figment::error::{Actual, Kind};
use figment::value::{Dict, Value};
use std::fmt::Write as _;
use weather::typed::nearest;

/// What a section is called.
const SECTION: &str = "a section of keys";
/// Mistakes that are told at once; who mends them reads no more.
const TOLD_MAX: usize = 5;
/// So much of a wrong value is quoted, characters.
const QUOTED_MAX_CHARS: usize = 100;

/// Keys and sections that are not there, and lists where a section belongs, layer by layer.
pub(super) fn unknown(layers: &Layers, known: &Dict) -> Option<String> {
    let mut told = Vec::new();
    for layer in [&layers.in_file, &layers.environment] {
        told.extend(no_sections(layer, known).map(|(key, value)| {
            sentence(key, &format!("{} is not {SECTION}", quoted(&value.to_actual())), &layers.origin(&[key]))
        }));
    }
    let line = |path: &[&str]| layers.line(path);
    let variable = |path: &[&str]| layers.variable(path);
    strangers(&layers.in_file, known, &mut Vec::new(), &mut |path, is_section, within| {
        told.push(stranger(path, is_section, within, known, line(path)));
    });
    strangers(&layers.environment, known, &mut Vec::new(), &mut |path, is_section, within| {
        told.push(stranger(path, is_section, within, known, variable(path)));
    });
    told.truncate(TOLD_MAX);
    (!told.is_empty()).then(|| told.join("; "))
}

/// What stands where a section belongs. Serde would read a list as one.
fn no_sections<'v>(values: &'v Dict, known: &'v Dict) -> impl Iterator<Item = (&'v str, &'v Value)> {
    let is_wrong = |(key, value): &(&String, &Value)| known.get(*key).is_some_and(is_section) && !is_section(value);
    values.iter().filter(is_wrong).map(|(key, value)| (&**key, value))
}

/// What is done with a path that nobody knows: whether it is a section, and what is known where it stands.
type Tell<'t> = dyn FnMut(&[&str], bool, &Dict) + 't;

fn strangers<'v>(values: &'v Dict, known: &Dict, path: &mut Vec<&'v str>, tell: &mut Tell<'_>) {
    for (name, value) in values {
        path.push(name);
        match (known.get(name), value) {
            (None, value) => tell(path, matches!(value, Value::Dict(..)), known),
            (Some(Value::Dict(_, known)), Value::Dict(_, inner)) if !known.is_empty() => {
                strangers(inner, known, path, tell);
            }
            // What an empty table may hold says its type.
            _ => {}
        }
        path.pop();
    }
}

fn stranger(path: &[&str], is_section_here: bool, within: &Dict, all: &Dict, origin: Origin) -> String {
    let name = path.last().copied().unwrap_or_default();
    let mut near = nearest(name, within.iter().filter(|(_, v)| is_section(v) == is_section_here).map(|(k, _)| &**k));
    if near.is_none() {
        near = nearest(name, within.keys().map(String::as_str));
    }
    let prefix = &path[..path.len().saturating_sub(1)];
    let kind = if is_section_here { "section" } else { "key" };
    let mut what = format!("there is no such {kind}");
    if let Some(near) = near {
        let near_path: Vec<&str> = prefix.iter().copied().chain([near]).collect();
        let near = match &origin {
            Origin::Variable(_) => Layers::plain_variable(&near_path),
            _ if is_section_here => format!("[{}]", near_path.join(".")),
            _ => near.to_owned(),
        };
        let _ = write!(what, "; did you mean {near}?");
    } else if let Some(section) = owner(name, all) {
        let _ = match &origin {
            Origin::Variable(_) => write!(what, "; did you mean {}?", Layers::plain_variable(&[section, name])),
            _ => write!(what, " here; it belongs into the section [{section}]"),
        };
    }
    let key = path.join(".");
    sentence(&if is_section_here { format!("[{key}]") } else { key }, &what, &origin)
}

/// The section that has a key of this name.
fn owner<'a>(name: &str, all: &'a Dict) -> Option<&'a str> {
    all.iter().find_map(|(section, value)| match value {
        Value::Dict(_, keys) if keys.contains_key(name) => Some(&**section),
        _ => None,
    })
}

/// What figment says, with the value and its place.
pub(super) fn told(error: figment::Error, layers: &Layers, merged: &figment::Figment) -> String {
    let sentences: Vec<String> = error
        .into_iter()
        .take(TOLD_MAX)
        .map(|error| {
            let path: Vec<&str> = error.path.iter().map(String::as_str).collect();
            let what = what(&error.kind, &path, merged);
            sentence(&path.join("."), &what, &layers.origin(&path))
        })
        .collect();
    sentences.join("; ")
}

/// A sentence of a part's own, which begins with its key, with the place of that key.
pub(super) fn placed(text: &str, layers: &Layers, merged: &figment::Figment) -> String {
    let Some((key, what)) = text.split_once(": ").filter(|(key, _)| !key.contains(' ')) else { return text.to_owned() };
    let path: Vec<&str> = key.split('.').collect();
    let given = merged.find_value(key).map(|given| quoted(&given.to_actual()));
    let what = match given {
        Ok(given) if what.starts_with("must ") => format!("{given} does not fit: it {what}"),
        _ => what.to_owned(),
    };
    sentence(key, &what, &layers.origin(&path))
}

fn sentence(key: &str, what: &str, origin: &Origin) -> String {
    match origin {
        // The variable names the key, too; but a part of its value has a number.
        Origin::Variable(name) => format!("{name}: {what}"),
        Origin::Flag(name) => format!("{name}: {what}"),
        Origin::Default if key.is_empty() => what.to_owned(),
        Origin::Default => format!("{key}: {what}"),
        Origin::Line(..) => format!("{key}: {what} ({origin})"),
    }
}

fn what(kind: &Kind, path: &[&str], merged: &figment::Figment) -> String {
    let key = path.join(".");
    let value = |actual: &Actual| match SECRETS.contains(&&*key) {
        true => "what stands there".to_owned(),
        false => quoted(actual),
    };
    match kind {
        Kind::InvalidType(actual, wanted) | Kind::InvalidValue(actual, wanted) => {
            format!("{} is not {}", value(actual), plain(wanted))
        }
        Kind::UnknownVariant(given, known) => {
            let list: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
            format!("{given:?} is none of {}{}", list.join(", "), suggestion(given, known))
        }
        Kind::UnknownField(given, known) => format!("there is no such key{}", suggestion(given, known)),
        // The parser of addresses does not name what it has read.
        Kind::Message(text) if text == "invalid IP address syntax" => {
            let given = merged.find_value(&key).map_or(Actual::Other("this".to_owned()), |given| given.to_actual());
            format!("{} is not an IP address, such as 0.0.0.0", value(&given))
        }
        Kind::Message(text) => text.clone(),
        other => other.to_string(),
    }
}

fn suggestion(given: &str, known: &[&str]) -> String {
    nearest(given, known.iter().copied()).map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

/// What serde wants, in words.
fn plain(wanted: &str) -> String {
    let whole = |most: &str| format!("a whole number from 0 to {most}");
    match wanted {
        "u8" => whole("255"),
        "u16" => whole("65535"),
        "u32" => whole("4294967295"),
        "u64" | "usize" => "a whole number from 0 on".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" | "string" | "path string" => "a text in quotes".to_owned(),
        "a sequence" => "a list in brackets".to_owned(),
        "a map" => SECTION.to_owned(),
        _ if wanted.starts_with("struct ") => SECTION.to_owned(),
        _ if wanted.starts_with("enum ") => "one of the words that may stand here, in quotes".to_owned(),
        other => other.to_owned(),
    }
}

/// A value as its writer would recognise it.
pub(super) fn quoted(actual: &Actual) -> String {
    shortened(match actual {
        Actual::Str(text) => format!("{text:?}"),
        Actual::Bool(yes) => yes.to_string(),
        Actual::Unsigned(number) => number.to_string(),
        Actual::Signed(number) => number.to_string(),
        Actual::Float(number) => format!("{number:?}"),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a section".to_owned(),
        other => other.to_string(),
    })
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(QUOTED_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Whether a value is a section of keys.
fn is_section(value: &Value) -> bool {
    matches!(value, Value::Dict(..))
}
