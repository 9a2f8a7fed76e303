//! What is said when an alert rings, when it is over, and to someone who was away.

use super::rule::{Beyond, Rule};
use super::state::{AlertState, Episode, Event, WET_MM};
use crate::keeper::language::sentence::{is_it, what};
use crate::keeper::language::{clock, measure};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// Where, when and for whom something is said.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The station's zone.
    pub zone: Zone,
    /// The time.
    pub now: Timestamp,
    /// The visitor's units.
    pub preference: Preference,
}

impl Listener {
    fn at(&self, at: Timestamp) -> String {
        clock::at(&self.zone, at, self.now)
    }

    fn bare(&self, at: Timestamp) -> String {
        clock::bare(&self.zone, at, self.now)
    }

    pub(super) fn value(&self, rule: &Beyond, value: f64) -> String {
        measure::text(rule.quantity, value, rule.unit, self.preference)
    }
}

/// What is said at once, to someone who is there.
pub fn blurt(number: u32, rule: &Rule, state: &AlertState, event: Event, to: Listener) -> Option<String> {
    let text = match event {
        Event::Began => began(rule, state.ringing.as_ref()?, to),
        Event::Ended => ended(rule, state.untold.last()?, to),
    };
    Some(format!("{text} (alert {number})."))
}

fn began(rule: &Rule, episode: &Episode, to: Listener) -> String {
    let at = to.at(episode.began_at);
    match rule {
        Rule::Beyond(rule) => {
            let limit = measure::limit_text(rule.limit, rule.unit);
            let value = to.value(rule, episode.began);
            format!("{} is {value} now, {at}: {} {limit}, as you asked", subject(rule), rule.side())
        }
        Rule::Rain { .. } => format!("It has begun to rain, {at}, as you asked"),
        Rule::Silence => format!("My station has been silent since {}, as you asked", to.bare(episode.began_at)),
    }
}

fn ended(rule: &Rule, episode: &Episode, to: Listener) -> String {
    let since = to.bare(episode.ended_at.unwrap_or(episode.worst_at));
    match rule {
        Rule::Beyond(rule) => {
            format!("{} is {} again since {since}; {}", subject(rule), quiet(rule), worst(rule, episode, to))
        }
        Rule::Rain { .. } => {
            format!("The rain has stopped, the last of it {}{}", to.at(episode.worst_at), amount(episode, to))
        }
        Rule::Silence => format!("My station reports again since {since}, after {}", lasted(episode)),
    }
}

/// What is said to someone who comes back; `None` if nothing happened in between.
pub fn summary<'a>(alerts: impl Iterator<Item = (u32, &'a Rule, &'a AlertState)>, to: Listener) -> Option<String> {
    let mut happened: Vec<(Timestamp, String)> = Vec::new();
    for (number, rule, state) in alerts {
        let running = state.ringing.iter().filter(|episode| !episode.told);
        for episode in state.untold.iter().chain(running) {
            happened
                .push((episode.began_at, format!("{} (alert {number})", recounted(rule, state, episode, to.clone()))));
        }
        if let (true, Some(first)) = (state.dropped > 0, state.untold.first()) {
            let before = format!("{} more times before that (alert {number})", state.dropped);
            happened.push((first.began_at, before));
        }
    }
    happened.sort_by_key(|(at, _)| *at);
    let lines: Vec<String> = happened.into_iter().map(|(_, line)| line).collect();
    (!lines.is_empty()).then(|| format!("While you were away: {}.", lines.join(". And ")))
}

fn recounted(rule: &Rule, state: &AlertState, episode: &Episode, to: Listener) -> String {
    let at = to.at(episode.began_at);
    let ended = episode.ended_at.map(|at| to.bare(at));
    match rule {
        Rule::Beyond(rule) => {
            let limit = measure::limit_text(rule.limit, rule.unit);
            let (subject, worst) = (subject(rule).to_lowercase(), worst(rule, episode, to.clone()));
            let moved = if rule.below { "fell below" } else { "rose above" };
            let other = if rule.below { "above" } else { "below" };
            match ended {
                Some(since) if episode.told => format!("{subject} is {} again since {since}; {worst}", quiet(rule)),
                Some(since) => format!("{at} {subject} {moved} {limit}; {worst}; {other} again since {since}"),
                None => match state.value.zip(state.seen).filter(|(value, _)| !rule.rings(*value)) {
                    // Back on the quiet side, though not far or long enough to be over.
                    Some((value, seen)) => {
                        let (value, seen) = (to.value(rule, value), to.bare(seen));
                        format!("{at} {subject} {moved} {limit}; {worst}; {value} as of {seen}, so it is not over yet")
                    }
                    None => format!("{at} {subject} {moved} {limit} and still is; {worst}"),
                },
            }
        }
        Rule::Rain { .. } => match ended {
            Some(_) => format!(
                "it rained from {} to {}{}",
                to.bare(episode.began_at),
                to.bare(episode.worst_at),
                amount(episode, to)
            ),
            None => format!("{at} it began to rain and has not stopped{}", amount(episode, to)),
        },
        Rule::Silence => match ended {
            Some(since) => format!("my station was silent from {} to {since}", to.bare(episode.began_at)),
            None => format!("my station has been silent since {}", to.bare(episode.began_at)),
        },
    }
}

fn subject(rule: &Beyond) -> String {
    if is_it(&rule.sensor, rule.quantity) {
        return "It".to_owned();
    }
    format!("The {}", what(&rule.sensor, rule.quantity))
}

/// The limit's other side: `above 0 °C`.
pub(super) fn quiet(rule: &Beyond) -> String {
    let side = if rule.below { "above" } else { "below" };
    format!("{side} {}", measure::limit_text(rule.limit, rule.unit))
}

pub(super) fn worst(rule: &Beyond, episode: &Episode, to: Listener) -> String {
    let word = if rule.below { "lowest" } else { "highest" };
    format!("{word} {} {}", to.value(rule, episode.worst), to.at(episode.worst_at))
}

pub(super) fn amount(episode: &Episode, to: Listener) -> String {
    let text = to.preference.text(Quantity::Precipitation, episode.worst);
    if episode.worst < WET_MM { String::new() } else { format!(": {text}") }
}

/// `45 min`, `1 h 8 min`.
pub(super) fn lasted(episode: &Episode) -> String {
    let ms = episode.ended_at.unwrap_or(episode.began_at).since(episode.began_at).max(0);
    match (ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keeper::alerts::state::{Input, Reading};
    use crate::storage::Side;
    use weather::station::SensorName;

    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    fn away(values: &[f64]) -> String {
        let (main, quantity) = (SensorName::main(), Quantity::Temperature);
        let rule = Beyond::new(Side::Below, main.clone(), quantity, -10.0, quantity.unit()).expect("possible");
        let rule = Rule::Beyond(rule);
        let state = values.iter().zip(0..).fold(AlertState::default(), |state, (value, minute)| {
            let at = NOON.plus(minute * MINUTE_MS);
            let reading = Reading { at, values: vec![(main.clone(), quantity, *value)] };
            state.feed(&rule, Input::Reading(&reading), at).0
        });
        let to = Listener { zone: Zone::UTC, now: NOON.plus(HOUR_MS), preference: Preference::default() };
        summary([(1, &rule, &state)].into_iter(), to).expect("something happened")
    }

    #[test]
    fn what_is_back_but_not_over_is_not_said_to_be_still_beyond() {
        let started = "While you were away: at 12:00 it fell below −10 °C";
        assert_eq!(away(&[-11.0]), format!("{started} and still is; lowest −11.0 °C at 12:00 (alert 1)."));
        assert_eq!(
            away(&[-11.0, -9.0]),
            format!("{started}; lowest −11.0 °C at 12:00; −9.0 °C as of 12:01, so it is not over yet (alert 1).")
        );
    }
}
