//! A page fed by Server-Sent Events: a stream down, and trucks that do not park up, one at a time.

use super::book::Book;
use super::pages::{Setting, TEXT, Words};
use super::{Error, page};
use crate::STATION;
use crate::home::Load;
use crate::page::new_id;
use crate::page::trip::Door;
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Words aboard one truck, as home's.
const ABOARD_MAX: usize = 16;
/// A stream that broke is opened again after this.
const AGAIN: Duration = Duration::from_millis(250);

/// How far the page has seen, by its stream and its trucks.
type Seen = Arc<AtomicU64>;

/// Opens a page.
pub(super) fn spawn(tasks: &mut JoinSet<()>, setting: Setting, mut words: Words) -> Result<(), Error> {
    let bay = new_id()?.as_str().to_owned();
    let door = Door::new(&setting.url, &bay, 1)?;
    let client = Client::builder().no_proxy().build().map_err(page::Error::from)?;
    let seen: Seen = Arc::new(AtomicU64::new(setting.seen.seq()));
    let (say, said) = mpsc::unbounded_channel();
    tasks.spawn(async move {
        while words.next().await.is_some() {
            let Ok(id) = new_id() else { return };
            let word = json!({"id": id.as_str(), "station": STATION, "text": TEXT});
            if say.send(word).is_err() {
                return;
            }
        }
    });
    tasks.spawn(post(setting.clone(), door, said, seen.clone()));
    tasks.spawn(async move {
        loop {
            // What ends it does not matter: it is opened again.
            let _ = stream(&setting, &client, &bay, &seen).await;
            setting.book.count(|counts| counts.lost += 1);
            tokio::time::sleep(AGAIN).await;
        }
    });
    Ok(())
}

fn place(setting: &Setting, seen: &Seen) -> String {
    format!("{}.{}", setting.seen.epoch(), seen.load(Ordering::Relaxed))
}

/// Reads a stream to its end.
async fn stream(setting: &Setting, client: &Client, bay: &str, seen: &Seen) -> Result<(), reqwest::Error> {
    let Setting { url, station, book, .. } = setting;
    let url = format!("{url}/dock/{bay}/events?watch={station}&seen={}", place(setting, seen));
    book.count(|counts| {
        counts.trips += 1;
        counts.legs_out += 1;
        counts.empty_out += 1;
    });
    let mut answer = client.get(url).send().await?.error_for_status()?;
    let _open = book.open();
    let mut buffer = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = buffer.drain(..end + 2).collect();
            arrived(&event, book, seen);
        }
    }
    Ok(())
}

fn arrived(event: &[u8], book: &Book, seen: &Seen) {
    let data = event.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"data: "));
    if let Some(load) = data.and_then(|data| Load::read(data).ok()) {
        let reached = book.load(&load, event.len(), seen.load(Ordering::Relaxed));
        seen.store(reached, Ordering::Relaxed);
    }
}

/// Sends trucks with words for as long as there are any.
async fn post(setting: Setting, door: Door, mut said: mpsc::UnboundedReceiver<Value>, seen: Seen) {
    let mut waiting: Vec<Value> = Vec::new();
    loop {
        if waiting.is_empty() {
            match said.recv().await {
                Some(word) => waiting.push(word),
                None => return std::future::pending().await,
            }
        }
        while let Ok(word) = said.try_recv() {
            waiting.push(word);
        }
        let aboard = &waiting[..waiting.len().min(ABOARD_MAX)];
        let body = json!({"v": 1, "fleet": setting.fleet, "park": 0, "seen": place(&setting, &seen),
            "watch": [setting.station], "say": aboard})
        .to_string();
        setting.book.count(|counts| {
            counts.trips += 1;
            counts.legs_out += 1;
            counts.bytes_up += body.len() as u64;
        });
        let outcome = door.send(body, None).await;
        match outcome.load {
            Ok(load) => {
                let reached = setting.book.load(&load, outcome.bytes, seen.load(Ordering::Relaxed));
                seen.store(reached, Ordering::Relaxed);
                waiting.retain(|word| !load.heard.iter().any(|id| word["id"] == id.as_str()));
            }
            Err(_) => {
                setting.book.count(|counts| counts.lost += 1);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
