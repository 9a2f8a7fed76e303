//! Keys that are shown once: a form makes a key and redirects, and the page behind shows it. A reload makes no second key.

use crate::storage::Key;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use weather::time::{MINUTE_MS, Timestamp};

/// A key waits so long for its page, ms.
const KEPT_MS: i64 = MINUTE_MS;
/// Keys that wait at once.
const KEPT_MAX: usize = 32;

/// Keys that wait for their page.
#[derive(Default)]
pub(super) struct Once(Mutex<VecDeque<Waiting>>);

struct Waiting {
    mark: String,
    slug: String,
    key: Key,
    until: Timestamp,
}

impl Once {
    /// Keeps the key of a station; returns the mark by which it is taken.
    pub(super) fn keep(&self, slug: &str, key: Key, now: Timestamp) -> String {
        let mark = crate::web::visitor::stranger().1;
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.until > now);
        while waiting.len() >= KEPT_MAX {
            waiting.pop_front();
        }
        let until = now.plus(KEPT_MS);
        waiting.push_back(Waiting { mark: mark.clone(), slug: slug.to_owned(), key, until });
        mark
    }

    /// Takes the key of a station that waits under this mark.
    pub(super) fn take(&self, slug: &str, mark: &str, now: Timestamp) -> Option<Key> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.until > now);
        let at = waiting.iter().position(|one| one.slug == slug && one.mark == mark && !mark.is_empty())?;
        waiting.remove(at).map(|one| one.key)
    }
}
