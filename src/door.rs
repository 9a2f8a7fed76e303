//! The front door: it owns the listening socket, and nobody gets past its limits.
//!
//! Connections come in by one loop, which knows how many there are and from where (`register`). Plain trucks and plain posts
//! of readings are read by a fast lane (`lane`), everything else by hyper (`http`). The dock and the readings are answered
//! here, without Rocket (`rooms`); pages, forms and other uploads go to Rocket in this process, pages and forms in turns.

mod access;
mod compress;
mod connected;
mod connection;
mod files;
mod head;
mod http;
mod lane;
mod options;
mod register;
mod rooms;
mod sent;
mod stats;
mod wire;
mod write;

pub use options::Options;
pub use rooms::Rooms;
pub use stats::{Cut, PageEnd, Stats};

use crate::web::Network;
use register::{Register, Seat};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{unconstrained, yield_now};

/// The time in which a new connection sends its first request, before it may have to go for a newcomer: clients that have
/// one send it in the same moment, and a busy machine takes some milliseconds to read it.
const FIRST_WORD: Duration = Duration::from_millis(100);
/// Connections that the system holds until they are let in.
const BACKLOG: i32 = 4_096;
/// After an accept that failed, the door waits so long: whatever was used up is used up for that long.
const PAUSE: Duration = Duration::from_millis(50);
/// What the system holds of answers that a client does not read, bytes a connection.
const SEND_BUFFER_BYTES: usize = 256 * 1_024;
/// Most connections at once that are told that there is no room; each of them is an open file for up to a second.
const TOLD_MAX: usize = 32;
/// Said to a connection for which there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 5\r\n\
    connection: close\r\ncontent-length: 41\r\n\r\nThere are too many connections right now.\n";

/// The door, listening and not yet open.
pub struct Door {
    listener: TcpListener,
    register: Arc<Register>,
    address: SocketAddr,
    /// Permits for connections that are told that there is no room.
    told: Arc<Semaphore>,
    open_files: u64,
}

/// A view of what the door counts; clones share it.
#[derive(Clone)]
pub struct Watcher(Arc<Register>);

impl Watcher {
    /// The counts now.
    pub fn stats(&self) -> Stats {
        self.0.counters.stats(self.0.count(), self.0.max_connections())
    }
}

impl Door {
    /// Listens. Raises the limit of open files, which limits the connections. `trusted`: proxies that speak for many.
    pub fn open(address: SocketAddr, options: Options, trusted: Vec<Network>) -> io::Result<Self> {
        let open_files = files::raise();
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        let address = listener.local_addr()?;
        let register = Register::new(options, trusted, open_files);
        tracing::debug!(open_files, max_connections = register.max_connections(), "the door listens at {address}");
        let told = Arc::new(Semaphore::new(TOLD_MAX));
        Ok(Self { listener, register, address, told, open_files })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Most connections at once, and so many files the system lets this process open.
    pub fn limits(&self) -> (usize, u64) {
        (self.register.max_connections(), self.open_files)
    }

    /// What it counts.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.register.clone())
    }

    /// Lets connections in until `stop`; then waits until every request that has come has had its answer.
    pub async fn run(self, rooms: Arc<Rooms>, stop: impl Future<Output = ()>) {
        let watch = tokio::spawn(self.register.clone().watch());
        tokio::select! {
            () = stop => {}
            // Unconstrained: it goes on while somebody waits. If it took turns with all connections, they could come faster
            // than it lets them in, and a newcomer that the system finds no room for tries again only after a second.
            () = unconstrained(self.accept(&rooms)) => {}
        }
        drop(self.listener);
        self.register.close().await;
        watch.abort();
    }

    async fn accept(&self, rooms: &Arc<Rooms>) {
        let (mut is_failing, mut let_in) = (false, 0);
        loop {
            let_in = (let_in + 1) % BACKLOG;
            if let_in == 0 {
                // Whoever waited is in; a flood must not keep others from their turn.
                yield_now().await;
            }
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    if std::mem::take(&mut is_failing) {
                        tracing::warn!("connections are accepted again");
                    }
                    if self.register.is_full_of_some_that_wait() {
                        // Some of them have to go. Those that came last get time to send their first request; newcomers
                        // wait in the backlog.
                        tokio::time::sleep(FIRST_WORD).await;
                    }
                    self.let_in(stream, peer, rooms);
                }
                // The client has left before it was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::error!(%error, connections = self.register.count(), "no connection can be accepted");
                    }
                    self.register.make_some_room();
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Tells a connection that there is no room. Only so many are told at once; beyond that they are closed.
    fn send_away(&self, stream: TcpStream) {
        let Ok(told) = self.told.clone().try_acquire_owned() else { return };
        tokio::spawn(async move {
            // The first packet of a new connection always has room.
            if stream.writable().await.is_ok() && stream.try_write(FULL).is_ok() {
                connected::linger(&stream).await;
            }
            drop(told);
        });
    }

    fn let_in(&self, stream: TcpStream, peer: SocketAddr, rooms: &Arc<Rooms>) {
        // Neither changes what is said: an answer goes out at once, and an unread one has a bound.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES);
        match self.register.seat(peer.ip()) {
            Ok(seat) => {
                let (slot, rooms) = (seat.slot.clone(), rooms.clone());
                let task = tokio::spawn(async move { connection::serve(stream, peer, seat, &rooms).await });
                Seat::is_served_by(&slot, task.abort_handle());
            }
            Err(register::NoRoom) => self.send_away(stream),
        }
    }
}
