//! The proxies of the manual before two nodes, each with the configuration that stands there.

use super::SCALING;
use super::house::House;
use crate::kit::program::post;
use crate::kit::proxy::{Proxy, caddy_for, free_port, haproxy_for, nginx_for};
use channel::fleet::Fleet;
use lab::page::{Options, Page, Told};
use reqwest::Response;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;
use tokio::task::block_in_place;

/// How long a truck of a page parks, and some time for it to come home.
const PARKED: Duration = Duration::from_secs(25 + 5);
/// After so long without a node, every proxy has left it out.
const LEFT_OUT: Duration = Duration::from_secs(10);
/// What is told is there within this time, on a busy machine above all.
const PATIENCE: Duration = Duration::from_secs(30);
/// Posts that all have to go well, one after the other.
const POSTS: usize = 12;
const SLUG: &str = "town-hall";

/// What looks through a proxy.
struct Looker {
    proxy: Proxy,
    page: Page,
    told: Receiver<Told>,
    /// Events of a station.
    stream: Response,
}

impl Looker {
    async fn open(proxy: Proxy) -> Self {
        block_in_place(|| proxy.wait_for());
        let fleet = Fleet::named("ping-pong").expect("a fleet");
        let options = Options { watch: vec![SLUG.to_owned()], ..Options::new(&proxy.url(), fleet) };
        let (page, mut told) = Page::open(options).expect("a page");
        while !matches!(told.recv().await.expect("the page lives"), Told::Reloaded(_)) {}
        let stream =
            reqwest::get(format!("{}/stream/{SLUG}?offset=now&live=sse", proxy.url())).await.expect("a stream");
        assert_eq!(stream.status(), 200, "{}", proxy.name);
        Self { proxy, page, told, stream }
    }

    /// Posts a reading, which the page and, if it is still there, the stream are told.
    async fn measures(&mut self, key: &str, tenths: i32, has_stream: bool) {
        let temperature = f64::from(tenths) / 10.0;
        let answer = post(&self.proxy.url(), key, &json!({ "temperature": temperature })).await.expect("an answer");
        assert_eq!(answer.0, 201, "{}: {}", self.proxy.name, answer.1);
        let text = format!("{temperature:.1}");
        let page = async {
            while !matches!(self.told.recv().await.expect("the page lives"), Told::Applied(items) if items.iter().any(|item| item.json.contains(&text)))
            {
            }
        };
        tokio::time::timeout(PATIENCE, page)
            .await
            .unwrap_or_else(|_| panic!("{}: the page is told of {text}: {:?}", self.proxy.name, self.page.counters()));
        let stream = async {
            let mut events = String::new();
            while !events.contains(&text) {
                let chunk = self.stream.chunk().await.expect("it goes on").expect("it does not end");
                events.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        if has_stream {
            let told = tokio::time::timeout(PATIENCE, stream).await;
            told.unwrap_or_else(|_| panic!("{}: the stream is not held back", self.proxy.name));
        }
    }
}

/// The configuration of a proxy as the manual has it, before the first two nodes.
fn site(language: &str, port: u16, house: &House) -> String {
    let (_, rest) = SCALING.split_once(&format!("```{language}\n")).expect("a configuration");
    let (site, _) = rest.split_once("```").expect("its end");
    let node = |number| house.address(number).expect("it runs").to_string();
    site.replace("10.0.0.1:8000", &node(0))
        .replace("10.0.0.2:8000", &node(1))
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
        .replace("bind :80", &format!("bind 127.0.0.1:{port}"))
        .replace(":80 {", &format!("http://127.0.0.1:{port} {{"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs HAProxy, nginx and Caddy, and takes a minute: scripts/test --all"]
async fn by_the_manual_trucks_park_behind_every_proxy_and_a_dead_node_is_left_out() {
    let (mut house, stations) = House::build(&[SLUG.to_owned()]).await;
    let key = &stations[0].1;
    let folder = tempfile::tempdir().expect("a folder for the proxies");
    let ports = [free_port(), free_port(), free_port()];
    let proxies = [
        haproxy_for(folder.path(), ports[0], &site("haproxy", ports[0], &house)),
        nginx_for(folder.path(), ports[1], &site("nginx", ports[1], &house)),
        caddy_for(folder.path(), ports[2], &site("caddyfile", ports[2], &house)),
    ];
    let mut lookers = Vec::new();
    for proxy in proxies {
        lookers.push(Looker::open(proxy).await);
    }
    let mut tenths = 10;
    for looker in &mut lookers {
        tenths += 1;
        looker.measures(key, tenths, true).await;
    }
    // The parking time, which is what the proxies have to bear.
    tokio::time::sleep(PARKED).await;
    for Looker { proxy, page, .. } in &lookers {
        let trips = page.counters().trips;
        println!("{}: {trips:?}", proxy.name);
        assert!(trips.tickets > 0 && trips.lost == 0, "{}: {trips:?}", proxy.name);
    }
    house.kill(0);
    let killed = Instant::now();
    for looker in &mut lookers {
        tenths += 1;
        // Whoever meets the dead node first may be told so.
        while post(&looker.proxy.url(), key, &json!({"temperature": f64::from(tenths) / 10.0}))
            .await
            .is_ok_and(|answer| answer.0 != 201)
        {
            assert!(killed.elapsed() < LEFT_OUT, "{}", looker.proxy.name);
        }
        println!("{}: a reading is stored {:?} after the kill", looker.proxy.name, killed.elapsed());
    }
    tokio::time::sleep(LEFT_OUT.saturating_sub(killed.elapsed())).await;
    for looker in &mut lookers {
        for _ in 0..POSTS {
            tenths += 1;
            looker.measures(key, tenths, false).await;
        }
    }
}
