//! The name of a sensor, made of levels of a topic: `{1}` of `tele/roof/SENSOR` is `roof`. Pure.

use super::filter::Filter;
use crate::ingest::json::sensor_of;
use weather::station::SensorName;

/// How a sensor is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Naming {
    /// Always so.
    Always(SensorName),
    /// By these parts, one behind the other.
    Parts(Vec<Part>),
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// A level of the topic, counted from 0.
    Level(usize),
}

impl Naming {
    /// Reads a name; its levels must be levels of every topic that fits the filter.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn new(text: &str, filter: &Filter) -> Result<Self, String> {
        if !text.contains('{') {
            return SensorName::new(text).map(Self::Always).map_err(|error| error.to_string());
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (level, after) = behind.split_once('}').unwrap_or((behind, ""));
            let number: usize =
                level.parse().map_err(|_| format!("{{{level}}} is no level of a topic: write {{1}}"))?;
            if !filter.has_level(number) {
                return Err(format!("the topic has no level {{{number}}}: they are counted from 0"));
            }
            // Only the parts that the owner wrote can be wrong: a level becomes a name, whatever it is.
            SensorName::new(before).map_err(|error| error.to_string())?;
            parts.extend([Part::Text(before.to_owned()), Part::Level(number)]);
            rest = after;
        }
        SensorName::new(rest).map_err(|error| error.to_string())?;
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self::Parts(parts))
    }

    /// The sensor of a message of this topic.
    pub(super) fn of(&self, topic: &str) -> SensorName {
        match self {
            Self::Always(name) => name.clone(),
            Self::Parts(parts) => {
                let part = |part: &Part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Level(level) => topic.split('/').nth(*level).unwrap_or_default().to_owned(),
                };
                sensor_of(&[&*parts.iter().map(part).collect::<String>()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_of_the_topic_becomes_a_sensors_name() {
        let filter = Filter::new("house/+/+/state").expect("a filter");
        for (text, topic, name) in [
            ("", "house/a/b/state", ""),
            ("roof", "house/a/b/state", "roof"),
            ("{1}", "house/Living Room/b/state", "living-room"),
            ("{1}-{2}", "house/a/b/state", "a-b"),
            ("z-{2}_x", "house/a/0x00158D0001/state", "z-0x00158d0001_x"),
            ("{1}", "house/ /b/state", ""),
        ] {
            let naming = Naming::new(text, &filter).expect(text);
            assert_eq!(naming.of(topic).as_str(), name, "{text} of {topic}");
        }
        let east = Naming::new("{1}", &filter).expect("a name").of("house/東/b/state");
        assert!(east.as_str().starts_with("sensor-"), "{east:?}");
    }
}
