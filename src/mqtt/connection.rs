//! The connection to the broker: it is made again whenever it ends, and what comes over it goes to the lanes.

use super::CLOSING_GRACE;
use super::lane::{Lane, Message, Shared};
use super::options::Options;
use super::stats::{Counters, Refusal};
use super::subscriptions::Subscriptions;
use crate::inbox::Inbox;
use crate::storage::Storage;
use chrono::Utc;
use rumqttc::{
    AsyncClient, ConnAck, ConnectReturnCode, ConnectionError, Disconnect, Event, EventLoop, MqttOptions, Outgoing,
    Packet, PubAck, Publish, QoS, Request, SubAck, Subscribe, SubscribeFilter, SubscribeReasonCode, Transport,
};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use weather::station::Slug;
use weather::time::Timestamp;

/// The largest packet that is taken from the broker. What is larger ends the connection, so this is far beyond
/// `message_limit_kib`.
const PACKET_MAX_BYTES: usize = 4 << 20;
/// Acknowledgements that wait for the socket.
const ACKNOWLEDGEMENTS: usize = 1_024;
/// The first pause after a connection that failed, and the longest. A pause is a random part of it, at least half.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// A connection that stood for so long was a good one: the pauses begin anew.
const GOOD_AFTER: Duration = Duration::from_secs(10);
/// A broker sends what it has kept as fast as it is acknowledged. When all is, and nothing came for so long, it has sent
/// everything.
const QUIET: Duration = Duration::from_secs(2);
/// After so long it has, too: else a busy house would never be believed.
const CAUGHT_UP_AFTER: Duration = Duration::from_secs(60);
/// What a broker has kept during a shorter break is as good as new.
const SHORT_BREAK: Duration = Duration::from_secs(10);
/// The log tells of messages that were dropped at most so often.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// The broker gets so long to hear that this server goes.
const GOODBYE: Duration = Duration::from_millis(200);

/// The connection.
pub(super) struct Connection {
    broker: String,
    user: String,
    limit_bytes: usize,
    events: EventLoop,
    lanes: BTreeMap<Slug, Lane>,
    work: JoinSet<()>,
    shared: Arc<Shared>,
    /// Since when it stands.
    since: Option<Instant>,
    /// When the one before ended.
    lost: Option<Instant>,
    /// When the first of those messages came that were left with the broker.
    left: Option<Instant>,
    /// When the last message came, or the connection began.
    heard: Instant,
    is_caught_up: bool,
    /// What the log was told of the broker last.
    told: String,
    told_dropped: Option<Instant>,
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a worker: it measures pauses")]
    Instant::now()
}

impl Connection {
    /// Not yet connected. The options are checked.
    pub(super) fn new(
        ((name, port), transport): ((String, u16), Transport),
        options: &Options,
        subscriptions: Arc<Subscriptions>,
        (storage, inbox): (Storage, Inbox),
        counters: Arc<Counters>,
    ) -> Self {
        let client_id = match options.client_id.trim() {
            "" => format!("stevenson-{}", storage.epoch().chars().take(12).collect::<String>()),
            id => id.to_owned(),
        };
        let host = if name.contains(':') { format!("[{name}]") } else { name };
        let broker = format!("{host}:{port}");
        let mut asked = MqttOptions::new(client_id, host, port);
        asked
            .set_transport(transport)
            .set_clean_session(false)
            .set_manual_acks(true)
            .set_keep_alive(Duration::from_secs(options.keep_alive_s.into()))
            .set_max_packet_size(PACKET_MAX_BYTES, PACKET_MAX_BYTES);
        if !options.user.is_empty() {
            asked.set_credentials(&options.user, options.password.reveal());
        }
        let (client, events) = AsyncClient::new(asked, ACKNOWLEDGEMENTS);
        let shared = Arc::new(Shared {
            storage,
            inbox,
            subscriptions,
            counters,
            client,
            connection: AtomicU64::new(0),
            unacknowledged: AtomicU64::new(0),
            idle: Notify::new(),
            room: Notify::new(),
        });
        let (mut lanes, mut work) = (BTreeMap::new(), JoinSet::new());
        for row in shared.subscriptions.iter() {
            lanes.entry(row.station.clone()).or_insert_with(|| {
                let (lane, working) = Lane::new(row.station.clone(), options.queue_messages, shared.clone());
                work.spawn(working);
                lane
            });
        }
        Self {
            broker,
            user: options.user.clone(),
            limit_bytes: options.message_limit_kib as usize * 1_024,
            events,
            lanes,
            work,
            shared,
            since: None,
            lost: None,
            left: None,
            heard: now(),
            is_caught_up: true,
            told: String::new(),
            told_dropped: None,
        }
    }

    /// Reads until `stop`; then what has come is stored and acknowledged.
    pub(super) async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut failures = 0;
        let shared = self.shared.clone();
        loop {
            let event = tokio::select! {
                () = &mut stop => break,
                () = shared.room.notified() => {
                    self.begins_again();
                    sleep(pause(1)).await;
                    continue;
                }
                event = self.events.poll() => event,
            };
            match event {
                Ok(Event::Incoming(packet)) => self.hears(packet),
                Ok(Event::Outgoing(_)) => {}
                Err(error) => {
                    let was_good = self.since.is_some_and(|since| now().duration_since(since) >= GOOD_AFTER);
                    failures = if was_good { 1 } else { failures + 1 };
                    self.is_lost(&error);
                    tokio::select! {
                        () = &mut stop => break,
                        () = sleep(pause(failures)) => {}
                    }
                }
            }
        }
        self.closes().await;
    }

    fn hears(&mut self, packet: Packet) {
        match packet {
            Packet::ConnAck(answer) => self.is_made(&answer),
            Packet::Publish(publish) => self.takes(publish),
            Packet::SubAck(answer) => self.is_subscribed(&answer),
            _ => {}
        }
    }

    fn is_made(&mut self, answer: &ConnAck) {
        tracing::info!(broker = self.broker, "connected to the broker of MQTT");
        self.told.clear();
        let was_short = self.lost.is_some_and(|lost| now().duration_since(lost) < SHORT_BREAK);
        self.is_caught_up = !answer.session_present || was_short;
        (self.since, self.heard) = (Some(now()), now());
        self.shared.connection.fetch_add(1, Relaxed);
        self.shared.counters.connected.store(true, Relaxed);
        self.shared.counters.connections.fetch_add(1, Relaxed);
        let filter =
            |row: &super::subscriptions::Row| SubscribeFilter::new(row.filter.as_str().to_owned(), QoS::AtLeastOnce);
        let filters: Vec<_> = self.shared.subscriptions.iter().map(filter).collect();
        self.events.pending.push_back(Request::Subscribe(Subscribe::new_many(filters)));
    }

    fn is_subscribed(&self, answer: &SubAck) {
        for (row, code) in self.shared.subscriptions.iter().zip(&answer.return_codes) {
            if *code == SubscribeReasonCode::Failure {
                let topic = row.filter.as_str();
                tracing::warn!(broker = self.broker, topic, "the broker of MQTT does not let this server read a topic");
            }
        }
    }

    fn takes(&mut self, publish: Publish) {
        let shared = self.shared.clone();
        shared.counters.messages.fetch_add(1, Relaxed);
        let is_sure = Message::is_sure(&publish);
        let is_caught_up = self.is_caught_up();
        self.heard = now();
        let place = shared.subscriptions.place_of(&publish.topic);
        let row = place.and_then(|place| Some((place, shared.subscriptions.at(place)?)));
        #[expect(clippy::disallowed_methods, reason = "a worker: the time of arrival")]
        let received = Utc::now().into();
        let (place, lane) = match row.and_then(|(place, row)| Some((place, self.lanes.get(&row.station)?))) {
            Some((place, _)) if publish.payload.len() > self.limit_bytes => {
                return self.refuses(&publish, Some(place), received, Refusal::TooLarge);
            }
            Some(found) => found,
            None => return self.refuses(&publish, None, received, Refusal::Topic),
        };
        let is_old = publish.retain || (is_sure && !is_caught_up);
        let connection = shared.connection.load(Relaxed);
        let message = Message { publish, place, received, is_old, connection };
        let Err(message) = lane.take(message, &shared) else { return };
        if is_sure {
            shared.counters.left.fetch_add(1, Relaxed);
            lane.leaves(&shared);
            self.left.get_or_insert_with(now);
        } else {
            shared.counters.refused(Refusal::Queue);
            shared.notes(&message.publish, Some(place), received, (Some(Refusal::Queue), Vec::new()), None);
            self.tells_of_dropped(&message.publish.topic);
        }
    }

    /// Whether the broker has sent all that it had kept.
    fn is_caught_up(&mut self) -> bool {
        if !self.is_caught_up {
            let since = |instant: Instant| now().duration_since(instant);
            let is_quiet = self.shared.unacknowledged.load(Relaxed) == 0 && since(self.heard) >= QUIET;
            self.is_caught_up = is_quiet || self.since.is_some_and(|begun| since(begun) >= CAUGHT_UP_AFTER);
        }
        self.is_caught_up
    }

    /// Nothing of the message will ever be stored, so the broker need not send it again.
    fn refuses(&mut self, publish: &Publish, place: Option<usize>, received: Timestamp, why: Refusal) {
        self.shared.counters.refused(why);
        self.shared.notes(publish, place, received, (Some(why), Vec::new()), None);
        tracing::debug!(topic = publish.topic, why = why.name(), "a message of MQTT was refused");
        if Message::is_sure(publish) {
            self.events.pending.push_back(Request::PubAck(PubAck::new(publish.pkid)));
        }
    }

    fn tells_of_dropped(&mut self, topic: &str) {
        if self.told_dropped.is_none_or(|told| now().duration_since(told) >= TELL_EVERY) {
            self.told_dropped = Some(now());
            tracing::warn!(topic, "messages of MQTT come faster than they can be stored, and some were dropped");
        }
    }

    /// Ends the connection, so that the broker sends again what was left with it.
    fn begins_again(&mut self) {
        let came: Vec<_> = self.events.state.events.drain(..).collect();
        for event in came {
            // What is not acknowledged comes again.
            if let Event::Incoming(Packet::Publish(publish)) = event
                && !Message::is_sure(&publish)
            {
                self.takes(publish);
            }
        }
        self.ends();
        self.events.clean();
    }

    fn ends(&mut self) {
        if self.since.take().is_some() {
            self.lost = self.left.take().or_else(|| Some(now()));
        }
        self.shared.connection.fetch_add(1, Relaxed);
        self.shared.counters.connected.store(false, Relaxed);
    }

    fn is_lost(&mut self, error: &ConnectionError) {
        self.begins_again();
        let text = match error {
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            ) => format!("the broker of MQTT refuses the login of user {:?}: check user and password", self.user),
            ConnectionError::ConnectionRefused(ConnectReturnCode::BadClientId) => {
                "the broker of MQTT refuses the client_id".to_owned()
            }
            ConnectionError::Tls(error) => {
                format!(
                    "no TLS with the broker of MQTT: {error}; check ca_file, and the broker's name in its certificate"
                )
            }
            other => format!("no connection to the broker of MQTT: {other}"),
        };
        if text == self.told {
            tracing::debug!(broker = self.broker, "{text}");
        } else {
            tracing::warn!(broker = self.broker, "{text}; trying again");
            self.told = text;
        }
    }

    /// Waits a moment for what is being stored, and says goodbye.
    async fn closes(mut self) {
        let shared = self.shared.clone();
        let settle = async {
            while self.since.is_some() && shared.unacknowledged.load(Relaxed) > 0 {
                tokio::select! {
                    () = shared.idle.notified() => {}
                    event = self.events.poll() => if event.is_err() { self.ends() },
                }
            }
        };
        // What comes meanwhile is left with the broker.
        let _ = timeout(CLOSING_GRACE, settle).await;
        if self.since.is_some() {
            self.events.pending.push_back(Request::Disconnect(Disconnect));
            let goodbye = async {
                while !matches!(self.events.poll().await, Err(_) | Ok(Event::Outgoing(Outgoing::Disconnect))) {}
            };
            let _ = timeout(GOODBYE, goodbye).await;
        }
        self.shared.counters.connected.store(false, Relaxed);
        self.work.abort_all();
    }
}

/// The pause after so many failures in a row.
fn pause(failures: u32) -> Duration {
    let (first, longest) = PAUSES;
    let whole = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(longest);
    // Without randomness it is the whole.
    let part = getrandom::u32().map_or(1.0, |random| 0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0);
    whole.mul_f64(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_differ() {
        for (failures, whole_s) in [(1, 1.0), (2, 2.0), (4, 8.0), (7, 60.0), (1_000, 60.0)] {
            let pauses: Vec<f64> = (0..64).map(|_| pause(failures).as_secs_f64()).collect();
            assert!(pauses.iter().all(|pause| (whole_s / 2.0..=whole_s).contains(pause)), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
    }
}
