//! The courier follows what storage commits and announces it to the dock.

use crate::storage::{Commits, Entry};
use channel::clipboard::Id;
use channel::watch::PRIVATE;
use channel::{Dock, News};
use serde::Deserialize;
use weather::time::nearest_ms;

/// A journal entry as the dock takes it: the topic is the station's slug, or the visitor who alone may read it.
pub fn news(entry: Entry) -> News {
    let word = entry.visitor.as_ref().and_then(|_| word(&entry.body));
    let topic = match &entry.visitor {
        Some(visitor) => format!("{PRIVATE}{}", visitor.as_str()).into(),
        None => entry.station,
    };
    News { seq: entry.seq, topic, word, committed_ms: entry.committed_at.0, body: entry.body }
}

/// The word that an entry tells of, if a visitor has said it.
fn word(body: &[u8]) -> Option<Id> {
    #[derive(Deserialize)]
    struct Said {
        id: String,
        from: String,
    }
    let Said { id, from } = serde_json::from_slice(body).ok()?;
    if from == "you" { Id::new(&id).ok() } else { None }
}

/// Carries commits to the dock, in order, until storage is closed; `also` is shown them on the way.
pub async fn run(mut commits: Commits, dock: Dock, mut also: impl FnMut(&[Entry])) {
    while let Some(committed) = commits.next().await {
        let entries = committed.into_entries();
        also(&entries);
        // The journal's own time was taken before the commit; only from now on nothing takes the entry back.
        #[expect(clippy::disallowed_methods, reason = "a worker: the moment after the commit")]
        let committed_ms = nearest_ms(chrono::Utc::now());
        dock.announce(entries.into_iter().map(|entry| News { committed_ms, ..news(entry) }).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_the_word_that_a_visitor_said() {
        let word = |body: &str| word(body.as_bytes()).map(|id| id.as_str().to_owned());
        let said =
            |from: &str| format!(r#"{{"kind":"words","id":"word-number-00001","from":"{from}","text":"\u00e4"}}"#);
        assert_eq!(word(&said("you")).as_deref(), Some("word-number-00001"));
        assert_eq!(word(&said("robot")), None);
        assert_eq!(word(r#"{"kind":"forgotten","station":"a"}"#), None);
        assert_eq!(word(r#"{"kind":"words","id":"short","from":"you"}"#), None);
    }
}
