//! A page fed by Server-Sent Events: a stream down, and trucks that do not park up, one at a time.

use super::book::{Book, Questions};
use super::error::Error;
use super::setting::{Setting, Words};
use crate::home::Load;
use crate::page::trip::{Door, SECRET};
use crate::page::{self, new_id};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Words aboard one truck, as home's.
const ABOARD_MAX: usize = 16;
/// A stream that broke is opened again after this.
const AGAIN: Duration = Duration::from_millis(250);

/// How far the page has seen, by its stream and its trucks. It is locked while a load is applied, so that no item of
/// two loads counts twice.
#[derive(Clone)]
struct Seen(Arc<Mutex<u64>>);

impl Seen {
    fn place(&self, setting: &Setting) -> String {
        format!("{}.{}", setting.seen.epoch(), self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn reaches(&self, apply: impl FnOnce(u64) -> u64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = apply(*seen);
    }
}

/// Opens a page.
pub(super) fn spawn(tasks: &mut JoinSet<()>, setting: Setting, mut words: Words) -> Result<(), Error> {
    let bay = new_id()?.as_str().to_owned();
    let secret = new_id()?.as_str().to_owned();
    let door = Door::new(&setting.url, &bay, &secret, 1)?;
    let client = Client::builder().no_proxy().build().map_err(page::Error::from)?;
    let seen = Seen(Arc::new(Mutex::new(setting.seen.seq())));
    let (say, said) = mpsc::unbounded_channel();
    let questions = Questions::default();
    let (asking, asked) = (setting.clone(), questions.clone());
    tasks.spawn(async move {
        while words.next().await.is_some() {
            let Some(word) = asking.word() else { return };
            asking.book.count(|counts| counts.words += 1);
            asked.asked();
            if say.send(word).is_err() {
                return;
            }
        }
    });
    tasks.spawn(post(setting.clone(), door, said, seen.clone(), questions.clone()));
    tasks.spawn(async move {
        loop {
            // Whatever ended it, it is opened again.
            let _ = stream(&setting, &client, (&bay, &secret), &seen, &questions).await;
            setting.book.count(|counts| counts.lost += 1);
            tokio::time::sleep(AGAIN).await;
        }
    });
    Ok(())
}

/// Reads a stream to its end.
async fn stream(
    setting: &Setting,
    client: &Client,
    (bay, secret): (&str, &str),
    seen: &Seen,
    questions: &Questions,
) -> Result<(), reqwest::Error> {
    let Setting { url, station, book, .. } = setting;
    let url = format!("{url}/dock/{bay}/events?watch={station}&seen={}", seen.place(setting));
    book.count(|counts| {
        counts.trips += 1;
        counts.legs_out += 1;
        counts.empty_out += 1;
    });
    let mut answer = client.get(url).header(SECRET, secret).send().await?.error_for_status()?;
    let _open = book.open();
    let mut buffer = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        buffer.extend_from_slice(&chunk);
        while let Some(end) = buffer.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = buffer.drain(..end + 2).collect();
            arrived(&event, book, seen, questions);
        }
    }
    Ok(())
}

fn arrived(event: &[u8], book: &Book, seen: &Seen, questions: &Questions) {
    let data = event.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"data: "));
    if let Some(load) = data.and_then(|data| Load::read(data).ok()) {
        seen.reaches(|seen| book.load(&load, event.len(), seen, questions));
    }
}

/// Sends trucks with words for as long as there are any.
async fn post(
    setting: Setting,
    door: Door,
    mut said: mpsc::UnboundedReceiver<Value>,
    seen: Seen,
    questions: Questions,
) {
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
        let body = json!({"v": 1, "fleet": setting.fleet.name, "park": 0, "seen": seen.place(&setting),
            "watch": [&*setting.station], "say": aboard})
        .to_string();
        setting.book.count(|counts| {
            counts.trips += 1;
            counts.legs_out += 1;
            counts.bytes_up += body.len() as u64;
        });
        let arrival = door.send(body).await;
        match arrival.load {
            Ok(load) => {
                seen.reaches(|seen| setting.book.load(&load, arrival.bytes, seen, &questions));
                let waited = waiting.len();
                waiting.retain(|word| !load.heard.iter().any(|id| word["id"] == id.as_str()));
                setting.book.count(|counts| counts.words_delivered += (waited - waiting.len()) as u64);
            }
            Err(_) => {
                setting.book.count(|counts| counts.lost += 1);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
