//! Where the load goes: this machine's server, and the readings that are posted to it.

use super::Error;
use super::wire::{Answer, Wire};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

/// A server on this machine.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    host: String,
    base: String,
}

impl Target {
    /// Looks the address up; refuses any that is not loopback.
    pub(super) async fn find(url: &str) -> Result<Self, Error> {
        let bad = || Error::Url(url.to_owned());
        let parsed = reqwest::Url::parse(url).ok().filter(|url| url.scheme() == "http").ok_or_else(bad)?;
        let host = parsed.host_str().ok_or_else(bad)?.to_owned();
        let port = parsed.port_or_known_default().ok_or_else(bad)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((bare, port)).await.map_err(|_| bad())?.collect();
        if addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(Error::NotLoopback(host));
        }
        // `localhost` has two addresses; the server may listen on one.
        let mut last = Err(bad());
        for address in addresses {
            match Wire::connect(address).await {
                Ok(_) => {
                    let base = parsed.path().trim_end_matches('/').to_owned();
                    return Ok(Self { address, host: format!("{host}:{port}"), base });
                }
                Err(source) => last = Err(Error::Connect { number: 1, source }),
            }
        }
        last
    }

    /// A whole POST of a JSON body, with `extra` header lines (each with its line end).
    pub(super) fn post(&self, path: &str, extra: &str, body: &str) -> Vec<u8> {
        let Self { base, host, .. } = self;
        let length = body.len();
        format!(
            "POST {base}{path} HTTP/1.1\r\nHost: {host}\r\n{extra}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Readings to post, each of its own instant, so that each is stored; stations take turns.
pub(super) struct Readings {
    stations: Vec<Station>,
    turn: AtomicUsize,
}

/// A station that is posted for.
struct Station {
    key: String,
    last_ms: AtomicI64,
}

/// An earlier run that posted faster than one reading a millisecond has taken times ahead of the clock: steps to get
/// past them, and how far to look, ms. Servers believe a clock that is up to five minutes ahead.
const AHEAD_STEP_MS: i64 = 5_000;
/// See [`AHEAD_STEP_MS`].
const AHEAD_MAX_MS: i64 = 270_000;

impl Readings {
    /// Posts one reading for each key, so that the server is warm and times are found that no earlier run has taken.
    pub(super) async fn start(keys: &[String], wire: &mut Wire, target: &Target) -> Result<Self, Error> {
        let stations = keys.iter().map(|key| Station { key: key.clone(), last_ms: AtomicI64::new(0) }).collect();
        let readings = Self { stations, turn: AtomicUsize::new(0) };
        let started = now_ms();
        for station in &readings.stations {
            loop {
                wire.send(&station.next(target, 0).0).await?;
                let answer = wire.receive().await?;
                match answer.status {
                    201 => break,
                    200 if station.last_ms.fetch_add(AHEAD_STEP_MS, Ordering::Relaxed) < started + AHEAD_MAX_MS => {}
                    200 => return Err(Error::NoFreshTimes),
                    _ => return Err(unexpected("a reading", &answer)),
                }
            }
        }
        Ok(readings)
    }

    /// A request that posts a new reading of ten values, and its time.
    pub(super) fn next(&self, target: &Target) -> (Vec<u8>, i64) {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.stations[turn % self.stations.len()].next(target, turn)
    }
}

impl Station {
    fn next(&self, target: &Target, turn: usize) -> (Vec<u8>, i64) {
        let at = self.next_ms();
        let wave = (turn % 200) as f64 / 10.0;
        let body = format!(
            r#"{{"observed_at":{at},"temperature":{:.1},"humidity":{:.0},"station_pressure":{:.1},"wind_speed":{:.1},"wind_gust":{:.1},"wind_direction":{},"precipitation":0.0,"precipitation_rate":0.0,"solar_radiation":{:.0},"battery_voltage":3.02}}"#,
            10.0 + wave,
            80.0 - wave,
            990.0 + wave,
            wave / 4.0,
            wave / 2.0,
            turn % 90,
            wave * 5.0
        );
        (target.post("/api/v1/readings", &format!("Authorization: Bearer {}\r\n", self.key), &body), at)
    }

    /// A millisecond that was not taken before: now, or the one after the last. Who posts faster than one a millisecond
    /// runs ahead of the clock.
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

fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// An answer that ends the measurement.
pub(super) fn unexpected(what: &'static str, answer: &Answer) -> Error {
    let text = String::from_utf8_lossy(answer.body).chars().take(300).collect();
    Error::Answer { what, status: answer.status, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_is_driven() {
        for elsewhere in ["http://192.0.2.1:8000", "http://[2001:db8::1]:80", "http://0.0.0.0:8000"] {
            let error = Target::find(elsewhere).await.err().expect("not loopback");
            assert!(matches!(error, Error::NotLoopback(_)), "{elsewhere}: {error}");
        }
        assert!(matches!(Target::find("https://127.0.0.1:8000").await, Err(Error::Url(_))));
        assert!(matches!(Target::find("town hall").await, Err(Error::Url(_))));
    }

    #[test]
    fn every_reading_has_an_instant_of_its_own() {
        let station = Station { key: "a".to_owned(), last_ms: AtomicI64::new(0) };
        let times: std::collections::BTreeSet<i64> = (0..10_000).map(|_| station.next_ms()).collect();
        assert_eq!(times.len(), 10_000);
    }
}
