//! The database is away for a while: nodes say so, trucks stay parked, and everything goes on by itself.

use super::house::House;
use crate::kit::program::post;
use channel::fleet::Fleet;
use lab::page::{Options, Page, Told};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// A node knows within this time how it is with the database.
const NOTICED_MAX: Duration = Duration::from_secs(30);

/// Asks until a node answers so.
async fn until(url: &str, status: u16) {
    let began = Instant::now();
    while reqwest::get(url).await.expect("an answer").status().as_u16() != status {
        assert!(began.elapsed() < NOTICED_MAX, "{url} is not {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_nodes_say_so_and_trucks_stay_parked() {
    let slugs = ["town-hall".to_owned()];
    let (house, stations) = House::build(&slugs).await;
    let url = format!("http://{}", house.nodes.from(0)[0]);
    let fleet = Fleet::named("ping-pong").expect("a fleet");
    let options = Options { watch: slugs.to_vec(), ..Options::new(&url, fleet) };
    let (page, mut told) = Page::open(options).expect("a page");
    while !matches!(told.recv().await.expect("the page lives"), Told::Reloaded(_)) {}
    until(&format!("{url}/readyz"), 200).await;

    block_in_place(|| house.cluster.stop_at_once());
    until(&format!("{url}/readyz"), 503).await;
    assert_eq!(reqwest::get(format!("{url}/healthz")).await.expect("an answer").status(), 200);
    let reading = json!({"temperature": 7.5});
    let request = reqwest::Client::new().post(format!("{url}/api/v1/readings")).bearer_auth(&stations[0].1);
    let refused = request.json(&reading).send().await.expect("an answer");
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));

    block_in_place(|| house.cluster.run());
    // Before anything is stored: a balancer sends nobody to a server that is not ready.
    until(&format!("{url}/readyz"), 200).await;
    let began = Instant::now();
    while post(&url, &stations[0].1, &reading).await.expect("an answer").0 != 201 {
        assert!(began.elapsed() < NOTICED_MAX, "nothing is stored");
    }
    let news = async {
        loop {
            match told.recv().await.expect("the page lives") {
                Told::Applied(items) if items.iter().any(|item| item.json.contains("7.5")) => return,
                Told::Reloaded(cursor) => panic!("the page is sent away to {cursor}"),
                _ => {}
            }
        }
    };
    tokio::time::timeout(NOTICED_MAX, news).await.expect("the page is told");
    assert_eq!(page.counters().trips.lost, 0, "no truck was lost meanwhile");
}
