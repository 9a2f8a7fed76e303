//! The doors for programs, as programs use them.

mod climate;
mod document;
mod health;
mod manuals;
mod reading;
mod schema;
mod stream;
mod tags;
mod wrong;

use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use serde_json::{Value, json};
use weather::time::Timestamp;

/// Where they are.
const V1: &str = "/api/v1";

/// The answer to a question, which must be good.
async fn get(app: &TestApp, path: &str) -> Value {
    let answer = plain(app, path, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// The answer to a question with headers.
async fn plain(app: &TestApp, path: &str, headers: &str) -> Plain {
    ask(app, &format!("GET {V1}{path}"), headers, b"").await
}

/// So many minutes ago, to the second.
fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp(Timestamp::from(chrono::Utc::now()).0 / 1_000 * 1_000).plus(-minutes * 60_000)
}

/// The program with the station `roof`, which has sent a value each minute for ten minutes, and `hut`, which never did.
async fn with_roof() -> (TestApp, String) {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    app.add_station("hut").await;
    let reports: Vec<Value> = (0..10)
        .map(|minute| {
            let at = minutes_ago(10 - minute).rfc3339();
            json!({"temperature": 20.0 + minute as f64 / 4.0, "wind_speed": 3.5, "indoor/humidity": 40, "observed_at": at})
        })
        .collect();
    app.measures(&key, &json!(reports)).await;
    (app, key)
}
