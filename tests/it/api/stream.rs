//! The stream of a station: all that is public of it, once and in order, whether it is read later or as it comes.

use crate::guard::{Plain, ask};
use crate::kit::app::{EPOCH, TestApp};
use crate::kit::connection::PATIENCE;
use serde_json::{Value, json};
use stevenson::storage::StationSettings;
use stevenson::storage::words::{NewWord, Visitor};
use weather::station::Slug;

/// The answer to a question of the stream of `roof`.
async fn stream(app: &TestApp, query: &str) -> Plain {
    ask(app, &format!("GET /stream/roof{query}"), "", b"").await
}

fn items(answer: &Plain) -> Vec<Value> {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn offset(seq: u64) -> String {
    format!("{EPOCH}.{seq:019}")
}

/// The offset to go on from, as it was written.
fn next(answer: &Plain) -> String {
    let line = answer.raw.lines().find_map(|line| line.strip_prefix("stream-next-offset: "));
    line.unwrap_or_else(|| panic!("no offset: {}", answer.head)).to_owned()
}

fn is_up_to_date(answer: &Plain) -> bool {
    answer.header("stream-up-to-date") == Some("true")
}

/// What the journal has of `roof` for everybody, as items.
async fn journal(app: &TestApp) -> Vec<Value> {
    let entries = app.storage.journal_tail(10_000).await.expect("entries");
    let of_roof = entries.into_iter().filter(|entry| &*entry.station == "roof" && entry.visitor.is_none());
    let item = |entry: stevenson::storage::Entry| {
        let mut item: Value = serde_json::from_slice(&entry.body).expect("JSON");
        item["offset"] = offset(entry.seq).into();
        item["committed_at"] = entry.committed_at.0.into();
        item
    };
    of_roof.map(item).collect()
}

async fn with_roof() -> (TestApp, String, String) {
    let app = TestApp::start().await;
    let (_, roof) = app.add_station("roof").await;
    let (_, hut) = app.add_station("hut").await;
    app.measures(&roof, &json!({"temperature": 20})).await;
    app.measures(&hut, &json!({"temperature": 5})).await;
    (app, roof, hut)
}

#[tokio::test]
async fn a_stream_is_what_the_journal_tells_everybody_of_one_station() {
    let (app, key, _) = with_roof().await;
    let visitor = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let word = NewWord { id: "word-number-00001".into(), station: "roof".into(), text: "a secret".into() };
    app.storage.say(&visitor, "metric", vec![word]).await.expect("said");
    app.measures(&key, &json!({"temperature": 21})).await;
    let whole = stream(&app, "?offset=-1").await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("application/json")));
    assert!(is_up_to_date(&whole) && !whole.body.contains("secret") && !whole.body.contains("hut"), "{}", whole.body);
    let all = items(&whole);
    assert_eq!(all, journal(&app).await);
    let values: Vec<&Value> = all.iter().map(|item| &item["values"]["temperature"]).collect();
    assert_eq!(values, [&Value::Null, &json!(20.0), &json!(21.0)]);
    assert_eq!(items(&stream(&app, "").await), all, "without an offset it is the same");
    for (at, item) in all.iter().enumerate() {
        let rest = stream(&app, &format!("?offset={}", item["offset"].as_str().expect("a text"))).await;
        assert_eq!(items(&rest), all[at + 1..], "after {item}");
        assert_eq!(next(&rest), next(&whole));
    }
}

#[tokio::test]
async fn the_headers_are_those_of_the_protocol() {
    let (app, key, _) = with_roof().await;
    let first = stream(&app, "?offset=-1").await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=60, stale-while-revalidate=300"));
    assert_eq!(first.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(first.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(first.header("access-control-allow-origin"), Some("*"));
    assert!(first.header("access-control-expose-headers").is_some_and(|all| all.contains("stream-next-offset")));
    let tag = first.raw.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
    let has = format!("If-None-Match: {tag}\r\n");
    let again = ask(&app, "GET /stream/roof?offset=-1", &has, b"").await;
    assert_eq!((again.status, again.body.as_str(), next(&again)), (304, "", next(&first)));
    let head = ask(&app, "HEAD /stream/roof", "", b"").await;
    assert_eq!((head.status, head.body.as_str(), next(&head)), (200, "", next(&first)));
    assert_eq!(
        (head.header("cache-control"), head.header("content-type")),
        (Some("no-store"), Some("application/json"))
    );
    let tail = stream(&app, &format!("?offset={}", next(&first))).await;
    assert_eq!((tail.status, tail.body.as_str(), next(&tail)), (200, "[]", next(&first)));
    assert!(is_up_to_date(&tail) && tail.header("cache-control") == Some("no-cache"), "{}", tail.head);
    let now = stream(&app, "?offset=now").await;
    assert_eq!((now.status, now.body.as_str(), next(&now)), (200, "[]", next(&first)));
    assert_eq!((is_up_to_date(&now), now.header("cache-control"), now.header("etag")), (true, Some("no-store"), None));
    app.measures(&key, &json!({"temperature": 22})).await;
    let more = ask(&app, "GET /stream/roof?offset=-1", &has, b"").await;
    assert_eq!((more.status, items(&more).len()), (200, 3), "there is news");
    let preflight = "Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n";
    let preflight = ask(&app, "OPTIONS /stream/roof", preflight, b"").await;
    assert!(preflight.status == 204 && preflight.head.contains("if-none-match"), "{}", preflight.head);
}

#[tokio::test]
async fn what_cannot_be_answered_is_named() {
    let (app, ..) = with_roof().await;
    for query in [
        "offset=",
        "offset=7",
        "offset=E.7",
        "offset=a,b",
        "offset=-1&offset=-1",
        "live=long-poll",
        "live=sse",
        "offset=-1&live=ws",
    ] {
        let refused = stream(&app, &format!("?{query}")).await;
        assert_eq!(refused.status, 400, "{query}: {}", refused.body);
        let name = if query.ends_with("ws") || query.starts_with("live") { "live" } else { "offset" };
        assert!(refused.body.contains(name) && refused.is_for_programs(), "{query}: {}", refused.body);
    }
    let other = offset(1).replace(EPOCH, "F");
    for query in [format!("offset={other}"), format!("offset={}", offset(9_999)), format!("offset={other}&live=sse")] {
        let gone = stream(&app, &format!("?{query}")).await;
        assert_eq!(gone.status, 410, "{query}: {}", gone.body);
        assert!(gone.body.contains("offset=-1"), "{}", gone.body);
    }
    let gone = stream(&app, &format!("?offset={other}&live=long-poll")).await;
    assert_eq!(gone.status, 410, "{}", gone.body);
    for live in ["", "&live=long-poll", "&live=sse"] {
        let nobody = ask(&app, &format!("GET /stream/nobody?offset=now{live}"), "", b"").await;
        assert!(nobody.status == 404 && nobody.body.contains("nobody"), "{}", nobody.body);
    }
    for method in ["PUT", "POST", "DELETE", "PATCH"] {
        let refused = ask(&app, &format!("{method} /stream/roof"), "Content-Type: application/json\r\n", b"[1]").await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some("get, head, options")), "{method}");
    }
    assert_eq!(stream(&app, "?offset=-1&utm_source=x").await.status, 200, "other names are passed over");
}

#[tokio::test]
async fn what_has_been_pruned_is_gone_and_the_beginning_is_what_is_kept() {
    let (app, ..) = with_roof().await;
    let first = items(&stream(&app, "").await)[0]["offset"].as_str().expect("a text").to_owned();
    let last = journal(&app).await.pop().expect("an item");
    let seq = last["offset"].as_str().and_then(|text| text[2..].parse::<i64>().ok()).expect("a number");
    app.database().execute("DELETE FROM journal WHERE seq < ?1", [seq]).expect("deleted");
    app.database().execute("INSERT INTO journal_gone VALUES ('', ?1 - 1)", [seq]).expect("noted");
    let gone = stream(&app, &format!("?offset={first}")).await;
    assert_eq!(gone.status, 410, "{}", gone.body);
    assert_eq!(items(&stream(&app, "?offset=-1").await), [last]);
}

#[tokio::test]
async fn a_station_that_was_renamed_goes_on_under_its_new_name() {
    let (app, key, _) = with_roof().await;
    let seen = items(&stream(&app, "").await).len();
    app.measures(&key, &json!({"temperature": 30})).await;
    let settings = StationSettings { slug: Some(Slug::new("tower").expect("a slug")), ..StationSettings::default() };
    app.storage.set_station(&Slug::new("roof").expect("a slug"), settings).await.expect("renamed");
    app.measures(&key, &json!({"temperature": 31})).await;
    let moved = stream(&app, "?offset=-1&live=long-poll").await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("/stream/tower?offset=-1&live=long-poll")));
    let all = items(&ask(&app, "GET /stream/tower?offset=-1", "", b"").await);
    let values: Vec<f64> = all[seen..].iter().filter_map(|item| item["values"]["temperature"].as_f64()).collect();
    assert_eq!(values, [30.0, 31.0], "{all:?}");
}

#[tokio::test]
async fn a_long_poll_waits_for_its_station_and_no_other() {
    let (app, key, hut) = with_roof().await;
    let all = stream(&app, "?offset=-1&live=long-poll").await;
    assert_eq!((all.status, items(&all).len()), (200, 2), "what is there comes at once");
    assert!(is_up_to_date(&all) && all.header("stream-cursor").is_some_and(|cursor| cursor.parse::<u64>().is_ok()));
    for (place, value) in [(next(&all), 20.1), ("now".to_owned(), 20.2)] {
        let poll = format!("?offset={place}&live=long-poll");
        let waits = async { tokio::time::timeout(PATIENCE, stream(&app, &poll)).await.expect("it wakes") };
        let posts = async {
            app.measures(&hut, &json!({"temperature": 5.1})).await;
            app.measures(&hut, &json!({"temperature": 5.2})).await;
            app.measures(&key, &json!({"temperature": value})).await;
        };
        let (woken, ()) = tokio::join!(waits, posts);
        assert_eq!((woken.status, items(&woken).len()), (200, 1), "{}", woken.body);
        assert_eq!(items(&woken), journal(&app).await.split_off(journal(&app).await.len() - 1));
        let kept = if place == "now" { "no-store" } else { "public, max-age=60, stale-while-revalidate=300" };
        assert_eq!(woken.header("cache-control"), Some(kept));
    }
    let end = next(&stream(&app, "").await);
    let nothing = stream(&app, &format!("?offset={end}&live=long-poll&timeout=1")).await;
    assert_eq!((nothing.status, nothing.body.as_str(), next(&nothing)), (204, "", end.clone()));
    assert!(is_up_to_date(&nothing) && nothing.header("cache-control") == Some("no-store"), "{}", nothing.head);
    let cursor: u64 = nothing.header("stream-cursor").and_then(|text| text.parse().ok()).expect("a cursor");
    let later = stream(&app, &format!("?offset={end}&live=long-poll&timeout=1&cursor={cursor}")).await;
    let later = later.header("stream-cursor").and_then(|text| text.parse::<u64>().ok());
    assert!(later.is_some_and(|later| later > cursor), "{later:?} after {cursor}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_between_what_was_and_what_comes() {
    const REPORTS: usize = 120;
    let (app, key, hut) = with_roof().await;
    let writes = async {
        for number in 0..REPORTS {
            app.measures(&key, &json!({"temperature": 20.0 + number as f64 / 100.0})).await;
            app.measures(&hut, &json!({"temperature": 5})).await;
        }
    };
    let follows = |live: &'static str| {
        let app = &app;
        async move {
            let (mut place, mut got) = ("-1".to_owned(), Vec::new());
            while got.len() < REPORTS + 2 {
                let answer = stream(app, &format!("?offset={place}{live}")).await;
                // On a busy machine who waits may wait in vain for once: then it asks again from the same place.
                let is_in_vain = answer.status == 204 && !live.is_empty();
                assert!(answer.status == 200 || is_in_vain, "{}: {}", answer.status, answer.body);
                let is_after = place == "-1" || next(&answer) >= place;
                assert!(is_after, "offsets grow");
                place = next(&answer);
                if !is_in_vain {
                    got.extend(items(&answer));
                }
            }
            got
        }
    };
    let all = async { tokio::join!(writes, follows("&live=long-poll"), follows("&live=long-poll"), follows("")) };
    let ((), one, other, asks) = tokio::time::timeout(3 * PATIENCE, all).await.expect("all is read");
    let journal = journal(&app).await;
    for got in [one, other, asks] {
        assert_eq!(got, journal);
    }
}

#[tokio::test]
async fn a_long_stream_comes_in_pages_and_others_do_not_hide_it() {
    let (app, ..) = with_roof().await;
    let many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2) \
        INSERT INTO journal (committed_ms, station, body) \
        SELECT n, ?1, json_object('kind', 'report', 'station', ?1) FROM n";
    for (slug, count) in [("hut", 12_000), ("roof", 1_200), ("hut", 12_000), ("roof", 1)] {
        app.database().execute(many, (slug, count)).expect("written");
    }
    let (mut place, mut got, mut pages) = ("-1".to_owned(), 0, Vec::new());
    loop {
        let page = stream(&app, &format!("?offset={place}")).await;
        let items = items(&page);
        assert!(items.iter().all(|item| item["station"] == "roof"));
        (place, got) = (next(&page), got + items.len());
        pages.push(items.len());
        if is_up_to_date(&page) {
            break;
        }
    }
    assert_eq!(got, 2 + 1_201, "{pages:?}");
    assert!(pages.len() > 3 && pages.iter().all(|count| *count <= 1_000), "{pages:?}");
    let live = stream(&app, &format!("?offset={}&live=long-poll", offset(4))).await;
    assert_eq!((live.status, items(&live).len()), (200, 1_000), "whoever waits gets no empty page");
}

#[tokio::test]
async fn events_bring_what_was_and_what_comes() {
    let (app, key, _) = with_roof().await;
    let request = "GET /stream/roof?offset=-1&live=sse HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let mut events = app.send(request).await;
    let head = events.head().await;
    assert!(
        head.contains("content-type: text/event-stream") && head.contains("access-control-allow-origin: *"),
        "{head}"
    );
    let mut got = Vec::new();
    for round in 0..3 {
        if round > 0 {
            app.measures(&key, &json!({"temperature": 20 + round})).await;
        }
        let data = events.event().await.expect("data");
        assert_eq!(data["event"], "data");
        got.extend(serde_json::from_str::<Vec<Value>>(&data["data"]).expect("an array"));
        let control = events.event().await.expect("control");
        let said: Value = serde_json::from_str(&control["data"]).expect("JSON");
        assert_eq!((&control["event"][..], &said["upToDate"]), ("control", &json!(true)));
        assert_eq!(said["streamNextOffset"], got.last().expect("an item")["offset"]);
        assert!(said["streamCursor"].is_string());
    }
    assert_eq!(got, journal(&app).await);
}

#[tokio::test]
async fn one_address_has_so_many_places_to_wait() {
    let proxy = |config: &mut stevenson::config::Config| {
        config.web.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
    };
    let app = TestApp::with(proxy).await;
    app.add_station("roof").await;
    let from = |address: &str| {
        format!(
            "GET /stream/roof?offset=now&live=sse HTTP/1.0\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\r\n"
        )
    };
    let mut waiting = Vec::new();
    for _ in 0..16 {
        let mut one = app.send(&from("203.0.113.7")).await;
        let head = one.head().await;
        assert!(head.contains(" 200 "), "{head}");
        waiting.push(one);
    }
    let poll = "GET /stream/roof?offset=now&live=long-poll&timeout=1";
    let refused = ask(&app, poll, "X-Forwarded-For: 203.0.113.7\r\n", b"").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")), "{}", refused.body);
    let other = ask(&app, poll, "X-Forwarded-For: 203.0.113.8\r\n", b"").await;
    assert_eq!(other.status, 204, "another address has places of its own");
    let reads = ask(&app, "GET /stream/roof", "X-Forwarded-For: 203.0.113.7\r\n", b"").await;
    assert_eq!(reads.status, 200, "to read takes no place");
}
