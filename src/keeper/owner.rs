//! What the owner wants to be told: alerts that the configuration names, in the words that visitors say. Pure.

use super::alerts::parse::{self, Command};
use super::alerts::rule::Rule;
use super::language::tokens::Tokens;
use super::language::topic::Context;
use crate::storage::Directory;
use crate::storage::words::{Alert, Visitor};
use std::collections::BTreeMap;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{BadName, SensorName, Slug, Station, StationId};
use weather::time::Timestamp;
use weather::upload_units::UploadUnits;
use weather::zone::Zone;

/// Words for the silence of a station.
const SILENT: &str = "silent";

/// One alert of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// The webhook that is told.
    pub webhook: String,
    /// The station's slug; `None`: every station.
    pub station: Option<String>,
    /// What rings.
    pub rule: Rule,
}

impl Wish {
    /// What rings, for people.
    pub fn name(&self) -> String {
        if self.rule == Rule::Silence { "silence".to_owned() } else { self.rule.name() }
    }
}

/// The rule in the owner's words, of one sensor; the main one's name is empty. Numbers without a unit are °C, hPa, m/s, mm.
///
/// # Errors
/// Why it is none.
pub fn rule(when: &str, sensor: &str) -> Result<Rule, String> {
    if when.trim().eq_ignore_ascii_case(SILENT) {
        return Ok(Rule::Silence);
    }
    let sensor = SensorName::new(sensor).map_err(|error| error.to_string())?;
    // A station may have a sensor only later, so nobody asks what it has.
    let known = match sensor.is_main() {
        true => Vec::new(),
        false => Quantity::all().map(|quantity| (sensor.clone(), quantity)).collect(),
    };
    let here = Arc::new(somewhere().map_err(|error| error.to_string())?);
    let preference = Preference::default();
    let context = Context { here, known, others: Vec::new(), preference, now: Timestamp(0) };
    match parse::command(&Tokens::of(&format!("warn me when {when}")), &context) {
        Some(Command::Add(rule)) => Ok(rule),
        Some(Command::Refuse(reason)) => Err(reason),
        _ => Err("it is no alert: write \"temperature below 3 °C\", \"it rains\" or \"silent\"".to_owned()),
    }
}

/// A station that is none: the words of an alert are read as at any.
pub(super) fn somewhere() -> Result<Station, BadName> {
    Ok(Station {
        id: StationId(0),
        slug: Slug::new("somewhere")?,
        name: String::new(),
        zone: Zone::UTC,
        elevation_m: None,
        clock_offset_ms: 0,
        coordinates: None,
        upload_units: UploadUnits::default(),
        interval_ms: None,
    })
}

/// An alert by its place: whose it is, of which station, which number.
pub(super) type Place = (Visitor, String, u32);

/// What is to be made and forgotten, so that the owner's alerts are those that are wished for. An alert that is wished for as before keeps
/// its number and its state.
pub(super) fn difference<'a>(
    wishes: &[Wish],
    directory: &Directory,
    held: impl Iterator<Item = (&'a Alert, &'a Rule)>,
) -> (Vec<(Place, Rule)>, Vec<Place>) {
    let mut wanted: BTreeMap<(Visitor, String), Vec<&Rule>> = BTreeMap::new();
    for wish in wishes {
        let visitor = Visitor::of_webhook(&wish.webhook);
        let is_meant = |station: &&Arc<Station>| match &wish.station {
            None => true,
            // A station that was renamed since the configuration was written is still meant.
            Some(slug) => directory.by_slug(slug).is_some_and(|meant| meant.id == station.id),
        };
        for station in directory.iter().filter(is_meant) {
            let rules = wanted.entry((visitor.clone(), station.slug.to_string())).or_default();
            if !rules.contains(&&wish.rule) {
                rules.push(&wish.rule);
            }
        }
    }
    let mut gone: Vec<Place> = Vec::new();
    let mut taken: BTreeMap<(Visitor, String), Vec<u32>> = BTreeMap::new();
    for (alert, rule) in held.filter(|(alert, _)| alert.visitor.webhook().is_some()) {
        let key = (alert.visitor.clone(), alert.station.clone());
        let wished = wanted.get_mut(&key).and_then(|rules| {
            let at = rules.iter().position(|wished| *wished == rule)?;
            Some(rules.remove(at))
        });
        match wished {
            Some(_) => taken.entry(key).or_default().push(alert.number),
            None => gone.push((alert.visitor.clone(), alert.station.clone(), alert.number)),
        }
    }
    let mut made = Vec::new();
    for (key, rules) in wanted {
        let taken = taken.entry(key.clone()).or_default();
        for rule in rules {
            let number = (1..).find(|number| !taken.contains(number)).unwrap_or(u32::MAX);
            taken.push(number);
            made.push(((key.0.clone(), key.1.clone(), number), rule.clone()));
        }
    }
    (made, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_says_alerts_as_visitors_do() {
        for (when, sensor, name) in [
            ("temperature below 3", "", "temperature below 3 °C"),
            ("temperature below 3 °C", "indoor", "indoor temperature below 3 °C"),
            ("temperature falls below 37 °F", "", "temperature below 37 °F"),
            ("it freezes", "", "temperature below 0 °C"),
            ("it rains", "", "rain"),
            ("gusts above 60 km/h", "", "gust above 60 km/h"),
            ("Silent", "", "my silence"),
        ] {
            assert_eq!(rule(when, sensor).map(|rule| rule.name()).as_deref(), Ok(name), "{when}");
        }
        for (when, sensor, why) in [
            ("temperature below 3 and humidity above 80", "", "One condition at a time"),
            ("humidity above 100", "", "never above"),
            ("temperature 3", "", "Above or below?"),
            ("", "", "limit"),
            ("temperature below 3", "a b", "sensor"),
        ] {
            let error = rule(when, sensor).expect_err(when);
            assert!(error.contains(why), "{when}: {error}");
        }
    }
}
