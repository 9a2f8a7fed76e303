//! Three things that the keeper can answer, fitting what its station measures.

use super::Answering;
use crate::keeper::talk::measure;
use crate::keeper::talk::topic::Context;
use weather::quantity::Quantity;

/// How many are named.
const SUGGESTIONS: usize = 3;

/// Questions by what they need, the most asked first.
const QUESTIONS: [(Quantity, &str); 13] = [
    (Quantity::Temperature, "how cold is it?"),
    (Quantity::Precipitation, "rain since Monday?"),
    (Quantity::SeaLevelPressure, "pressure falling?"),
    (Quantity::WindGust, "strongest gust today?"),
    (Quantity::WindSpeed, "is it windy?"),
    (Quantity::Temperature, "lowest this week?"),
    (Quantity::Humidity, "how humid is it?"),
    (Quantity::SolarRadiation, "how much sun?"),
    (Quantity::UvIndex, "highest UV today?"),
    (Quantity::SoilTemperature, "soil temperature?"),
    (Quantity::Pm2_5, "air quality?"),
    (Quantity::Co2, "CO2 now?"),
    (Quantity::BatteryVoltage, "battery?"),
];

/// What fits any station.
const ALWAYS: [&str; 2] = ["are you alive?", "tell me if you go silent"];

/// Three things to say to this keeper that it will understand.
pub fn suggestions(context: &Context) -> Vec<String> {
    let fitting = QUESTIONS.iter().filter(|(quantity, _)| context.has(*quantity)).map(|(_, text)| (*text).to_owned());
    let mut asked: Vec<String> = fitting.take(SUGGESTIONS - 1).collect();
    if context.has(Quantity::Temperature) {
        let limit = measure::limit_text(0.0, context.preference.unit(Quantity::Temperature));
        asked.push(format!("warn me below {limit}"));
    }
    asked.extend(ALWAYS.iter().map(|text| (*text).to_owned()));
    asked.truncate(SUGGESTIONS.max(asked.len().min(SUGGESTIONS)));
    asked
}

impl Answering<'_> {
    /// `Try "…", "…" or "…".`
    pub(super) fn try_asking(&self) -> String {
        let asked: Vec<String> = suggestions(self.context).iter().map(|text| format!("\"{text}\"")).collect();
        match asked.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("Try {} or {last}.", rest.join(", ")),
            _ => String::new(),
        }
    }
}
