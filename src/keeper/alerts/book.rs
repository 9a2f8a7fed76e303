//! A visitor's alerts at one station: adding, listing, forgetting.

use super::parse::Command;
use super::rule::Rule;
use super::state::{AlertState, Reading};
use crate::keeper::language::facts::Facts;
use crate::keeper::language::topic::Context;
use crate::keeper::language::{measure, suggest, wrong_clock};
use crate::storage::Latest;
use weather::freshness::Freshness;
use weather::quantity::Quantity;

/// Most alerts of a visitor at a station: nobody remembers more, and each reading is held against all of them.
pub const ALERTS_MAX: usize = 20;
/// Most numbers that one "forget" takes.
const FORGOTTEN_MAX: usize = ALERTS_MAX;

/// What becomes of the alerts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// One is added.
    pub add: Option<(u32, Rule, AlertState)>,
    /// Those numbers are forgotten.
    pub forget: Vec<u32>,
}

/// Does what is said; `held` are the visitor's alerts here by number. Returns the answer.
pub fn obey(command: &Command, held: &[(u32, &Rule)], facts: &Facts, context: &Context) -> (String, Changes) {
    match command {
        Command::Refuse(reason) => (reason.clone(), Changes::default()),
        Command::List => {
            let more = beside(held.iter().map(|(_, rule)| *rule), facts, context);
            (with(list(held, context), more), Changes::default())
        }
        Command::ForgetWhich if held.is_empty() => (list(held, context), Changes::default()),
        Command::ForgetWhich => {
            (format!("Which one? {} Or say \"forget all\".", list(held, context)), Changes::default())
        }
        Command::ForgetAll => forget(&held.iter().map(|(number, _)| *number).collect::<Vec<_>>(), held, context),
        Command::Forget(numbers) => forget(numbers, held, context),
        Command::Add(rule) => add(rule, held, facts, context),
    }
}

fn list(held: &[(u32, &Rule)], context: &Context) -> String {
    if held.is_empty() {
        let example = suggest::suggestions(context).pop().unwrap_or_default();
        return format!("You have no alerts here. Say for example \"{example}\".");
    }
    let names: Vec<String> = held.iter().map(|(number, rule)| format!("{number}: {}", rule.name())).collect();
    format!("Your alerts here are {}.", names.join("; "))
}

/// Whether alerts of these kinds ring, if something keeps them from it.
fn beside<'a>(rules: impl IntoIterator<Item = &'a Rule>, facts: &Facts, context: &Context) -> Option<String> {
    let mut rules = rules.into_iter().peekable();
    rules.peek()?;
    let cannot = if rules.all(|rule| *rule == Rule::Silence) { "tell when a silence is over" } else { "ring" };
    wrong_clock::beside_alerts(facts.clock, &context.here, cannot)
}

/// Two sentences, if there is a second.
fn with(text: String, more: Option<String>) -> String {
    more.map_or_else(|| text.clone(), |more| format!("{text} {more}"))
}

fn forget(numbers: &[u32], held: &[(u32, &Rule)], context: &Context) -> (String, Changes) {
    let mut numbers: Vec<u32> = numbers.iter().copied().take(FORGOTTEN_MAX).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let rule_of = |number: &u32| held.iter().find(|(known, _)| known == number).map(|(_, rule)| rule.name());
    let (known, unknown): (Vec<u32>, Vec<u32>) = numbers.into_iter().partition(|number| rule_of(number).is_some());
    if known.is_empty() {
        let missing = unknown.first().map_or(String::new(), |number| format!("There is no alert {number}. "));
        return (format!("{missing}{}", list(held, context)), Changes::default());
    }
    let names: Vec<String> =
        known.iter().map(|number| format!("{number} ({})", rule_of(number).unwrap_or_default())).collect();
    let mut text = format!("Forgotten: alert {}.", names.join(", alert "));
    for number in unknown {
        text += &format!(" There is no alert {number}.");
    }
    (text, Changes { add: None, forget: known })
}

fn add(rule: &Rule, held: &[(u32, &Rule)], facts: &Facts, context: &Context) -> (String, Changes) {
    if let Some((number, rule)) = held.iter().find(|(_, known)| *known == rule) {
        return (format!("I watch that already: alert {number}, {}.", rule.name()), Changes::default());
    }
    if held.len() >= ALERTS_MAX {
        let text =
            format!("You have {ALERTS_MAX} alerts here, and that is as many as I can keep in mind. Forget one first.");
        return (text, Changes::default());
    }
    let number = (1..).find(|number| !held.iter().any(|(known, _)| known == number)).unwrap_or(u32::MAX);
    let state = AlertState::new(rule, &newest(rule, &facts.latest, context), context.now);
    let mut text = match rule {
        Rule::Beyond(_) => format!("Alert {number}: I will tell you when I see {}.", rule.name()),
        Rule::Rain { .. } => format!("Alert {number}: I will tell you when it rains."),
        Rule::Silence => format!("Alert {number}: I will tell you when my station goes silent."),
    };
    if let Some(ringing) = &state.ringing {
        text += &match rule {
            Rule::Beyond(rule) => {
                let value = measure::text(rule.quantity, ringing.began, rule.unit, context.preference);
                format!(" It is {value} already; I will say when that is over.")
            }
            _ => " It rains already; I will say when it stops.".to_owned(),
        };
    }
    let text = with(text, beside([rule], facts, context));
    (text, Changes { add: Some((number, rule.clone(), state)), forget: Vec::new() })
}

/// The newest values as one reading, without those that are too old to be the weather.
fn newest(rule: &Rule, latest: &[Latest], context: &Context) -> Reading {
    let concerns = |latest: &&Latest| match rule {
        Rule::Beyond(rule) => latest.quantity == rule.quantity && latest.sensor == rule.sensor,
        Rule::Rain { sensor } => {
            latest.sensor == *sensor && matches!(latest.quantity, Quantity::Precipitation | Quantity::PrecipitationRate)
        }
        Rule::Silence => true,
    };
    let concerned: Vec<&Latest> = latest.iter().filter(concerns).collect();
    let newest = concerned.iter().map(|latest| latest.observed_at.min(context.now)).max();
    let fresh = |latest: &&&Latest| {
        Freshness::of(Some(latest.observed_at), context.now, None) < Freshness::Offline
            // A counter from before the silence still says where counting goes on.
            || latest.quantity == Quantity::Precipitation
    };
    let values = concerned.iter().filter(fresh).map(|l| (l.sensor.clone(), l.quantity, l.value)).collect();
    Reading { at: newest.unwrap_or(context.now), values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keeper::alerts::rule::Beyond;
    use crate::keeper::alerts::state::{Event, Input};
    use crate::storage::Side;
    use std::sync::Arc;
    use weather::preference::Preference;
    use weather::station::{SensorName, Slug, Station, StationId};
    use weather::time::{MINUTE_MS, Timestamp};
    use weather::zone::Zone;

    const NOW: Timestamp = Timestamp(1_795_348_800_000);

    fn context() -> Context {
        let slug = Slug::new("town-hall").expect("a slug");
        let here = Station {
            id: StationId(1),
            slug,
            name: "Town Hall".into(),
            zone: Zone::UTC,
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: None,
            upload_units: weather::upload_units::UploadUnits::AsNamed,
            interval_ms: None,
        };
        let known = vec![(SensorName::main(), Quantity::Temperature)];
        Context { here: Arc::new(here), known, others: vec![], preference: Preference::default(), now: NOW }
    }

    fn below(limit: f64) -> Rule {
        let beyond =
            Beyond::new(Side::Below, SensorName::main(), Quantity::Temperature, limit, Quantity::Temperature.unit());
        Rule::Beyond(beyond.expect("possible"))
    }

    fn facts(value: f64, minutes_ago: i64) -> Facts {
        let observed_at = NOW.plus(-minutes_ago * MINUTE_MS);
        let latest = Latest { sensor: SensorName::main(), quantity: Quantity::Temperature, observed_at, value };
        Facts { latest: vec![latest], ..Facts::default() }
    }

    #[test]
    fn the_smallest_free_number_is_given() {
        let (one, three) = (below(1.0), below(3.0));
        let held = [(1, &one), (3, &three)];
        let (text, changes) = obey(&Command::Add(below(0.0)), &held, &facts(5.0, 0), &context());
        assert_eq!(text, "Alert 2: I will tell you when I see temperature below 0 °C.");
        assert_eq!(changes.add.expect("added").0, 2);
    }

    #[test]
    fn what_is_beyond_already_is_said_and_does_not_ring() {
        let (text, changes) = obey(&Command::Add(below(0.0)), &[], &facts(-3.2, 1), &context());
        assert!(text.ends_with("It is −3.2 °C already; I will say when that is over."), "{text}");
        let (_, rule, state) = changes.add.expect("added");
        let colder = Reading { at: NOW, values: vec![(SensorName::main(), Quantity::Temperature, -4.0)] };
        let (state, event) = state.feed(&rule, Input::Reading(&colder), NOW);
        assert_eq!((event, state.is_due()), (None, false));
    }

    #[test]
    fn what_is_beyond_already_is_said_in_the_unit_of_the_alert() {
        let (side, quantity) = (Side::Below, Quantity::Temperature);
        let rule = Beyond::new(side, SensorName::main(), quantity, 10.0, weather::units::Unit::Fahrenheit);
        let (text, _) = obey(&Command::Add(Rule::Beyond(rule.expect("possible"))), &[], &facts(5.0, 1), &context());
        assert!(text.contains("below 50 °F. It is 41.0 °F already"), "{text}");
    }

    #[test]
    fn what_was_beyond_hours_ago_rings_at_the_next_reading() {
        let (text, changes) = obey(&Command::Add(below(0.0)), &[], &facts(-3.2, 600), &context());
        assert!(!text.contains("already"), "{text}");
        let (_, rule, state) = changes.add.expect("added");
        let reading = Reading { at: NOW, values: vec![(SensorName::main(), Quantity::Temperature, -4.0)] };
        assert_eq!(state.feed(&rule, Input::Reading(&reading), NOW).1, Some(Event::Began));
    }

    #[test]
    fn the_same_rule_is_kept_once_and_twenty_are_enough() {
        let rules: Vec<Rule> = (0..20).map(|limit| below(f64::from(limit))).collect();
        let held: Vec<(u32, &Rule)> = (1..).zip(&rules).collect();
        let (text, changes) = obey(&Command::Add(below(7.0)), &held, &facts(30.0, 0), &context());
        assert_eq!(text, "I watch that already: alert 8, temperature below 7 °C.");
        assert_eq!(changes, Changes::default());
        let (text, changes) = obey(&Command::Add(below(25.0)), &held, &facts(30.0, 0), &context());
        assert!(text.contains("20 alerts"), "{text}");
        assert_eq!(changes, Changes::default());
    }

    #[test]
    fn what_is_not_there_cannot_be_forgotten() {
        let (frost, rain) = (below(0.0), Rule::Rain { sensor: SensorName::main() });
        let held = [(1, &frost), (2, &rain)];
        let say = |command| obey(&command, &held, &Facts::default(), &context());
        assert_eq!(say(Command::List).0, "Your alerts here are 1: temperature below 0 °C; 2: rain.");
        let (text, changes) = say(Command::Forget(vec![2, 7, 2]));
        assert_eq!(text, "Forgotten: alert 2 (rain). There is no alert 7.");
        assert_eq!(changes.forget, [2]);
        assert_eq!(say(Command::ForgetAll).1.forget, [1, 2]);
        let (text, changes) = say(Command::Forget(vec![9]));
        assert!(text.starts_with("There is no alert 9. Your alerts"), "{text}");
        assert_eq!(changes, Changes::default());
        let (text, _) = obey(&Command::ForgetAll, &[], &Facts::default(), &context());
        assert_eq!(text, "You have no alerts here. Say for example \"warn me below 0 °C\".");
    }
}
