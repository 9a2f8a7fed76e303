//! The configuration's file: its text, and the lines of its keys.

use super::Error;
use figment::Provider;
use figment::providers::{Format, Toml};
use figment::value::Dict;
use std::fs;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml_edit::{ArrayOfTables, ImDocument, Item, TableLike, Value};

/// Largest file, bytes: far more than all knobs with their reasons take, and little memory.
const FILE_MAX_BYTES: u64 = 1 << 20;

/// A file that is TOML.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Absolute.
    pub path: PathBuf,
    document: ImDocument<String>,
}

impl File {
    /// Reads it; `None` if it does not exist.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let unreadable = |source| Error::Unreadable { file: path.to_owned(), source };
        // Who opens a pipe waits until somebody writes to it.
        match fs::metadata(path) {
            Ok(found) if found.is_file() => {}
            Ok(found) if found.is_dir() => return Err(unreadable(io::Error::other("it is a folder"))),
            Ok(_) => return Err(unreadable(io::Error::other("it is no file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match fs::symlink_metadata(path) {
                    Ok(_) => Err(unreadable(io::Error::other("it is a link to a file that is not there"))),
                    Err(_) => Ok(None),
                };
            }
            Err(error) => return Err(unreadable(error)),
        }
        let opened = fs::File::open(path).map_err(unreadable)?;
        let mut text = String::new();
        let read = opened.take(FILE_MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => unreadable(io::Error::other("it is no text in UTF-8")),
            _ => unreadable(error),
        })?;
        if read as u64 > FILE_MAX_BYTES {
            return Err(unreadable(io::Error::other("it is larger than 1 MiB, so it is no configuration")));
        }
        Self::parse(path.to_owned(), text).map(Some)
    }

    fn parse(path: PathBuf, text: String) -> Result<Self, Error> {
        match ImDocument::parse(text.clone()) {
            Ok(document) => Ok(Self { path, document }),
            Err(error) => Err(Error::NoToml {
                line: line_at(&text, error.span().map_or(0, |span| span.start)),
                why: error.message().trim().replace('\n', ", "),
                file: path,
            }),
        }
    }

    /// Its values.
    pub(super) fn values(&self) -> Result<Dict, Error> {
        let profiles = Toml::string(self.document.raw()).data().map_err(|error| Error::NoToml {
            file: self.path.clone(),
            line: 1,
            why: error.kind.to_string(),
        })?;
        Ok(profiles.into_values().next().unwrap_or_default())
    }

    /// The line in which the value of a path stands, or the last part of the path that is there.
    pub(super) fn line_of(&self, path: &[&str]) -> usize {
        let mut node = Node::Table(self.document.as_table());
        let mut byte = 0;
        for name in path {
            let Some((span, next)) = node.step(name) else { break };
            byte = span.map_or(byte, |span| span.start);
            node = next;
        }
        line_at(self.document.raw(), byte)
    }

    /// Whether all of the path is there.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        let start = Some(Node::Table(self.document.as_table()));
        path.iter().fold(start, |node, name| node.and_then(|node| node.step(name)).map(|(_, next)| next)).is_some()
    }
}

/// A place in the file that has others within it.
enum Node<'a> {
    Table(&'a dyn TableLike),
    Tables(&'a ArrayOfTables),
    Value(&'a Value),
}

impl<'a> Node<'a> {
    /// What is called so in it (in a list: the number, from 0), and where that is written.
    fn step(self, name: &str) -> Option<(Option<Range<usize>>, Self)> {
        let number = || name.parse::<usize>().ok();
        match self {
            Self::Table(table) => Self::keyed(table, name),
            Self::Value(Value::InlineTable(table)) => Self::keyed(table, name),
            Self::Tables(tables) => tables.get(number()?).map(|table| (table.span(), Self::Table(table))),
            Self::Value(Value::Array(list)) => list.get(number()?).map(|value| (value.span(), Self::Value(value))),
            Self::Value(_) => None,
        }
    }

    fn keyed(table: &'a dyn TableLike, name: &str) -> Option<(Option<Range<usize>>, Self)> {
        let (key, item) = table.get_key_value(name)?;
        let node = match item {
            Item::Table(table) => Self::Table(table),
            Item::ArrayOfTables(tables) => Self::Tables(tables),
            Item::Value(value) => Self::Value(value),
            Item::None => return None,
        };
        Some((key.span().or_else(|| item.span()), node))
    }
}

/// The number of the line at a byte of a text, from 1.
fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_key_is_found_however_it_is_written() {
        let text = "port = 1\n\n[web]\nhosts = [\n  \"a.b\",\n  \"c d\",\n]\n[mqtt]\nbroker = \"b\"\n\
            [[mqtt.subscriptions]]\ntopic = \"a\"\n[[mqtt.subscriptions]]\ntopic = \"b\"\n\
            storage.readers = 4\n[ingest]\npaths = { \"/a\" = \"x\",\n  \"/b\" = \"wow\" }\n";
        let text = text.replace(",\n  \"/b\"", ", \"/b\"");
        let file = File::parse(PathBuf::from("/s.toml"), text).expect("TOML");
        for (path, line) in [
            ("port", 1),
            ("web", 3),
            ("web.hosts", 4),
            ("web.hosts.1", 6),
            ("web.hosts.7", 4),
            ("mqtt.subscriptions.0", 10),
            ("mqtt.subscriptions.1.topic", 13),
            ("mqtt.subscriptions.1.storage.readers", 14),
            ("ingest.paths./b", 16),
            ("nothing", 1),
        ] {
            let path: Vec<&str> = path.split('.').collect();
            assert_eq!(file.line_of(&path), line, "{path:?}");
        }
        assert!(file.has(&["web", "hosts"]) && !file.has(&["web", "host"]));
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        let error = File::parse(PathBuf::from("/s.toml"), "port = 1\nthis is it\n".to_owned()).expect_err("no TOML");
        let error = error.to_string();
        assert!(error.contains("line 2 of /s.toml") && !error.contains('\n'), "{error}");
    }
}
