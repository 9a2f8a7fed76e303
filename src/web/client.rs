//! The client's address, and the host and scheme that it asked for. Only proxies in `trusted_proxies` are believed.

use super::options::{Network, Options};
use rocket::Request;
use rocket::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The client's address; `None` if there is no socket.
pub fn address(request: &Request<'_>) -> Option<IpAddr> {
    let peer = request.remote()?.ip().to_canonical();
    Some(behind(peer, request.headers(), trusted(request)))
}

/// The host and port by which the client knows this server, as it was sent.
pub fn host<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let forwarded = || request.headers().get_one("X-Forwarded-Host").map(last);
    by_proxy(request).then(forwarded).flatten().or_else(|| request.headers().get_one("Host"))
}

/// True if the client speaks https, to a proxy of ours.
pub fn is_https(request: &Request<'_>) -> bool {
    let scheme = || request.headers().get_one("X-Forwarded-Proto").map(last);
    by_proxy(request).then(scheme).flatten().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// True if the request comes from this machine itself, and not through a proxy that hides the client.
pub fn is_local(request: &Request<'_>) -> bool {
    let forwarded =
        ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].iter().any(|name| request.headers().contains(name));
    address(request).is_some_and(|address| address.is_loopback()) && (by_proxy(request) || !forwarded)
}

fn trusted<'r>(request: &'r Request<'_>) -> &'r [Network] {
    request.rocket().state::<Options>().map_or(&[], |options| &options.trusted_proxies)
}

fn by_proxy(request: &Request<'_>) -> bool {
    let is_trusted = |peer: SocketAddr| trusted(request).iter().any(|network| network.holds(peer.ip()));
    request.remote().is_some_and(is_trusted)
}

/// The entry of the nearest proxy: each proxy adds its own at the end.
fn last(list: &str) -> &str {
    list.rsplit(',').next().unwrap_or_default().trim()
}

/// The nearest address that is not a proxy of ours. Each proxy adds the address of its caller at the end of the list, so
/// the list is read from its end. Entries before that may come from anybody and are ignored.
fn behind(peer: IpAddr, headers: &HeaderMap<'_>, trusted: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_proxy(peer) {
        return peer;
    }
    let lists: Vec<&str> = headers.get("X-Forwarded-For").collect();
    for hop in lists.iter().rev().flat_map(|list| list.rsplit(',')) {
        match hop_address(hop.trim()) {
            Some(address) if is_proxy(address) => {}
            Some(address) => return address,
            // An entry that is no address: the way back ends here.
            None => return peer,
        }
    }
    peer
}

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse().map(|socket: SocketAddr| socket.ip());
    bare.parse().or_else(|_| with_port()).ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rocket::http::Header;

    fn client(peer: &str, lists: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        lists.iter().for_each(|list| headers.add(Header::new("X-Forwarded-For", (*list).to_owned())));
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        behind(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn without_a_trusted_proxy_nobody_is_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(client("192.0.2.1", &["198.51.100.7"], &["10.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_heard() {
        let trusted = &["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(client("127.0.0.1", &["198.51.100.7"], trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["198.51.100.7:4711"], trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["2001:db8::1"], trusted), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]:4711"], trusted), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["198.51.100.7, 10.0.0.3"], trusted), "198.51.100.7", "two proxies");
        assert_eq!(client("127.0.0.1", &["198.51.100.7", "10.0.0.3"], trusted), "198.51.100.7", "in two lines");
    }

    #[test]
    fn what_a_client_wrote_itself_counts_for_nothing() {
        let trusted = &["127.0.0.1"];
        assert_eq!(client("127.0.0.1", &["127.0.0.1, 1.2.3.4, 198.51.100.7"], trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["1.2.3.4, somewhere"], trusted), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["127.0.0.1"], trusted), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[], trusted), "127.0.0.1");
    }
}
