//! An honest page and an honest station, who say what they saw while others misbehaved.

use super::program;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The station posts at this interval, each time over a new connection, as stations do.
const POST_EVERY: Duration = Duration::from_millis(100);
/// A post or a truck that takes longer has failed: what has been waited for so long is nobody's service.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// A page that loses more trucks than this, one after another, is cut off.
const LOST_MAX: u32 = 3;
/// The page sends so many trucks at most…
const TRUCKS: usize = 4;
/// … in this time.
const TRUCKS_IN: Duration = Duration::from_millis(450);
/// The page's place in the dock.
const BAY: &str = "00000000000000000000000000honest";

/// What the two saw.
#[derive(Default, Debug)]
pub struct Seen {
    /// How long each post took until its 201.
    pub posts: Vec<Duration>,
    /// How long after it was sent each reading was on the page.
    pub pages: Vec<Duration>,
    /// Trucks that were lost on the way: the page sent another at once, as its home does.
    pub lost: usize,
    /// Posts and trucks that failed, and why.
    pub failures: Vec<String>,
}

/// The two at work.
pub struct Honest {
    stop: watch::Sender<bool>,
    seen: Arc<Mutex<Seen>>,
    station: JoinHandle<()>,
    page: JoinHandle<()>,
}

impl Honest {
    /// Starts both. `from` is the address that a trusted proxy would name, if there is one.
    pub fn start(url: &str, key: &str, from: Option<&str>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let sent = Arc::new(Mutex::new(BTreeMap::new()));
        let door = Door { url: url.to_owned(), from: from.map(str::to_owned), seen: seen.clone(), sent };
        let station = tokio::spawn(station(door.clone(), key.to_owned(), stopped.clone()));
        let page = tokio::spawn(page(door, stopped));
        Self { stop, seen, station, page }
    }

    /// Ends both, prints what they saw, and returns it.
    pub async fn stop(self, case: &str) -> Seen {
        self.stop.send_replace(true);
        self.station.await.expect("the station ends");
        self.page.await.expect("the page ends");
        let seen = std::mem::take(&mut *self.seen.lock().expect("unlocked"));
        println!(
            "{case}: honest post {}; honest page {}, {} trucks lost",
            spread(&seen.posts),
            spread(&seen.pages),
            seen.lost
        );
        for failure in seen.failures.iter().take(5) {
            println!("{case}: failed: {failure}");
        }
        seen
    }
}

impl Seen {
    /// What 99 % of the posts, and 99 % of the news on the page, took at most.
    pub fn p99(&self) -> Duration {
        percentile(&self.posts, 99).max(percentile(&self.pages, 99))
    }

    /// What every post took at most.
    pub fn slowest_post(&self) -> Duration {
        self.posts.iter().copied().max().unwrap_or_default()
    }

    /// The honest were served, and 99 % of what they did took no longer than this.
    pub fn was_fine(&self, most: Duration) {
        assert_eq!(self.failures, Vec::<String>::new(), "the honest are served");
        assert!(!self.posts.is_empty() && !self.pages.is_empty(), "{self:?}");
        for (who, times) in [("post", &self.posts), ("page", &self.pages)] {
            let p99 = percentile(times, 99);
            assert!(p99 <= most, "an honest {who}'s p99 is {p99:?}, more than {most:?}");
        }
    }
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}

fn spread(times: &[Duration]) -> String {
    let [half, tail, all] = [50, 99, 100].map(|percent| percentile(times, percent).as_secs_f64() * 1e3);
    format!("p50 {half:.1} p99 {tail:.1} max {all:.1} ms of {}", times.len())
}

#[derive(Clone)]
struct Door {
    url: String,
    from: Option<String>,
    seen: Arc<Mutex<Seen>>,
    /// When the reading of an instant was sent.
    sent: Arc<Mutex<BTreeMap<i64, Instant>>>,
}

impl Door {
    fn failed(&self, what: &str, why: impl std::fmt::Debug) {
        self.seen.lock().expect("unlocked").failures.push(format!("{what}: {why:?}"));
    }

    async fn post(
        &self,
        client: &reqwest::Client,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<(u16, Value), String> {
        let mut request = client.post(format!("{}{path}", self.url)).json(body);
        if let Some(from) = &self.from {
            request = request.header("X-Forwarded-For", from);
        }
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let chain = |error: reqwest::Error| format!("{error:?}");
        let answer = request.send().await.map_err(chain)?;
        Ok((answer.status().as_u16(), answer.json().await.map_err(chain)?))
    }
}

async fn station(door: Door, key: String, stopped: watch::Receiver<bool>) {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(WAIT_MAX).build().expect("a client");
    let mut pace = tokio::time::interval(POST_EVERY);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !*stopped.borrow() {
        pace.tick().await;
        let at = chrono::Utc::now().timestamp_millis();
        let sent = Instant::now();
        door.sent.lock().expect("unlocked").insert(at, sent);
        // No further apart than weather is: a step would wait for the next value.
        let value = 15.0 + (at % 20) as f64 / 10.0;
        match door
            .post(&client, "/api/v1/readings", Some(&key), &json!({"observed_at": at, "temperature": value}))
            .await
        {
            Ok((201, _)) => door.seen.lock().expect("unlocked").posts.push(sent.elapsed()),
            other => door.failed("a post", other),
        }
    }
}

async fn page(door: Door, mut stopped: watch::Receiver<bool>) {
    let client = reqwest::Client::builder().timeout(WAIT_MAX).build().expect("a client");
    let path = format!("/dock/{BAY}");
    let (mut seen, mut lost_in_a_row) = ("none.0".to_owned(), 0);
    let mut last = [Instant::now() - TRUCKS_IN; TRUCKS];
    loop {
        // As homes do: the server brakes a page that sends more than ten a second.
        let oldest = last[0];
        last.rotate_left(1);
        tokio::time::sleep_until((oldest + TRUCKS_IN).into()).await;
        last[TRUCKS - 1] = Instant::now();
        let truck = json!({"v": 1, "fleet": "ping-pong", "park": 25_000, "seen": seen, "watch": [], "say": []});
        let answer = tokio::select! {
            answer = door.post(&client, &path, None, &truck) => answer,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let home = Instant::now();
        match answer {
            Ok((200, load)) => {
                lost_in_a_row = 0;
                seen = load["seen"].as_str().unwrap_or_default().to_owned();
                let sent = door.sent.lock().expect("unlocked");
                let times = load["cargo"].as_array().into_iter().flatten();
                let ages = times.filter_map(|news| Some(home - *sent.get(&news["observed_at"].as_i64()?)?));
                door.seen.lock().expect("unlocked").pages.extend(ages);
                if load["limit"].is_string() {
                    door.failed("a truck", &load["limit"]);
                    return;
                }
            }
            // The door may close a connection that waits without a request, and the truck may have left meanwhile.
            Err(_) if lost_in_a_row < LOST_MAX => {
                lost_in_a_row += 1;
                door.seen.lock().expect("unlocked").lost += 1;
            }
            other => {
                door.failed("a truck", other);
                return;
            }
        }
    }
}

/// What of the metrics has this name, with labels or without, added up. `from` as above.
pub async fn metric(url: &str, name: &str, from: Option<&str>) -> Result<f64, String> {
    let mut request = reqwest::Client::new().get(format!("{url}/metrics"));
    if let Some(from) = from {
        request = request.header("X-Forwarded-For", from);
    }
    let chain = |error: reqwest::Error| format!("{error:?}");
    let text = request.send().await.map_err(chain)?.error_for_status().map_err(chain)?.text().await.map_err(chain)?;
    let named = |line: &&str| line.split(['{', ' ']).next() == Some(name) || line.split(' ').next() == Some(name);
    let rows = text.lines().filter(named);
    Ok(rows.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
}

/// How many files a server has open.
pub fn files(server: &program::Program) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).map_or(0, Iterator::count)
}
