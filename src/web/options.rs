//! The doors' knobs: trusted proxies, the server's names, and who may read the metrics and the API.

use super::base::Base;
use super::cors::SiteOrigin;
use super::host_name::HostName;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// Knobs that all doors share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The path before all of this server's own, such as `"/weather"`, if a proxy gives it only a part of a host. Links, scripts,
    /// redirects and cookies then have it. Requests may come with it or without it, so it does not matter whether the proxy takes
    /// it off. Empty: there is none.
    pub base: Base,
    /// Networks of the proxies in front of the server, such as `["127.0.0.1", "10.0.0.0/8"]`. The server believes only
    /// their `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, because anybody can send these headers.
    pub trusted_proxies: Vec<Network>,
    /// The names by which this server may be called, such as `["weather.example.org"]`, without scheme and port. A request with another `Host` gets
    /// 421. So no site can lead a browser in your network here under a name of its own (DNS rebinding). Names of this
    /// machine (`localhost`) and addresses always pass. The empty list lets every name pass.
    pub hosts: Vec<HostName>,
    /// Networks that may read `/metrics`, besides this machine. The figures name nobody, but they tell how many people look.
    /// Pages show the owner's warnings to these networks, too.
    pub metrics_from: Vec<Network>,
    /// Whoever sends `Authorization: Bearer <this>` may read `/metrics`, from anywhere. Use a long random text. Empty: nobody.
    pub metrics_token: Token,
    /// The sites whose scripts may read `/api/v1`, such as `["https://example.org"]`. `"*"` is every site: what they read is
    /// what any visitor sees, without a cookie. The empty list lets no other site read it. Programs that are no browsers read it anyway.
    pub cors: Vec<SiteOrigin>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: Base::default(),
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
            metrics_from: Vec::new(),
            metrics_token: Token::default(),
            cors: vec![SiteOrigin::every()],
        }
    }
}

impl Options {
    /// Whether a trusted proxy is on this machine: what comes from this machine may then be anybody's.
    pub fn trusts_this_machine(&self) -> bool {
        let this_machine = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        this_machine.iter().any(|here| self.trusted_proxies.iter().any(|proxy| proxy.holds(*here)))
    }
}

/// A password of a program. It is not printed.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Whether there is one.
    pub fn is_set(&self) -> bool {
        !self.0.is_empty()
    }

    /// How long it is, characters.
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// A text with `…` in its place.
    pub fn hidden_in(&self, text: &str) -> String {
        if self.is_set() { text.replace(&self.0, "…") } else { text.to_owned() }
    }

    /// Whether a program sent it. The time that this takes does not tell how much of it was right.
    pub fn is(&self, sent: &str) -> bool {
        self.is_set() && bool::from(self.0.as_bytes().ct_eq(sent.as_bytes()))
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { "(set)" } else { "(not set)" })
    }
}

/// A network, or a single address: `10.0.0.0/8`, `127.0.0.1`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network: write 10.0.0.0/8 or a single address")]
pub struct BadNetwork(String);

impl Network {
    /// Whether it is every address of its kind.
    pub fn is_everybody(&self) -> bool {
        self.0.prefix_len() == 0
    }

    /// True if the address lies in it; IPv4 within IPv6 counts as IPv4.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let single = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse().or_else(|_| single()).map(Self).map_err(|_| BadNetwork(text.to_owned()))
    }
}

impl TryFrom<String> for Network {
    type Error = BadNetwork;

    fn try_from(text: String) -> Result<Self, BadNetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        network.parse::<Network>().expect("a network").holds(address.parse().expect("an address"))
    }

    #[test]
    fn a_network_holds_its_addresses() {
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3"), "as a listener on [::] sees it");
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "10.0.0.1"));
    }

    #[test]
    fn a_token_is_compared_whole_and_never_printed() {
        let token = Token::from("secret");
        assert!(token.is("secret") && !token.is("secre") && !token.is("secrets") && !token.is(""));
        assert!(!Token::default().is(""), "no token opens nothing");
        assert!(!format!("{token:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for bad in ["", "10.0.0.0/33", "proxy.local", "10.0.0", "::/129"] {
            let error = serde_json::from_value::<Options>(serde_json::json!({"trusted_proxies": [bad]}));
            assert!(error.expect_err("no network").to_string().contains("is not a network"), "{bad}");
        }
    }
}
