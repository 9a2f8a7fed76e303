//! Bells: a station's rings when something public of it is committed.

use crate::storage::Entry;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The bells of all stations that somebody waits for, by slug; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<Mutex<HashMap<Arc<str>, watch::Sender<()>>>>);

impl Bell {
    /// Rings for these entries. A bell that nobody waits for is taken down.
    pub fn rings(&self, entries: &[Entry]) {
        let mut bells = self.bells();
        if bells.is_empty() {
            return;
        }
        for entry in entries.iter().filter(|entry| entry.visitor.is_none()) {
            let is_heard = bells.get(&entry.station).is_none_or(|bell| bell.send(()).is_ok());
            if !is_heard {
                bells.remove(&entry.station);
            }
        }
    }

    /// The bell of a station.
    pub(super) fn by(&self, slug: &str) -> watch::Receiver<()> {
        let mut bells = self.bells();
        match bells.get(slug) {
            Some(bell) => bell.subscribe(),
            None => {
                let (bell, heard) = watch::channel(());
                bells.insert(slug.into(), bell);
                heard
            }
        }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<Arc<str>, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::words::Visitor;
    use weather::time::Timestamp;

    #[test]
    fn a_bell_rings_for_what_is_public_of_its_station_and_is_taken_down_after_use() {
        let bell = Bell::default();
        let entry = |station: &str, visitor: Option<&str>| Entry {
            seq: 1,
            station: station.into(),
            visitor: visitor.map(Visitor::of_secret),
            committed_at: Timestamp(0),
            body: "{}".into(),
        };
        let heard = bell.by("a");
        bell.rings(&[entry("b", None), entry("a", Some("v"))]);
        assert_eq!(heard.has_changed().ok(), Some(false));
        bell.rings(&[entry("a", None)]);
        assert_eq!(heard.has_changed().ok(), Some(true));
        drop(heard);
        bell.rings(&[entry("a", None)]);
        assert!(bell.bells().is_empty());
    }
}
