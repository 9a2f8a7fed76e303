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
    keys: Vec<String>,
    last_ms: AtomicI64,
    turn: AtomicUsize,
}

impl Readings {
    pub(super) fn new(keys: Vec<String>) -> Self {
        Self { keys, last_ms: AtomicI64::new(0), turn: AtomicUsize::new(0) }
    }

    /// A request that posts a new reading of ten values, and its time.
    pub(super) fn next(&self, target: &Target) -> (Vec<u8>, i64) {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let key = &self.keys[turn % self.keys.len()];
        let at = self.next_ms();
        let wave = (turn % 200) as f64 / 10.0;
        let body = format!(
            r#"{{"observed_at":{at},"temperature":{:.1},"humidity":{:.0},"station_pressure":{:.1},"wind_speed":{:.1},"wind_gust":{:.1},"wind_direction":{},"precipitation":0.0,"precipitation_rate":0.0,"solar_radiation":{:.0},"battery_voltage":3.02}}"#,
            10.0 + wave,
            80.0 - wave,
            990.0 + wave,
            wave / 4.0,
            wave / 2.0,
            turn % 360,
            wave * 20.0
        );
        (target.post("/api/v1/readings", &format!("Authorization: Bearer {key}\r\n"), &body), at)
    }

    /// A millisecond that was not taken before: now, or the one after the last. Who posts faster than one a millisecond
    /// runs ahead of the clock; the server believes five minutes of that.
    fn next_ms(&self) -> i64 {
        let now = chrono::Utc::now().timestamp_millis();
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
        let readings = Readings::new(vec!["a".to_owned()]);
        let times: std::collections::BTreeSet<i64> = (0..10_000).map(|_| readings.next_ms()).collect();
        assert_eq!(times.len(), 10_000);
    }
}
