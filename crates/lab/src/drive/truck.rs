//! Trucks: one each on a connection and in a bay of its own, sent again as soon as it is home.

use super::error::{Error, unexpected};
use super::peer::{self, Heads, Peer};
use super::target::Target;
use super::wire::{Answer, Wire};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long a truck is willing to wait, ms: the most that the dock allows.
const PARK_MS: u32 = 45_000;
/// A cursor of no journal: a truck with it is told to `reload`, and from where.
const STRANGE_CURSOR: &str = "lab.0";
/// Answers in a row that only say `reload`: more mean that the cursor from them is worth nothing.
const RELOADS_MAX: u32 = 3;
/// A truck whose bytes are with the kernel may still be on its way through the server: time for the last of them to park.
const SETTLE: Duration = Duration::from_millis(300);
/// The same for each truck, in addition: twice what the server needs in the same kind of build.
const SETTLE_PER_TRUCK: Duration = Duration::from_micros(if cfg!(debug_assertions) { 400 } else { 100 });

/// What came home with a truck.
#[derive(Debug)]
pub(super) struct Delivery {
    /// When its last byte was here.
    pub(super) at: Instant,
    /// The times of the reports in it, ms.
    pub(super) reports: Vec<i64>,
    /// The stations of the reports, if the truck watches some.
    pub(super) stations: Vec<String>,
    /// How many stations the truck watches; 0: all.
    pub(super) watches: usize,
    /// How long the truck was parked, ms, as the server says.
    pub(super) parked_ms: u64,
    /// The load's length.
    pub(super) bytes: usize,
}

/// What the driver reads of a load.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    why: Cow<'a, str>,
    #[serde(borrow)]
    seen: Cow<'a, str>,
    #[serde(default)]
    cargo: Vec<Cargo<'a>>,
    #[serde(default)]
    parked: u64,
}

#[derive(Deserialize)]
struct Cargo<'a> {
    observed_at: Option<i64>,
    #[serde(borrow)]
    station: Option<Cow<'a, str>>,
}

/// What all trucks count together.
#[derive(Default)]
pub(super) struct Road {
    /// Trucks whose request is with the kernel.
    out: AtomicUsize,
    /// Trucks that were told to slow down (429).
    pub(super) braked: AtomicU64,
}

/// All trucks.
pub(super) struct Convoy {
    pub(super) road: Arc<Road>,
    size: usize,
    tasks: JoinSet<Result<(), Error>>,
}

impl Convoy {
    /// Parks all trucks, and calls `home` with every load that holds cargo.
    pub(super) async fn start<F>(trucks: Vec<Truck>, home: F) -> Result<Self, Error>
    where
        F: Fn(Delivery) + Clone + Send + 'static,
    {
        let mut convoy = Self { road: Arc::default(), size: trucks.len(), tasks: JoinSet::new() };
        let mut cursor = None;
        for mut truck in trucks {
            truck.seen = match &cursor {
                Some(cursor) => String::clone(cursor),
                None => cursor.insert(truck.ask_cursor().await?).clone(),
            };
            convoy.tasks.spawn(truck.drive(convoy.road.clone(), home.clone()));
        }
        convoy.parked().await?;
        Ok(convoy)
    }

    /// Waits until every truck is out and has had time to park.
    pub(super) async fn parked(&mut self) -> Result<(), Error> {
        while self.road.out.load(Ordering::Relaxed) < self.size {
            self.check(Duration::from_millis(5)).await?;
        }
        self.check(SETTLE + SETTLE_PER_TRUCK * self.size as u32).await
    }

    /// Lets time pass; the error of a truck that broke down.
    pub(super) async fn check(&mut self, time: Duration) -> Result<(), Error> {
        match timeout(time, self.tasks.join_next()).await {
            Ok(Some(Ok(Err(error)))) => Err(error),
            _ => Ok(()),
        }
    }
}

/// A truck at home.
pub(super) struct Truck {
    wire: Wire,
    target: Arc<Target>,
    /// The paths of its bays, which take turns.
    bays: Vec<String>,
    turn: usize,
    /// The stations that it watches, as JSON, and how many they are; none: all.
    watched: (String, usize),
    /// What lies between two departures at least.
    pause: Option<Duration>,
    /// Header lines beside those that every request has.
    extra: String,
    seen: String,
}

/// Connects `size` trucks with so many bays each, and gives the server the time to accept them.
pub(super) async fn connect(target: &Arc<Target>, size: usize, bays: usize) -> Result<Vec<Truck>, Error> {
    let mut trucks = Vec::with_capacity(size);
    for number in 1..=size {
        let wire = Wire::connect(target.address).await.map_err(|source| Error::Connect { number, source })?;
        let bays = (0..bays).map(|_| bay()).collect::<Result<Vec<_>, Error>>()?;
        let extra = match target.heads {
            Heads::Short => String::new(),
            Heads::Browser => peer::browser(target.peer, &target.host, &Base64UrlUnpadded::encode_string(&bits()?)),
        };
        let (target, seen, watched) = (target.clone(), STRANGE_CURSOR.to_owned(), ("[]".to_owned(), 0));
        trucks.push(Truck { wire, target, bays, turn: 0, watched, pause: None, extra, seen });
    }
    sleep(SETTLE).await;
    Ok(trucks)
}

impl Truck {
    /// Watches these stations from now on, with a pause between two departures.
    pub(super) fn watch(&mut self, stations: &[&str], pause: Duration) {
        let names = stations.iter().map(|slug| format!("\"{slug}\"")).collect::<Vec<_>>().join(",");
        self.watched = (format!("[{names}]"), stations.len());
        self.pause = Some(pause);
    }

    /// The journal's end, from a truck that turns round.
    async fn ask_cursor(&mut self) -> Result<String, Error> {
        if self.target.peer == Peer::Nchan {
            self.seen.clear(); // without a message's name it is given the newest
        }
        let request = self.request(0);
        self.wire.send(&request).await?;
        let answer = self.wire.receive().await?;
        match body(&answer) {
            Some(body) => Ok(peer::seen(self.target.peer, &body.seen, &answer)),
            None => Err(unexpected("the first truck", &answer)),
        }
    }

    async fn drive(mut self, road: Arc<Road>, home: impl Fn(Delivery)) -> Result<(), Error> {
        let mut reloads = 0;
        loop {
            let request = self.request(PARK_MS);
            let departed = Instant::now();
            self.wire.send(&request).await?;
            road.out.fetch_add(1, Ordering::Relaxed);
            let answer = self.wire.receive().await?;
            road.out.fetch_sub(1, Ordering::Relaxed);
            if answer.status == 429 {
                road.braked.fetch_add(1, Ordering::Relaxed);
                let wait = Duration::from_secs(answer.retry_after_s.unwrap_or(1).clamp(1, 5));
                sleep(wait).await;
                continue;
            }
            let Some(body) = body(&answer) else { return Err(unexpected("a truck", &answer)) };
            reloads = if body.why == "reload" { reloads + 1 } else { 0 };
            if body.why == "closing" || reloads > RELOADS_MAX {
                return Err(unexpected("a truck", &answer));
            }
            let reports: Vec<i64> = body.cargo.iter().filter_map(|cargo| cargo.observed_at).collect();
            let watches = self.watched.1;
            let named = body.cargo.iter().filter(|cargo| watches > 0 && cargo.observed_at.is_some());
            let stations = named.map(|cargo| cargo.station.as_deref().unwrap_or_default().to_owned()).collect();
            let (at, bytes, parked_ms) = (answer.at, answer.body.len(), body.parked);
            let delivery = Delivery { at, reports, stations, watches, parked_ms, bytes };
            self.seen = peer::seen(self.target.peer, &body.seen, &answer);
            if !delivery.reports.is_empty() {
                home(delivery);
            }
            if let Some(pause) = self.pause {
                sleep(pause.saturating_sub(departed.elapsed())).await;
            }
        }
    }

    fn request(&mut self, park_ms: u32) -> Vec<u8> {
        if self.target.peer == Peer::Nchan {
            return self.target.get("/sub", &format!("{}{}", self.extra, self.seen));
        }
        self.turn = (self.turn + 1) % self.bays.len();
        let body = format!(
            r#"{{"v":1,"fleet":"ping-pong","park":{park_ms},"seen":"{}","watch":{},"say":[]}}"#,
            self.seen,
            self.watched.0 // a cursor holds letters, digits and a dot
        );
        self.target.post(&self.bays[self.turn], &self.extra, &body)
    }
}

fn body<'a>(answer: &Answer<'a>) -> Option<Body<'a>> {
    if answer.status == 200 { serde_json::from_slice(answer.body).ok() } else { None }
}

fn bits() -> Result<[u8; 16], Error> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| Error::Wire(std::io::Error::other(error.to_string())))?;
    Ok(bits)
}

/// The path of a bay of its own: 128 random bits.
fn bay() -> Result<String, Error> {
    let mut path = "/dock/".to_owned();
    for byte in bits()? {
        let _ = write!(path, "{byte:02x}"); // writing into a string cannot fail
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_understood_with_what_else_is_in_it() {
        let text = br#"{"v":1,"why":"cargo","after":"7Q.1","seen":"7Q.3","heard":[],"parked":12,"cargo":[
            {"at":"7Q.2","kind":"report","station":"a","observed_at":1800000000000,"values":{"temperature":1.5}},
            {"at":"7Q.3","kind":"station","station":"b"}]}"#;
        let answer = Answer {
            status: 200,
            body: text,
            retry_after_s: None,
            last_modified: None,
            etag: None,
            at: Instant::now(),
        };
        let body = body(&answer).expect("a load");
        let reports: Vec<i64> = body.cargo.iter().filter_map(|cargo| cargo.observed_at).collect();
        assert_eq!((&*body.why, &*body.seen, body.parked, reports), ("cargo", "7Q.3", 12, vec![1_800_000_000_000]));
    }

    #[test]
    fn every_truck_has_a_bay_of_its_own() {
        let (one, other) = (bay().expect("random"), bay().expect("random"));
        assert!(one != other && one.len() == "/dock/".len() + 32, "{one}");
    }
}
