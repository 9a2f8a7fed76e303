//! What a visitor wants of their alerts, from the words they say it with.

use super::rule::{Beyond, Rule};
use crate::keeper::language::measure::Measure;
use crate::keeper::language::sentence::what;
use crate::keeper::language::tokens::Tokens;
use crate::keeper::language::topic::{self, Context};
use crate::keeper::language::units;
use crate::keeper::language::vocabulary::{ABOVE, ALERTS, BELOW, FORGET, LESS, MORE, QUESTION, SILENT, WARN};
use crate::storage::Side;
use weather::quantity::Quantity;
use weather::units::Unit;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Keep a new one.
    Add(Rule),
    /// Say which there are.
    List,
    /// Forget those numbers.
    Forget(Vec<u32>),
    /// Forget all of them.
    ForgetAll,
    /// Some are to be forgotten, but which?
    ForgetWhich,
    /// It cannot be done, and why.
    Refuse(String),
}

/// Frost begins below this, °C.
const FREEZING_C: f64 = 0.0;
/// Words that turn a wish round.
const NOT: &[&str] = &[
    "not", "dont", "doesnt", "isnt", "arent", "wont", "didnt", "never", "no", "nothing", "without", "unless", "until",
    "till", "except", "neither", "nor", "cannot", "cant", "aint", "shouldnt",
];
/// Words for an end.
const ENDING: &[&str] = &["stop", "stops", "stopped", "stopping", "ends", "end", "ended", "ceases"];
/// Words that join two conditions.
const JOINING: &[&str] = &["and", "but", "while", "plus", "between", "also"];
const FREEZING: &[&str] = &["freezing", "freezes", "freeze", "froze", "frozen", "frost", "frosty", "freezer"];

/// The command in a sentence, if it is one.
pub fn command(tokens: &Tokens, context: &Context) -> Option<Command> {
    forget(tokens).or_else(|| list(tokens)).or_else(|| add(tokens, context))
}

fn forget(tokens: &Tokens) -> Option<Command> {
    let place = tokens.find(FORGET)?;
    let numbers: Vec<u32> = tokens
        .numbers()
        .filter(|n| *n >= 0.0 && *n <= f64::from(u32::MAX) && n.fract() == 0.0)
        .map(|n| n as u32)
        .collect();
    let all = tokens.any(&["all", "everything", "every"]);
    let about_alerts = tokens.any(ALERTS) || tokens.any(&["warning", "telling", "alerting"]);
    let asks = tokens.any(QUESTION) || tokens.any(&["when", "if"]);
    match (numbers.is_empty(), all) {
        _ if asks => None,
        (false, _) if place == 0 || about_alerts => Some(Command::Forget(numbers)),
        (true, true) => Some(Command::ForgetAll),
        (true, false) if about_alerts || (place == 0 && tokens.all.len() <= 3) => Some(Command::ForgetWhich),
        _ => None,
    }
}

fn list(tokens: &Tokens) -> Option<Command> {
    let named = tokens.any(&["alerts", "warnings", "rules", "alarms"]) && side(tokens).is_none();
    (named || tokens.at(0) == Some("list")).then_some(Command::List)
}

fn add(tokens: &Tokens, context: &Context) -> Option<Command> {
    let first = tokens.at(0).unwrap_or_default();
    let told = tokens.any(WARN) || tokens.phrase(&["let", "me", "know"]);
    let condition = matches!(first, "if" | "when" | "once") && !QUESTION.contains(&tokens.at(1).unwrap_or_default());
    let when = condition || (told && tokens.any(&["if", "when", "once", "whenever"]));
    let limit = limit(tokens);
    // "Do not warn me" begins like a question.
    let asks = QUESTION.contains(&first) && !condition && !(told && tokens.any(NOT));
    // A limit alone is a wish only if it says of what, and is no tale of what was.
    let told_of_what =
        topic::quantity(tokens).is_some() || limit.is_some_and(|(_, measure)| measure.implied().is_some());
    let tale = tokens.any(&["last", "was", "were", "went", "did", "had", "has", "got", "yesterday", "ago"]);
    let bare = !asks && told_of_what && limit.is_some() && !tale;
    let frost = tokens.all.len() == 1 && first == "frost";
    let warned = told && !tokens.any(&["tell", "inform"]);
    if asks && !(told && when) || !(when || bare || frost || warned) {
        return None;
    }
    if let Some(reason) = entangled(tokens, context) {
        return Some(Command::Refuse(reason));
    }
    let freezing = tokens.any(FREEZING);
    let rainy = topic::quantity(tokens) == Some(Quantity::Precipitation);
    let command = match limit {
        Some((side, measure)) => beyond(side, measure, tokens, context),
        None if rainy => rain(tokens, context),
        None if tokens.any(SILENT) || tokens.phrase(&["stop", "reporting"]) => Command::Add(Rule::Silence),
        None if freezing => {
            let measure = Measure { number: FREEZING_C, unit: Some(Unit::Celsius) };
            beyond(Side::Below, measure, tokens, context)
        }
        None if tokens.numbers().next().is_some() => Command::Refuse(
            "Above or below? Say for example \"warn me below 0 °C\" or \"warn me above 30 °C\".".to_owned(),
        ),
        None => Command::Refuse(
            "I can warn you of a limit (\"warn me below 0 °C\"), of rain (\"tell me when it rains\") and of silence \
             (\"tell me if you go silent\")."
                .to_owned(),
        ),
    };
    Some(command)
}

/// Why a wish cannot be taken as the single plain condition that an alert is, if it cannot: half of it would be a wrong
/// alert.
fn entangled(tokens: &Tokens, context: &Context) -> Option<String> {
    let silence = tokens.any(SILENT) && side(tokens).is_none() && topic::quantity(tokens).is_none();
    if tokens.any(NOT) || (tokens.any(ENDING) && !silence && !tokens.phrase(&["stop", "reporting"])) {
        return Some(
            "I can only watch for what is, not for what is not or what stops. Say for example \"warn me below 0 °C\"; \
             each alert also says when it is over. To take one back, say \"list\" and \"forget 1\"."
                .to_owned(),
        );
    }
    let either = |at: usize| {
        let next = tokens.at(at + 1).unwrap_or_default();
        !(LESS.contains(&next) || MORE.contains(&next) || BELOW.contains(&next) || ABOVE.contains(&next))
    };
    let joined = tokens.find(JOINING).is_some() || tokens.find(&["or"]).is_some_and(either);
    if joined || sides(tokens) > 1 {
        return Some("One condition at a time, please: I can keep several alerts, each for itself.".to_owned());
    }
    units::foreign(tokens, context).map(|unit| format!("I do not know the unit \"{unit}\"."))
}

/// How many limits are said.
fn sides(tokens: &Tokens) -> usize {
    let is = |at: usize, words: &[&str]| tokens.at(at).is_some_and(|word| words.contains(&word));
    let than = |at| (is(at, LESS) || is(at, MORE)) && tokens.at(at + 1) == Some("than");
    (0..tokens.all.len()).filter(|&at| is(at, BELOW) || is(at, ABOVE) || than(at)).count()
}

fn rain(tokens: &Tokens, context: &Context) -> Command {
    match context.topic(Quantity::Precipitation, tokens) {
        Some(topic) => Command::Add(Rule::Rain { sensor: topic.sensor }),
        None => Command::Refuse("I have no rain gauge, so I would never know.".to_owned()),
    }
}

fn beyond(side: Side, measure: Measure, tokens: &Tokens, context: &Context) -> Command {
    let named = topic::quantity(tokens).or_else(|| measure.implied()).unwrap_or(Quantity::Temperature);
    // "Rain above 5 mm/h" is about how hard it rains.
    let named = match (named, measure.implied()) {
        (Quantity::Precipitation, Some(Quantity::PrecipitationRate)) => Quantity::PrecipitationRate,
        (named, _) => named,
    };
    let Some(topic) = context.topic(named, tokens) else {
        return Command::Refuse(format!("I do not measure that: I have no {}.", named.keeper().called));
    };
    let Some(limit) = measure.canonical(topic.quantity, context.preference) else {
        let unit = context.preference.unit(topic.quantity).symbol();
        let (given, called) = (measure.unit.map_or("", Unit::symbol), what(&topic.sensor, topic.quantity));
        return Command::Refuse(format!("{given} is no unit of {called}; I know it in {unit}."));
    };
    let unit = measure.spoken(topic.quantity, context.preference);
    match Beyond::new(side, topic.sensor, topic.quantity, limit, unit) {
        Ok(rule) => Command::Add(Rule::Beyond(rule)),
        Err(impossible) => Command::Refuse(format!("{impossible}.")),
    }
}

/// Where the limit's side is said, and which.
fn side(tokens: &Tokens) -> Option<(usize, Side)> {
    let falls = [&["drops", "to"], &["falls", "to"], &["down", "to"]];
    let rises = [&["rises", "to"], &["climbs", "to"], &["up", "to"]];
    let phrase = |phrases: &[&[&str; 2]], side| Some((phrases.iter().find_map(|p| tokens.find_phrase(*p))?, side));
    let word = |words: &[&str], side| tokens.find(words).map(|place| (place, side));
    let than = |words: &[&str], side| {
        let place = tokens.find(words)?;
        let compares = tokens.at(place + 1) == Some("than") || (place > 0 && tokens.at(place - 1) == Some("or"));
        compares.then_some((place, side))
    };
    word(BELOW, Side::Below)
        .or_else(|| word(ABOVE, Side::Above))
        .or_else(|| than(LESS, Side::Below))
        .or_else(|| than(MORE, Side::Above))
        .or_else(|| phrase(&falls, Side::Below))
        .or_else(|| phrase(&rises, Side::Above))
}

/// The limit that a sentence names: `below 0 °C`, `over 20`, `5 or less`, `below freezing`.
pub fn limit(tokens: &Tokens) -> Option<(Side, Measure)> {
    let (place, side) = side(tokens)?;
    if tokens.at(place + 1).is_some_and(|word| FREEZING.contains(&word)) {
        return Some((side, Measure { number: FREEZING_C, unit: Some(Unit::Celsius) }));
    }
    let after = (place..tokens.all.len()).find_map(|at| Measure::at(tokens, at));
    let found = after.or_else(|| (0..place).rev().find_map(|at| Measure::at(tokens, at)))?;
    // "Wind in knots above 5".
    let unit = found.unit.or_else(|| units::named(tokens));
    Some((side, Measure { unit, ..found }))
}

/// True if a sentence is about frost without a limit in it.
pub fn is_frost(tokens: &Tokens) -> bool {
    tokens.any(FREEZING)
}
