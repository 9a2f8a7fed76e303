//! A road that counts: a TCP relay before the server, which sees every request and every truck that is out.
//!
//! It expects what browsers do over HTTP/1.1: on one connection, a request begins when the one before is answered.

mod counts;

use counts::{Frames, Loads};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is read at once, bytes.
const CHUNK_BYTES: usize = 16 << 10;
/// The longest request head that is understood, bytes.
const HEAD_MAX_BYTES: usize = 64 << 10;

/// A request that passed.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, ….
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// When its head had passed.
    pub at: Instant,
}

impl Request {
    fn is_truck(&self) -> bool {
        self.method == "POST" && self.path.starts_with("/dock/")
    }
}

/// A relay on a port of its own; it ends, with all its connections, when it is dropped.
pub struct Relay {
    address: SocketAddr,
    road: Arc<Road>,
    accepting: JoinHandle<()>,
}

struct Road {
    ledger: Mutex<Ledger>,
    /// Every change ends the connections of before.
    cuts: watch::Sender<u64>,
}

struct Ledger {
    target: SocketAddr,
    requests: Vec<Request>,
    loads: usize,
    frames: usize,
    out: usize,
    out_max: usize,
    closed: bool,
}

impl Relay {
    /// A relay before `target`.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let ledger =
            Mutex::new(Ledger { target, requests: Vec::new(), loads: 0, frames: 0, out: 0, out_max: 0, closed: false });
        let road = Arc::new(Road { ledger, cuts: watch::Sender::new(0) });
        let accepting = tokio::spawn(accept(listener, road.clone()));
        Ok(Self { address, road, accepting })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Leads new connections to another server.
    pub fn lead_to(&self, target: SocketAddr) {
        self.road.ledger().target = target;
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        self.road.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Closes the road, and cuts who is on it: until it is opened again, every connection ends at once.
    pub fn close(&self) {
        self.road.ledger().closed = true;
        self.cut();
    }

    /// Opens the road again.
    pub fn open(&self) {
        self.road.ledger().closed = false;
    }

    /// How many requests of a method, and to paths that begin so, have passed.
    pub fn count(&self, method: &str, path_prefix: &str) -> usize {
        let counts = |request: &&Request| request.method == method && request.path.starts_with(path_prefix);
        self.road.ledger().requests.iter().filter(counts).count()
    }

    /// All requests that have passed, for a test that fails.
    pub fn requests(&self) -> Vec<Request> {
        self.road.ledger().requests.clone()
    }

    /// How many loads have come down, by whichever way: aboard trucks, as events, as frames of a socket.
    pub fn loads(&self) -> usize {
        self.road.ledger().loads
    }

    /// How many frames of text have gone up on sockets.
    pub fn frames_up(&self) -> usize {
        self.road.ledger().frames
    }

    /// How many trucks are out: `POST /dock/…` that are not answered yet, on connections that live.
    pub fn trucks_out(&self) -> usize {
        self.road.ledger().out
    }

    /// The most trucks that were out at once, since the start or the last [`Relay::forget`].
    pub fn trucks_out_max(&self) -> usize {
        self.road.ledger().out_max
    }

    /// Begins counting anew; trucks that are out stay so.
    pub fn forget(&self) {
        let mut ledger = self.road.ledger();
        ledger.requests.clear();
        (ledger.loads, ledger.frames) = (0, 0);
        ledger.out_max = ledger.out;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Road {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("no counter fails")
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    while let Ok((client, _)) = listener.accept().await {
        let road = road.clone();
        if road.ledger().closed {
            continue;
        }
        tokio::spawn(async move {
            let mut cuts = road.cuts.subscribe();
            tokio::select! {
                _ = cuts.changed() => {}
                // A connection that breaks is what the tests are about.
                _ = carry(client, &road) => {}
            }
        });
    }
}

/// Carries bytes both ways until one side ends; a server that is away ends the client's connection.
async fn carry(mut client: TcpStream, road: &Road) -> io::Result<()> {
    let target = road.ledger().target;
    let mut server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (mut up, mut down) = ([0; CHUNK_BYTES], [0; CHUNK_BYTES]);
    let (mut heads, mut loads, mut frames) = (Heads::default(), Loads::default(), Frames::default());
    let mut trip = Trip { road, out: false };
    loop {
        tokio::select! {
            read = from_client.read(&mut up) => {
                let bytes = &up[..read?];
                if bytes.is_empty() { return Ok(()); }
                match heads.upgraded {
                    true => road.ledger().frames += frames.feed(bytes),
                    false => heads.feed(bytes, |request| trip.begin(request)),
                }
                to_server.write_all(bytes).await?;
            }
            read = from_server.read(&mut down) => {
                let bytes = &down[..read?];
                if bytes.is_empty() { return Ok(()); }
                trip.end();
                road.ledger().loads += loads.feed(bytes);
                to_client.write_all(bytes).await?;
            }
        }
    }
}

/// The request of a connection that waits for its answer.
struct Trip<'r> {
    road: &'r Road,
    /// Whether it is a truck.
    out: bool,
}

impl Trip<'_> {
    fn begin(&mut self, request: Request) {
        self.end();
        self.out = request.is_truck();
        let mut ledger = self.road.ledger();
        ledger.out += usize::from(self.out);
        ledger.out_max = ledger.out_max.max(ledger.out);
        ledger.requests.push(request);
    }

    fn end(&mut self) {
        self.road.ledger().out -= usize::from(std::mem::take(&mut self.out));
    }
}

impl Drop for Trip<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Finds the heads of requests in what a client sends, whatever pieces it comes in.
#[derive(Default)]
struct Heads {
    head: Vec<u8>,
    body_left_bytes: usize,
    /// It stopped understanding: a body without a length, or no HTTP at all.
    lost: bool,
    /// From here on, a socket's frames.
    upgraded: bool,
}

impl Heads {
    fn feed(&mut self, mut bytes: &[u8], mut found: impl FnMut(Request)) {
        while !bytes.is_empty() && !self.lost {
            let skipped = self.body_left_bytes.min(bytes.len());
            self.body_left_bytes -= skipped;
            bytes = &bytes[skipped..];
            let Some((first, rest)) = bytes.split_first() else { break };
            self.head.push(*first);
            bytes = rest;
            if self.head.ends_with(b"\r\n\r\n") {
                match self.read_head() {
                    Some(request) => found(request),
                    None => self.lost = true,
                }
                self.head.clear();
            }
            self.lost |= self.head.len() > HEAD_MAX_BYTES;
        }
    }

    fn read_head(&mut self) -> Option<Request> {
        let head = std::str::from_utf8(&self.head).ok()?;
        let mut lines = head.trim_start().lines();
        let mut words = lines.next()?.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => self.body_left_bytes = value.trim().parse().ok()?,
                "transfer-encoding" => self.lost = true,
                "upgrade" => (self.lost, self.upgraded) = (true, true),
                _ => {}
            }
        }
        Some(Request { method, path, at: Instant::now() })
    }
}
