//! The client's address, and the host and scheme that it asked for. Only proxies in `trusted_proxies` are believed.

use super::head::Head;
use super::hosts;
use super::options::{Network, Options};
use std::net::{IpAddr, SocketAddr};

/// The client's address; `None` if there is no socket.
pub fn address(head: &dyn Head, options: &Options) -> Option<IpAddr> {
    let peer = head.peer()?.ip().to_canonical();
    Some(behind(peer, head, &options.trusted_proxies))
}

/// The host and port by which the client knows this server, as it was sent.
pub fn host<'h>(head: &'h dyn Head, options: &Options) -> Option<&'h str> {
    let forwarded = || head.first("X-Forwarded-Host").map(last);
    by_proxy(head, options).then(forwarded).flatten().or_else(|| head.first("Host"))
}

/// True if the client speaks https, to a proxy of ours.
pub fn is_https(head: &dyn Head, options: &Options) -> bool {
    let scheme = || head.first("X-Forwarded-Proto").map(last);
    by_proxy(head, options).then(scheme).flatten().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// Headers by which a proxy shows itself.
const OF_PROXIES: [&str; 9] = [
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Real-IP",
    "Via",
];

/// True if the request comes from this machine itself: from a loopback address, for a loopback name, and with no sign of a
/// proxy between. A proxy on this machine may speak for anybody.
pub fn is_local(head: &dyn Head, options: &Options) -> bool {
    let is_loopback = head.peer().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    is_loopback && !is_forwarded(head, options) && head.first("Host").is_none_or(hosts::is_loopback)
}

/// True for the owner: there is no login yet, so these are browsers and programs of this machine, and those from the networks
/// that may read the metrics. What an owner sees is no secret of the visitors.
pub fn is_owner(head: &dyn Head, options: &Options) -> bool {
    let is_named = |from| options.metrics_from.iter().any(|network| network.holds(from));
    is_local(head, options) || sure_address(head, options).is_some_and(is_named)
}

/// The client's address, if it is sure: that of the socket, or the one that a trusted proxy names.
pub fn sure_address(head: &dyn Head, options: &Options) -> Option<IpAddr> {
    let peer = head.peer()?.ip().to_canonical();
    if !is_forwarded(head, options) {
        return Some(peer);
    }
    // `behind` gives the proxy's own address if the proxy names nobody.
    let named = behind(peer, head, &options.trusted_proxies);
    (by_proxy(head, options) && named != peer).then_some(named)
}

fn is_forwarded(head: &dyn Head, options: &Options) -> bool {
    by_proxy(head, options) || OF_PROXIES.iter().any(|name| head.has(name))
}

fn by_proxy(head: &dyn Head, options: &Options) -> bool {
    let is_trusted = |peer: SocketAddr| options.trusted_proxies.iter().any(|network| network.holds(peer.ip()));
    head.peer().is_some_and(is_trusted)
}

/// The entry of the nearest proxy: each proxy adds its own at the end.
fn last(list: &str) -> &str {
    list.rsplit(',').next().unwrap_or_default().trim()
}

/// The nearest address that is not a proxy of ours. Each proxy adds the address of its caller at the end of the list, so
/// the list is read from its end. Entries before that may come from anybody and are ignored.
fn behind(peer: IpAddr, head: &dyn Head, trusted: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_proxy(peer) {
        return peer;
    }
    let mut lists = Vec::new();
    head.each("X-Forwarded-For", &mut |list| lists.push(list));
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
    use crate::web::head::tests::Made;

    fn client(peer: &str, lists: &[&'static str], trusted: &[&str]) -> String {
        let headers = lists.iter().map(|list| ("X-Forwarded-For", *list)).collect();
        let head = Made { path: "/", headers, peer: None };
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        behind(peer.parse().expect("an address"), &head, &trusted).to_string()
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
