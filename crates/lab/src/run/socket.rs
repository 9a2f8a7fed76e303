//! A page fed by a WebSocket: clipboards up, loads down, on one line.

use super::book::Questions;
use super::error::Error;
use super::setting::{Setting, Words};
use crate::home::Load;
use crate::page::new_id;
use crate::page::trip::SECRET;
use channel::clipboard::Id;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// A line that broke is opened again after this.
const AGAIN: Duration = Duration::from_millis(250);

/// A page.
struct Line {
    setting: Setting,
    bay: Id,
    /// By which the page is the same visitor on every line.
    secret: Id,
    seen: u64,
    /// Words that are not confirmed yet.
    waiting: Vec<Value>,
    questions: Questions,
}

/// Opens a page.
pub(super) fn spawn(tasks: &mut JoinSet<()>, setting: Setting, mut words: Words) -> Result<(), Error> {
    let seen = setting.seen.seq();
    let questions = Questions::default();
    let (asking, asked) = (setting.clone(), questions.clone());
    let mut line = Line { setting, bay: new_id()?, secret: new_id()?, seen, waiting: Vec::new(), questions };
    let (say, mut said) = mpsc::unbounded_channel();
    tasks.spawn(async move {
        while words.next().await.is_some() {
            let Some(word) = asking.word() else { return };
            asking.book.count(|counts| counts.words += 1);
            asked.asked();
            if say.send(word).is_err() {
                return;
            }
        }
        // A page that has nothing more to say keeps listening.
        std::future::pending::<()>().await;
    });
    tasks.spawn(async move {
        loop {
            // Whatever ended it, it is opened again.
            let _ = line.talk(&mut said).await;
            line.setting.book.count(|counts| counts.lost += 1);
            tokio::time::sleep(AGAIN).await;
        }
    });
    Ok(())
}

impl Line {
    /// A clipboard with these words.
    fn clipboard(&self, say: &[Value]) -> Message {
        let Setting { fleet, park_ms, station, seen, book, .. } = &self.setting;
        let seen = format!("{}.{}", seen.epoch(), self.seen);
        let text =
            json!({"v": 1, "fleet": fleet.name, "park": park_ms, "seen": seen, "watch": [&**station], "say": say})
                .to_string();
        book.count(|counts| {
            counts.legs_out += 1;
            counts.empty_out += u64::from(say.is_empty());
            counts.bytes_up += text.len() as u64;
        });
        Message::Text(text)
    }

    async fn talk(&mut self, said: &mut mpsc::UnboundedReceiver<Value>) -> Result<(), Error> {
        let failed = |error: tokio_tungstenite::tungstenite::Error| Error::Socket(error.to_string());
        let book = self.setting.book.clone();
        book.count(|counts| counts.trips += 1);
        let url = format!("ws://{}/dock/{}/socket", self.setting.address, self.bay.as_str());
        let mut request = url.into_client_request().map_err(failed)?;
        let secret = HeaderValue::from_str(self.secret.as_str()).map_err(|error| Error::Socket(error.to_string()))?;
        request.headers_mut().insert(SECRET, secret);
        let tcp = TcpStream::connect(self.setting.address).await.map_err(|error| failed(error.into()))?;
        tcp.set_nodelay(true).map_err(|error| failed(error.into()))?;
        let (mut line, _) = tokio_tungstenite::client_async(request, tcp).await.map_err(failed)?;
        line.send(self.clipboard(&self.waiting)).await.map_err(failed)?;
        let _open = book.open();
        loop {
            tokio::select! {
                word = said.recv() => {
                    let Some(word) = word else { return Ok(()) };
                    let frame = self.clipboard(std::slice::from_ref(&word));
                    self.waiting.push(word);
                    line.send(frame).await.map_err(failed)?;
                }
                frame = line.next() => {
                    let Some(frame) = frame else { return Ok(()) };
                    let Message::Text(text) = frame.map_err(failed)? else { continue };
                    if let Ok(load) = Load::read(text.as_bytes()) {
                        self.seen = book.load(&load, text.len(), self.seen, &self.questions);
                        let waited = self.waiting.len();
                        self.waiting.retain(|word| !load.heard.iter().any(|id| word["id"] == id.as_str()));
                        book.count(|counts| counts.words_delivered += (waited - self.waiting.len()) as u64);
                    }
                }
            }
        }
    }
}
