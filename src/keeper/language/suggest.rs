//! Three things that the keeper can answer, fitting what its station measures.

use super::measure;
use super::topic::Context;
use weather::quantity::Quantity;
use weather::room;

/// How many are named.
const SUGGESTIONS: usize = 3;

/// What fits any station.
const ALWAYS: [&str; 2] = ["are you alive?", "tell me if you go silent"];

/// Three things to say to this keeper that it will understand.
pub fn suggestions(context: &Context) -> Vec<String> {
    let fitting = Quantity::all().filter(|quantity| context.has(*quantity));
    let of = |quantity: Quantity| quantity.keeper().questions.iter().map(move |question| (quantity, question));
    let mut questions: Vec<_> = fitting.flat_map(of).collect();
    questions.sort_by_key(|(_, question)| question.rank);
    let rooms = rooms(context);
    let mut asked: Vec<String> = Vec::new();
    for (place, (quantity, question)) in questions.into_iter().take(SUGGESTIONS - 1).enumerate() {
        // A house has no temperature of its own: each question names another room.
        let room = rooms.get(place % rooms.len().max(1)).filter(|_| quantity == Quantity::Temperature);
        asked.push(room.map_or(question.text.to_owned(), |room| in_room(question.text, room)));
    }
    if context.has(Quantity::Temperature) {
        let limit = measure::limit_text(0.0, context.preference.unit(Quantity::Temperature));
        let warn = format!("warn me below {limit}");
        asked.push(rooms.first().map_or(warn.clone(), |room| in_room(&warn, room)));
    }
    asked.extend(ALWAYS.iter().map(|text| (*text).to_owned()));
    asked.truncate(SUGGESTIONS.max(asked.len().min(SUGGESTIONS)));
    asked
}

/// The rooms of a station that measures the temperature in several and not outdoors, as people say them, the first one first.
fn rooms(context: &Context) -> Vec<String> {
    let warm = context.known.iter().filter(|(_, quantity)| *quantity == Quantity::Temperature);
    let mut sensors: Vec<_> = warm.map(|(sensor, _)| sensor).collect();
    sensors.sort_by_key(|sensor| room::rank(sensor));
    match sensors.first() {
        Some(first) if !first.is_main() && sensors.len() > 1 => {
            sensors.into_iter().map(|sensor| sensor.as_str().replace(['-', '_'], " ")).collect()
        }
        _ => Vec::new(),
    }
}

/// `how cold is it in the kitchen?`; `indoor` is no room's name.
fn in_room(text: &str, room: &str) -> String {
    let (said, end) = text.strip_suffix('?').map_or((text, ""), |said| (said, "?"));
    match room {
        "indoor" => format!("{said} indoors{end}"),
        _ => format!("{said} in the {room}{end}"),
    }
}

/// `Try "…", "…" or "…".`
pub fn try_asking(context: &Context) -> String {
    let asked: Vec<String> = suggestions(context).iter().map(|text| format!("\"{text}\"")).collect();
    match asked.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("Try {} or {last}.", rest.join(", ")),
        _ => String::new(),
    }
}
