//! A reader of MQTT: it subscribes at a broker, hands messages to the parsers of `ingest`, and stores what they hold.
//!
//! Messages of each station go to a lane of its own, which is bounded, so that a topic that floods takes nobody else's room. A
//! message of quality of service 1 is acknowledged after its commit; the broker sends again what is not acknowledged.
//!
//! A message has no time of its own, so a message that the broker has kept counts only if its payload says when it was observed.

mod connection;
mod filter;
mod lane;
mod naming;
mod noting;
mod options;
mod stats;
mod subscriptions;
mod tls;

pub use options::{Format, Options, Secret, Subscription};
pub use stats::{Refusal, Stats};

use crate::inbox::Inbox;
use crate::storage::Storage;
use connection::Connection;
use rumqttc::Transport;
use stats::Counters;
use std::sync::Arc;
use std::time::Duration;
use subscriptions::Subscriptions;

/// After the stop, messages that have come get so long to be stored and acknowledged.
const CLOSING_GRACE: Duration = Duration::from_millis(500);

/// A part of the configuration that does not say what to read. The text names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("mqtt.{key}: {reason}")]
pub struct Misfit {
    key: String,
    reason: String,
}

impl Misfit {
    fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}

/// The reader, not yet connected.
pub struct Mqtt {
    options: Options,
    subscriptions: Arc<Subscriptions>,
    /// The broker's name and port.
    broker: (String, u16),
    transport: Transport,
    storage: Storage,
    inbox: Inbox,
    counters: Arc<Counters>,
}

/// A handle to the reader's counts.
#[derive(Clone)]
pub struct Watcher(Arc<Counters>);

impl Watcher {
    /// What the reader has done since it was opened.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }
}

impl Mqtt {
    /// Reads the configuration; `None` if it names no broker. `inbox` takes what came, for the owner who looks.
    ///
    /// # Errors
    /// [`Misfit`], also if there is no certificate to trust. A station that is not there is told in the log.
    pub fn open(options: &Options, storage: Storage, inbox: Inbox) -> Result<Option<Self>, Misfit> {
        if !options.is_on() {
            return Ok(None);
        }
        let subscriptions = Arc::new(options.checked()?);
        for (place, row) in subscriptions.iter().enumerate() {
            // It may have been removed, or be added later: the others are read.
            let (station, directory) = (&row.station, storage.directory());
            if let Some(now) = directory.renamed(station.as_str()) {
                tracing::warn!(
                    "mqtt.subscriptions.{place}.station: the station \"{station}\" is called \"{now}\" in URLs now; it is read all the \
                     same, as long as its former name leads on to it"
                );
            } else if directory.by_slug(station.as_str()).is_none() {
                tracing::warn!(
                    "mqtt.subscriptions.{place}.station: there is no station \"{station}\", so nothing of it is stored: \
                     stevenson station add {station}"
                );
            }
        }
        let (broker, transport) = (options.address()?, tls::transport(options)?);
        let (options, counters) = (options.clone(), Arc::default());
        Ok(Some(Self { options, subscriptions, broker, transport, storage, inbox, counters }))
    }

    /// A handle to the counts.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.counters.clone())
    }

    /// Reads until `stop`, and connects again whenever the connection ends. Of several servers the one that leads reads: two with one
    /// client id would push each other out.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let lead = self.storage.lead();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                () = lead.gained() => {}
            }
            let Self { options, subscriptions, broker, transport, storage, inbox, counters } = &self;
            let at = (broker.clone(), transport.clone());
            let to = (storage.clone(), inbox.clone());
            let connection = Connection::new(at, options, subscriptions.clone(), to, counters.clone());
            let mut is_stopped = false;
            // What has come is still stored and acknowledged.
            let ends = async {
                tokio::select! {
                    () = &mut stop => is_stopped = true,
                    () = lead.lost() => {}
                }
            };
            connection.run(ends).await;
            if is_stopped {
                return;
            }
        }
    }
}
