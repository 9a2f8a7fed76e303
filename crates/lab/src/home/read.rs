//! Reads an answer of the dock. An answer that is not a load means that the truck is lost.

use super::Ms;
use super::join::{Item, Load};
use channel::cargo::Why;
use channel::clipboard::{Id, VERSION};
use channel::cursor::Cursor;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// An answer that is not a load, and the field that says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not a load ({0})")]
pub struct Foreign(String);

#[derive(Deserialize)]
struct Wire<'a> {
    v: u64,
    why: String,
    after: Option<String>,
    seen: Option<String>,
    #[serde(default, borrow)]
    cargo: Vec<&'a RawValue>,
    #[serde(default)]
    heard: Vec<String>,
    parked: Option<f64>,
    retry: Option<f64>,
    limit: Option<Arc<str>>,
}

#[derive(Deserialize)]
struct Place {
    at: String,
    #[serde(rename = "kind")]
    _kind: String,
}

impl Load {
    /// Reads a response's body. Kinds of cargo and reasons that are not known here are welcome.
    pub fn read(body: &[u8]) -> Result<Self, Foreign> {
        let wire: Wire<'_> = serde_json::from_slice(body).map_err(|error| Foreign(error.to_string()))?;
        if wire.v != VERSION {
            return Err(Foreign("v".to_owned()));
        }
        let cursor = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Cursor>().ok());
        let why = Why::ALL.into_iter().find(|why| why.name() == wire.why).unwrap_or(Why::Turn);
        let (after, seen) = (cursor(&wire.after), cursor(&wire.seen));
        // A load that sends home away, to wait or to fetch the page anew, brings no news and needs no place.
        let joins = !wire.cargo.is_empty() || !matches!(why, Why::Reload | Why::Closing);
        if joins && (after.is_none() || seen.is_none()) {
            return Err(Foreign("after, seen".to_owned()));
        }
        let cargo = wire.cargo.into_iter().map(item).collect::<Result<_, _>>()?;
        let heard = wire.heard.iter().filter_map(|id| Id::new(id).ok()).collect();
        let (parked_ms, retry_ms) = (wire.parked.map_or(0, |ms| ms as Ms), wire.retry.map(|ms| ms as Ms));
        Ok(Self { why, after, seen, cargo, heard, parked_ms, retry_ms, limit: wire.limit })
    }
}

fn item(json: &RawValue) -> Result<Item, Foreign> {
    let foreign = |error: String| Foreign(format!("cargo: {error}"));
    let place: Place = serde_json::from_str(json.get()).map_err(|error| foreign(error.to_string()))?;
    let at = place.at.parse().map_err(|_| foreign(place.at))?;
    Ok(Item { at, json: json.get().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_of_the_dock_is_read() {
        let body = br#"{"v":1,"why":"cargo","after":"E.1","seen":"E.3","cargo":[{"at":"E.2","committed_at":5,"kind":"new","n":{"a":1}}],
            "heard":["0123456789abcdef"],"parked":1830,"now":7}"#;
        let load = Load::read(body).expect("a load");
        assert_eq!(load.parked_ms, 1_830);
        assert_eq!((load.why, load.seen.map(|seen| seen.seq()), load.heard.len()), (Why::Cargo, Some(3), 1));
        assert_eq!(&*load.cargo[0].json, r#"{"at":"E.2","committed_at":5,"kind":"new","n":{"a":1}}"#);
        let turned = br#"{"v":1,"why":"turn","after":"E.1","seen":"E.1","limit":"visitor","retry":5000}"#;
        let turned = Load::read(turned).expect("a load");
        assert_eq!((turned.limit.as_deref(), turned.retry_ms), (Some("visitor"), Some(5_000)));
        assert!(Load::read(br#"{"v":1,"why":"closing","retry":250}"#).is_ok(), "it needs no place");
        assert!(Load::read(br#"{"v":1,"why":"unheard-of","after":"E.1","seen":"E.1"}"#).is_ok());
    }

    #[test]
    fn an_answer_that_is_no_load_is_a_lost_truck() {
        for body in [
            "",
            "<html>502 Bad Gateway</html>",
            "{}",
            r#"{"v":2,"why":"turn","after":"E.1","seen":"E.1"}"#,
            r#"{"v":1,"after":"E.1","seen":"E.1"}"#,
            r#"{"v":1,"why":"turn","after":"1","seen":"E.1"}"#,
            r#"{"v":1,"why":"turn","after":"E.1"}"#,
            r#"{"v":1,"why":"cargo","after":"E.1","seen":"E.2","cargo":[{"at":"E.2"}]}"#,
            r#"{"v":1,"why":"cargo","after":"E.1","seen":"E.2","cargo":[{"at":"2","kind":"report"}]}"#,
            r#"{"v":1,"why":"closing","cargo":[{"at":"E.2","kind":"report"}]}"#,
        ] {
            assert!(Load::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
