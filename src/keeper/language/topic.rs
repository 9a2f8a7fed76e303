//! What a question is about: which quantity of which sensor, of those that the station has.

use super::spelling::is_one_slip;
use super::tokens::Tokens;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::{Quantity, Words};
use weather::room;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// What the keeper knows before it reads a sentence.
#[derive(Debug, Clone)]
pub struct Context {
    /// Its station.
    pub here: Arc<Station>,
    /// Every datastream that the station has ever had a value of.
    pub known: Vec<(SensorName, Quantity)>,
    /// All other stations.
    pub others: Vec<Arc<Station>>,
    /// The visitor's units.
    pub preference: Preference,
    /// The time.
    pub now: Timestamp,
}

/// A datastream.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Which sensor; the main one's name is empty.
    pub sensor: SensorName,
    /// Which quantity.
    pub quantity: Quantity,
}

/// The quantity that a sentence names: by the name of the lowest rank among all that it holds.
pub fn quantity(tokens: &Tokens) -> Option<Quantity> {
    let names = Quantity::all().flat_map(|quantity| quantity.keeper().names.iter().map(move |name| (name, quantity)));
    let said = names.filter(|(name, _)| says(tokens, name.words));
    said.min_by_key(|(name, _)| name.rank).map(|(_, quantity)| quantity)
}

/// True if a sentence holds the words of a name.
fn says(tokens: &Tokens, words: Words) -> bool {
    match words {
        Words::Any(words) => tokens.any_of(words),
        Words::Each(lists, none) => lists.iter().all(|words| tokens.any_of(words)) && !tokens.any_of(none),
        Words::Phrase(words) => tokens.phrase(&words.split(' ').collect::<Vec<_>>()),
        // "PM 10", but not "at 6 pm".
        Words::Numbered(word, number) => tokens.find(&[word]).is_some_and(|at| {
            at.checked_sub(1).and_then(|before| tokens.number_at(before)).is_none()
                && tokens.number_at(at + 1) == Some(number)
        }),
    }
}

impl Context {
    /// The datastream for a quantity: of the sensor that the sentence names, else of the main one, else of the room that speaks for the station. `None`
    /// if the station has none. A station without any value yet may have it one day.
    pub fn topic(&self, quantity: Quantity, tokens: &Tokens) -> Option<Topic> {
        let named = self.sensor(tokens);
        if self.known.is_empty() {
            return Some(Topic { sensor: SensorName::main(), quantity });
        }
        let candidates = std::iter::once(quantity).chain(quantity.keeper().stand_ins.iter().copied());
        candidates.into_iter().find_map(|quantity| {
            let mut with = self.known.iter().filter(|(_, known)| *known == quantity).map(|(sensor, _)| sensor);
            let sensor = match named {
                Some(named) => with.find(|sensor| *sensor == named)?,
                None => with.min_by_key(|sensor| room::rank(sensor))?,
            };
            Some(Topic { sensor: sensor.clone(), quantity })
        })
    }

    /// True if the main sensor, or any, has that quantity or one that stands in for it.
    pub fn has(&self, quantity: Quantity) -> bool {
        !self.known.is_empty() && self.topic(quantity, &Tokens::default()).is_some()
    }

    /// The sensor that a sentence names by all the words of its name.
    pub fn sensor(&self, tokens: &Tokens) -> Option<&SensorName> {
        let says = |word: &str| {
            let inside = word.starts_with("indoor") || word == "inside";
            tokens.typed.iter().any(|typed| typed == word)
                || (inside && tokens.any(&["indoor", "indoors", "inside", "room"]))
        };
        let named = |sensor: &&SensorName| {
            !sensor.is_main() && sensor.as_str().split(['-', '_']).filter(|word| !word.is_empty()).all(says)
        };
        self.known.iter().map(|(sensor, _)| sensor).find(named)
    }

    /// Another station that a sentence names: by all the words of its name or its slug; with `hint`, also by one word
    /// that no other station's name has, and with a slip of a finger.
    pub fn station(&self, tokens: &Tokens, hint: bool) -> Option<&Arc<Station>> {
        let typed: Vec<&str> = tokens.typed.iter().map(String::as_str).collect();
        let whole = self.others.iter().find(|station| {
            let mut names = names(station).into_iter();
            names.any(|name| !name.is_empty() && typed.windows(name.len()).any(|window| window == name.as_slice()))
        });
        if whole.is_some() || !hint {
            return whole;
        }
        let close = |typed: &str, word: &str| typed == word || (word.chars().count() >= 5 && is_one_slip(typed, word));
        let mut hinted = self.others.iter().filter(|station| {
            names(station)
                .iter()
                .flatten()
                .any(|word| word.chars().count() > 3 && typed.iter().any(|typed| close(typed, word)))
        });
        let first = hinted.next()?;
        hinted.next().is_none().then_some(first)
    }
}

/// A station's name and slug as words.
fn names(station: &Station) -> [Vec<String>; 2] {
    let words = |text: &str| {
        let text = text.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    [words(&station.name), words(station.slug.as_str())]
}
