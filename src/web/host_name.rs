//! The name of a host, as a request or the configuration writes it.

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

impl HostName {
    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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

pub(super) fn is_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok()
}

/// The name without port, brackets and the dot at its end. A host with anything else behind its name is no name of anybody.
pub(super) fn name_of(host: &str) -> &str {
    let host = host.trim();
    let (name, rest) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if rest.is_empty() || is_port { name.trim_end_matches('.') } else { "" }
}
