//! The one vocabulary of units: in addresses, in cookies, and beside stored words.
//!
//! A name is words with `-` between them: `metric` or `us` for all units, and then words for single ones, such as `metric-kmh`. The
//! order does not matter, nor do capitals, so names of before (`F-us`, `us-c`) mean what they did.

use super::{DIMENSIONS, Dimension, Preference};

/// Longest name, bytes: all words there are, and more.
const NAME_MAX_BYTES: usize = 64;

/// A name that means nothing: a sentence with what does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadUnits {
    /// A word is not known.
    #[error(
        "units may be one of: metric, us, metric-f, us-c; or with more words for single units, such as metric-kmh-inhg: {}",
        words()
    )]
    Unknown,
    /// Two words are of one dimension.
    #[error("units name {0} and {1}, which measure the same: choose one")]
    Twice(&'static str, &'static str),
}

/// All words for single units.
fn words() -> String {
    let choices = DIMENSIONS.iter().flat_map(|dimension| dimension.choices);
    choices.map(|choice| choice.word).collect::<Vec<_>>().join(", ")
}

/// What a word says.
enum Word {
    /// All units.
    All(Preference),
    /// The choice of a dimension.
    One(usize, u8),
}

impl Word {
    fn of(word: &str) -> Option<Self> {
        match word {
            "metric" => return Some(Self::All(Preference::METRIC)),
            "us" => return Some(Self::All(Preference::US)),
            _ => {}
        }
        DIMENSIONS.iter().enumerate().find_map(|(at, dimension)| {
            let place = dimension.choices.iter().position(|choice| choice.word == word)?;
            Some(Self::One(at, u8::try_from(place).ok()?))
        })
    }
}

impl Preference {
    /// The units of a name.
    ///
    /// # Errors
    /// A word means nothing, or two contradict each other.
    pub fn named(name: &str) -> Result<Self, BadUnits> {
        if name.len() > NAME_MAX_BYTES {
            return Err(BadUnits::Unknown);
        }
        let name = name.to_ascii_lowercase();
        let words: Vec<Word> =
            name.split('-').map(|word| Word::of(word).ok_or(BadUnits::Unknown)).collect::<Result<_, _>>()?;
        let mut all = words.iter().filter_map(|word| match word {
            Word::All(preference) => Some(*preference),
            Word::One(..) => None,
        });
        let mut preference = all.next().unwrap_or_default();
        if all.any(|other| other != preference) {
            return Err(BadUnits::Twice("metric", "us"));
        }
        let mut said = [None; DIMENSIONS.len()];
        for word in &words {
            let Word::One(at, place) = *word else { continue };
            let word_of = |place: u8| DIMENSIONS[at].choices[usize::from(place)].word;
            if let Some(before) = said[at].replace(place).filter(|before| *before != place) {
                return Err(BadUnits::Twice(word_of(before), word_of(place)));
            }
            preference.chosen[at] = place;
        }
        Ok(preference)
    }

    /// The units that a name changes, where nobody can be told that it means nothing; the others stay. `metric` and `us` say nothing of
    /// the temperature here.
    pub fn read(mut self, name: &str) -> Self {
        for word in name.split('-').take(2 * DIMENSIONS.len()) {
            match Word::of(&word.to_ascii_lowercase()) {
                Some(Word::All(all)) => self = Self { chosen: all.chosen, ..self }.keeping_scale_of(self),
                Some(Word::One(at, place)) => self.chosen[at] = place,
                None => {}
            }
        }
        self
    }

    fn keeping_scale_of(mut self, other: Self) -> Self {
        self.chosen[0] = other.chosen[0];
        self
    }

    /// The name of the units: `c-metric`, `f-us`, `c-metric-kmh`. Nothing is said of the decimal sign.
    pub fn name(self) -> String {
        let differ = |all: Self| (1..DIMENSIONS.len()).filter(move |at| self.chosen[*at] != all.chosen[*at]);
        let (all, base) = match differ(Self::US).count() < differ(Self::METRIC).count() {
            true => (Self::US, "us"),
            false => (Self::METRIC, "metric"),
        };
        let mut name = format!("{}-{base}", self.word(0));
        for at in differ(all) {
            name.push('-');
            name.push_str(self.word(at));
        }
        name
    }

    /// The word of the choice of a dimension.
    fn word(self, at: usize) -> &'static str {
        DIMENSIONS[at].choices.get(usize::from(self.chosen[at])).map_or("", |choice| choice.word)
    }

    /// The word of the choice of a dimension.
    pub fn word_of(self, dimension: &Dimension) -> &'static str {
        DIMENSIONS.iter().position(|one| one.name == dimension.name).map_or("", |at| self.word(at))
    }

    /// A regular expression of names, for those who describe an address: the usual ones.
    pub fn pattern() -> String {
        let of = |dimension: &Dimension| {
            let words: Vec<_> = dimension.choices.iter().map(|choice| choice.word).collect();
            format!("(-({}))?", words.join("|"))
        };
        format!("^(metric|us){}$", DIMENSIONS.iter().map(of).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preference::Numbers;
    use crate::units::Unit;

    #[test]
    fn names_of_before_mean_what_they_did() {
        let (metric, us) = (Preference::METRIC, Preference::US);
        for (name, preference) in [
            ("metric", metric),
            ("us", us),
            ("metric-f", metric.other_scale()),
            ("us-c", us.other_scale()),
            ("F-us", us),
            ("C-metric", metric),
            ("C-us", us.other_scale()),
            ("metric-kmh-inhg", metric.with(Unit::KilometrePerHour).with(Unit::InchOfMercury)),
            ("kn", metric.with(Unit::Knot)),
            ("mmhg-us-kn", us.with(Unit::MillimetreOfMercury).with(Unit::Knot)),
        ] {
            assert_eq!(Preference::named(name), Ok(preference), "{name}");
        }
    }

    #[test]
    fn a_name_that_means_nothing_is_refused_with_those_that_do() {
        for name in ["", "kelvin", "metric-", "us_c", "metric kmh", &"us-".repeat(40)] {
            let told = Preference::named(name).expect_err(name).to_string();
            assert!(told.starts_with("units may be one of: metric, us,") && told.contains("mmhg"), "{told}");
        }
        assert_eq!(Preference::named("metric-us"), Err(BadUnits::Twice("metric", "us")));
        assert_eq!(
            Preference::named("kmh-kn").expect_err("two").to_string().split(',').next(),
            Some("units name kmh and kn")
        );
    }

    #[test]
    fn every_choice_has_a_name_that_is_read_back() {
        let mut all = vec![Preference::METRIC];
        for dimension in &DIMENSIONS {
            let choices = |before: Preference| dimension.choices.iter().map(move |choice| before.with(choice.unit));
            all = all.into_iter().flat_map(choices).collect();
        }
        assert_eq!(all.len(), 96);
        for preference in all {
            let name = preference.name();
            assert_eq!(Preference::named(&name), Ok(preference), "{name}");
            assert_eq!(Preference::US.read(&name), preference, "{name}");
            assert!(name.len() <= NAME_MAX_BYTES);
        }
        assert_eq!((Preference::METRIC.name(), Preference::US.name()), ("c-metric".into(), "f-us".into()));
        let comma = Preference::US.writing(Numbers::Comma);
        assert_eq!((comma.name(), comma.read("metric").numbers), ("f-us".into(), Numbers::Comma));
        assert_eq!(Preference::default().read("K-<script>-us"), Preference::US.other_scale());
    }
}
