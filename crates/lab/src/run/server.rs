//! The server, as a client sees it that posts readings and asks for the journal's end.

use super::book::Book;
use super::error::Error;
use crate::drive;
use crate::home::Load;
use crate::page::new_id;
use crate::scenario::Scenario;
use crate::traffic::Traffic;
use channel::cursor::Cursor;
use reqwest::{Client, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The server.
pub(super) struct Server {
    pub url: String,
    pub address: std::net::SocketAddr,
    /// The station whose news it is.
    pub station: Arc<str>,
    /// Trucks sent so far.
    pub asked: u64,
    client: Client,
    key: String,
    last_ms: i64,
}

/// What tells the station of a reading.
#[derive(Deserialize)]
struct News {
    station: Option<Arc<str>>,
}

/// A reading of an instant that another run has taken is not stored: the next one is so much later, ms.
const STEP_MS: i64 = 5_000;
/// How often a later instant is tried: servers believe clocks that are up to five minutes ahead.
const STEPS_MAX: usize = 50;

impl Server {
    /// Looks for it, on this machine only, and learns the name of the key's station from a first reading.
    pub(crate) async fn find(url: &str, key: &str) -> Result<Self, Error> {
        let address = drive::local(url).await?;
        let url = url.trim_end_matches('/').to_owned();
        let client = Client::builder().no_proxy().build()?;
        let (key, station) = (key.to_owned(), Arc::from(""));
        let mut server = Self { url, address, station, asked: 0, client, key, last_ms: 0 };
        let before = server.cursor().await?;
        server.post(&Book::new()?).await?;
        for item in server.ask(&before).await?.cargo.iter().rev() {
            let news: News = serde_json::from_str(&item.json).unwrap_or(News { station: None });
            if let Some(station) = news.station {
                server.station = station;
                return Ok(server);
            }
        }
        Err(Error::Answer { what: "a truck", status: 200, text: "no news of the reading".to_owned() })
    }

    /// Where the journal ends.
    pub(crate) async fn cursor(&mut self) -> Result<Cursor, Error> {
        let load = self.ask(&Cursor::new("none".into(), 0)).await?;
        load.seen.ok_or_else(|| Error::Answer { what: "a truck", status: 200, text: "no cursor".to_owned() })
    }

    /// Sends a truck that turns round.
    async fn ask(&mut self, seen: &Cursor) -> Result<Load, Error> {
        self.asked += 1;
        // Each truck has a bay of its own, so that the server brakes none.
        let url = format!("{}/dock/{}", self.url, new_id()?.as_str());
        let body = json!({"v": 1, "fleet": "stay-home", "park": 0, "seen": seen.to_string(), "watch": [], "say": []});
        let answer = self.client.post(url).json(&body).send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        let text = String::from_utf8_lossy(&body).chars().take(300).collect();
        Load::read(&body).map_err(|_| Error::Answer { what: "a truck", status, text })
    }

    /// Posts a reading of an instant that no reading has yet.
    async fn post(&mut self, book: &Book) -> Result<(), Error> {
        for _ in 0..STEPS_MAX {
            self.last_ms = chrono::Utc::now().timestamp_millis().max(self.last_ms + 1);
            // No further apart than weather is: a step would wait for the next value.
            let temperature = 15.0 + (self.last_ms % 20) as f64 / 10.0;
            let body = json!({"observed_at": self.last_ms, "temperature": temperature});
            let url = format!("{}/api/v1/readings", self.url);
            book.posts(self.last_ms);
            let answer: Response = self.client.post(url).bearer_auth(&self.key).json(&body).send().await?;
            match answer.status().as_u16() {
                201 => return Ok(()),
                200 => {
                    book.was_not_stored(self.last_ms);
                    self.last_ms += STEP_MS;
                }
                status => {
                    let text = answer.text().await?.chars().take(300).collect();
                    return Err(Error::Answer { what: "a reading", status, text });
                }
            }
        }
        Err(drive::Error::NoFreshTimes.into())
    }

    /// Posts the scenario's news until `end`, and enters it into the book.
    pub(crate) async fn post_until(
        &mut self,
        scenario: &Scenario,
        start: Instant,
        end: Instant,
        book: &Book,
    ) -> Result<(), Error> {
        for (at, _) in Traffic::new(scenario.seed, scenario.news_per_s, 0.0) {
            let at = start + Duration::from_micros(at);
            if at >= end {
                break;
            }
            tokio::time::sleep_until(at).await;
            self.post(book).await?;
        }
        Ok(())
    }
}
