//! What a truck takes aboard: everything, or the news of some topics.

use std::sync::Arc;

/// The topics a truck watches; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch(Topics);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Topics {
    All,
    /// Sorted, without repeats, never empty.
    Only(Arc<[Box<str>]>),
}

impl Watch {
    /// Takes everything.
    pub fn all() -> Self {
        Self(Topics::All)
    }

    /// Takes the news of these topics; no topics mean all.
    pub fn of(topics: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let mut topics: Vec<Box<str>> = topics.into_iter().map(Into::into).collect();
        if topics.is_empty() {
            return Self::all();
        }
        topics.sort_unstable();
        topics.dedup();
        Self(Topics::Only(topics.into()))
    }

    /// True if news of this topic comes aboard.
    pub fn takes(&self, topic: &str) -> bool {
        match &self.0 {
            Topics::All => true,
            Topics::Only(topics) => topics.binary_search_by(|held| held.as_ref().cmp(topic)).is_ok(),
        }
    }

    /// True if this takes all that `other` takes.
    pub fn covers(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Topics::All, _) => true,
            (Topics::Only(_), Topics::All) => false,
            (Topics::Only(_), Topics::Only(topics)) => topics.iter().all(|topic| self.takes(topic)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_topics_mean_all_topics() {
        assert!(Watch::of([""; 0]).takes("anything"));
        assert!(Watch::of(["b", "a", "b"]).takes("a"));
        assert!(!Watch::of(["b", "a"]).takes("c"));
    }

    #[test]
    fn a_watch_covers_another_if_it_takes_all_of_it() {
        let (all, ab, a) = (Watch::all(), Watch::of(["a", "b"]), Watch::of(["a"]));
        assert!(all.covers(&ab) && all.covers(&all) && ab.covers(&a) && ab.covers(&ab));
        assert!(!ab.covers(&all) && !a.covers(&ab));
    }
}
