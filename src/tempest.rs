//! A listener for what the hubs of WeatherFlow's stations broadcast in the local network.
//!
//! A datagram is believed if it comes from a private address and names a device that is bound to a station. Nobody answers
//! it: what is lost is lost.

mod options;
mod stats;

pub use options::Options;
pub use stats::{Refusal, Stats};

use crate::ingest::json::{Arrival, sensor_of};
use crate::ingest::tempest::{self, Observation, Totals};
use crate::storage::{self, Storage};
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
use weather::quantity::Quantity;
use weather::report::Report;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// The largest datagram; real ones have some 300 bytes.
const DATAGRAM_MAX_BYTES: usize = 2_048;
/// While storage is away, it is asked again after these times; then the datagram is given up.
const WAITS: [Duration; 6] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(15),
];
/// After the stop, datagrams that have come get so long to be stored.
const CLOSING_GRACE: Duration = Duration::from_millis(300);
/// After a datagram that could not be received, the listener waits so long.
const PAUSE: Duration = Duration::from_millis(50);

/// The listener, listening and not yet reading.
pub struct Tempest {
    socket: UdpSocket,
    storage: Storage,
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

/// Observations of a device whose station is known.
struct Heard {
    station: Arc<Station>,
    serial: String,
    received: Timestamp,
    observations: Vec<Observation>,
}

impl Tempest {
    /// Listens; `None` if the options do not ask for it.
    pub fn open(options: &Options, storage: Storage) -> io::Result<Option<Self>> {
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
        tracing::info!("listening to WeatherFlow's hubs at {}", socket.local_addr()?);
        Ok(Some(Self { socket, storage, options: options.clone(), counters: Arc::default() }))
    }

    /// A handle to the counts.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.counters.clone())
    }

    /// Listens until `stop`; then what has come is stored.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (tell, heard) = mpsc::channel(self.options.queue_messages.max(1));
        let mut storing = tokio::spawn(store_all(heard, self.storage.clone(), self.counters.clone()));
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
                    let heard = self.understand(&bytes[..length], from.ip().to_canonical(), &brake);
                    let told = heard.and_then(|heard| match heard {
                        Some(heard) => tell.try_send(heard).map_err(|_| Refusal::Queue),
                        None => Ok(()),
                    });
                    if let Err(why) = told {
                        self.counters.refused(why);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "no datagram can be received");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// What a datagram says; nothing, if it holds no weather.
    fn understand(&self, datagram: &[u8], from: IpAddr, brake: &Brake) -> Result<Option<Heard>, Refusal> {
        if !is_private(from) {
            return Err(Refusal::Address);
        }
        brake.check(from).map_err(|_| Refusal::Rate)?;
        let broadcast = (datagram.len() <= DATAGRAM_MAX_BYTES).then(|| tempest::parse(datagram));
        let broadcast = match broadcast {
            Some(Ok(broadcast)) => broadcast,
            Some(Err(why)) => {
                tracing::debug!(why, "a datagram is not what a hub of WeatherFlow sends");
                return Err(Refusal::Unreadable);
            }
            None => return Err(Refusal::Unreadable),
        };
        let keeps_rapid = self.options.rapid_wind;
        let observations = broadcast.observations.into_iter().filter(|one| keeps_rapid || !one.is_rapid);
        let observations: Vec<_> = observations.collect();
        if observations.is_empty() {
            return Ok(None);
        }
        let Some(station) = self.storage.directory().by_serial(&broadcast.serial).cloned() else {
            tracing::debug!(serial = broadcast.serial, "a device of WeatherFlow is not bound to a station");
            return Err(Refusal::Unknown);
        };
        #[expect(clippy::disallowed_methods, reason = "a worker: the time of arrival")]
        let received = Utc::now().into();
        Ok(Some(Heard { station, serial: broadcast.serial, received, observations }))
    }
}

async fn store_all(mut heard: mpsc::Receiver<Heard>, storage: Storage, counters: Arc<Counters>) {
    while let Some(heard) = heard.recv().await {
        let mut waits = WAITS.into_iter();
        let stored = loop {
            match store(&heard, &storage).await {
                Err(storage::Error::Closed) => return,
                Err(error @ (storage::Error::NoStation(_) | storage::Error::StationFull(_))) => break Err(error),
                Err(error) => match waits.next() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => break Err(error),
                },
                stored => break stored,
            }
        };
        match stored {
            Ok(appended) => {
                counters.stored.fetch_add(appended.stored as u64, Relaxed);
                counters.duplicate.fetch_add(appended.duplicate as u64, Relaxed);
            }
            Err(error) => {
                counters.refused(Refusal::Storage);
                let (station, error) = (&heard.station.slug, &error as &dyn std::error::Error);
                tracing::warn!(%station, error, "a report of a device of WeatherFlow was not stored");
            }
        }
    }
}

async fn store(heard: &Heard, storage: &Storage) -> Result<storage::Appended, storage::Error> {
    let own = sensor_of(&[&heard.serial]);
    let sensor = sensor(heard, &own, storage).await?;
    // An AIR and a SKY are one sensor, and have a battery each.
    let battery = if own.as_str().starts_with("st-") { &sensor } else { &own };
    let mut all = storage::Appended::default();
    for observation in &heard.observations {
        let totals = match observation.counts() {
            true => totals(storage, &heard.station, &sensor).await?,
            false => Totals::default(),
        };
        let arrival = Arrival { zone: heard.station.zone.clone(), ..heard.received.into() };
        let finished = observation.report(&arrival, &sensor, battery, totals);
        let reports: Vec<Report> = finished.report.into_iter().collect();
        let appended = storage.append(heard.station.id, reports).await?;
        all.stored += appended.stored;
        all.duplicate += appended.duplicate;
    }
    Ok(all)
}

/// What the sensor has counted so far.
async fn totals(storage: &Storage, station: &Station, sensor: &SensorName) -> Result<Totals, storage::Error> {
    let latest = storage.latest(station.id).await?;
    let of = |quantity| {
        let newest = latest.iter().find(|latest| latest.sensor == *sensor && latest.quantity == quantity);
        newest.map(|latest| (latest.observed_at, latest.value))
    };
    Ok(Totals { rain_mm: of(Quantity::PrecipitationTotal), strokes: of(Quantity::LightningCount) })
}

/// The sensor of a device. The first Tempest of a station is its main one, and so are the first AIR and the SKY beside it; further ones
/// have names of their own.
async fn sensor(heard: &Heard, own: &SensorName, storage: &Storage) -> Result<SensorName, storage::Error> {
    let slug = &heard.station.slug;
    let known = storage.directory().main_device(slug.as_str()).cloned();
    let main = match known {
        None if !is_sky(own.as_str()) => storage.claim_main_device(slug, own).await?,
        known => known,
    };
    let is_main = match &main {
        // A SKY measures what an AIR does not.
        Some(main) => main == own || (is_sky(own.as_str()) && main.as_str().starts_with("ar-")),
        None => true,
    };
    Ok(if is_main { SensorName::main() } else { own.clone() })
}

fn is_sky(sensor: &str) -> bool {
    sensor.starts_with("sk-")
}

/// Whether an address is one of a house's own network.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_houses_own_network_is_believed() {
        for (address, expected) in [
            ("192.168.1.7", true),
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("169.254.1.1", true),
            ("127.0.0.1", true),
            ("8.8.8.8", false),
            ("100.64.0.1", false),
            ("fe80::1", true),
            ("fd00::1", true),
            ("2001:db8::1", false),
            ("::1", true),
        ] {
            assert_eq!(is_private(address.parse().expect("an address")), expected, "{address}");
        }
    }
}
