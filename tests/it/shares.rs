//! Nobody uses up what is others': from outside, over HTTP.

use crate::kit::app::TestApp;
use crate::kit::connection::truck;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use stevenson::storage::Durability;
use stevenson::web;

async fn problem(response: Response) -> (u16, Option<String>, String) {
    let status = response.status().as_u16();
    let retry = response.headers().get("Retry-After").map(|value| value.to_str().expect("text").to_owned());
    let body: Value = response.json().await.expect("a problem");
    (status, retry, body["detail"].as_str().expect("a detail").to_owned())
}

/// 500 minutes of reports, the number `batch` of them.
fn minutes(batch: i64) -> String {
    let start = chrono::Utc::now() - chrono::TimeDelta::days(300);
    let one = |minute: i64| {
        let at = start + chrono::TimeDelta::minutes(batch * 500 + minute);
        json!({"observed_at": at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), "temperature": 20.0, "humidity": 50.0})
    };
    Value::from((0..500).map(one).collect::<Vec<_>>()).to_string()
}

#[tokio::test]
async fn a_full_database_says_507_and_its_knob_until_the_owner_makes_room() {
    let app = TestApp::with(|config| config.storage.max_database_mib = 1).await;
    let (roof, key) = app.add_station("roof").await;
    let client = Client::new();
    let post = async |key: &str, body: String| {
        let url = format!("{}/api/v1/readings", app.url);
        let request = client.post(url).bearer_auth(key).header("Content-Type", "application/json").body(body);
        request.send().await.expect("answered")
    };
    let mut batch = 0;
    let refused = loop {
        let answer = post(&key, minutes(batch)).await;
        if answer.status() != 201 {
            break answer;
        }
        batch += 1;
        assert!(batch < 200, "it never got full");
    };
    let (status, retry, detail) = problem(refused).await;
    assert_eq!((status, retry.as_deref()), (507, Some("60")), "{detail}");
    assert!(detail.contains("max_database_mib") && detail.contains("[storage]"), "{detail}");

    let metrics = client.get(format!("{}/metrics", app.url)).send().await.expect("answered");
    let metrics = metrics.text().await.expect("text");
    let value = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.trim().parse().expect("a number")
    };
    assert_eq!(value("stevenson_database_limit_bytes "), 1 << 20);
    assert!(value("stevenson_database_bytes ") > 0);

    let (_, harbour) = app.add_station("harbour").await;
    app.storage.remove_station(&roof.slug).await.expect("removed");
    let mut tries = 0;
    while post(&harbour, minutes(0)).await.status() != 201 {
        tries += 1;
        assert!(tries < 1_000, "there is no room again");
    }
}

/// A change in the lab by the visitor of that number; the status.
async fn changes(app: &TestApp, client: &Client, visitor: usize) -> u16 {
    let secret = format!("{visitor:021}A");
    let request = client.post(format!("{}/lab/change?number=1", app.url)).header("Content-Type", "application/json");
    request.header("Cookie", format!("visitor={secret}")).send().await.expect("answered").status().as_u16()
}

#[tokio::test]
async fn the_labs_news_pushes_nobody_elses_out_of_the_journal() {
    let app = TestApp::with(|config| {
        // So that what the trucks bring is read from the journal.
        config.dock.ring_max_entries = 5;
        let storage = &mut config.storage;
        storage.durability = Durability::Normal;
        (storage.journal_keep_entries, storage.journal_keep_private, storage.journal_keep_lab) = (100, 100, 50);
    })
    .await;
    let (_, key) = app.add_station("town-hall").await;
    let truck_of = async |visitor: usize, seen: &str, say: Value| {
        let clipboard = json!({"v": 1, "fleet": "polling", "seen": seen, "watch": [], "say": say});
        let cookie = format!("Cookie: visitor={visitor:021}A\r\nContent-Type: application/json\r\n");
        app.send(&truck("bay-number-00000", &cookie, &clipboard.to_string())).await.load().await
    };
    app.measures(&key, &json!({"temperature": 21.5})).await;
    let say = json!([{"id": "word-number-00001", "station": "town-hall", "text": "hello"}]);
    let load = truck_of(1_000, "E.1", say).await;
    assert_eq!(load["why"], "cargo", "{load}");
    let client = Client::new();
    // As many as may come at once, by visitors who are invented.
    let mut entries = 0;
    while changes(&app, &client, entries / 10).await == 204 {
        entries += 1;
        assert!(entries < 2_000, "no rate holds them");
    }
    assert!(entries >= 500, "{entries}");
    // The journal is pruned once a further entry was written.
    app.measures(&key, &json!({"temperature": 22.5})).await;
    app.measures(&key, &json!({"temperature": 23.5})).await;
    let journal = app.storage.journal_tail(10_000).await.expect("read");
    let lab = journal.iter().filter(|entry| &*entry.station == "_lab").count();
    // Pruned are 500 at a time, and the fewer since then are still there.
    assert!((50..550).contains(&lab) && lab < entries, "{lab} of the lab's {entries} entries are kept");
    let load = truck_of(1_000, "E.1", json!([])).await;
    let kinds: Vec<_> = load["cargo"].as_array().expect("news").iter().map(|item| item["kind"].clone()).collect();
    assert!(load["why"] == "cargo" && kinds.contains(&json!("words")), "the word is there: {load}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "report").count(), 3, "the reports are there: {load}");
    assert_eq!(truck_of(2_000, "E.1", json!([])).await["why"], "cargo", "a page that said nothing goes on");
    assert_eq!(truck_of(0, "E.1", json!([])).await["why"], "reload", "the lab's own visitor has missed something");
}

#[tokio::test]
async fn changes_in_the_lab_have_a_rate_for_each_visitor_and_for_all() {
    let app = TestApp::with(|config| config.storage.durability = Durability::Normal).await;
    let client = Client::new();
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..60 {
        match changes(&app, &client, 1).await {
            204 => taken += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(taken >= 20 && refused > 0, "{taken} were taken");
    assert_eq!(changes(&app, &client, 2).await, 204, "another visitor has a rate of its own");
    let mut visitor = 10;
    while changes(&app, &client, visitor).await == 204 {
        visitor += 1;
        assert!(visitor < 5_000, "no rate holds all of them together");
    }
    assert!(visitor >= 450, "{visitor}");
}

#[tokio::test]
async fn one_address_that_invents_visitors_is_stopped_and_others_are_heard() {
    let proxy = web::Options { trusted_proxies: vec!["127.0.0.1".parse().expect("one")], ..Default::default() };
    let app = TestApp::with(|config| {
        config.web = proxy;
        config.storage.words_address_per_minute = 10;
    })
    .await;
    app.add_station("town-hall").await;
    let says = async |number: usize, address: &str| {
        let say = json!([{"id": format!("word-number-{number:05}"), "station": "town-hall", "text": "hello"}]);
        let clipboard = json!({"v": 1, "fleet": "polling", "seen": "E.0", "watch": [], "say": say});
        let headers = format!("Content-Type: application/json\r\nX-Forwarded-For: {address}\r\n");
        let bay = format!("bay-number-{number:05}");
        app.send(&truck(&bay, &headers, &clipboard.to_string())).await.answer().await
    };
    let mut heard = 0;
    let refused = loop {
        let answer = says(heard, "192.0.2.1").await;
        if answer.status != 200 {
            break answer;
        }
        heard += 1;
        assert!(heard < 100, "nobody stops it");
    };
    assert!((20..=22).contains(&heard), "{heard}");
    assert_eq!(refused.status, 429);
    assert!(refused.json["detail"].as_str().expect("a detail").contains("one address"));
    assert_eq!(says(1_000, "192.0.2.2").await.status, 200, "others are heard");
    assert_eq!(says(heard, "192.0.2.3").await.status, 200, "the word was not heard, and may come again");
}
