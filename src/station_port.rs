//! The station port: a listener of its own for consoles that speak what no HTTP server may understand.
//!
//! Some leave out the path, write blanks, brackets or umlauts into the request line, or send neither `Host` nor
//! `Content-Length`. The front door must refuse all that. This port takes uploads and nothing else, so it may be tolerant: it
//! looks for pairs of names and values, wherever they stand, and hands them to the doors of `ingest`.

mod connection;
mod options;
mod request;
mod seats;
mod stats;

pub use options::Options;
pub use stats::Stats;

use crate::ingest::uploads::Uploads;
use seats::Seats;
use stats::Counters;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// After an accept that failed, the port waits so long: whatever was used up is used up for that long.
const PAUSE: Duration = Duration::from_millis(50);
/// At the stop, uploads that have come get so long to be answered.
const CLOSING_GRACE: Duration = Duration::from_millis(500);
/// Said to a connection for which there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 5\r\n\
    connection: close\r\ncontent-length: 16\r\n\r\ntry again later\n";

/// The station port, listening and not yet open.
pub struct StationPort {
    listener: TcpListener,
    address: SocketAddr,
    uploads: Uploads,
    options: Arc<Options>,
    counters: Arc<Counters>,
}

/// A handle to the port's counts.
#[derive(Clone)]
pub struct Watcher(Arc<Counters>);

impl Watcher {
    /// What the port has done since it was opened.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }
}

impl StationPort {
    /// Listens; `None` if the options do not ask for it.
    pub async fn open(options: &Options, uploads: Uploads) -> io::Result<Option<Self>> {
        if !options.enabled {
            return Ok(None);
        }
        let listener = TcpListener::bind(SocketAddr::new(options.address, options.port)).await?;
        let address = listener.local_addr()?;
        tracing::debug!("the station port listens at {address}");
        Ok(Some(Self { listener, address, uploads, options: Arc::new(options.clone()), counters: Arc::default() }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A handle to the counts.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.counters.clone())
    }

    /// Takes uploads until `stop`; then answers those that have come.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, uploads, options, counters, .. } = self;
        let seats = Seats::new(&options);
        let mut connections = JoinSet::new();
        let accept = async {
            loop {
                let (stream, peer) = tokio::select! {
                    came = listener.accept() => match came {
                        Ok(came) => came,
                        Err(error) => {
                            tracing::debug!(%error, "no console can be let in");
                            tokio::time::sleep(PAUSE).await;
                            continue;
                        }
                    },
                    Some(_) = connections.join_next() => continue,
                };
                let Some(seat) = seats.take(peer.ip()) else {
                    counters.full.fetch_add(1, Relaxed);
                    // The first packet of a new connection always has room.
                    let _ = stream.try_write(FULL);
                    continue;
                };
                counters.connections.fetch_add(1, Relaxed);
                let (uploads, options, counters) = (uploads.clone(), options.clone(), counters.clone());
                connections.spawn(async move {
                    let rooms = connection::Rooms { uploads, from: peer.ip().to_canonical() };
                    connection::serve(stream, &rooms, &options, &counters).await;
                    drop(seat);
                });
            }
        };
        tokio::select! {
            () = stop => {}
            () = accept => {}
        }
        drop(listener);
        let _ = timeout(CLOSING_GRACE, async { while connections.join_next().await.is_some() {} }).await;
    }
}
