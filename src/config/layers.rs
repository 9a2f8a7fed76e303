//! The layers of the configuration, and from which of them a value comes.

use super::file::File;
use super::flags::Flags;
use super::{ENV_PREFIX, Error};
use figment::Provider;
use figment::providers::Env;
use figment::value::{Dict, Value};
use figment::{Figment, Profile};
use std::fmt;

/// The old name of a section, and its name.
const RENAMED: (&str, &str) = ("robot", "keeper");

/// What was said, from the ground: the file, the environment, flags. Below them are the defaults.
#[derive(Debug)]
pub(super) struct Layers {
    pub file: Option<File>,
    pub in_file: Dict,
    pub environment: Dict,
    pub flags: Flags,
    /// Whether variables have the old name of the section.
    is_old_variable: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    /// The line of a file.
    Line(usize, String),
    /// A variable of the environment.
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Line(line, file) => write!(f, "line {line} of {file}"),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

impl Layers {
    /// All layers; the file has been read.
    pub(super) fn new(file: Option<File>, flags: Flags) -> Result<Self, Error> {
        let mut in_file = file.as_ref().map(File::values).transpose()?.unwrap_or_default();
        // The folder is found before all others, and as a path. What is logged is no knob.
        let variables = Env::prefixed(ENV_PREFIX).ignore(&["log", "data"]).split("__");
        let variables = variables.data().map_err(|error| Error::Value(error.to_string()))?;
        let mut environment = variables.into_values().next().unwrap_or_default();
        rename(&mut in_file);
        let is_old_variable = rename(&mut environment);
        Ok(Self { file, in_file, environment, flags, is_old_variable })
    }

    /// All of them over the defaults.
    pub(super) fn over(&self, defaults: Dict) -> Figment {
        let mut merged = Figment::from(Layer(defaults)).merge(Layer(self.in_file.clone()));
        merged = merged.merge(Layer(self.environment.clone()));
        self.flags.iter().fold(merged, |merged, flag| merged.merge((flag.key, flag.value.clone())))
    }

    /// Where the value of a path comes from.
    pub(super) fn origin(&self, path: &[&str]) -> Origin {
        let flag = self.flags.iter().find(|flag| is_within(path, flag.key));
        if let Some(flag) = flag {
            Origin::Flag(flag.name)
        } else if let Some(depth) = depth(&self.environment, path) {
            self.variable(&path[..depth])
        } else if depth(&self.in_file, path).is_some() {
            self.line(path)
        } else {
            Origin::Default
        }
    }

    /// The variable for a path.
    pub(super) fn variable(&self, path: &[&str]) -> Origin {
        let mut names: Vec<&str> = path.to_vec();
        if let Some(first) = names.first_mut().filter(|first| self.is_old_variable && **first == RENAMED.1) {
            *first = RENAMED.0;
        }
        Origin::Variable(Self::plain_variable(&names))
    }

    /// The name of the variable that sets a path.
    pub(super) fn plain_variable(path: &[&str]) -> String {
        format!("{ENV_PREFIX}{}", path.join("__").to_uppercase())
    }

    /// The line of the file for a path.
    pub(super) fn line(&self, path: &[&str]) -> Origin {
        let Some(file) = &self.file else { return Origin::Default };
        let mut names: Vec<&str> = path.to_vec();
        if let Some(first) = names.first_mut().filter(|first| **first == RENAMED.1 && !file.has(&[RENAMED.1])) {
            *first = RENAMED.0;
        }
        Origin::Line(file.line_of(&names), file.path.display().to_string())
    }
}

/// The section of the old name gets its name; true if there was one.
fn rename(values: &mut Dict) -> bool {
    let Some(old) = values.remove(RENAMED.0) else { return false };
    let is_free = !values.contains_key(RENAMED.1);
    values.entry(RENAMED.1.to_owned()).or_insert(old);
    is_free
}

fn is_within(path: &[&str], key: &str) -> bool {
    let key: Vec<&str> = key.split('.').collect();
    path.starts_with(&key)
}

/// How many names of a path lead to a value that is no section; `None` if they lead nowhere.
fn depth(values: &Dict, path: &[&str]) -> Option<usize> {
    let mut values = values;
    for (index, name) in path.iter().enumerate() {
        match values.get(*name)? {
            Value::Dict(_, inner) => values = inner,
            _ => return Some(index + 1),
        }
    }
    Some(path.len())
}

/// Values as a layer.
struct Layer(Dict);

impl Provider for Layer {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::default()
    }

    fn data(&self) -> Result<figment::value::Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}
