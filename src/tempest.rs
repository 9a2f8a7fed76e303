//! A listener for what the hubs of WeatherFlow's stations broadcast in the local network.
//!
//! A datagram is believed if it comes from a private address and names a device that is bound to a station. Nobody answers
//! it: what is lost is lost. While enrolment is on, a device that is bound to none waits to be claimed.

mod noting;
mod options;
mod stats;
mod storing;

pub use options::Options;
pub use stats::{Refusal, Stats};

use crate::inbox::{Fate, Inbox, is_private};
use crate::ingest::Enrolment;
use crate::ingest::tempest::{self, Observation};
use crate::storage::Storage;
use crate::web::brake::Brake;
use chrono::Utc;
use governor::clock::DefaultClock;
use socket2::{Domain, Protocol, Socket, Type};
use stats::Counters;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use weather::station::Station;
use weather::time::Timestamp;

/// The largest datagram; real ones have some 300 bytes.
const DATAGRAM_MAX_BYTES: usize = 2_048;
/// After the stop, datagrams that have come get so long to be stored.
const CLOSING_GRACE: Duration = Duration::from_millis(300);
/// After a datagram that could not be received, the listener waits so long.
const PAUSE: Duration = Duration::from_millis(50);

/// The listener, listening and not yet reading.
pub struct Tempest {
    socket: UdpSocket,
    storage: Storage,
    inbox: Inbox,
    enrolment: Enrolment,
    options: Options,
    counters: Arc<Counters>,
}

/// A handle to the listener's counts.
#[derive(Clone)]
pub struct Watcher(Arc<Counters>);

impl Watcher {
    /// What the listener has done since it was opened.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }
}

/// A datagram that was let in.
#[derive(Clone)]
struct Came {
    bytes: Vec<u8>,
    from: IpAddr,
    at: Timestamp,
}

/// Observations of a device.
struct Heard {
    came: Came,
    /// `None`: it is bound to none.
    station: Option<Arc<Station>>,
    serial: String,
    observations: Vec<Observation>,
}

impl Tempest {
    /// Listens; `None` if the options do not ask for it. `inbox` takes what came, for the owner who looks.
    pub fn open(options: &Options, storage: Storage, inbox: Inbox, enrolment: Enrolment) -> io::Result<Option<Self>> {
        if !options.enabled {
            return Ok(None);
        }
        let address = SocketAddr::new(options.address, options.port);
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        // Other programs of this machine may listen to the same hub.
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        tracing::debug!("listening to WeatherFlow's hubs at {}", socket.local_addr()?);
        let (options, counters) = (options.clone(), Arc::default());
        Ok(Some(Self { socket, storage, inbox, enrolment, options, counters }))
    }

    /// A handle to the counts.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.counters.clone())
    }

    /// Listens until `stop`; then what has come is stored.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (tell, heard) = mpsc::channel(self.options.queue_messages.max(1));
        let mut storing = tokio::spawn(storing::store_all(heard, self.store()));
        tokio::select! {
            () = stop => {}
            () = self.listen(tell) => {}
        }
        if tokio::time::timeout(CLOSING_GRACE, &mut storing).await.is_err() {
            storing.abort();
        }
    }

    async fn listen(&self, tell: mpsc::Sender<Heard>) {
        let brake = Brake::new(DefaultClock::default());
        // One more, so that a longer datagram is seen to be longer.
        let mut bytes = [0; DATAGRAM_MAX_BYTES + 1];
        loop {
            match self.socket.recv_from(&mut bytes).await {
                Ok((length, from)) => {
                    self.counters.datagrams.fetch_add(1, Relaxed);
                    self.takes(&bytes[..length], from.ip().to_canonical(), &brake, &tell);
                }
                Err(error) => {
                    tracing::debug!(%error, "no datagram can be received");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn store(&self) -> storing::Store {
        let (storage, inbox, counters) = (self.storage.clone(), self.inbox.clone(), self.counters.clone());
        storing::Store { storage, inbox, counters }
    }

    /// Takes a datagram. What holds no observations, or is refused, ends here.
    fn takes(&self, datagram: &[u8], from: IpAddr, brake: &Brake, tell: &mpsc::Sender<Heard>) {
        #[expect(clippy::disallowed_methods, reason = "a worker: the time of arrival")]
        let at: Timestamp = Utc::now().into();
        // Nobody sees those in the list of uploads: they could come by thousands.
        let passed_over = match is_private(from) {
            false => Some(Refusal::Address),
            true => brake.check(from).is_err().then_some(Refusal::Rate),
        };
        if let Some(why) = passed_over {
            self.counters.refused(why);
            return self.inbox.refused(at, Some(from), (noting::FORMAT, noting::WAY), why.words());
        }
        let came = Came { bytes: datagram.to_vec(), from, at };
        let broadcast = match datagram.len() {
            0..=DATAGRAM_MAX_BYTES => tempest::parse(datagram),
            _ => Err(format!("it has more than {DATAGRAM_MAX_BYTES} bytes")),
        };
        let broadcast = match broadcast {
            Ok(broadcast) => broadcast,
            Err(why) => {
                self.counters.refused(Refusal::Unreadable);
                tracing::debug!(why, "a datagram is not what a hub of WeatherFlow sends");
                let nobody = Err("it is not what a hub of WeatherFlow sends".into());
                return noting::note(&self.inbox, came, nobody, Fate::Refused(why.into()), None);
            }
        };
        let station = self.storage.directory().by_serial(&broadcast.serial).cloned();
        if broadcast.observations.is_empty() {
            // A device tells of itself.
            let whose = station.ok_or_else(|| Refusal::Unknown.words().into());
            return noting::note(&self.inbox, came, whose, Fate::Taken, Some(noting::Reading::default()));
        }
        let keeps = |one: &Observation| !one.is_rapid || (self.options.rapid_wind && station.is_some());
        let observations: Vec<_> = broadcast.observations.into_iter().filter(keeps).collect();
        // Nothing of a wind of the moment waits to be claimed.
        let is_passed_over = observations.is_empty() && (station.is_some() || self.enrolment.is_on());
        if is_passed_over {
            return;
        }
        if station.is_none() && self.enrolment.lets_wait(Some(from)).is_err() {
            self.counters.refused(Refusal::Unknown);
            tracing::debug!(serial = broadcast.serial, "a device of WeatherFlow is not bound to a station");
            let why = Refusal::Unknown.words();
            let reading = Some(noting::Reading::default());
            return noting::note(&self.inbox, came, Err(why.into()), Fate::Refused(why.into()), reading);
        }
        let heard = Heard { came, station, serial: broadcast.serial, observations };
        if let Err(error) = tell.try_send(heard) {
            let Heard { came, station, .. } = error.into_inner();
            self.counters.refused(Refusal::Queue);
            let whose = station.ok_or_else(|| Refusal::Unknown.words().into());
            noting::note(&self.inbox, came, whose, Fate::Refused(Refusal::Queue.words().into()), None);
        }
    }
}
