//! Clipboards, good and bad.

use super::*;
use serde_json::{Value, json};

const ID: &str = "0123456789abcdef";

/// A clipboard with one field replaced, or added, or (null) left out.
fn with(field: &str, value: Value) -> Result<Clipboard, BadClipboard> {
    let mut body = json!({"v": 1, "fleet": "ping-pong", "park": 25_000, "seen": "7Q.1234", "watch": ["north"],
        "say": [{"id": ID, "station": "north", "text": "warn me below 0 °C"}]});
    match value {
        Value::Null => drop(body.as_object_mut().expect("an object").remove(field)),
        value => body[field] = value,
    }
    Clipboard::parse(body.to_string().as_bytes())
}

fn wrong_field(parsed: Result<Clipboard, BadClipboard>) -> String {
    parsed.expect_err("a bad field").field
}

#[test]
fn a_clipboard_is_read_whole() {
    let clipboard = with("colour", json!({"unknown": ["fields", "are ignored"]})).expect("a clipboard");
    assert_eq!((clipboard.fleet.name, clipboard.park), ("ping-pong", Some(25_000)));
    assert_eq!((clipboard.seen.epoch(), clipboard.seen.seq()), ("7Q", 1234));
    assert_eq!(clipboard.watch, Watch::of(["north"]));
    assert_eq!((clipboard.say[0].id.as_str(), &*clipboard.say[0].text), (ID, "warn me below 0 °C"));
}

#[test]
fn what_may_be_absent_has_a_default() {
    let clipboard = Clipboard::parse(br#"{"v":1,"fleet":"polling","seen":"E.0"}"#).expect("a clipboard");
    assert_eq!((clipboard.park, clipboard.watch, clipboard.say), (None, Watch::all(), vec![]));
    assert_eq!((clipboard.build, clipboard.tally), (None, Tally::default()));
}

#[test]
fn a_stream_says_the_same_in_its_url() {
    let sse = Fleet::named("sse").expect("a fleet");
    let stream = |topics| Clipboard::of_stream(sse, "7Q.12", topics, Some("b1"));
    let clipboard = stream("west,south").expect("a clipboard");
    assert_eq!((clipboard.seen.seq(), clipboard.watch), (12, Watch::of(["south", "west"])));
    assert_eq!(stream("").map(|clipboard| clipboard.watch), Ok(Watch::all()));
    assert_eq!(wrong_field(stream("west,@ann")), "watch[1]");
    assert_eq!(wrong_field(Clipboard::of_stream(sse, "12", "", None)), "seen");
    assert_eq!(wrong_field(Clipboard::of_stream(sse, "7Q.12", "", Some("<b>"))), "build");
}

#[test]
fn a_bad_field_is_named() {
    for (field, bad) in [
        ("v", json!(2)),
        ("v", json!("1")),
        ("v", Value::Null),
        ("fleet", json!("Ping-Pong")),
        ("fleet", json!(6)),
        ("fleet", Value::Null),
        ("park", json!(-1)),
        ("park", json!(1.5)),
        ("park", json!("25000")),
        ("seen", json!("1234")),
        ("seen", json!(1234)),
        ("seen", Value::Null),
        ("watch", json!("north")),
        ("watch", json!(vec!["a"; WATCH_MAX_TOPICS + 1])),
        ("build", json!("")),
        ("build", json!("a b")),
        ("build", json!("x".repeat(BUILD_MAX_CHARS + 1))),
        ("tally", json!(1)),
        ("say", json!({})),
        ("say", json!([{"id": ID}])),
        ("say", json!(vec![json!({"id": ID, "station": "a", "text": "b"}); SAY_MAX_WORDS + 1])),
    ] {
        assert_eq!(wrong_field(with(field, bad.clone())), field, "{bad}");
    }
}

#[test]
fn a_bad_word_is_named_with_its_place() {
    let good = json!({"id": ID, "station": "a", "text": "b"});
    for (field, bad) in [
        ("id", json!("0123456789abcde")),
        ("id", json!("x".repeat(ID_MAX_CHARS + 1))),
        ("id", json!("0123456789 abcdef")),
        ("station", json!("")),
        ("station", json!("../north")),
        ("text", json!(" \n")),
        ("text", json!("ä".repeat(TEXT_MAX_CHARS + 1))),
    ] {
        let mut word = good.clone();
        word[field] = bad;
        assert_eq!(wrong_field(with("say", json!([good, word]))), format!("say[1].{field}"));
    }
    assert_eq!(wrong_field(with("watch", json!(["a", "b c"]))), "watch[1]");
}

#[test]
fn everything_at_its_limit_is_welcome() {
    let word = json!({"id": "x".repeat(ID_MAX_CHARS), "station": "x".repeat(TOPIC_MAX_CHARS),
        "text": "x".repeat(TEXT_MAX_CHARS)});
    assert!(with("say", json!(vec![word; SAY_MAX_WORDS])).is_ok());
    assert!(with("watch", json!(vec!["x".repeat(TOPIC_MAX_CHARS); WATCH_MAX_TOPICS])).is_ok());
}

#[test]
fn what_is_no_clipboard_is_told_from_what_is_no_json() {
    assert!(Clipboard::parse(b"{\"v\":1").expect_err("cut").reason.starts_with("not JSON"));
    assert!(Clipboard::parse(b"\xff").expect_err("no text").reason.starts_with("not JSON"));
    assert!(Clipboard::parse(b"[]").is_err());
    assert!(Clipboard::parse(b"1").expect_err("a number").reason.starts_with("not a clipboard"));
    assert!(Clipboard::parse(br#"{"v":1,"v":1,"fleet":"polling","seen":"E.0"}"#).is_err(), "twice the same field");
}
