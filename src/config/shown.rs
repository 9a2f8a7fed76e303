//! The whole configuration as TOML that can be read back, with where each value came from.

use super::folder::Chosen;
use super::layers::Origin;
use super::{Config, Loaded, NOT_KNOBS, SECRETS};
use std::fmt::Write as _;
use toml_edit::{DocumentMut, Item, Table};

impl Loaded {
    /// The configuration as TOML. `only_changed`: nothing that has its default.
    ///
    /// # Errors
    /// A value that TOML cannot write.
    pub fn shown(&self, only_changed: bool) -> Result<String, toml_edit::ser::Error> {
        let (now, usual) = (document(&self.config)?, document(&Config::default())?);
        let mut text = String::from(
            "# What \"stevenson serve\" runs with. It can be used as a configuration file; secrets are left out.\n",
        );
        let _ = match &self.layers.file {
            Some(file) => writeln!(text, "# It was made with the file {}.", file.path.display()),
            None => writeln!(text, "# There is no configuration file."),
        };
        self.lines(&mut text, None, now.as_table(), usual.as_table(), only_changed);
        for (section, item) in now.iter() {
            let (Some(values), Some(usual)) = (table(item), usual.get(section).and_then(table)) else { continue };
            let mut lines = String::new();
            self.lines(&mut lines, Some(section), &values, &usual, only_changed);
            if !lines.is_empty() {
                let _ = write!(text, "\n[{section}]\n{lines}");
            }
        }
        Ok(text)
    }

    /// The values of one section, a line each.
    fn lines(&self, text: &mut String, section: Option<&str>, now: &Table, usual: &Table, only_changed: bool) {
        for (key, item) in now.iter() {
            let path: Vec<&str> = section.into_iter().chain([key]).collect();
            let full = path.join(".");
            // A section has lines of its own, but an empty table is a value, too.
            let is_section = section.is_none() && item.is_table_like();
            if is_section || NOT_KNOBS.contains(&&*full) {
                continue;
            }
            let value = written(item);
            let is_data = full == "data";
            let is_default = match is_data {
                true => matches!(self.folder.chosen, Chosen::Usual(_)),
                false => usual.get(key).is_some_and(|usual| written(usual) == value),
            };
            if only_changed && is_default {
                continue;
            }
            let from = match is_data {
                true => self.folder.chosen.to_string(),
                false => match self.layers.origin(&path) {
                    // An empty table has no key that could stand in a layer.
                    Origin::Default => "default".to_owned(),
                    origin => origin.to_string(),
                },
            };
            let _ = match SECRETS.contains(&&*full) && !is_default {
                true => writeln!(text, "# {key} is set, and not printed  ({from})"),
                false => writeln!(text, "{key} = {value}  # {from}"),
            };
        }
    }
}

fn document(config: &Config) -> Result<DocumentMut, toml_edit::ser::Error> {
    toml_edit::ser::to_document(config)
}

fn table(item: &Item) -> Option<Table> {
    item.clone().into_table().ok()
}

/// A value in one line.
fn written(item: &Item) -> String {
    item.clone().into_value().map_or_else(|_| String::new(), |value| value.decorated("", "").to_string())
}
