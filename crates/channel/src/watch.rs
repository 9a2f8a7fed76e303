//! A watch says which news a truck takes aboard: all, or that of some topics.

use std::sync::Arc;

/// The first character of the topic of private news; the rest names the only visitor who may read it.
pub const PRIVATE: char = '@';

/// The topics a truck watches; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    topics: Topics,
    /// The visitor whose private news comes aboard as well.
    visitor: Option<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Topics {
    All,
    /// Sorted, without repeats, never empty.
    Only(Arc<[Box<str>]>),
}

impl Watch {
    /// Takes everything that is not private.
    pub fn all() -> Self {
        Self { topics: Topics::All, visitor: None }
    }

    /// Takes the news of these topics; no topics mean all.
    pub fn of(topics: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let mut topics: Vec<Box<str>> = topics.into_iter().map(Into::into).collect();
        if topics.is_empty() {
            return Self::all();
        }
        topics.sort_unstable();
        topics.dedup();
        Self { topics: Topics::Only(topics.into()), visitor: None }
    }

    /// Takes the private news of a visitor as well; of nobody else.
    pub fn with_private(self, visitor: Option<Arc<str>>) -> Self {
        Self { visitor, ..self }
    }

    /// Takes also the news of the topics that `now` says its topics have become.
    pub fn following(self, now: impl Fn(&str) -> Option<Box<str>>) -> Self {
        let Topics::Only(topics) = &self.topics else { return self };
        let more: Vec<Box<str>> = topics.iter().filter_map(|topic| now(topic)).collect();
        if more.is_empty() {
            return self;
        }
        let Self { topics, .. } = Self::of(topics.iter().cloned().chain(more));
        Self { topics, ..self }
    }

    /// True if news of this topic comes aboard.
    pub fn takes(&self, topic: &str) -> bool {
        if let Some(visitor) = topic.strip_prefix(PRIVATE) {
            return self.visitor.as_deref() == Some(visitor);
        }
        match &self.topics {
            Topics::All => true,
            Topics::Only(topics) => topics.binary_search_by(|held| held.as_ref().cmp(topic)).is_ok(),
        }
    }

    /// True if this takes all that `other` takes.
    pub fn covers(&self, other: &Self) -> bool {
        (other.visitor.is_none() || self.visitor == other.visitor)
            && match (&self.topics, &other.topics) {
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
    fn a_watch_follows_a_topic_that_has_become_another() {
        let now = |topic: &str| (topic == "a").then(|| "z".into());
        let watch = Watch::of(["a", "b"]).with_private(Some("ann".into())).following(now);
        assert!(["a", "b", "z", "@ann"].iter().all(|topic| watch.takes(topic)) && !watch.takes("c"));
        assert_eq!(Watch::of(["b"]).following(now), Watch::of(["b"]));
        assert_eq!(Watch::all().following(now), Watch::all());
    }

    #[test]
    fn a_watch_covers_another_if_it_takes_all_of_it() {
        let (all, ab, a) = (Watch::all(), Watch::of(["a", "b"]), Watch::of(["a"]));
        assert!(all.covers(&ab) && all.covers(&all) && ab.covers(&a) && ab.covers(&ab));
        assert!(!ab.covers(&all) && !a.covers(&ab));
    }

    #[test]
    fn private_news_comes_aboard_for_its_visitor_alone() {
        let of = |watch: Watch, visitor: &str| watch.with_private(Some(visitor.into()));
        for watch in [Watch::all(), Watch::of(["a"]), Watch::of(["@ann", "ann"])] {
            assert!(!watch.takes("@ann") && !watch.takes("@"), "{watch:?}");
            assert!(of(watch.clone(), "ann").takes("@ann"));
            assert!(!of(watch.clone(), "bob").takes("@ann") && !of(watch, "an").takes("@ann"));
        }
        assert!(!of(Watch::all(), "ann").takes("@@ann"));
    }

    #[test]
    fn a_watch_does_not_cover_what_is_private_to_another() {
        let of = |watch: Watch, visitor: &str| watch.with_private(Some(visitor.into()));
        let (all, ann, bob) = (Watch::all(), of(Watch::all(), "ann"), of(Watch::of(["a"]), "bob"));
        assert!(ann.covers(&all) && ann.covers(&ann) && ann.covers(&of(Watch::of(["a"]), "ann")));
        assert!(!all.covers(&ann) && !ann.covers(&bob) && !bob.covers(&ann));
    }
}
