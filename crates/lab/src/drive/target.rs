//! Where the load goes: this machine's server.

use super::error::Error;
use super::peer::{Heads, Peer};
use super::wire::Wire;
use std::net::SocketAddr;

/// A server on this machine, and the way to talk to it.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) peer: Peer,
    pub(super) heads: Heads,
    pub(super) host: String,
    base: String,
}

impl Target {
    /// Looks the address up; refuses any that is not loopback.
    pub(super) async fn find(url: &str, peer: Peer, heads: Heads) -> Result<Self, Error> {
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
                    return Ok(Self { address, peer, heads, host: format!("{host}:{port}"), base });
                }
                Err(source) => last = Err(Error::Connect { number: 1, source }),
            }
        }
        last
    }

    /// A whole GET, with `extra` header lines (each with its line end).
    pub(super) fn get(&self, path: &str, extra: &str) -> Vec<u8> {
        let Self { base, host, .. } = self;
        format!("GET {base}{path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n").into_bytes()
    }

    /// A whole POST of a JSON body, with `extra` header lines.
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn find(url: &str) -> Result<Target, Error> {
        Target::find(url, Peer::Stevenson, Heads::Short).await
    }

    #[tokio::test]
    async fn only_this_machine_is_driven() {
        for elsewhere in ["http://192.0.2.1:8000", "http://[2001:db8::1]:80", "http://0.0.0.0:8000"] {
            let error = find(elsewhere).await.err().expect("not loopback");
            assert!(matches!(error, Error::NotLoopback(_)), "{elsewhere}: {error}");
        }
        assert!(matches!(find("https://127.0.0.1:8000").await, Err(Error::Url(_))));
        assert!(matches!(find("town hall").await, Err(Error::Url(_))));
    }
}
