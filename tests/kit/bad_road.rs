//! A bad road: a TCP relay before the server on which trucks are delayed, dropped, cut, doubled and answered by others.
//!
//! What happens to the n-th truck of a bay is drawn from a seed, the bay and n; after [`Plan::trucks`] trucks of a bay
//! the road is good, so that every run ends. Other requests pass unharmed.

use super::static_files;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The longest head of a request or an answer that is understood, bytes.
const HEAD_MAX_BYTES: usize = 64 << 10;
/// What a proxy says when it has lost its server.
const BAD_GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 39\r\n\r\n<html><body>502 Bad Gateway</body></html>";

/// How bad the road is.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// For those who want another road.
    pub seed: u64,
    /// The share of trucks that something happens to, 0 to 1.
    pub share: f64,
    /// How many trucks of a bay travel on the bad road; those after them travel on a good one.
    pub trucks: u64,
    /// The longest delay, ms.
    pub delay_max_ms: u64,
}

/// What may happen to a truck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It waits on its way out.
    SlowOut,
    /// It waits on its way home.
    SlowHome,
    /// It never reaches the dock; the connection is reset.
    LostOut,
    /// It reaches the dock, and the connection is reset at once.
    Orphaned,
    /// It is loaded, and then the connection is closed or reset before anything of the load arrives.
    LostHome,
    /// Its load is cut somewhere.
    Cut,
    /// It reaches the dock twice.
    Doubled,
    /// A proxy answers in the dock's place, before or after the dock has heard of it.
    Html,
    /// Nothing is heard of it any more, though the connection stands.
    Swallowed,
}

const FAULTS: [(Fault, u32); 9] = [
    (Fault::SlowOut, 4),
    (Fault::SlowHome, 4),
    (Fault::LostOut, 3),
    (Fault::Orphaned, 3),
    (Fault::LostHome, 3),
    (Fault::Cut, 3),
    (Fault::Doubled, 4),
    (Fault::Html, 3),
    (Fault::Swallowed, 1),
];

/// A relay on a port of its own; it ends when it is dropped.
pub struct BadRoad {
    address: SocketAddr,
    road: Arc<Road>,
    accepting: JoinHandle<()>,
}

struct Road {
    target: SocketAddr,
    plan: Plan,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    sent: HashMap<String, u64>,
    out: HashMap<String, usize>,
    faults: BTreeMap<Fault, u64>,
}

impl BadRoad {
    /// A bad road to `target`.
    pub async fn start(target: SocketAddr, plan: Plan) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let road = Arc::new(Road { target, plan, ledger: Mutex::default() });
        let accepting = tokio::spawn(accept(listener, road.clone()));
        Ok(Self { address, road, accepting })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often each fault has happened.
    pub fn faults(&self) -> BTreeMap<Fault, u64> {
        self.road.ledger().faults.clone()
    }

    /// How many trucks have left home.
    pub fn trucks(&self) -> u64 {
        self.road.ledger().sent.values().sum()
    }
}

impl Drop for BadRoad {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Road {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("no test panics with the ledger in its hands")
    }

    /// What happens to the next truck of a bay.
    fn draw(&self, bay: &str) -> (Option<Fault>, StdRng) {
        let mut ledger = self.ledger();
        let sent = ledger.sent.entry(bay.to_owned()).or_default();
        *sent += 1;
        let mut hasher = DefaultHasher::new();
        (self.plan.seed, bay, *sent).hash(&mut hasher);
        let mut random = StdRng::seed_from_u64(hasher.finish());
        if *sent > self.plan.trucks || !random.random_bool(self.plan.share) {
            return (None, random);
        }
        let mut ticket = random.random_range(0..FAULTS.iter().map(|(_, weight)| weight).sum());
        for (fault, weight) in FAULTS {
            if ticket < weight {
                *ledger.faults.entry(fault).or_default() += 1;
                return (Some(fault), random);
            }
            ticket -= weight;
        }
        unreachable!("the weights were summed")
    }
}

/// A truck that is out, as home sees it.
struct Out<'a> {
    road: &'a Road,
    bay: String,
}

impl<'a> Out<'a> {
    fn new(road: &'a Road, bay: &str) -> Self {
        *road.ledger().out.entry(bay.to_owned()).or_default() += 1;
        Self { road, bay: bay.to_owned() }
    }
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        if let Some(out) = self.road.ledger().out.get_mut(&self.bay) {
            *out -= 1;
        }
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    while let Ok((client, _)) = listener.accept().await {
        let road = road.clone();
        // Whoever hangs up does so on purpose.
        tokio::spawn(async move { drop(converse(client, &road).await) });
    }
}

/// One connection: request, answer, request, answer.
async fn converse(mut client: TcpStream, road: &Road) -> io::Result<()> {
    client.set_nodelay(true)?;
    while let Some(message) = read_message(&mut client).await? {
        let head = String::from_utf8_lossy(&message[..message.len().min(HEAD_MAX_BYTES)]).into_owned();
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if let Some(bay) = path.strip_prefix("/dock/").filter(|_| method == "POST") {
            let bay = bay.split('?').next().unwrap_or_default();
            let _out = Out::new(road, bay);
            if !travel(&mut client, road, bay, &message).await? {
                return Ok(());
            }
        } else if let Some(bay) = path.strip_prefix("/out/") {
            let out = road.ledger().out.get(bay).copied().unwrap_or_default();
            answer(&mut client, "application/json", out.to_string().as_bytes()).await?;
        } else if path == "/blank" {
            let (mime, body) = static_files::content("/").await.unwrap_or_default();
            answer(&mut client, mime, &body).await?;
        } else if path.starts_with("/tests/js/") || path.starts_with("/static/js/") {
            let (mime, body) = static_files::content(path).await.unwrap_or(("text/plain", b"not found".to_vec()));
            answer(&mut client, mime, &body).await?;
        } else {
            let mut server = TcpStream::connect(road.target).await?;
            server.write_all(&message).await?;
            let Some(answer) = read_message(&mut server).await? else { return Ok(()) };
            client.write_all(&answer).await?;
        }
    }
    Ok(())
}

async fn answer(client: &mut TcpStream, mime: &str, body: &[u8]) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {}\r\n\r\n", body.len());
    client.write_all(head.as_bytes()).await?;
    client.write_all(body).await
}

/// One truck's trip; false if the connection is at its end.
async fn travel(client: &mut TcpStream, road: &Road, bay: &str, message: &[u8]) -> io::Result<bool> {
    let (fault, mut random) = road.draw(bay);
    let delay = Duration::from_millis(random.random_range(0..=road.plan.delay_max_ms));
    match fault {
        Some(Fault::SlowOut) => tokio::time::sleep(delay).await,
        Some(Fault::LostOut) => return reset(client),
        Some(Fault::Html) if random.random_bool(0.5) => {
            client.write_all(BAD_GATEWAY.as_bytes()).await?;
            return Ok(true);
        }
        Some(Fault::Doubled) => {
            let (twin, target, later) = (message.to_vec(), road.target, delay);
            tokio::spawn(async move {
                tokio::time::sleep(later).await;
                let mut server = TcpStream::connect(target).await?;
                server.write_all(&twin).await?;
                read_message(&mut server).await
            });
        }
        _ => {}
    }
    let mut server = TcpStream::connect(road.target).await?;
    server.write_all(message).await?;
    if fault == Some(Fault::Orphaned) {
        return reset(client);
    }
    let load = tokio::select! {
        load = read_message(&mut server) => load?,
        _ = hung_up(client) => return Ok(false),
    };
    let Some(load) = load else { return reset(client) };
    match fault {
        Some(Fault::SlowHome) => tokio::time::sleep(delay).await,
        Some(Fault::LostHome) if random.random_bool(0.5) => return Ok(false),
        Some(Fault::LostHome) => return reset(client),
        Some(Fault::Cut) => {
            let length = random.random_range(0..load.len());
            client.write_all(&load[..length]).await?;
            client.flush().await?;
            return if random.random_bool(0.5) { Ok(false) } else { reset(client) };
        }
        Some(Fault::Html) => {
            client.write_all(BAD_GATEWAY.as_bytes()).await?;
            return Ok(true);
        }
        Some(Fault::Swallowed) => {
            hung_up(client).await;
            return Ok(false);
        }
        _ => {}
    }
    client.write_all(&load).await?;
    Ok(true)
}

/// Ends a connection with RST: what was on its way is gone.
fn reset(client: &TcpStream) -> io::Result<bool> {
    client.set_zero_linger()?;
    Ok(false)
}

/// Waits until the other side is gone; a browser says nothing while it waits for an answer.
pub async fn hung_up(client: &mut TcpStream) {
    let mut byte = [0];
    // An end or an error: both mean that nobody is there.
    drop(client.read(&mut byte).await);
}

/// A request or an answer with its body, by `Content-Length`; `None` at the end.
pub async fn read_message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let end = loop {
        if let Some(end) = message.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if message.len() > HEAD_MAX_BYTES || stream.read_buf(&mut message).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&message[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().unwrap_or(0));
    while message.len() < end + length {
        if stream.read_buf(&mut message).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(message))
}
