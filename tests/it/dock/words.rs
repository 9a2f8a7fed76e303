//! Words go up, and come down for their visitor alone, by every kind of road.

use super::socket::{frame, open};
use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck as request};
use channel::Options;
use serde_json::{Value, json};
use stevenson::storage::words::Visitor;

const BAY: &str = "0123456789abcdef";
const OTHER: &str = "another-bay-00000";
const WORD: &str = "word-number-00001";
const JSON: &str = "Content-Type: application/json\r\n";
/// Cookies of two visitors: 128 bits each.
const ANN: &str = "Cookie: visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n";
const BOB: &str = "Cookie: visitor=BBBBBBBBBBBBBBBBBBBBBA\r\n";

fn say(text: &str) -> Value {
    json!([{"id": WORD, "station": "town-hall", "text": text}])
}

fn clipboard(fleet: &str, seen: &str, say: Value) -> String {
    json!({"v": 1, "fleet": fleet, "seen": seen, "watch": ["town-hall"], "say": say}).to_string()
}

async fn truck(server: &TestApp, bay: &str, cookie: &str, clipboard: &str) -> Connection {
    server.send(&request(bay, &format!("{JSON}{cookie}"), clipboard)).await
}

/// Sends a truck and waits until it is parked.
async fn parks(server: &TestApp, bay: &str, cookie: &str, clipboard: &str) -> Connection {
    let before = server.dock.stats().parked();
    let truck = truck(server, bay, cookie, clipboard).await;
    server.until(|stats| stats.parked() > before).await;
    truck
}

/// The words in a load, in order: who said them, and what.
fn words(load: &Value) -> Vec<(&str, &str)> {
    let cargo = load["cargo"].as_array().expect("a list");
    let words = cargo.iter().filter(|item| item["kind"] == "words");
    words.map(|word| (word["from"].as_str().expect("a name"), word["text"].as_str().expect("a text"))).collect()
}

/// The one word in a load.
fn word(load: &Value) -> (&str, &str) {
    let words = words(load);
    assert_eq!(words.len(), 1, "{load}");
    words[0]
}

/// The keeper answers the oldest word that waits.
async fn answers(server: &TestApp, text: &str) {
    let waiting = server.storage.unanswered(0, 10).await.expect("words");
    assert!(server.storage.answer(&waiting[0], text, vec![]).await.expect("answered"));
}

#[tokio::test]
async fn a_word_is_stored_before_it_is_confirmed_and_once_however_often_it_comes() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    for _ in 0..3 {
        let load = truck(&server, BAY, ANN, &clipboard("polling", &seen, say("how cold?"))).await.load().await;
        assert_eq!(load["heard"], json!([WORD]));
    }
    let ann = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let stored = server.storage.conversation(&ann, "town-hall", 10).await.expect("words");
    assert_eq!(stored.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["how cold?"]);
    let load = truck(&server, BAY, ANN, &clipboard("polling", &seen, json!([]))).await.load().await;
    assert_eq!(word(&load), ("you", "how cold?"));
}

#[tokio::test]
async fn words_come_down_to_every_page_of_their_visitor_and_to_nobody_else() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let empty = clipboard("ping-pong", &seen, json!([]));
    let mut anns = parks(&server, BAY, ANN, &empty).await;
    // Watches another station, and hears all the same what was said to her.
    let elsewhere = json!({"v": 1, "fleet": "ping-pong", "seen": seen, "watch": ["mill"]}).to_string();
    let mut anns_other = parks(&server, OTHER, ANN, &elsewhere).await;
    let mut bobs = parks(&server, "bay-of-bob-000000", BOB, &empty).await;
    let mut strangers = parks(&server, "bay-of-a-stranger", "", &empty).await;

    let ann = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    server.storage.speak(&ann, "town-hall", Some("it fell below 0 °C"), vec![]).await.expect("spoken");
    for page in [&mut anns, &mut anns_other] {
        assert_eq!(word(&page.load().await), ("robot", "it fell below 0 °C"));
    }
    assert_eq!(server.dock.stats().parked(), 2, "the others are still there");
    server.dock.close();
    for page in [&mut bobs, &mut strangers] {
        let load = page.load().await;
        assert_eq!((&load["why"], &load["cargo"]), (&json!("closing"), &json!([])));
    }
}

#[tokio::test]
async fn a_visitor_who_comes_back_finds_only_their_own_words_in_the_journal() {
    let server = TestApp::with_dock(Options { ring_max_entries: 1, ..Options::default() }).await;
    let seen = server.cursor();
    for (secret, text) in [("AAAAAAAAAAAAAAAAAAAAAA", "to Ann"), ("BBBBBBBBBBBBBBBBBBBBBA", "to Bob")] {
        let visitor = Visitor::of_secret(secret);
        server.storage.speak(&visitor, "town-hall", Some(text), vec![]).await.expect("spoken");
    }
    server.until_told(2).await;
    for (bay, cookie, told) in
        [(BAY, ANN, vec!["to Ann"]), (OTHER, BOB, vec!["to Bob"]), ("bay-of-nobody-000", "", vec![])]
    {
        let load = truck(&server, bay, cookie, &clipboard("polling", &seen, json!([]))).await.load().await;
        let cargo = load["cargo"].as_array().expect("a list");
        let texts: Vec<_> = cargo.iter().map(|item| item["text"].as_str().expect("a text")).collect();
        assert_eq!(texts, told, "{load}");
    }
}

#[tokio::test]
async fn a_stranger_who_speaks_is_given_a_cookie_and_hears_the_answer_by_it_alone() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let mut events = server.events(BAY, &format!("watch=town-hall&seen={seen}"), "").await;
    assert!(!events.head().await.to_lowercase().contains("set-cookie"), "who says nothing needs no name");
    server.until(|stats| stats.parked() == 1).await;
    let mut speaks = truck(&server, BAY, "", &clipboard("sse", &seen, say("hello"))).await;
    let raw = speaks.plain().await;
    let cookie = raw.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie").to_owned();
    for part in ["visitor=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "it would not come back over plain http: {cookie}");
    answers(&server, "hello to you").await;
    let mine = format!("Cookie: {}\r\n", cookie.split(';').next().expect("a pair"));
    let load = truck(&server, BAY, &mine, &clipboard("sse", &seen, json!([]))).await.load().await;
    assert_eq!(words(&load), [("you", "hello"), ("robot", "hello to you")]);
    let other = truck(&server, BAY, "", &clipboard("sse", &seen, say("hello"))).await.answer().await;
    assert_eq!((&other.json["heard"], words(&other.json)), (&json!([WORD]), vec![]), "the word is stored once");
    server.dock.close();
    assert_eq!(events.sent().await["cargo"], json!([]), "who has the bay only hears nothing");
}

#[tokio::test]
async fn a_home_with_a_secret_of_its_own_hears_the_answer_wherever_it_listens() {
    let server = TestApp::with_dock(Options::default()).await;
    let (seen, secret) = (server.cursor(), "Visitor: CCCCCCCCCCCCCCCCCCCCCA\r\n");
    // Parked before the home has said anything.
    let mut events = server.events(BAY, &format!("watch=town-hall&seen={seen}"), secret).await;
    events.head().await;
    server.until(|stats| stats.parked() == 1).await;
    let answer = truck(&server, BAY, secret, &clipboard("sse", &seen, say("hello"))).await.answer().await;
    assert!(!answer.head.contains("set-cookie"), "{}", answer.head);
    assert_eq!((&answer.json["heard"], word(&answer.json)), (&json!([WORD]), ("you", "hello")));
    answers(&server, "hello to you").await;
    assert_eq!(words(&events.sent().await), [("you", "hello"), ("robot", "hello to you")], "nothing came before");
    server.send_home();
}

#[tokio::test]
async fn words_travel_by_socket_in_both_directions() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let (mut line, answer) = open(&server, BAY, &[]).await;
    assert!(answer.headers().contains_key("set-cookie"), "no later answer could carry it");
    let (mut bobs, answer) = open(&server, OTHER, &[("Cookie", "visitor=BBBBBBBBBBBBBBBBBBBBBA")]).await;
    assert!(!answer.headers().contains_key("set-cookie"), "he has one");
    line.send(&frame(&seen, json!([]))).await;
    bobs.send(&frame(&seen, json!([]))).await;
    server.until(|stats| stats.parked() == 2).await;
    line.send(&frame(&seen, say("how cold?"))).await;
    let mut heard = false;
    let mut told = false;
    while !(heard && told) {
        let load = line.load().await;
        heard |= load["heard"] == json!([WORD]);
        told |= !load["cargo"].as_array().expect("a list").is_empty() && word(&load) == ("you", "how cold?");
    }
    answers(&server, "-2.1 °C").await;
    assert_eq!(word(&line.load().await), ("robot", "-2.1 °C"));
    server.dock.close();
    let load = bobs.load().await;
    assert_eq!((&load["why"], &load["cargo"]), (&json!("closing"), &json!([])));
}

#[tokio::test]
async fn a_truck_with_a_word_waits_for_the_answer_and_brings_both() {
    for fleet in ["wait-for-reply", "ping-pong", "expanding"] {
        let server = TestApp::with_dock(Options::default()).await;
        let question = clipboard(fleet, &server.cursor(), say("how cold?"));
        let mut asking = parks(&server, BAY, ANN, &question).await;
        assert_eq!(server.cursor().rsplit('.').next(), Some("1"), "the dock knows of the word before its truck parks");
        answers(&server, "-2.1 °C").await;
        let load = asking.load().await;
        assert_eq!(words(&load), [("you", "how cold?"), ("robot", "-2.1 °C")], "{fleet}");
        assert_eq!(load["heard"], json!([WORD]));
        assert_eq!(server.dock.stats().left(), 1, "no other truck had to leave");
    }
}

#[tokio::test]
async fn the_truck_that_is_relieved_brings_the_word_home_with_its_time() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let mut waits = parks(&server, BAY, ANN, &clipboard("ping-pong", &seen, json!([]))).await;
    let mut asking = truck(&server, BAY, ANN, &clipboard("ping-pong", &seen, say("how cold?"))).await;
    let load = waits.load().await;
    assert_eq!((&load["why"], &load["heard"], word(&load)), (&json!("relieved"), &json!([WORD]), ("you", "how cold?")));
    assert!(load["cargo"][0]["said_at"].as_i64().is_some_and(|ms| ms > 1_700_000_000_000), "{load}");
    assert_eq!((server.dock.stats().parked(), server.dock.stats().left()), (1, 1));
    answers(&server, "-2.1 °C").await;
    assert_eq!(words(&asking.load().await), [("you", "how cold?"), ("robot", "-2.1 °C")]);
}

#[tokio::test]
async fn a_truck_that_waits_is_not_sent_home_by_a_word_that_another_truck_of_its_page_brings() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let mut slow = parks(&server, BAY, ANN, &clipboard("slow-and-fast", &seen, json!([]))).await;
    let mut fast = truck(&server, BAY, ANN, &clipboard("slow-and-fast", &seen, say("how cold?"))).await;
    let load = fast.load().await;
    assert_eq!((&load["heard"], word(&load)), (&json!([WORD]), ("you", "how cold?")));
    assert_eq!((server.dock.stats().parked(), server.dock.stats().left()), (1, 1), "the other one waits");
    answers(&server, "-2.1 °C").await;
    assert_eq!(words(&slow.load().await).last(), Some(&("robot", "-2.1 °C")));
}

#[tokio::test]
async fn another_page_of_the_visitor_hears_a_word_at_once_as_news() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let mut elsewhere = parks(&server, OTHER, ANN, &clipboard("ping-pong", &seen, json!([]))).await;
    let _asking = truck(&server, BAY, ANN, &clipboard("ping-pong", &seen, say("how cold?"))).await;
    let load = elsewhere.load().await;
    assert_eq!((&load["why"], word(&load)), (&json!("cargo"), ("you", "how cold?")));
    server.send_home();
}

#[tokio::test]
async fn a_word_whose_answer_was_lost_comes_home_with_the_next_truck() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let question = clipboard("ping-pong", &seen, say("how cold?"));
    let _parked = parks(&server, BAY, ANN, &clipboard("ping-pong", &seen, json!([]))).await;
    let mut first = truck(&server, BAY, ANN, &question).await;
    server.until(|stats| stats.left() == 1 && stats.parked() == 1).await;
    let _second = truck(&server, BAY, ANN, &question).await;
    let load = first.load().await;
    assert_eq!((&load["heard"], word(&load)), (&json!([WORD]), ("you", "how cold?")));
    server.send_home();
}

#[tokio::test]
async fn a_page_that_is_loaded_anew_may_say_its_words_again_and_sees_them_once() {
    let server = TestApp::with_dock(Options::default()).await;
    let before = server.cursor();
    truck(&server, BAY, ANN, &clipboard("polling", &before, say("how cold?"))).await.load().await;
    let printed = server.cursor();
    assert_ne!(printed, before, "a page that is rendered now shows the word");
    let load = truck(&server, OTHER, ANN, &clipboard("polling", &printed, say("how cold?"))).await.load().await;
    assert_eq!((&load["heard"], words(&load)), (&json!([WORD]), vec![]));
    // A cursor that was taken before the word was stored.
    let load = truck(&server, OTHER, ANN, &clipboard("polling", &before, say("how cold?"))).await.load().await;
    assert_eq!((&load["heard"], word(&load)), (&json!([WORD]), ("you", "how cold?")));
}

#[tokio::test]
async fn a_word_that_cannot_be_stored_is_not_confirmed() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    server.storage.close().await;
    let answer = truck(&server, BAY, ANN, &clipboard("ping-pong", &seen, say("hello"))).await.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.head.contains("retry-after: "), "{}", answer.head);
    assert_eq!(server.dock.stats().parked(), 0, "and its truck does not park");
}

#[tokio::test]
async fn words_of_the_lab_are_heard_and_neither_stored_nor_answered() {
    let server = TestApp::with_dock(Options::default()).await;
    let seen = server.cursor();
    let both = json!([
        {"id": "word-of-the-lab-01", "station": "_lab", "text": "word 1"},
        {"id": WORD, "station": "town-hall", "text": "how cold?"},
    ]);
    let load = truck(&server, BAY, ANN, &clipboard("polling", &seen, both)).await.load().await;
    assert_eq!(load["heard"], json!(["word-of-the-lab-01", WORD]));
    let waiting = server.storage.unanswered(0, 10).await.expect("words");
    assert_eq!(
        waiting.iter().map(|word| word.id.as_str()).collect::<Vec<_>>(),
        [WORD],
        "the keeper never sees the lab's"
    );
}
