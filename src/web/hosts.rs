//! The names by which this server may be called. A page of another name that leads to the same address is refused: that is how
//! DNS rebinding reads what a browser in the same network may read.

use super::host_name::{is_address, name_of};
use super::options::Options;
use std::net::IpAddr;

/// Whether a request names this server by a name of its own. Without a list every name is good.
///
/// Names of this machine and addresses always pass, because no other site can have them, and proxies put them in the place
/// of the name that the visitor asked for. A request without `Host` comes from a program that knows HTTP/1.0 only.
pub fn is_ours(host: Option<&str>, options: &Options) -> bool {
    let named = |host: &str| {
        let name = name_of(host);
        is_address(name)
            || is_loopback(host)
            || options.hosts.iter().any(|own| own.as_str().trim_end_matches('.').eq_ignore_ascii_case(name))
    };
    options.hosts.is_empty() || host.is_none_or(named)
}

/// Whether a host is a name of this machine for itself: `localhost`, `127.0.0.1`, `[::1]`, with or without a port.
pub fn is_loopback(host: &str) -> bool {
    let name = name_of(host);
    name.eq_ignore_ascii_case("localhost")
        || name.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(host: &str, own: &[&str]) -> bool {
        is_ours(
            Some(host),
            &Options { hosts: own.iter().map(|name| name.parse().expect("a name")).collect(), ..Options::default() },
        )
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
