//! A station's lane: its messages are read, stored and acknowledged, in the order in which they came.

use super::stats::{Counters, Refusal};
use super::subscriptions::{Row, Subscriptions};
use crate::inbox::Inbox;
use crate::ingest::json::Arrival;
use crate::ingest::{messages, reasons, unmapped};
use crate::storage::{self, Storage};
use crate::web::secrets::Masked;
use rumqttc::{AsyncClient, Publish, QoS};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use weather::report::Report;
use weather::station::{SensorName, Slug, Station};
use weather::time::Timestamp;

/// Most messages that are stored together: one commit for all of them.
const TOGETHER_MAX: usize = 64;
/// While storage is away, it is asked again after these times.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// Why nothing of a message is stored, if so, and what was wrong in it, for the log.
pub(super) type Why = (Option<Refusal>, Vec<Cow<'static, str>>);

/// A message that came.
pub(super) struct Message {
    pub publish: Publish,
    /// The place of its subscription.
    pub place: usize,
    pub received: Timestamp,
    /// The broker has kept it for nobody knows how long.
    pub is_old: bool,
    /// The connection that it came over, and that its acknowledgement belongs to.
    pub connection: u64,
}

impl Message {
    /// Whether the broker waits for an acknowledgement.
    pub(super) fn is_sure(publish: &Publish) -> bool {
        publish.qos != QoS::AtMostOnce
    }
}

/// What the connection and the lanes share.
pub(super) struct Shared {
    pub storage: Storage,
    /// Takes what came, for the owner who looks.
    pub inbox: Inbox,
    pub subscriptions: Arc<Subscriptions>,
    pub counters: Arc<Counters>,
    pub client: AsyncClient,
    /// The connection that stands now.
    pub connection: AtomicU64,
    /// Messages in lanes that are not acknowledged yet.
    pub unacknowledged: AtomicU64,
    /// Told when the last of them is acknowledged.
    pub idle: Notify,
    /// Told when a lane has room again for what was left with the broker.
    pub room: Notify,
}

/// The entrance of a lane.
pub(super) struct Lane {
    messages: mpsc::Sender<Message>,
    /// Messages of it were left with the broker.
    has_left: Arc<AtomicBool>,
}

impl Lane {
    /// A lane of a station, and its work, which ends with the lane.
    pub(super) fn new(station: Slug, room: usize, shared: Arc<Shared>) -> (Self, impl Future<Output = ()> + use<>) {
        let (messages, come) = mpsc::channel(room);
        let has_left = Arc::new(AtomicBool::new(false));
        let work = work(station, come, has_left.clone(), shared);
        (Self { messages, has_left }, work)
    }

    /// Takes a message, if there is room.
    pub(super) fn take(&self, message: Message, shared: &Shared) -> Result<(), Message> {
        let is_sure = Message::is_sure(&message.publish);
        if is_sure {
            shared.unacknowledged.fetch_add(1, Relaxed);
        }
        self.messages.try_send(message).map_err(|error| {
            if is_sure {
                shared.unacknowledged.fetch_sub(1, Relaxed);
            }
            error.into_inner()
        })
    }

    /// Notes that a message was left with the broker. It will be asked for when there is room.
    pub(super) fn leaves(&self, shared: &Shared) {
        self.has_left.store(true, Relaxed);
        // The lane may have become empty just now, and looks only when it does.
        if self.messages.capacity() == self.messages.max_capacity() && self.has_left.swap(false, Relaxed) {
            shared.room.notify_one();
        }
    }
}

async fn work(slug: Slug, mut come: mpsc::Receiver<Message>, has_left: Arc<AtomicBool>, shared: Arc<Shared>) {
    while let Some(first) = come.recv().await {
        let mut together = vec![first];
        while together.len() < TOGETHER_MAX
            && let Ok(next) = come.try_recv()
        {
            together.push(next);
        }
        if !shared.stores(&slug, &together).await {
            // Storage is closing: the broker sends them again after the next start.
            return;
        }
        shared.acknowledges(&together).await;
        if come.is_empty() && has_left.swap(false, Relaxed) {
            shared.room.notify_one();
        }
    }
}

impl Shared {
    /// Stores what the messages hold; false if storage is closing.
    async fn stores(&self, slug: &Slug, messages: &[Message]) -> bool {
        let Some(station) = self.storage.directory().by_slug(slug.as_str()).cloned() else {
            messages.iter().for_each(|message| self.settles(message, (Some(Refusal::NoStation), Vec::new()), None));
            return true;
        };
        let Some(sensors) = self.sensors(&station, messages).await else { return false };
        let mut reports = Vec::new();
        // Of each message: why nothing of it is stored, and whether that depends on storage.
        let mut fates = Vec::with_capacity(messages.len());
        for message in messages {
            let mut reasons = Vec::new();
            let fate = self.read(&station, &sensors, message, &mut reasons).map(|read| {
                let holds = !read.is_empty();
                reports.extend(read);
                holds
            });
            fates.push((fate, reasons));
        }
        let stored = if reports.is_empty() {
            None
        } else {
            let append = || self.storage.append(station.id, reports.clone());
            match self.insists(slug, append).await {
                Ok(appended) => {
                    self.counters.stored.fetch_add(appended.stored as u64, Relaxed);
                    self.counters.duplicate.fetch_add(appended.duplicate as u64, Relaxed);
                    None
                }
                Err(storage::Error::Closed) => return false,
                Err(storage::Error::StationFull(_)) => Some(Refusal::StationFull),
                Err(_) => Some(Refusal::NoStation),
            }
        };
        for (message, (fate, reasons)) in messages.iter().zip(fates) {
            let why = match fate {
                Ok(true) => stored,
                Ok(false) => None,
                Err(why) => Some(why),
            };
            self.settles(message, (why, reasons), Some((&station, &sensors)));
        }
        true
    }

    /// Counts and notes what became of a message.
    fn settles(&self, message: &Message, (why, reasons): Why, of: Option<(&Arc<Station>, &[SensorName])>) {
        if let Some(why) = why {
            self.counters.refused(why);
        }
        self.notes(&message.publish, Some(message.place), message.received, (why, reasons), of);
    }

    /// The reports of a message, of which none is older than it looks.
    fn read(
        &self,
        station: &Station,
        sensors: &[SensorName],
        message: &Message,
        reasons: &mut Vec<Cow<'static, str>>,
    ) -> Result<Vec<Report>, Refusal> {
        let Row { shape, sensor, .. } = self.subscriptions.at(message.place).ok_or(Refusal::Topic)?;
        let Publish { topic, payload, .. } = &message.publish;
        let (zone, mappings) = (station.zone.clone(), self.storage.directory().mappings(station.id));
        let arrival = Arrival { zone, mappings, sensors: sensors.to_vec(), ..message.received.into() };
        let mut parsed = messages::read(shape, topic, payload, &arrival, &sensor.of(topic)).map_err(|why| {
            tracing::debug!(topic, why, "a message of MQTT cannot be read");
            *reasons = reasons::of(Some(&why), &[]);
            Refusal::Unreadable
        })?;
        if !parsed.warnings.is_empty() {
            tracing::debug!(topic, warnings = %Masked(&parsed.warnings), "a message of MQTT was not stored in full");
        }
        *reasons = reasons::of(None, &parsed.warnings);
        unmapped::note(&self.storage, station.id, &mut parsed, message.received);
        let count = parsed.reports.len();
        let known = parsed.reports.into_iter().filter(|report| !(message.is_old && report.is_timed_by_arrival()));
        let known: Vec<_> = known.collect();
        match (count, known.is_empty(), parsed.refused) {
            (1.., true, _) => Err(Refusal::NoTime),
            (0, _, 1..) => Err(Refusal::Unreadable),
            _ => Ok(known),
        }
    }

    /// The sensors that the station has, if one of the messages is of a kind that asks; `None` if storage is closing.
    async fn sensors(&self, station: &Station, messages: &[Message]) -> Option<Vec<SensorName>> {
        let asks = |message: &Message| {
            self.subscriptions.at(message.place).is_some_and(|row| messages::asks_for_sensors(&row.shape))
        };
        if !messages.iter().any(asks) {
            return Some(Vec::new());
        }
        match self.insists(&station.slug, || self.storage.sensors(station.id)).await {
            Ok(sensors) => Some(sensors.into_iter().map(|sensor| sensor.name).collect()),
            Err(storage::Error::Closed) => None,
            Err(_) => Some(Vec::new()),
        }
    }

    /// Asks storage until it answers with something that will stay so.
    async fn insists<T, F>(&self, slug: &Slug, ask: impl Fn() -> F) -> Result<T, storage::Error>
    where
        F: Future<Output = Result<T, storage::Error>>,
    {
        use storage::Error::{Closed, NoStation, StationFull};
        let (mut wait, longest) = WAITS;
        let mut is_told = false;
        loop {
            let error = match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error @ (Closed | NoStation(_) | StationFull(_))) => return Err(error),
                Err(error) => error,
            };
            self.counters.waits.fetch_add(1, Relaxed);
            if !std::mem::replace(&mut is_told, true) {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(station = %slug, error, "messages of MQTT wait for storage");
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }

    /// Tells the broker that the messages need not be sent again.
    async fn acknowledges(&self, messages: &[Message]) {
        for message in messages.iter().filter(|message| Message::is_sure(&message.publish)) {
            // The number of a message means another one over another connection.
            if message.connection == self.connection.load(Relaxed) {
                // It fails only if the connection's task has ended.
                let _ = self.client.ack(&message.publish).await;
            }
            if self.unacknowledged.fetch_sub(1, Relaxed) == 1 {
                self.idle.notify_one();
            }
        }
    }
}
