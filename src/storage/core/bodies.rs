//! What the journal says, as it goes over the wire.

use crate::storage::seam::{Mark, Said};
use crate::storage::words::Author;
use bytes::Bytes;
use serde::Serialize;
use std::io::Write;
use weather::clock::is_odd;
use weather::derived::Follows;
use weather::mark::Flag;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::SensorName;
use weather::time::Timestamp;

/// A value that was not known before.
pub(super) type Fresh<'a> = (&'a SensorName, Quantity, f64);

/// A mark of a sensor; true if its value counts from now on.
pub(super) type Marked<'a> = (&'a SensorName, Mark, bool);

/// `{"kind":"report",…}`: what one report added. `now` is what the main sensor says as of it; none if something newer
/// is known already, and then the report is late. `said`: how far from its arrival the station's own time of it was, ms.
pub(super) fn report(
    slug: &str,
    (observed_at, said): (Timestamp, Option<i64>),
    fresh: &[Fresh<'_>],
    now: Option<&Values>,
) -> Bytes {
    /// Room for ten values.
    const USUAL_BYTES: usize = 384;
    let mut body = Vec::with_capacity(USUAL_BYTES);
    push(&mut body, format_args!(r#"{{"kind":"report","station":"{slug}","observed_at":{}"#, observed_at.0));
    skew(&mut body, said);
    body.extend_from_slice(br#","values":{"#);
    let shown = fresh.iter().filter(|(_, quantity, _)| quantity.is_shown());
    for (place, (sensor, quantity, value)) in shown.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let slash = if sensor.as_str().is_empty() { "" } else { "/" };
        push(&mut body, format_args!(r#"{comma}"{}{slash}{}":"#, sensor.as_str(), quantity.name()));
        number(&mut body, *value);
    }
    body.push(b'}');
    match now {
        None => body.extend_from_slice(br#","late":true}"#),
        Some(now) => {
            body.extend_from_slice(br#","derived":{"#);
            let named = Follows::of(now).named();
            for (place, (name, value)) in named.into_iter().filter_map(|(name, value)| Some((name, value?))).enumerate()
            {
                let comma = if place == 0 { "" } else { "," };
                push(&mut body, format_args!(r#"{comma}"{name}":"#));
                number(&mut body, value);
            }
            body.extend_from_slice(b"}}");
        }
    }
    body.into()
}

/// `{"kind":"marked",…}`: values that are kept and do not count, with the reason, and such that count from now on.
pub(super) fn marked(slug: &str, observed_at: Timestamp, marked: &[Marked<'_>]) -> Bytes {
    let mut body = Vec::new();
    push(&mut body, format_args!(r#"{{"kind":"marked","station":"{slug}","observed_at":{},"marks":{{"#, observed_at.0));
    let shown = marked.iter().filter(|(_, mark, _)| mark.quantity.is_shown());
    for (place, (sensor, mark, counts)) in shown.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        push(&mut body, format_args!(r#"{comma}"{}":{{"value":"#, sensor.key(mark.quantity)));
        number(&mut body, mark.value);
        if *counts {
            push(&mut body, format_args!(r#","flag":{}}}"#, Flag::Pass.number()));
        } else {
            let (flag, reason) = (mark.reason.flag().number(), mark.reason.name());
            push(&mut body, format_args!(r#","flag":{flag},"reason":"{reason}"}}"#));
        }
    }
    body.extend_from_slice(b"}}");
    body.into()
}

/// `{"kind":"backfill",…}`: old reports came in, from the first to the last. `said`: as of a report, of the last that a station sent.
pub(super) fn backfill(slug: &str, from: Timestamp, to: Timestamp, said: Option<i64>) -> Bytes {
    let mut body = format!(r#"{{"kind":"backfill","station":"{slug}","from":{},"to":{}"#, from.0, to.0).into_bytes();
    skew(&mut body, said);
    body.push(b'}');
    body.into()
}

/// A check of the file reads it. Nothing is said of clocks that go right.
fn skew(body: &mut Vec<u8>, said: Option<i64>) {
    if let Some(skew_ms) = said.filter(|skew_ms| is_odd(*skew_ms)) {
        push(body, format_args!(r#","skew_ms":{skew_ms}"#));
    }
}

/// `{"kind":"station",…}`: added, changed or gone.
pub(super) fn station(slug: &str) -> Bytes {
    format!(r#"{{"kind":"station","station":"{slug}"}}"#).into()
}

/// `{"kind":"words",…}`: somebody said something. Nobody has checked its letters: all of it is escaped.
pub(super) fn words(said: &Said<'_>, said_at: Timestamp) -> Bytes {
    #[derive(Serialize)]
    struct Words<'a> {
        kind: &'static str,
        id: &'a str,
        from: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        answers: Option<&'a str>,
        station: &'a str,
        text: &'a str,
        said_at: i64,
    }
    let from = match said.author {
        Author::You => "you",
        Author::Keeper => "robot",
    };
    let Said { id, answers, station, text, .. } = *said;
    json(&Words { kind: "words", id, from, answers, station, text, said_at: said_at.0 })
}

/// `{"kind":"forgotten",…}`: a visitor's words about a station are gone.
pub(super) fn forgotten(station: &str) -> Bytes {
    #[derive(Serialize)]
    struct Forgotten<'a> {
        kind: &'static str,
        station: &'a str,
    }
    json(&Forgotten { kind: "forgotten", station })
}

/// Texts and numbers become JSON without fail.
fn json(body: &impl Serialize) -> Bytes {
    serde_json::to_vec(body).unwrap_or_default().into()
}

/// Writing to memory does not fail. Slugs, sensors and quantities need no escaping: their letters are checked at the door.
fn push(body: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = body.write_fmt(text);
}

/// The shortest digits that read back as the same number; values are finite.
fn number(body: &mut Vec<u8>, value: f64) {
    let _ = serde_json::to_writer(body, &value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::words::Visitor;

    fn text(body: Bytes) -> String {
        String::from_utf8(body.to_vec()).expect("UTF-8")
    }

    #[test]
    fn a_report_says_what_is_new_and_what_follows_from_it() {
        let (main, indoor) = (SensorName::main(), SensorName::new("indoor").expect("a name"));
        let fresh = [(&main, Quantity::Temperature, -5.0), (&indoor, Quantity::Temperature, 20.1)];
        let mut now = Values::default();
        now.restore(Quantity::Temperature, -5.0);
        now.restore(Quantity::WindSpeed, 8.0);
        let body = text(report("town-hall", (Timestamp(7), None), &fresh, Some(&now)));
        let json: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(json["values"], serde_json::json!({"temperature": -5.0, "indoor/temperature": 20.1}));
        assert_eq!((&json["kind"], &json["observed_at"]), (&"report".into(), &7.into()));
        assert!(json["derived"]["feels_like"].as_f64().expect("it is cold") < -5.0);
        assert!(json.get("late").is_none());
    }

    #[test]
    fn a_late_report_says_so_and_derives_nothing() {
        let main = SensorName::main();
        let body = text(report("a", (Timestamp(7), Some(900)), &[(&main, Quantity::Humidity, 50.0)], None));
        assert_eq!(body, r#"{"kind":"report","station":"a","observed_at":7,"values":{"humidity":50.0},"late":true}"#);
    }

    #[test]
    fn derived_is_there_even_if_nothing_follows() {
        let main = SensorName::main();
        let fresh = [(&main, Quantity::Humidity, 50.0)];
        let body = text(report("a", (Timestamp(7), Some(3_600_000)), &fresh, Some(&Values::default())));
        assert!(body.contains(r#""observed_at":7,"skew_ms":3600000,"values":{"#), "{body}");
        assert!(body.ends_with(r#""derived":{}}"#), "{body}");
    }

    #[test]
    fn words_are_escaped_and_say_what_they_answer() {
        let visitor = Visitor::of_secret("somebody");
        let mut said = Said {
            id: "a",
            visitor: &visitor,
            station: "\"x",
            author: Author::You,
            text: "\\ <b>\n",
            units: "",
            answers: None,
            talker: "",
        };
        let body = r#"{"kind":"words","id":"a","from":"you","station":"\"x","text":"\\ <b>\n","said_at":7}"#;
        assert_eq!(text(words(&said, Timestamp(7))), body);
        (said.author, said.answers) = (Author::Keeper, Some("b"));
        let json: serde_json::Value = serde_json::from_slice(&words(&said, Timestamp(7))).expect("JSON");
        assert_eq!((&json["from"], &json["answers"]), (&"robot".into(), &"b".into()));
        assert_eq!(text(forgotten("\"")), r#"{"kind":"forgotten","station":"\""}"#);
    }

    #[test]
    fn backfill_and_stations_are_one_line_each() {
        assert_eq!(
            text(backfill("a", Timestamp(1), Timestamp(2), None)),
            r#"{"kind":"backfill","station":"a","from":1,"to":2}"#
        );
        assert_eq!(
            text(backfill("a", Timestamp(1), Timestamp(2), Some(-600_000))),
            r#"{"kind":"backfill","station":"a","from":1,"to":2,"skew_ms":-600000}"#
        );
        assert_eq!(text(station("a")), r#"{"kind":"station","station":"a"}"#);
    }
}
