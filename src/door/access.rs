//! The access log, where it is asked for: a line for each answered request.

use crate::web::head::Head;
use crate::web::secrets::{Veil, masked_path, without_logins};
use crate::web::{Options, client};
use std::net::IpAddr;
use std::time::Instant;

/// Names of pairs that are secrets to some senders, beside those that are so everywhere.
const SECRETS: [&str; 2] = ["p", "id"];

/// Longest method that is told, in characters: no method is longer, but something else may stand in its place.
const METHOD_MAX_CHARS: usize = 16;

/// A request that is to be told of when it has its answer.
pub(crate) struct Asked {
    begun: Instant,
    from: Option<IpAddr>,
    method: String,
    target: String,
    agent: String,
    /// The station, if a key has told it.
    station: Option<String>,
}

impl Asked {
    /// What the log will tell of the request with this head.
    pub(crate) fn of(head: &dyn Head, options: &Options) -> Box<Self> {
        let target = match head.query() {
            Some(query) => format!("{}?{query}", head.path()),
            None => head.path().to_owned(),
        };
        let mut veil = Veil::new(&SECRETS);
        let target = masked_path(&veil.over(&target));
        let agent = veil.over(head.first("User-Agent").unwrap_or_default());
        // What was hidden in one of them may stand in the other without its name.
        let shown = |text: &str| options.metrics_token.hidden_in(&without_logins(&veil.told(text)));
        let (target, agent) = (shown(&target), shown(&agent));
        let from = client::address(head, options);
        Box::new(Self { begun: instant(), from, method: method(head.method()), target, agent, station: None })
    }

    /// The same of a station's request.
    pub(crate) fn is_of(&mut self, station: &str) {
        self.station = Some(station.to_owned());
    }

    /// Tells the log. `bytes`: of the body; `None` for a stream or a file, which had its answer when it began.
    pub(crate) fn answered(self, status: u16, bytes: Option<usize>) {
        let Self { begun, from, method, target, agent, station } = self;
        let ms = u64::try_from(instant().saturating_duration_since(begun).as_millis()).unwrap_or(u64::MAX);
        let (from, bytes) = (from.map(tracing::field::display), bytes.map(|bytes| bytes as u64));
        let agent = Some(agent).filter(|agent| !agent.is_empty());
        tracing::info!(target: "stevenson::access", from, method, target, status, bytes, ms, station, agent, "answered");
    }
}

fn method(sent: &str) -> String {
    match sent.char_indices().nth(METHOD_MAX_CHARS) {
        Some(_) => "…".to_owned(),
        None => sent.to_owned(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a door: it measures how long an answer takes")]
fn instant() -> Instant {
    Instant::now()
}
