//! The reader's knobs, and what is wrong with them.

use super::Misfit;
use super::filter::Filter;
use super::naming::Naming;
use super::subscriptions::{Row, Subscriptions};
use crate::ingest::messages::{Map, Shape, Value};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use weather::station::Slug;

/// Knobs of the reader of MQTT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The broker, such as `"192.168.1.7"` or `"broker.lan:1883"`. Empty: no reader.
    pub broker: String,
    /// Speaks TLS with the broker, whose port is then 8883 if none is given. Without it the password can be read on the way.
    pub tls: bool,
    /// The file with the certificates (PEM) that vouch for the broker's, if an authority of your own has signed it. Empty: those
    /// that this machine trusts.
    pub ca_file: String,
    /// The name by which the broker knows this server. It must be nobody else's: a broker ends the connection of the first of
    /// two that have the same. Empty: one that is made of the database's name.
    pub client_id: String,
    /// The user, if the broker asks for one.
    pub user: String,
    /// The user's password. It is not printed.
    pub password: Secret,
    /// The longest silence of the connection. The broker ends one that is silent for half as long again.
    pub keep_alive_s: u16,
    /// Largest message. A larger one is not read.
    pub message_limit_kib: u32,
    /// Most messages of one station that wait to be stored. What comes beyond is dropped and counted, or, where the sender
    /// asked for quality of service 1, left with the broker until there is room.
    pub queue_messages: usize,
    /// What is read; each is a table `[[mqtt.subscriptions]]`. `topic`: the topic, where `+` stands for any one level and `#`
    /// for all that follow. `station`: the station's slug. `sensor`: the sensor; empty for the main one. `{1}` in it is a
    /// level of the topic, counted from 0. `format`: `"json"`, `"tasmota"`, `"zigbee2mqtt"`, `"map"` or `"number"`. `map`: for a map,
    /// a table of paths in the JSON and what stands there: `"env.temp" = "temperature °F"`. `time`: for a map, the path of
    /// the time. `quantity`: for a number, what it is: `"indoor/humidity"`. If a topic fits several, the first one reads it.
    pub subscriptions: Vec<Subscription>,
}

/// What is read, and what it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    /// The topic, with `+` and `#`.
    pub topic: String,
    /// The station's slug.
    pub station: String,
    /// The sensor's name, with levels of the topic.
    pub sensor: String,
    /// How messages are written.
    pub format: Format,
    /// For a number: what it is.
    pub quantity: String,
    /// For a map: paths, and what stands there.
    pub map: BTreeMap<String, String>,
    /// For a map: the path of the time.
    pub time: String,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Our own JSON.
    #[default]
    Json,
    /// Tasmota's telemetry.
    Tasmota,
    /// The state of a device behind zigbee2mqtt.
    Zigbee2Mqtt,
    /// JSON whose paths are mapped.
    Map,
    /// Nothing but a value.
    Number,
}

/// A password. Nothing prints it, nor what was written in its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(set)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "(set)" })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret(text.to_owned()))
            }

            // What serde says of a number names the number. A variable of the environment that holds only digits is one.
            fn visit_u64<E: Error>(self, _: u64) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }

            fn visit_u128<E: Error>(self, _: u128) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }

            fn visit_i128<E: Error>(self, _: i128) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Secret, E> {
                Err(E::custom(QUOTE))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

const QUOTE: &str = "put the password in quotes: \"…\"";

/// The port of brokers, and that of TLS.
const PORTS: (u16, u16) = (1883, 8883);
/// Most subscriptions: more than a house has devices.
const SUBSCRIPTIONS_MAX: usize = 256;

impl Default for Options {
    fn default() -> Self {
        Self {
            broker: String::new(),
            tls: false,
            ca_file: String::new(),
            client_id: String::new(),
            user: String::new(),
            password: Secret::default(),
            keep_alive_s: 30,
            message_limit_kib: 64,
            queue_messages: 256,
            subscriptions: Vec::new(),
        }
    }
}

impl Options {
    /// The broker as it is named, without a password that does not belong there; `None` without a reader.
    pub fn broker_named(&self) -> Option<String> {
        let named = self.broker.rsplit('@').next().unwrap_or_default();
        self.is_on().then(|| if self.tls { format!("{named}, with TLS") } else { named.to_owned() })
    }

    /// Whether there is a broker to read from.
    pub fn is_on(&self) -> bool {
        !self.broker.trim().is_empty()
    }

    /// The slugs of the stations that something is read for.
    pub fn stations(&self) -> impl Iterator<Item = &str> {
        self.subscriptions.iter().filter(|_| self.is_on()).map(|subscription| subscription.station.as_str())
    }

    /// Says what is wrong, as far as can be seen without the database.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn check(&self) -> Result<(), Misfit> {
        self.checked().map(drop)
    }

    /// The broker's name and port.
    pub(super) fn address(&self) -> Result<(String, u16), Misfit> {
        let bad = |why: &str| Misfit::new("broker", format!("{:?} {why}", self.broker));
        let text = self.broker.trim();
        let text = match text.split_once("://") {
            Some(("mqtt" | "tcp", _)) if self.tls => return Err(bad("is a broker without TLS, and tls is set")),
            Some(("mqtt" | "tcp", rest)) => rest.trim_end_matches('/'),
            Some(("mqtts" | "ssl" | "tls", rest)) if self.tls => rest.trim_end_matches('/'),
            Some(("mqtts" | "ssl" | "tls", _)) => return Err(bad("asks for TLS: write tls = true")),
            Some((scheme @ ("ws" | "wss"), _)) => {
                return Err(bad(&format!("cannot be reached: {scheme} is not supported, only MQTT over TCP or TLS")));
            }
            Some(_) => return Err(bad("is no broker: write \"192.168.1.7:1883\"")),
            None => text,
        };
        if text.contains('@') {
            return Err(Misfit::new("broker", "write the user and the password as user and password"));
        }
        let no_broker = || bad("is no broker: write \"192.168.1.7:1883\"");
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
                (name, port.parse().ok().filter(|port| *port > 0).ok_or_else(no_broker)?)
            }
            _ => (text, if self.tls { PORTS.1 } else { PORTS.0 }),
        };
        let name = name.trim_start_matches('[').trim_end_matches(']');
        let fits = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%'));
        if self.tls && name.contains(':') {
            return Err(bad("is no name that a certificate is asked for: write the broker's name"));
        }
        if fits { Ok((name.to_owned(), port)) } else { Err(no_broker()) }
    }

    /// The subscriptions, ready to be used.
    pub(super) fn checked(&self) -> Result<Subscriptions, Misfit> {
        if !self.is_on() {
            return match self.subscriptions.is_empty() {
                true => Ok(Subscriptions::default()),
                false => Err(Misfit::new("broker", "there are subscriptions, and no broker")),
            };
        }
        self.address()?;
        let rules = [
            ("subscriptions", !self.subscriptions.is_empty(), "a broker alone says nothing: name a topic"),
            ("subscriptions", self.subscriptions.len() <= SUBSCRIPTIONS_MAX, "there may be 256"),
            ("keep_alive_s", self.keep_alive_s >= 5, "must be at least 5"),
            ("message_limit_kib", (1..=1_024).contains(&self.message_limit_kib), "must be from 1 to 1,024"),
            ("queue_messages", (1..=10_000).contains(&self.queue_messages), "must be from 1 to 10,000"),
            (
                "client_id",
                self.client_id.len() <= 64 && self.client_id.chars().all(|c| c.is_ascii_graphic()),
                "is a name of up to 64 letters, digits and signs",
            ),
            ("ca_file", self.tls || self.ca_file.is_empty(), "is read only with tls = true"),
            ("user", !self.user.is_empty() || self.password.0.is_empty(), "a password needs a user"),
        ];
        if let Some((key, _, rule)) = rules.into_iter().find(|(_, fits, _)| !fits) {
            return Err(Misfit::new(key, rule));
        }
        let mut rows: Vec<Row> = Vec::new();
        for (place, subscription) in self.subscriptions.iter().enumerate() {
            let row = subscription.row().map_err(|misfit| Misfit {
                key: format!("subscriptions.{place}.{}", misfit.key),
                reason: misfit.reason,
            })?;
            if rows.iter().any(|other| other.filter == row.filter) {
                let reason = format!("{:?} is read by a subscription before it", subscription.topic);
                return Err(Misfit::new(format!("subscriptions.{place}.topic"), reason));
            }
            rows.push(row);
        }
        Ok(Subscriptions::new(rows))
    }
}

impl Subscription {
    fn row(&self) -> Result<Row, Misfit> {
        let filter = Filter::new(&self.topic).map_err(|why| Misfit::new("topic", why))?;
        let station = Slug::new(&self.station).map_err(|error| Misfit::new("station", error.to_string()))?;
        let sensor = Naming::new(&self.sensor, &filter).map_err(|why| Misfit::new("sensor", why))?;
        for (key, is_set, format) in [
            ("quantity", !self.quantity.is_empty(), Format::Number),
            ("map", !self.map.is_empty(), Format::Map),
            ("time", !self.time.is_empty(), Format::Map),
        ] {
            if is_set && self.format != format {
                let name = if format == Format::Map { "map" } else { "number" };
                return Err(Misfit::new(key, format!("is read only with format = {name:?}")));
            }
        }
        let shape = match self.format {
            Format::Json => Shape::Json,
            Format::Tasmota => Shape::Tasmota,
            Format::Zigbee2Mqtt => Shape::Zigbee2Mqtt,
            Format::Number => {
                Shape::Number(Value::new(&self.quantity).map_err(|error| Misfit::new("quantity", error.to_string()))?)
            }
            Format::Map if self.map.is_empty() => {
                return Err(Misfit::new("map", "is missing: write the paths, \"env.temp\" = \"temperature °F\""));
            }
            Format::Map => {
                let value = |(path, text): (&String, &String)| {
                    let value = Value::new(text).map_err(|error| Misfit::new(format!("map.{path}"), error.to_string()));
                    Ok((path.clone(), value?))
                };
                let values = self.map.iter().map(value).collect::<Result<Vec<_>, Misfit>>()?;
                Shape::Map(Map::new(values, Some(&*self.time).filter(|time| !time.is_empty())))
            }
        };
        Ok(Row { filter, station, sensor, shape })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(subscription: Subscription) -> Options {
        Options { broker: "localhost".to_owned(), subscriptions: vec![subscription], ..Options::default() }
    }

    fn good() -> Subscription {
        Subscription { topic: "tele/+/SENSOR".to_owned(), station: "town-hall".to_owned(), ..Subscription::default() }
    }

    fn wrong(change: impl FnOnce(&mut Subscription)) -> String {
        let mut subscription = good();
        change(&mut subscription);
        options(subscription).check().expect_err("a mistake").to_string()
    }

    #[test]
    fn a_mistake_in_a_subscription_is_named_with_its_key() {
        assert_eq!(options(good()).check(), Ok(()));
        let text = |text: &str| text.to_owned();
        for (error, key, why) in [
            (wrong(|s| s.topic = text("tele/+x/SENSOR")), "topic", "\"+\" must be a whole level"),
            (wrong(|s| s.topic = text("tele/#/SENSOR")), "topic", "\"#\" must be the last level"),
            (wrong(|s| s.topic = text("")), "topic", "is missing"),
            (wrong(|s| s.station = text("Town Hall")), "station", "is not a station slug"),
            (wrong(|s| s.sensor = text("Dach Süd")), "sensor", "is not a sensor name"),
            (wrong(|s| s.sensor = text("{3}")), "sensor", "the topic has no level {3}: they are counted from 0"),
            (wrong(|s| s.sensor = text("{x}")), "sensor", "{x}"),
            (wrong(|s| s.quantity = text("temperature")), "quantity", "only with format = \"number\""),
            (wrong(|s| s.time = text("ts")), "time", "only with format = \"map\""),
            (wrong(|s| s.format = Format::Number), "quantity", "is no quantity"),
            (wrong(|s| s.format = Format::Map), "map", "is missing"),
            (
                wrong(|s| {
                    s.format = Format::Map;
                    s.map = [(text("env.temp"), text("temperature mph"))].into();
                }),
                "map.env.temp",
                "\"mph\" is no unit of temperature",
            ),
        ] {
            assert!(error.starts_with(&format!("mqtt.subscriptions.0.{key}: ")) && error.contains(why), "{error}");
        }
        let twice = Options { subscriptions: vec![good(), good()], ..options(good()) };
        let error = twice.check().expect_err("twice").to_string();
        assert!(error.starts_with("mqtt.subscriptions.1.topic: ") && error.contains("before it"), "{error}");
    }

    #[test]
    fn with_tls_a_broker_has_a_name_and_another_port() {
        let at = |broker: &str| Options { broker: broker.to_owned(), tls: true, ..options(good()) }.address();
        for (broker, port) in [("broker.lan", 8883), ("mqtts://broker.lan/", 8883), ("broker.lan:1883", 1883)] {
            assert_eq!(at(broker), Ok(("broker.lan".to_owned(), port)), "{broker}");
        }
        for (broker, why) in [("mqtt://broker.lan", "tls is set"), ("[fd00::7]:8883", "write the broker's name")] {
            let error = at(broker).expect_err("a mistake").to_string();
            assert!(error.contains(why), "{error}");
        }
        let lost = Options { ca_file: "ca.pem".to_owned(), ..options(good()) }.check().expect_err("a mistake");
        assert_eq!(lost.to_string(), "mqtt.ca_file: is read only with tls = true");
    }

    #[test]
    fn a_broker_has_a_name_and_a_port() {
        let at = |broker: &str| Options { broker: broker.to_owned(), ..options(good()) }.address();
        for (broker, name, port) in [
            ("192.168.1.7", "192.168.1.7", 1883),
            (" broker.lan:1884 ", "broker.lan", 1884),
            ("mqtt://broker.lan/", "broker.lan", 1883),
            ("[fd00::7]:1884", "fd00::7", 1884),
            ("fd00::7", "fd00::7", 1883),
        ] {
            assert_eq!(at(broker), Ok((name.to_owned(), port)), "{broker}");
        }
        for (broker, why) in [
            ("mqtts://broker.lan", "asks for TLS: write tls = true"),
            ("http://broker.lan", "is no broker"),
            ("broker.lan:port", "is no broker"),
            ("broker.lan:0", "is no broker"),
            ("broker lan", "is no broker"),
            ("mqtt://me:secret@broker.lan", "write the user and the password"),
        ] {
            let error = at(broker).expect_err(broker).to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let secret = Options { password: "s3cr3t".into(), ..options(good()) };
        let printed = format!("{secret:?} {}", serde_json::to_string(&secret).expect("JSON"));
        assert!(!printed.contains("s3cr3t") && printed.contains("(set)"), "{printed}");
        for number in ["{\"password\":31415}", "{\"password\":-31415}", "{\"password\":3.1415}"] {
            let error = serde_json::from_str::<Options>(number).expect_err(number).to_string();
            assert!(error.contains("in quotes") && !error.contains("1415"), "{error}");
        }
        let alone = Options { password: "s3cr3t".into(), ..options(good()) }.check().expect_err("no user");
        assert_eq!(alone.to_string(), "mqtt.user: a password needs a user");
    }
}
