//! Letters to the owner's webhooks: what is sent about an alert.

use super::error::Error;
use super::words;
use serde::{Deserialize, Serialize};
use weather::time::Timestamp;

/// What a webhook is to be sent about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Random; the receiver knows by it what it has already.
    pub id: String,
    /// The webhook's name.
    pub webhook: String,
    /// When it was written.
    pub made_at: Timestamp,
    /// A [`Content`] as JSON.
    pub body: String,
}

/// What a letter says. It is sent as it stands here where the receiver takes JSON, so its names are for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// `alert.began`, `alert.ended` or `test`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When that was, RFC 3339, UTC.
    pub timestamp: String,
    /// What it is about.
    pub data: About,
}

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The same time, Unix milliseconds.
    pub timestamp_unix_ms: i64,
    /// The station's slug; none in a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station_name: Option<String>,
    /// What rings: `temperature below 3 °C`, `rain`, `silence`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<String>,
    /// The value: of a beginning the one that rang, of an end the worst one; of rain how much fell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// One line for people.
    pub title: String,
    /// More of it, a sentence or two; times are the station's.
    pub text: String,
    /// The page of the station, if the configuration says where the pages are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A change of the outbox.
#[derive(Debug)]
pub(super) enum OutboxChange {
    /// These letters go: they were taken, or are given up.
    Remove(Vec<String>),
    /// The letters of all other webhooks go.
    KeepOnly(Vec<String>),
}

impl Letter {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new(webhook: &str, made_at: Timestamp, content: &Content) -> Result<Self, Error> {
        // It has only texts and finite numbers, so this cannot fail.
        let body = serde_json::to_string(content).unwrap_or_default();
        Ok(Self { id: words::random_id()?, webhook: webhook.to_owned(), made_at, body })
    }

    /// What it says; `None`: another version wrote it, and it cannot be read.
    pub fn content(&self) -> Option<Content> {
        serde_json::from_str(&self.body).ok()
    }
}
