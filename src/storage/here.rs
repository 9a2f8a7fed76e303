//! Which visitors are at servers that do not lead, so that the one that leads tells them their news at once. Nothing of it is stored, and
//! what is lost is harmless: an open page sends a request every 45 s at least.

use super::words::Visitor;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;

/// Visitors that wait to be told; further ones are told of their next request.
const WAITING_MAX: usize = 20_000;
/// Who was told is told again after this time only. With the 45 s of pages it is less than the minute for which a visitor is here.
const AGAIN: Duration = Duration::from_secs(10);
/// So many fit into one telling: the database takes 8,000 bytes.
pub(super) const TOGETHER_MAX: usize = 300;
/// Tellings that the keeper has not heard yet.
const HEARD_MAX: usize = 64;

/// Visitors on their way to the server that leads. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Here {
    waiting: Arc<Mutex<Waiting>>,
    heard: broadcast::Sender<Vec<Visitor>>,
}

#[derive(Debug, Default)]
struct Waiting {
    visitors: HashSet<Visitor>,
    told: HashSet<Visitor>,
    told_since: Option<Instant>,
}

impl Here {
    pub(super) fn new() -> Self {
        Self { waiting: Arc::default(), heard: broadcast::channel(HEARD_MAX).0 }
    }

    /// A visitor is here.
    pub(super) fn comes(&self, visitor: &Visitor) {
        let mut waiting = self.lock();
        if waiting.visitors.len() < WAITING_MAX && !waiting.told.contains(visitor) {
            waiting.visitors.insert(visitor.clone());
        }
    }

    /// Some of those who wait, as one text; `None`: nobody does.
    pub(super) fn take(&self, now: Instant) -> Option<String> {
        let mut waiting = self.lock();
        if waiting.told_since.is_none_or(|since| now.saturating_duration_since(since) >= AGAIN) {
            waiting.told.clear();
            waiting.told_since = Some(now);
        }
        let some: Vec<Visitor> = waiting.visitors.iter().take(TOGETHER_MAX).cloned().collect();
        for visitor in &some {
            waiting.visitors.remove(visitor);
            waiting.told.insert(visitor.clone());
        }
        let names: Vec<&str> = some.iter().map(Visitor::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// Another server has told this text.
    pub(super) fn told(&self, text: &str) {
        // An error means that nobody listens: this server does not lead.
        let _ = self.heard.send(text.split(' ').map(|name| Visitor::stored(name.to_owned())).collect());
    }

    /// Hears who comes to other servers from now on.
    pub(super) fn hear(&self) -> broadcast::Receiver<Vec<Visitor>> {
        self.heard.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::lead::now;

    #[test]
    fn a_visitor_is_told_once_in_ten_seconds_and_many_in_several_texts() {
        let (here, start) = (Here::new(), now());
        let visitors: Vec<Visitor> = (0..301).map(|n| Visitor::of_secret(&n.to_string())).collect();
        visitors.iter().for_each(|visitor| here.comes(visitor));
        let lengths = || here.take(start).map(|text| text.split(' ').count());
        assert_eq!([lengths(), lengths(), lengths()], [Some(300), Some(1), None]);
        here.comes(&visitors[0]);
        assert_eq!(lengths(), None, "it was just told");
        assert_eq!(here.take(start + AGAIN), None);
        here.comes(&visitors[0]);
        let mut heard = here.hear();
        here.told(&here.take(start + AGAIN).expect("again"));
        assert_eq!(heard.try_recv().expect("told"), [visitors[0].clone()]);
    }
}
