//! The server, as who posts to it and asks it sees it.

use super::{Error, Options};
use crate::drive;
use crate::home::Load;
use crate::page::new_id;
use crate::scenario::Scenario;
use crate::traffic::Traffic;
use channel::cursor::Cursor;
use reqwest::{Client, Response};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// The server.
pub(super) struct Server {
    pub url: String,
    pub address: std::net::SocketAddr,
    /// The station whose news it is.
    pub station: String,
    /// Trucks sent so far.
    pub asked: u64,
    client: Client,
    key: String,
    last_ms: i64,
}

#[derive(Deserialize)]
struct Report {
    station: Option<String>,
}

impl Server {
    /// Looks for it, on this machine only, and learns the name of the key's station from a first reading.
    pub async fn find(options: &Options) -> Result<Self, Error> {
        let address = drive::local(&options.url).await?;
        let url = options.url.trim_end_matches('/').to_owned();
        let client = Client::builder().no_proxy().build()?;
        let (key, station) = (options.key.clone(), String::new());
        let mut server = Self { url, address, station, asked: 0, client, key, last_ms: 0 };
        let before = server.cursor().await?;
        server.post().await?;
        for item in server.ask(&before).await?.cargo.iter().rev() {
            let report: Report = serde_json::from_str(&item.json).unwrap_or(Report { station: None });
            if let Some(station) = report.station {
                server.station = station;
                return Ok(server);
            }
        }
        Err(Error::Answer { what: "a truck", status: 200, text: "no news of the reading".to_owned() })
    }

    /// Where the journal ends.
    pub async fn cursor(&mut self) -> Result<Cursor, Error> {
        let load = self.ask(&Cursor::new("none".into(), 0)).await?;
        load.seen.ok_or_else(|| Error::Answer { what: "a truck", status: 200, text: "no cursor".to_owned() })
    }

    /// Sends a truck that turns round.
    async fn ask(&mut self, seen: &Cursor) -> Result<Load, Error> {
        self.asked += 1;
        // A bay of its own each time: nobody is braked.
        let url = format!("{}/dock/{}", self.url, new_id()?.as_str());
        let body = json!({"v": 1, "fleet": "stay-home", "park": 0, "seen": seen.to_string(), "watch": [], "say": []});
        let answer = self.client.post(url).json(&body).send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        let text = String::from_utf8_lossy(&body).chars().take(300).collect();
        Load::read(&body).map_err(|_| Error::Answer { what: "a truck", status, text })
    }

    /// Posts a reading of an instant of its own.
    async fn post(&mut self) -> Result<(), Error> {
        self.last_ms = chrono::Utc::now().timestamp_millis().max(self.last_ms + 1);
        let body = json!({"observed_at": self.last_ms, "temperature": self.last_ms % 200 / 10});
        let url = format!("{}/api/v1/readings", self.url);
        let answer: Response = self.client.post(url).bearer_auth(&self.key).json(&body).send().await?;
        match answer.status().as_u16() {
            201 => Ok(()),
            status => {
                let text = answer.text().await?.chars().take(300).collect();
                Err(Error::Answer { what: "a reading", status, text })
            }
        }
    }

    /// Posts the scenario's news until `end`; returns how many.
    pub async fn post_until(&mut self, scenario: &Scenario, start: Instant, end: Instant) -> Result<u64, Error> {
        let mut posted = 0;
        for (at, _) in Traffic::new(scenario.seed, scenario.news_per_s, 0.0) {
            let at = start + Duration::from_micros(at);
            if at >= end {
                break;
            }
            tokio::time::sleep_until(at).await;
            self.post().await?;
            posted += 1;
        }
        Ok(posted)
    }
}
