//! Here and there.

use super::Answering;
use crate::keeper::language::facts::{self, Found};
use crate::keeper::language::sentence::what;
use crate::keeper::language::topic::Topic;
use weather::freshness::Freshness;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};

/// What is compared when nobody says what.
const COMPARED: [Quantity; 4] =
    [Quantity::Temperature, Quantity::WindSpeed, Quantity::Humidity, Quantity::SeaLevelPressure];
/// How many other stations are named to choose from.
const NAMED_MAX: usize = 3;

impl Answering<'_> {
    pub(super) fn compare(&self, other: Option<&Station>, quantity: Option<Quantity>) -> String {
        let Some(other) = other else { return self.which_station() };
        let Found::Other(latest, interval_ms) = &self.facts.found else { return self.which_station() };
        let name = &other.name;
        let fresh = |at, interval_ms| Freshness::of(Some(at), self.context.now, interval_ms) < Freshness::Offline;
        let wanted: Vec<Quantity> = quantity.map_or(COMPARED.to_vec(), |quantity| vec![quantity]);
        let mut lines = Vec::new();
        for quantity in wanted {
            let topic = Topic { sensor: SensorName::main(), quantity };
            let here = self.facts.latest(&topic).filter(|here| fresh(here.observed_at, self.facts.interval_ms));
            let there = facts::find(latest, &topic).filter(|there| fresh(there.observed_at, *interval_ms));
            let (Some(here), Some(there)) = (here, there) else { continue };
            let difference = self.context.preference.difference(quantity, there.value - here.value);
            lines.push(format!(
                "{} {} there ({}), {} here ({}): {difference}",
                what(&topic.sensor, quantity),
                self.text(quantity, there.value),
                self.bare(there.observed_at),
                self.text(quantity, here.value),
                self.bare(here.observed_at),
            ));
        }
        if !lines.is_empty() {
            return format!("{name}: {}.", lines.join("; "));
        }
        let what =
            quantity.map_or("anything".to_owned(), |quantity| format!("the {}", what(&SensorName::main(), quantity)));
        match latest.iter().map(|latest| latest.observed_at).max() {
            None => format!("{name} has not reported anything yet."),
            Some(at) if !fresh(at, *interval_ms) => {
                format!("{name} is silent: its last report is from {}.", self.bare(at))
            }
            Some(_) => format!("{name} and I do not both have {what} to compare right now."),
        }
    }

    fn which_station(&self) -> String {
        let mut names: Vec<&str> = self.context.others.iter().map(|station| station.name.as_str()).collect();
        let more = names.len() > NAMED_MAX;
        names.truncate(NAMED_MAX);
        if names.is_empty() {
            return "I know no other station to compare with.".to_owned();
        }
        let more = if more { " and others" } else { "" };
        format!("Compare with whom? I know {}{more}.", names.join(", "))
    }
}
