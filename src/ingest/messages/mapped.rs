//! JSON of any shape, of which an owner has said where the values stand.

use super::super::json::clock;
use super::super::json::reading::Reading;
use super::super::json::{Arrival, bare};
use super::value::Value;
use serde_json::Value as Json;
use weather::report::Parsed;
use weather::time::Timestamp;

/// Where values stand in a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    values: Vec<(Path, Value)>,
    time: Option<Path>,
}

/// A place in JSON: `env.temp`, `list.0.temp`, or a JSON pointer (RFC 6901), `/a.b/c`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    text: String,
    pointer: String,
}

impl Path {
    fn new(text: &str) -> Self {
        let pointer = if text.starts_with('/') {
            text.to_owned()
        } else {
            text.split('.').map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
        };
        Self { text: text.to_owned(), pointer }
    }

    fn of<'j>(&self, json: &'j Json) -> Option<&'j Json> {
        json.pointer(&self.pointer)
    }
}

impl Map {
    /// The values at these paths, and the path of their time, if they have one.
    pub fn new(values: impl IntoIterator<Item = (String, Value)>, time: Option<&str>) -> Self {
        let values = values.into_iter().map(|(path, value)| (Path::new(&path), value)).collect();
        Self { values, time: time.map(Path::new) }
    }

    /// Reads a message. Paths that it does not have are of another message.
    pub(super) fn read(&self, payload: &[u8], arrival: &Arrival) -> Result<Parsed, String> {
        let text = std::str::from_utf8(payload).map_err(|_| "not UTF-8".to_owned())?;
        let strictly = serde_json::from_str(text);
        let json: Json = match (strictly, bare::quote(text)) {
            (Err(_), Some(quoted)) => serde_json::from_str(&quoted.text),
            (strictly, _) => strictly,
        }
        .map_err(|error| error.to_string())?;
        let mut reading = Reading::new(arrival);
        for (path, value) in &self.values {
            let Some(sent) = path.of(&json) else { continue };
            reading.take(&value.sensor, &value.named, &path.text, &sent.to_string()).map_err(|stop| stop.why)?;
        }
        let observed_at = self.time.as_ref().map_or(Ok(None), |path| time(path, &json))?;
        let mut parsed = Parsed::default();
        parsed.add(reading.finish(observed_at), None);
        Ok(parsed)
    }
}

/// The time of a message; none if it has none this time.
fn time(path: &Path, json: &Json) -> Result<Option<Timestamp>, String> {
    let text = match path.of(json) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    clock::read("time", &text).map_err(|why| format!("{} = {text:?}: {why}", path.text))
}
