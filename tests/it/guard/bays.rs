//! A bay is a place, not a password: it stands in addresses and logs.

use crate::kit::app::TestApp;
use crate::kit::connection::{Connection, truck};
use channel::Stats;
use serde_json::{Value, json};
use stevenson::keeper;

const BAY: &str = "0123456789abcdef";
const ANN: &str = "Cookie: visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n";
/// A home that keeps no cookies, and has a secret of its own.
const HOME: &str = "Visitor: BBBBBBBBBBBBBBBBBBBBBA\r\n";

async fn server() -> TestApp {
    let thinking = keeper::Options { think_min_ms: 3_600_000, think_max_ms: 3_600_000 };
    TestApp::with(|config| config.keeper = thinking).await
}

async fn sends(app: &TestApp, who: &str, clipboard: &Value) -> Connection {
    app.send(&truck(BAY, &format!("Content-Type: application/json\r\n{who}"), &clipboard.to_string())).await
}

fn clipboard(seen: &str, park: u32) -> Value {
    json!({"v": 1, "fleet": "ping-pong", "park": park, "seen": seen, "watch": ["roof"]})
}

#[tokio::test]
async fn a_truck_with_anothers_bay_does_not_relieve_the_owners() {
    for owner in [ANN, HOME] {
        let app = server().await;
        let mut first = sends(&app, owner, &clipboard("E.0", 25_000)).await;
        app.until(|stats: &Stats| stats.parked() == 1).await;
        let mut others = Vec::new();
        for who in ["", "Cookie: visitor=CCCCCCCCCCCCCCCCCCCCCA\r\n", "Visitor: DDDDDDDDDDDDDDDDDDDDDA\r\n"] {
            others.push(sends(&app, who, &clipboard("E.0", 25_000)).await);
            let parked = 1 + others.len();
            app.until(|stats: &Stats| stats.parked() + stats.left() as usize >= parked).await;
            assert_eq!(app.dock.stats().left(), 0, "{who} sent the owner's truck home");
        }
        let mut second = sends(&app, owner, &clipboard("E.0", 25_000)).await;
        assert_eq!(first.why().await, "relieved", "by its own home");
        app.send_home();
        for truck in others.iter_mut().chain([&mut second]) {
            assert_eq!(truck.why().await, "closing");
        }
    }
}

#[tokio::test]
async fn a_truck_with_anothers_bay_does_not_brake_the_owner() {
    let app = server().await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(sends(&app, "", &clipboard("none.0", 0)).await.answer().await.status);
    }
    assert!(statuses.contains(&429), "the stranger is braked: {statuses:?}");
    for owner in [ANN, HOME] {
        assert_eq!(sends(&app, owner, &clipboard("none.0", 0)).await.answer().await.status, 200);
    }
}

#[tokio::test]
async fn who_knows_a_bay_hears_nothing_of_what_its_home_said() {
    let app = server().await;
    app.add_station("roof").await;
    app.until_told(1).await;
    for (number, owner) in [ANN, HOME, ""].into_iter().enumerate() {
        let mut says = clipboard("E.0", 0);
        says["say"] = json!([{"id": format!("word-number-0000{number}"), "station": "roof", "text": "secret"}]);
        let answer = sends(&app, owner, &says).await.answer().await;
        assert_eq!((answer.status, answer.json["heard"].as_array().map(Vec::len)), (200, Some(1)), "{}", answer.json);
        assert_eq!(answer.head.contains("set-cookie: visitor="), owner.is_empty(), "a home with a secret needs none");
    }
    let stranger = sends(&app, "", &clipboard("E.0", 0)).await.load().await;
    assert!(!stranger.to_string().contains("secret"), "{stranger}");
    for owner in [ANN, HOME] {
        let own = sends(&app, owner, &clipboard("E.0", 0)).await.load().await;
        assert_eq!(own.to_string().matches("secret").count(), 1, "{own}");
    }
}

#[tokio::test]
async fn two_words_of_a_home_with_a_secret_are_one_visitors() {
    let app = server().await;
    app.add_station("roof").await;
    for number in 0..2 {
        let mut says = clipboard("E.0", 0);
        says["say"] = json!([{"id": format!("word-number-0000{number}"), "station": "roof", "text": "hello"}]);
        sends(&app, HOME, &says).await.load().await;
    }
    let visitors: u32 =
        app.database().query_row("SELECT count(DISTINCT visitor) FROM word", [], |row| row.get(0)).expect("a count");
    assert_eq!(visitors, 1);
}
