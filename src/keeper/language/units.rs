//! How people write units, and where in a sentence a unit stands.

use super::tokens::Tokens;
use super::topic::Context;
use super::vocabulary::is_known;
use weather::preference::Preference;
use weather::units::Unit;

/// Units that people know and weather stations here do not speak.
const FOREIGN: &[&str] = &[
    "k", "kelvin", "kelvins", "rankine", "beaufort", "bft", "bf", "force", "bar", "bars", "kpa", "atm", "torr", "psi",
    "cm", "ft", "feet", "foot", "fps", "ft/s", "ft/min", "lux", "lx", "mg/m3", "g/m3", "ppb", "mv", "litres", "liters",
    "l/m2", "km/s", "m/h", "cm/h", "mach", "yards", "furlongs",
];

/// Words that may stand behind a number without being its unit.
const BEHIND: &[&str] = &[
    "in", "on", "at", "of", "or", "and", "but", "for", "the", "a", "it", "if", "please", "again", "outdoors", "here",
    "there", "now", "then", "to", "from", "with", "me", "i", "you", "pm2.5", "pm25", "pm10", "co2", "uv", "pls",
    "thanks", "thx", "today", "tonight", "by", "during", "ever", "this", "that", "last", "yet", "before", "after",
    "all", "day", "every", "some", "once", "whenever", "my", "your", "room", "air", "just", "right", "soon",
    "anywhere", "anyway", "too", "midnight", "noon", "morning", "since", "is", "was", "per", "up", "above", "over",
    "ago", "h", "am", "pm", "any", "so", "lately", "already", "times", "until", "than", "while", "between", "plus",
    "also",
];

/// The unit that a word is.
pub fn spelled(word: &str) -> Option<Unit> {
    Unit::from_spelling(word)
}

/// The unit that a sentence names away from its number: `wind in knots above 5`.
pub fn named(tokens: &Tokens) -> Option<Unit> {
    (0..tokens.all.len()).find_map(|at| {
        let word = tokens.at(at)?;
        // Short ones are a unit only where the sentence says so: `in f`.
        let said = word.len() > 2 || (at > 0 && tokens.at(at - 1) == Some("in"));
        Some(word).filter(|_| said).and_then(spelled)
    })
}

/// The preference to answer in: the visitor's, unless the question names a unit (`how cold is it in fahrenheit`).
pub fn asked_in(text: &str, preference: Preference) -> Preference {
    let tokens = Tokens::of(text);
    let asked = |at: usize| tokens.at(at + 1).filter(|_| tokens.at(at) == Some("in")).and_then(spelled);
    match (0..tokens.all.len()).find_map(asked) {
        // A pressure `in inches` is in those of mercury.
        Some(Unit::Inch) => preference.with(Unit::Inch).with(Unit::InchOfMercury),
        Some(unit) => preference.with(unit),
        None => preference,
    }
}

/// True if a word is a unit, known here or not.
pub fn is_unit(word: &str) -> bool {
    FOREIGN.contains(&word) || spelled(word).is_some()
}

/// The unit in a sentence with a number that is none here: `7 beaufort`, `in kelvin`.
pub fn foreign(tokens: &Tokens, context: &Context) -> Option<String> {
    let behind = |at: usize| {
        let degrees = matches!(tokens.at(at + 1), Some("degrees" | "degree" | "deg"));
        let place = at + 1 + usize::from(degrees);
        tokens.number_at(at)?;
        let word = tokens.at(place)?;
        let per_hour = matches!(word, "kilometres" | "kilometers" | "km" | "miles" | "metres" | "meters")
            && matches!(tokens.at(place + 1), Some("per" | "an" | "a"));
        let is_unit = spelled(word).is_some();
        let means = is_known(word) || BEHIND.contains(&word);
        let of_sensor =
            context.known.iter().any(|(sensor, _)| sensor.as_str().split(['-', '_']).any(|part| part == word));
        (!is_unit && !per_hour && !means && !of_sensor).then(|| word.to_owned())
    };
    (0..tokens.all.len()).find_map(|at| foreign_at(tokens, at).or_else(|| behind(at)))
}

/// The unit at a place that people know and that is none here.
pub fn foreign_at(tokens: &Tokens, at: usize) -> Option<String> {
    let said = |word: &str| {
        let before = at.checked_sub(1).and_then(|before| tokens.at(before));
        word.len() > 2 && word != "force" && word != "bar" || before == Some("in")
    };
    tokens.at(at).filter(|word| FOREIGN.contains(word) && said(word)).map(str::to_owned)
}
