//! The names by which this server may be called. A page of another name that leads to the same address is refused: that is how
//! DNS rebinding reads what a browser in the same network may read.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::str::FromStr;

/// A name of this server, as requests can have it in `Host`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// A text that is no host name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a host name: write {advice}")]
pub struct BadHost {
    text: String,
    /// What to write instead.
    advice: String,
}

impl FromStr for HostName {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        if is_name(text) {
            return Ok(Self(text.to_owned()));
        }
        let bare = text.trim();
        let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
        let bare = name_of(bare.split('/').next().unwrap_or_default());
        let advice = if is_name(bare) {
            format!("{bare:?}")
        } else {
            "a name such as \"weather.example.org\", with no scheme, port, path, blank or *, and with letters a-z only"
                .to_owned()
        };
        Err(BadHost { text: text.to_owned(), advice })
    }
}

impl TryFrom<String> for HostName {
    type Error = BadHost;

    fn try_from(text: String) -> Result<Self, BadHost> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

/// Whether a request could have this name in `Host`. Addresses always pass and may be listed all the same.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_name_byte);
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    is_address(inner) || text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a request names this server by a name of its own. Without a list every name is good.
///
/// Names of this machine and addresses always pass, because no other site can have them, and proxies put them in the place
/// of the name that the visitor asked for. A request without `Host` comes from a program that knows HTTP/1.0 only.
pub fn is_ours(host: Option<&str>, own: &[HostName]) -> bool {
    let named = |host: &str| {
        let name = name_of(host);
        is_address(name)
            || is_loopback(host)
            || own.iter().any(|own| own.0.trim_end_matches('.').eq_ignore_ascii_case(name))
    };
    own.is_empty() || host.is_none_or(named)
}

/// Whether a host is a name of this machine for itself: `localhost`, `127.0.0.1`, `[::1]`, with or without a port.
pub fn is_loopback(host: &str) -> bool {
    let name = name_of(host);
    name.eq_ignore_ascii_case("localhost")
        || name.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

fn is_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok()
}

/// The name without port, brackets and the dot at its end. A host with anything else behind its name is no name of anybody.
fn name_of(host: &str) -> &str {
    let host = host.trim();
    let (name, rest) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if rest.is_empty() || is_port { name.trim_end_matches('.') } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(host: &str, own: &[&str]) -> bool {
        let own: Vec<HostName> = own.iter().map(|name| name.parse().expect("a name")).collect();
        is_ours(Some(host), &own)
    }

    #[test]
    fn a_host_passes_if_it_is_listed_or_can_be_nobody_elses() {
        let own = &["weather.example.org", "pi.local"];
        for host in [
            "weather.example.org",
            "WEATHER.example.org:8000",
            "pi.local.",
            "localhost:8000",
            "127.0.0.1",
            "[::1]:80",
            "192.168.1.7:8000",
            "[fd00::7]",
        ] {
            assert!(passes(host, own), "{host}");
        }
        for host in [
            "[127.0.0.1].evil.example",
            "[::1]:80.evil.example",
            "localhost:80.evil.example",
            "127.0.0.1:x",
            "evil.example",
            "weather.example.org.evil.example",
            "xweather.example.org",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
        ] {
            assert!(!passes(host, own), "{host}");
        }
        assert!(passes("evil.example", &[]), "without a list nothing is refused");
    }

    #[test]
    fn loopback_names_are_told_from_others() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "127.3.2.1", "[::1]:8000", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "localhost.example", "192.168.1.7", "[fd00::1]:1", "::1", "x"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
