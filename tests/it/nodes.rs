//! Several servers over one PostgreSQL: what one must do alone is done once, also when it goes, and also when two believe that they lead.

#[path = "nodes/doubles.rs"]
mod doubles;
#[path = "nodes/leading.rs"]
mod leading;

use crate::kit::app::TestApp;
use crate::kit::connection::{PATIENCE, truck};
use serde_json::{Value, json};
use stevenson::keeper;
use stevenson::storage::Storage;
use stevenson::storage::words::{Author, NewWord, Visitor};

/// Nobody waits for a keeper that thinks.
const QUICK: keeper::Options = keeper::Options { think_min_ms: 0, think_max_ms: 0 };
/// A cookie, and the visitor who has it.
const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAA";

fn ann() -> Visitor {
    Visitor::of_secret(SECRET)
}

/// Waits until it holds.
async fn until(holds: impl AsyncFn() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it comes true");
}

/// Says something, as a page at this server does.
async fn says(storage: &Storage, id: &str, text: &str) {
    let word = NewWord { id: id.into(), station: "town-hall".into(), text: text.into() };
    storage.say(&ann(), "C-metric", vec![word]).await.expect("said");
}

/// What the keeper has said, in order, as this server reads it.
async fn heard(storage: &Storage) -> Vec<String> {
    let words = storage.conversation(&ann(), "town-hall", 1_000).await.expect("read");
    words.into_iter().filter(|word| word.author == Author::Keeper).map(|word| word.text).collect()
}

/// The server that leads, and the other one.
async fn which(one: TestApp, other: TestApp) -> (TestApp, TestApp) {
    until(async || one.storage.lead().is_leading() || other.storage.lead().is_leading()).await;
    if one.storage.lead().is_leading() { (one, other) } else { (other, one) }
}

/// A truck of Ann's page, as every browser sends one within 45 s: she is here.
async fn comes(server: &TestApp) -> Value {
    let clipboard = json!({"v": 1, "fleet": "polling", "seen": server.dock.cursor(), "watch": ["town-hall"]});
    let headers = format!("Content-Type: application/json\r\nCookie: visitor={SECRET}\r\n");
    server.send(&truck("0123456789abcdef", &headers, &clipboard.to_string())).await.load().await
}
