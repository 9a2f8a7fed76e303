//! The address by which a visitor reached this server, for commands that the visitor will copy.

use super::base::Base;
use super::{Options, client, hosts};
use rocket::request::{FromRequest, Outcome, Request};
use std::convert::Infallible;
use std::net::SocketAddr;

/// Longest host and port, in bytes: a name has 253, a port 6.
const HOST_MAX_BYTES: usize = 260;

/// `http://host:port` as the visitor's browser knows this server, with its base.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    text: String,
    /// Where in it the base begins.
    base_at: usize,
}

impl Address {
    /// The address with the host that the visitor's browser asked for. If that is no host: where this server listens.
    pub fn of(host: Option<&str>, is_https: bool, bound: SocketAddr) -> Self {
        let plain = |host: &&str| {
            !host.is_empty()
                && host.len() <= HOST_MAX_BYTES
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
        };
        let scheme = if is_https { "https" } else { "http" };
        let host = host.filter(plain).map_or_else(|| own(bound), str::to_owned);
        let text = format!("{scheme}://{host}");
        Self { base_at: text.len(), text }
    }

    /// The same with the base behind it.
    pub fn under(self, base: &Base) -> Self {
        Self { text: self.text + base.as_str(), base_at: self.base_at }
    }

    /// The text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The server as a console in the house is told of it. A visitor at this machine came by an address that only this machine
    /// has.
    pub fn for_consoles(&self) -> String {
        let origin = &self.text[..self.base_at];
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        if !hosts::is_loopback(host) {
            return self.text.clone();
        }
        let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
        format!("this machine’s address in your network, port {}", port.unwrap_or("80"))
    }
}

/// A listener on all addresses, or on loopback, is called `localhost`, as people type it.
fn own(bound: SocketAddr) -> String {
    let ip = bound.ip();
    if ip.is_unspecified() || ip.is_loopback() { format!("localhost:{}", bound.port()) } else { bound.to_string() }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Address {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let config = request.rocket().config();
        let bound = SocketAddr::new(config.address, config.port);
        let unset = Options::default();
        let options = request.rocket().state().unwrap_or(&unset);
        let address = Self::of(client::host(request, options), client::is_https(request, options), bound);
        Outcome::Success(address.under(&options.base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(host: Option<&str>, is_https: bool, bound: &str) -> String {
        Address::of(host, is_https, bound.parse().expect("an address")).as_str().to_owned()
    }

    #[test]
    fn what_is_no_host_is_not_repeated() {
        assert_eq!(of(Some("pi.local:8000"), false, "0.0.0.0:80"), "http://pi.local:8000");
        assert_eq!(of(Some("[::1]:80"), true, "0.0.0.0:80"), "https://[::1]:80");
        for odd in ["", "a b", "x\"; rm -rf /; \"", "<script>", "$(id)"] {
            assert_eq!(of(Some(odd), false, "0.0.0.0:9100"), "http://localhost:9100", "{odd:?}");
        }
        assert_eq!(of(None, false, "[::]:9100"), "http://localhost:9100");
    }

    #[test]
    fn a_console_is_not_sent_to_itself() {
        let told = |host: &str| Address::of(Some(host), false, SocketAddr::from(([0, 0, 0, 0], 80))).for_consoles();
        for own in ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"] {
            assert_eq!(told(own), "this machine’s address in your network, port 8000", "{own}");
        }
        assert_eq!(told("localhost"), "this machine’s address in your network, port 80");
        assert_eq!(told("pi.local:8000"), "http://pi.local:8000");
    }

    #[test]
    fn without_a_host_the_address_is_where_the_server_listens() {
        assert_eq!(of(None, false, "192.168.1.7:9100"), "http://192.168.1.7:9100");
        assert_eq!(of(None, false, "[fd00::7]:9100"), "http://[fd00::7]:9100");
        assert_eq!(of(None, false, "127.0.0.1:9100"), "http://localhost:9100");
    }
}
