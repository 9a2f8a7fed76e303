//! Three things that the keeper can answer, fitting what its station measures.

use super::measure;
use super::topic::Context;
use weather::quantity::Quantity;

/// How many are named.
const SUGGESTIONS: usize = 3;

/// What fits any station.
const ALWAYS: [&str; 2] = ["are you alive?", "tell me if you go silent"];

/// Three things to say to this keeper that it will understand.
pub fn suggestions(context: &Context) -> Vec<String> {
    let fitting = Quantity::all().filter(|quantity| context.has(*quantity));
    let mut questions: Vec<_> = fitting.flat_map(|quantity| quantity.keeper().questions).collect();
    questions.sort_by_key(|question| question.rank);
    let mut asked: Vec<String> =
        questions.into_iter().map(|question| question.text.to_owned()).take(SUGGESTIONS - 1).collect();
    if context.has(Quantity::Temperature) {
        let limit = measure::limit_text(0.0, context.preference.unit(Quantity::Temperature));
        asked.push(format!("warn me below {limit}"));
    }
    asked.extend(ALWAYS.iter().map(|text| (*text).to_owned()));
    asked.truncate(SUGGESTIONS.max(asked.len().min(SUGGESTIONS)));
    asked
}

/// `Try "…", "…" or "…".`
pub fn try_asking(context: &Context) -> String {
    let asked: Vec<String> = suggestions(context).iter().map(|text| format!("\"{text}\"")).collect();
    match asked.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("Try {} or {last}.", rest.join(", ")),
        _ => String::new(),
    }
}
