//! A thousand visitors talk to a station's keeper at once, on a bad road: every word is stored and answered once, in order.

use crate::kit::bad_road::{BadRoad, Plan};
use crate::kit::server::{Server, add_station, post};
use channel::clipboard::Id;
use channel::fleet::Fleet;
use lab::page::{Options, Page, Told};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Conversations at the same time.
const CONVERSATIONS: u64 = 1_000;
/// Words of each.
const WORDS: usize = 20;
/// The longest pause between two words, ms.
const PAUSE_MAX_MS: u64 = 1_500;
/// How long trucks park, ms: short, so that tickets and swallowed trucks are seen often.
const PARK_MS: i64 = 8_000;
/// Far longer than it takes.
const DEADLINE: Duration = Duration::from_secs(900);

/// What a visitor said, and what was heard of it.
struct Conversation {
    number: u64,
    said: Vec<String>,
    /// The visitor's own words, as they came down the road.
    echoed: Vec<String>,
    /// The words that were answered.
    answered: Vec<String>,
    lost: u64,
    trips: u64,
}

async fn converse(number: u64, url: String) -> Conversation {
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    let watch = vec!["town-hall".to_owned()];
    let options = Options { watch, park_ms: PARK_MS, ..Options::new(&url, fleet) };
    let (page, mut told) = Page::open(options).expect("a page");
    let mut random = StdRng::seed_from_u64(number);
    let (mut said, mut echoed, mut answered) = (Vec::new(), Vec::new(), Vec::new());
    // A page without a cursor is given one; what was said before that would not be told.
    while !matches!(told.recv().await.expect("the page lives"), Told::Reloaded(_)) {}
    let mut next = Instant::now();
    while answered.len() < WORDS {
        let event = tokio::select! {
            event = told.recv() => event.expect("the page lives"),
            () = tokio::time::sleep_until(next.into()), if said.len() < WORDS => {
                let text = format!("how cold is it? ({number}/{})", said.len());
                said.push(page.say("town-hall", &text).await.expect("a word").as_str().to_owned());
                next = Instant::now() + Duration::from_millis(random.random_range(0..PAUSE_MAX_MS));
                continue;
            }
        };
        let Told::Applied(items) = event else { continue };
        for item in items {
            let json: Value = serde_json::from_str(&item.json).expect("JSON");
            match (json["kind"].as_str(), json["from"].as_str()) {
                (Some("words"), Some("you")) => echoed.push(json["id"].as_str().expect("an id").to_owned()),
                (Some("words"), _) => answered.push(json["answers"].as_str().expect("an answer").to_owned()),
                _ => {}
            }
        }
    }
    let trips = page.counters().trips;
    Conversation { number, said, echoed, answered, lost: trips.lost.into(), trips: (trips.home + trips.lost).into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_conversations_on_a_bad_road_are_stored_and_answered_once_in_order() {
    let data = tempfile::tempdir().expect("a folder");
    let key = add_station(data.path(), "town-hall");
    let quick = "[dock]\npark_min_ms = 500\n[keeper]\nthink_min_ms = 0\nthink_max_ms = 300\n";
    std::fs::write(data.path().join("stevenson.toml"), quick).expect("a configuration");
    let server = Server::start(data.path());
    assert_eq!(post(&server.url, &key, &json!({"temperature": -1.5})).await.expect("an answer").0, 201);
    let plan = Plan { seed: 2, share: 0.25, trucks: 40, delay_max_ms: 500 };
    let road = BadRoad::start(server.address(), plan).await.expect("a road");

    let began = Instant::now();
    let url = format!("http://{}", road.address());
    let mut talks: JoinSet<_> = (0..CONVERSATIONS).map(|number| converse(number, url.clone())).collect();
    let mut conversations = Vec::new();
    let all = async {
        while let Some(done) = talks.join_next().await {
            conversations.push(done.expect("no conversation fails"));
        }
    };
    let in_time = tokio::time::timeout(DEADLINE, all).await;
    assert!(in_time.is_ok(), "{} of {CONVERSATIONS} conversations ended", conversations.len());

    let sum = |of: fn(&Conversation) -> u64| conversations.iter().map(of).sum::<u64>();
    println!(
        "{CONVERSATIONS} conversations of {WORDS} words: {:.1} s, {} trips, {} of them lost",
        began.elapsed().as_secs_f64(),
        sum(|talk| talk.trips),
        sum(|talk| talk.lost)
    );
    println!("{} trucks on the road: {:?}", road.trucks(), road.faults());
    for talk in &conversations {
        assert_eq!(talk.echoed, talk.said, "conversation {}", talk.number);
        assert_eq!(talk.answered, talk.said, "conversation {}", talk.number);
    }
    assert!(sum(|talk| talk.lost) > CONVERSATIONS, "the road was bad");
    drop(server);
    stored_once_and_in_order(&data.path().join("stevenson.db"), &conversations);
}

/// The database has every word once, in the order of its conversation, and one answer to each, in the same order.
fn stored_once_and_in_order(database: &Path, conversations: &[Conversation]) {
    let db = rusqlite::Connection::open(database).expect("the database");
    let mut words = db.prepare("SELECT visitor, author, id, answered FROM word ORDER BY seq").expect("SQL");
    let rows = words.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, String>(2)?, row.get::<_, bool>(3)?))
    });
    let mut said = HashMap::<String, Vec<String>>::new();
    let mut answers = HashMap::<String, usize>::new();
    for row in rows.expect("rows") {
        let (visitor, author, id, is_answered) = row.expect("a row");
        assert!(is_answered, "{id} is answered, or an answer");
        match author {
            0 => {
                assert!(Id::new(&id).is_ok());
                said.entry(visitor).or_default().push(id);
            }
            _ => *answers.entry(visitor).or_default() += 1,
        }
    }
    assert_eq!(said.len(), conversations.len(), "a visitor for each conversation");
    assert!(answers.values().all(|count| *count == WORDS) && answers.len() == said.len(), "one answer to each word");
    let mut stored: Vec<_> = said.into_values().collect();
    let mut wanted: Vec<_> = conversations.iter().map(|talk| talk.said.clone()).collect();
    stored.sort();
    wanted.sort();
    assert_eq!(stored, wanted);
}
