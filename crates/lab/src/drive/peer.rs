//! The servers that can be driven: Stevenson, and two of other people's to compare it with.
//!
//! All of them are asked through the same connections, by the same loops, and the same bytes come home. What differs is
//! here: the requests, and the answers that are good.

use super::wire::Answer;
use serde::Serialize;
use std::str::FromStr;

/// Whose server is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// This project's.
    #[default]
    Stevenson,
    /// nginx with the module nchan: `GET /sub` waits for a message (long-poll), `POST /pub` sends one. A reading is sent
    /// as the load that Stevenson would make of it. Keys are names of stations. It is never asked to `post`.
    Nchan,
    /// InfluxDB 1: `POST /write?db=bench&precision=ms`, one point of the same values. Keys are names of stations. It has
    /// no trucks.
    Influx,
}

/// The heads of the trucks' requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heads {
    /// As short as they can be: Stevenson's trucks have three headers.
    #[default]
    Short,
    /// What Chromium sends with a truck: fourteen headers, among them a visitor's cookie.
    Browser,
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "stevenson" => Ok(Peer::Stevenson),
            "nchan" => Ok(Peer::Nchan),
            "influx" => Ok(Peer::Influx),
            _ => Err("it is stevenson, nchan or influx".to_owned()),
        }
    }
}

impl FromStr for Heads {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "short" => Ok(Heads::Short),
            "browser" => Ok(Heads::Browser),
            _ => Err("it is short or browser".to_owned()),
        }
    }
}

impl Peer {
    /// What it answers to a reading that it has stored, or sent on.
    pub(super) fn took(self, status: u16) -> bool {
        match self {
            Peer::Stevenson => status == 201,
            Peer::Nchan => status == 201 || status == 202, // 202: nobody waited for it
            Peer::Influx => status == 204,
        }
    }

    /// What it answers to a reading whose instant is taken.
    pub(super) fn knew(self, status: u16) -> bool {
        self == Peer::Stevenson && status == 200
    }
}

/// What a truck says that home has seen, after an answer: the cursor, or the header lines of the last message.
pub(super) fn seen(peer: Peer, cursor: &str, answer: &Answer<'_>) -> String {
    match (peer, answer.last_modified, answer.etag) {
        (Peer::Nchan, Some(time), Some(tag)) => format!("If-Modified-Since: {time}\r\nIf-None-Match: {tag}\r\n"),
        _ => cursor.to_owned(),
    }
}

/// The header lines that a browser adds to a truck's; `secret` is its visitor's.
pub(super) fn browser(peer: Peer, host: &str, secret: &str) -> String {
    let origin = if peer == Peer::Stevenson { format!("Origin: http://{host}\r\n") } else { String::new() };
    format!(
        "Connection: keep-alive\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n\
         Accept: */*\r\n\
         {origin}\
         Sec-Fetch-Site: same-origin\r\n\
         Sec-Fetch-Mode: cors\r\n\
         Sec-Fetch-Dest: empty\r\n\
         Referer: http://{host}/s/town-hall\r\n\
         Accept-Encoding: gzip, deflate, br, zstd\r\n\
         Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n\
         Cookie: visitor={secret}\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_sends_fourteen_headers_with_a_truck() {
        let added = browser(Peer::Stevenson, "127.0.0.1:8000", "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(added.matches("\r\n").count() + 3, 14, "with Host, Content-Type and Content-Length: {added}");
        assert!(added.ends_with("\r\n") && !added.contains("\r\n\r\n"));
    }
}
