//! Questions of a kind that the keeper has no answer of. Without this, some word in them would get an answer to another question.

use super::almanac;
use crate::keeper::language::dates;
use crate::keeper::language::period::Period;
use crate::keeper::language::tokens::Tokens;
use crate::keeper::language::topic::{self, Context};
use crate::keeper::language::vocabulary::{COMPARE, LESS, MORE};
use weather::day;

/// Words for what no instrument here measures, beside snow.
const UNMEASURED: &[&str] = &[
    "fog",
    "foggy",
    "mist",
    "misty",
    "haze",
    "hazy",
    "cloud",
    "clouds",
    "cloudy",
    "overcast",
    "visibility",
    "thunder",
    "thunderstorm",
    "tide",
    "tides",
    "pollen",
];
/// Units of time that are counted.
const COUNTED: &[&str] =
    &["seconds", "minutes", "hours", "days", "nights", "weeks", "months", "years", "times", "frosts"];
/// Statistics that are not computed.
const STATISTICS: &[&str] = &["median", "percentile", "deviation", "variance", "humidex"];
/// Words that ask about the instruments, not about the weather.
const INSTRUMENTS: &[&str] =
    &["accurate", "accuracy", "precise", "precision", "reliable", "calibrated", "calibration", "resolution"];

/// Why a question cannot be answered, by its kind. `is_wish`: it asks for an alert.
pub(super) fn unanswerable(tokens: &Tokens, context: &Context, is_wish: bool) -> Option<String> {
    let is_named = context.sensor(tokens).is_some() || context.station(tokens, true).is_some();
    let unmeasured = tokens.find(UNMEASURED).and_then(|at| tokens.at(at)).filter(|_| !is_named);
    let weather = topic::quantity(tokens).is_some();
    let last = tokens.all.len().checked_sub(1).and_then(|last| tokens.at(last));
    let meaning = weather && tokens.any(&["does"]) && matches!(last, Some("mean" | "work" | "works"));
    let why = tokens.at(0) == Some("why") || tokens.any(INSTRUMENTS) || tokens.phrase(&["do", "you", "measure"]);
    if let Some(word) = unmeasured {
        Some(format!("I have no instrument for \"{word}\"."))
    } else if is_wish && almanac::is_of_the_sky(tokens) && !is_named {
        Some("I warn of what I measure, not of the sun and the moon.".to_owned())
    } else if why || meaning {
        Some("I tell what my instruments measure. I do not explain it, nor them.".to_owned())
    } else if is_duration(tokens) {
        Some(
            "I count frost days, ice days, summer days, hot days and tropical nights, but no other days, hours or times, and do not \
             tell how long something lasts. I know lows, highs, means, sums of rain, and when something was last so."
                .to_owned(),
        )
    } else if let Some(word) = tokens.find(STATISTICS).and_then(|at| tokens.at(at)) {
        Some(format!("I do not compute the {word}. I know lows, highs, means and sums of rain."))
    } else if is_wish {
        None
    } else {
        comparison(tokens, context)
    }
}

/// A comparison with what the keeper does not compare with.
fn comparison(tokens: &Tokens, context: &Context) -> Option<String> {
    let period = dates::find(tokens, day::date_at(&context.here.zone, context.now));
    let than = tokens.find(&["than"]).filter(|_| tokens.any(LESS) || tokens.any(MORE));
    let is_limit = than.is_some_and(|at| tokens.number_at(at + 1).is_some());
    let is_near = matches!(period, None | Some(Period::Today | Period::Yesterday));
    let same_time = tokens.phrase(&["this", "time"]) || tokens.phrase(&["same", "time"]);
    let ago = tokens.find(&["last"]).and_then(|at| tokens.at(at + 1));
    let of_then = same_time && matches!(ago, Some("year" | "month" | "week"));
    let of_a_stretch = than.is_some() && !is_near && !is_limit && context.station(tokens, true).is_none();
    if of_then || of_a_stretch {
        return Some(
            "I compare with this time yesterday, and with other stations, not with other stretches of time.".to_owned(),
        );
    }
    let sides = [&["indoor", "indoors", "inside"][..], &["outdoor", "outdoors", "outside"]];
    (tokens.any(COMPARE) && sides.iter().all(|side| tokens.any(side)))
        .then(|| "I compare stations, not two sensors of one. Ask me for each of them.".to_owned())
}

/// True if something is to be counted, or timed: `how many days`, `how often`, `how long`, `for more than 3 hours`.
fn is_duration(tokens: &Tokens) -> bool {
    let is = |at: usize, words: &[&str]| tokens.at(at).is_some_and(|word| words.contains(&word));
    let counts = |at: usize| (1..=2).any(|on| is(at + on, COUNTED));
    let asked = (0..tokens.all.len()).any(|at| match tokens.at(at) {
        Some("many") => counts(at),
        Some("number") => tokens.at(at + 1) == Some("of") && counts(at + 1),
        Some("often" | "long") => at > 0 && tokens.at(at - 1) == Some("how"),
        _ => false,
    });
    let lasts = |at: &usize| {
        tokens.at(*at) == Some("for")
            && (1..=3).any(|on| tokens.number_at(at + on).is_some() && dates::is_time(tokens, at + on + 1))
            && !(1..=3).any(|on| is(at + on, &["last", "past", "previous"]))
    };
    asked || (0..tokens.all.len()).any(|at| lasts(&at))
}
