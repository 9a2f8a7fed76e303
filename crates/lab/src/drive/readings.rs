//! The readings that are posted: each of its own instant, so that each is stored; stations take turns.

use super::error::{Error, unexpected};
use super::peer::Peer;
use super::target::Target;
use super::wire::Wire;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Instant;

/// Readings to post.
pub(super) struct Readings {
    stations: Vec<Station>,
    turn: AtomicUsize,
}

/// A station that is posted for.
struct Station {
    name: String,
    key: String,
    /// How many readings it has had: they move step by step, however many stations there are. What leaps is set aside.
    turn: AtomicUsize,
    /// The last instant that was posted, or is known to be taken.
    last_ms: AtomicI64,
}

/// A reading on its way.
pub(super) struct Reading<'a> {
    /// The whole request.
    pub request: Vec<u8>,
    /// The instant that it is of.
    pub at_ms: i64,
    station: &'a Station,
}

/// A reading that is stored.
pub(super) struct Stored {
    /// The instant that it is of.
    pub at_ms: i64,
    /// When it was sent.
    pub sent: Instant,
    /// When the answer was here.
    pub answered: Instant,
}

/// An earlier run that posted faster than one reading a millisecond has taken times ahead of the clock. A reading that
/// finds its instant taken says so, and the station goes on this much later, ms.
const AHEAD_STEP_MS: i64 = 5_000;
/// How far ahead of the clock is looked for free times, ms. Servers believe a clock that is up to five minutes ahead.
const AHEAD_MAX_MS: i64 = 270_000;

impl Readings {
    /// Posts one reading for each key, so that the server is warm, and the first times that earlier runs took are passed.
    pub(super) async fn start(keys: &[String], wire: &mut Wire, target: &Target) -> Result<Self, Error> {
        let stations = keys.iter().map(|key| Station::new(key)).collect();
        let readings = Self { stations, turn: AtomicUsize::new(0) };
        for _ in keys {
            readings.post(wire, target).await?;
        }
        Ok(readings)
    }

    /// The next station's reading of ten values.
    pub(super) fn next(&self, target: &Target) -> Reading<'_> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.of(turn % self.stations.len(), target)
    }

    /// The next station's readings, so many, in one request.
    pub(super) fn batch(&self, target: &Target, number: usize) -> Reading<'_> {
        if number == 1 {
            return self.next(target);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let station = &self.stations[turn % self.stations.len()];
        let first = station.turn.fetch_add(number, Ordering::Relaxed);
        let all: Vec<_> = (first..first + number).map(|turn| station.json(turn, station.next_ms())).collect();
        let body = format!("[{}]", all.join(","));
        Reading { request: station.request(target, &body), at_ms: now_ms(), station }
    }

    /// The next reading of the station at a place.
    pub(super) fn of(&self, place: usize, target: &Target) -> Reading<'_> {
        let station = &self.stations[place];
        let turn = station.turn.fetch_add(1, Ordering::Relaxed);
        station.next(target, turn)
    }

    /// The stations' names, where keys were given with names: `town-hall=stv_…`.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.stations.iter().map(|station| station.name.as_str())
    }

    /// The name of the station at a place.
    pub(super) fn name(&self, place: usize) -> &str {
        &self.stations[place].name
    }

    /// Posts a reading that is stored.
    pub(super) async fn post(&self, wire: &mut Wire, target: &Target) -> Result<Stored, Error> {
        self.post_and_tell(wire, target, |_, _| ()).await
    }

    /// Posts a reading that is stored; `sends` hears the instant of each that is tried, before it is sent.
    pub(super) async fn post_and_tell(
        &self,
        wire: &mut Wire,
        target: &Target,
        sends: impl Fn(i64, Instant),
    ) -> Result<Stored, Error> {
        let mut reading = self.next(target);
        loop {
            let sent = Instant::now();
            sends(reading.at_ms, sent);
            wire.send(&reading.request).await?;
            let answer = wire.receive().await?;
            match answer.status {
                status if target.peer.took(status) => {
                    return Ok(Stored { at_ms: reading.at_ms, sent, answered: answer.at });
                }
                status if target.peer.knew(status) => {
                    reading.was_taken()?;
                    let turn = reading.station.turn.fetch_add(1, Ordering::Relaxed);
                    reading = reading.station.next(target, turn);
                }
                _ => return Err(unexpected("a reading", &answer)),
            }
        }
    }
}

impl Reading<'_> {
    /// Its instant has a reading already: the station steps past it. Many clients may find that at once; together they
    /// step once.
    pub(super) fn was_taken(&self) -> Result<(), Error> {
        let later = self.at_ms + AHEAD_STEP_MS;
        if later > now_ms() + AHEAD_MAX_MS {
            return Err(Error::NoFreshTimes);
        }
        self.station.last_ms.fetch_max(later, Ordering::Relaxed);
        Ok(())
    }
}

impl Station {
    /// Of `key`, or of `name=key`.
    fn new(key: &str) -> Self {
        let (name, key) = key.split_once('=').unwrap_or(("", key));
        let (name, key) = (name.to_owned(), key.to_owned());
        Self { name, key, turn: AtomicUsize::new(0), last_ms: AtomicI64::new(0) }
    }

    fn next(&self, target: &Target, turn: usize) -> Reading<'_> {
        let at_ms = self.next_ms();
        let wave = wave(turn);
        let key = &self.key;
        let request = match target.peer {
            Peer::Stevenson => self.request(target, &self.json(turn, at_ms)),
            Peer::Nchan => target.post("/pub", "", &load(key, at_ms, turn, &Values { wave, turn, form: Form::Json })),
            Peer::Influx => {
                let point =
                    format!("readings,station={key} {} {at_ms}", Values { wave, turn, form: Form::LineProtocol });
                target.post("/write?db=bench&precision=ms", "", &point)
            }
        };
        Reading { request, at_ms, station: self }
    }

    /// A reading as this server takes it.
    fn json(&self, turn: usize, at_ms: i64) -> String {
        format!(r#"{{"observed_at":{at_ms},{}}}"#, Values { wave: wave(turn), turn, form: Form::Json })
    }

    fn request(&self, target: &Target, body: &str) -> Vec<u8> {
        target.post("/api/v1/readings", &format!("Authorization: Bearer {}\r\n", self.key), body)
    }

    /// A millisecond that was not taken before: now, or the one after the last. A driver that posts faster than one a
    /// millisecond runs ahead of the clock.
    fn next_ms(&self) -> i64 {
        let now = now_ms();
        let mut last = self.last_ms.load(Ordering::Relaxed);
        loop {
            let next = now.max(last + 1);
            match self.last_ms.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return next,
                Err(newer) => last = newer,
            }
        }
    }
}

/// Up and down, as weather goes: a value that leaps is kept aside.
fn wave(turn: usize) -> f64 {
    (turn % 400).min(399 - turn % 400) as f64 / 10.0
}

/// The ten values of a reading.
struct Values {
    wave: f64,
    turn: usize,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    /// `"temperature":12.4,…`
    Json,
    /// `temperature=12.4,…`, as InfluxDB reads it.
    LineProtocol,
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { wave, turn, form } = self;
        let values = [
            ("temperature", 10.0 + wave),
            ("humidity", 80.0 - wave),
            ("station_pressure", 990.0 + wave),
            ("wind_speed", wave / 4.0),
            ("wind_gust", wave / 2.0),
            ("wind_direction", (turn % 90) as f64),
            ("precipitation", 0.0),
            ("precipitation_rate", 0.0),
            ("solar_radiation", wave * 5.0),
            ("battery_voltage", 3.0),
        ];
        for (place, (name, value)) in values.into_iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            match form {
                Form::Json => write!(f, r#"{comma}"{name}":{value:.1}"#)?,
                Form::LineProtocol => write!(f, "{comma}{name}={value:.1}")?,
            }
        }
        Ok(())
    }
}

/// The load that Stevenson would make of a reading, for a server that passes on what it is given.
fn load(station: &str, at_ms: i64, number: usize, values: &Values) -> String {
    let (before, now) = (number, number + 1);
    format!(
        r#"{{"v":1,"why":"cargo","after":"VWjlSrqmGyVi.{before}","seen":"VWjlSrqmGyVi.{now}","cargo":[{{"at":"VWjlSrqmGyVi.{now}","committed_at":{at_ms},"kind":"report","station":"{station}","observed_at":{at_ms},"values":{{{values}}},"derived":{{}}}}],"heard":[],"parked":100,"now":{at_ms}}}"#
    )
}

fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_readings_of_each_of_many_stations_move_step_by_step() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let target = Target::find(&url, Peer::Stevenson, crate::drive::peer::Heads::Short).await.expect("it listens");
        let stations = (0..64).map(|number| Station::new(&format!("s{number}=key"))).collect();
        let readings = Readings { stations, turn: AtomicUsize::new(0) };
        let mut last = vec![None; 64];
        for number in 0..64 * 500 {
            let request = String::from_utf8(readings.next(&target).request).expect("text");
            let (_, rest) = request.split_once("\"temperature\":").expect("a value");
            let temperature: f64 = rest.split(',').next().and_then(|text| text.parse().ok()).expect("a number");
            let before: Option<f64> = last[number % 64].replace(temperature);
            assert!(before.is_none_or(|before| (temperature - before).abs() < 0.15), "{before:?}, then {temperature}");
        }
        assert_eq!(readings.names().take(2).collect::<Vec<_>>(), ["s0", "s1"]);
    }

    #[test]
    fn every_reading_has_an_instant_of_its_own() {
        let station = Station::new("a");
        let times: std::collections::BTreeSet<i64> = (0..10_000).map(|_| station.next_ms()).collect();
        assert_eq!(times.len(), 10_000);
    }
}
