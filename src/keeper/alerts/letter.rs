//! What the owner is written of an alert.

use super::phrases::{Listener, amount, lasted, quiet, worst};
use super::rule::Rule;
use super::state::{AlertState, Episode, Event};
use crate::keeper::language::sentence::what;
use crate::keeper::language::{clock, measure};
use crate::storage::{About, Content};
use weather::quantity::Quantity;
use weather::station::Station;
use weather::time::Timestamp;

/// What is written of an alert's newest events, in order. `state` is that after the last of them.
pub fn contents(station: &Station, rule: &Rule, state: &AlertState, events: &[Event], to: &Listener) -> Vec<Content> {
    let mut episodes = state.untold.iter().chain(&state.ringing).rev().peekable();
    let mut written: Vec<Content> = Vec::new();
    for event in events.iter().rev() {
        let Some(episode) = episodes.peek() else { break };
        written.push(content(station, rule, episode, *event, to));
        if *event == Event::Began {
            episodes.next();
        }
    }
    written.reverse();
    written
}

fn content(station: &Station, rule: &Rule, episode: &Episode, event: Event, to: &Listener) -> Content {
    let at = match event {
        Event::Began => episode.began_at,
        Event::Ended => episode.ended_at.unwrap_or(episode.worst_at),
    };
    let (title, text) = match event {
        Event::Began => began(&station.name, rule, episode, to),
        Event::Ended => ended(&station.name, rule, episode, to),
    };
    let (value, unit) = match (rule, event) {
        (Rule::Beyond(rule), Event::Began) => (Some(episode.began), Some(rule.quantity.unit())),
        (Rule::Beyond(rule), Event::Ended) => (Some(episode.worst), Some(rule.quantity.unit())),
        (Rule::Rain { .. }, Event::Ended) => (Some(episode.worst), Some(Quantity::Precipitation.unit())),
        (Rule::Rain { .. }, Event::Began) | (Rule::Silence, _) => (None, None),
    };
    let alert = if *rule == Rule::Silence { "silence".to_owned() } else { rule.name() };
    let about = About {
        timestamp_unix_ms: at.0,
        station: Some(station.slug.to_string()),
        station_name: Some(station.name.clone()),
        alert: Some(alert),
        value,
        unit: unit.map(|unit| unit.symbol().to_owned()),
        title,
        text,
        url: None,
    };
    Content { kind: kind(event).to_owned(), timestamp: Timestamp::rfc3339(at), data: about }
}

fn kind(event: Event) -> &'static str {
    match event {
        Event::Began => "alert.began",
        Event::Ended => "alert.ended",
    }
}

fn began(name: &str, rule: &Rule, episode: &Episode, to: &Listener) -> (String, String) {
    let at = clock::at(&to.zone, episode.began_at, to.now);
    let since = clock::bare(&to.zone, episode.began_at, to.now);
    match rule {
        Rule::Beyond(beyond) => {
            let value = measure::text(beyond.quantity, episode.began, beyond.unit, to.preference);
            (format!("{name}: {}", rule.name()), format!("{value} {at}."))
        }
        Rule::Rain { .. } => (format!("{name}: {}", rule.name()), format!("It has begun to rain, {at}.")),
        Rule::Silence => (format!("{name} is silent"), format!("Nothing was heard of it since {since}.")),
    }
}

fn ended(name: &str, rule: &Rule, episode: &Episode, to: &Listener) -> (String, String) {
    let since = clock::bare(&to.zone, episode.ended_at.unwrap_or(episode.worst_at), to.now);
    match rule {
        Rule::Beyond(beyond) => {
            let what = what(&beyond.sensor, beyond.quantity);
            let text = format!("Since {since}; {}.", worst(beyond, episode, to.clone()));
            (format!("{name}: {what} {} again", quiet(beyond)), text)
        }
        Rule::Rain { .. } => {
            let last = clock::at(&to.zone, episode.worst_at, to.now);
            let text = format!("The last of it {last}{}.", amount(episode, to.clone()));
            (format!("{name}: the rain has stopped"), text)
        }
        Rule::Silence => (format!("{name} reports again"), format!("Since {since}, after {}.", lasted(episode))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keeper::alerts::state::{Input, Reading};
    use crate::keeper::owner;
    use weather::preference::Preference;
    use weather::station::SensorName;
    use weather::time::MINUTE_MS;
    use weather::zone::Zone;

    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    #[test]
    fn a_letter_tells_what_rings_and_each_episode_of_many_has_its_own() {
        let rule = owner::rule("temperature below 3", "").expect("a rule");
        let (mut state, mut events) = (AlertState::default(), Vec::new());
        for (minute, value) in [(0, 5.0), (1, 2.4), (2, 1.9), (3, 6.0), (40, 6.0), (41, 2.0)] {
            let at = NOON.plus(minute * MINUTE_MS);
            let reading = Reading { at, values: vec![(SensorName::main(), Quantity::Temperature, value)] };
            let (next, event) = state.feed(&rule, Input::Reading(&reading), at);
            state = next;
            events.extend(event);
        }
        let to = Listener { zone: Zone::UTC, now: NOON.plus(42 * MINUTE_MS), preference: Preference::default() };
        let station = Station { name: "Greenhouse".to_owned(), ..owner::somewhere().expect("a station") };
        let told = contents(&station, &rule, &state, &events, &to);
        let titles: Vec<_> = told.iter().map(|content| content.data.title.as_str()).collect();
        let (rings, over) = ("Greenhouse: temperature below 3 °C", "Greenhouse: temperature above 3 °C again");
        assert_eq!(titles, [rings, over, rings]);
        let texts: Vec<_> = told.iter().map(|content| content.data.text.as_str()).collect();
        assert_eq!(texts, ["2.4 °C at 12:01.", "Since 12:03; lowest 1.9 °C at 12:02.", "2.0 °C at 12:41."]);
        assert_eq!((told[1].data.value, told[1].data.unit.as_deref()), (Some(1.9), Some("°C")));
        assert_eq!((told[2].kind.as_str(), told[2].data.timestamp_unix_ms), ("alert.began", NOON.0 + 41 * MINUTE_MS));
    }
}
