//! Filters of topics: `+` is one level, `#` is all that follow (MQTT 3.1.1, 4.7). Pure.

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter(String);

/// Longest filter, in bytes, as the protocol has it.
const FILTER_MAX_BYTES: usize = 65_535;

impl Filter {
    /// Checks a filter.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > FILTER_MAX_BYTES || text.contains('\0') {
            return Err("is missing, or no text of a topic: write one such as \"tele/+/SENSOR\"".to_owned());
        }
        let mut levels = text.split('/').rev();
        let last = levels.next().unwrap_or_default();
        if (last.contains('#') && last.len() > 1) || levels.clone().any(|level| level.contains('#')) {
            return Err(format!("{text:?}: \"#\" must be the last level, and all of it"));
        }
        if text.split('/').any(|level| level.contains('+') && level.len() > 1) {
            return Err(format!("{text:?}: \"+\" must be a whole level"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every topic that fits has this level, counted from 0.
    pub(super) fn has_level(&self, level: usize) -> bool {
        self.0.split('/').filter(|part| *part != "#").count() > level
    }

    /// Whether a topic fits.
    pub(super) fn fits(&self, topic: &str) -> bool {
        // A broker's own topics fit only a filter that names them.
        if topic.starts_with('$') && !self.0.starts_with('$') {
            return false;
        }
        let (mut levels, mut parts) = (topic.split('/'), self.0.split('/'));
        loop {
            match (parts.next(), levels.next()) {
                // "a/#" is also "a".
                (Some("#"), _) => return true,
                (Some("+"), Some(_)) => {}
                (Some(part), Some(level)) if part == level => {}
                (None, None) => return true,
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_fits_as_the_standard_says() {
        for (filter, fitting, others) in [
            (
                "tele/+/SENSOR",
                &["tele/roof/SENSOR", "tele//SENSOR", "tele/süd/SENSOR"][..],
                &["tele/roof/LWT", "tele/a/b/SENSOR"][..],
            ),
            ("sport/#", &["sport", "sport/", "sport/a/b"], &["sports", "x/sport"]),
            ("#", &["a", "/a", "ü/b"], &["$SYS/broker/load"]),
            ("+/+", &["/finance", "a/b"], &["finance", "a/b/c", "$SYS/load"]),
            ("$SYS/#", &["$SYS/load"], &["SYS/load"]),
            ("/", &["/"], &["", "//"]),
            ("a", &["a"], &["A", "a/"]),
        ] {
            let filter = Filter::new(filter).expect(filter);
            assert!(fitting.iter().all(|topic| filter.fits(topic)), "{filter:?}");
            assert!(!others.iter().any(|topic| filter.fits(topic)), "{filter:?}");
        }
    }

    #[test]
    fn a_filter_that_no_broker_takes_is_refused() {
        for text in ["", "a#", "#/a", "a/#/b", "a+", "+a/b", "a/b+", "a\0"] {
            assert!(Filter::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn levels_are_counted_from_0_and_those_of_a_hash_may_be_absent() {
        let has = |filter: &str, level| Filter::new(filter).expect(filter).has_level(level);
        assert!(has("tele/+/SENSOR", 0) && has("tele/+/SENSOR", 2) && !has("tele/+/SENSOR", 3));
        assert!(has("a/#", 0) && !has("a/#", 1) && !has("#", 0));
    }
}
