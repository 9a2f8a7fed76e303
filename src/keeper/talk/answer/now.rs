//! How it is now, and how it changes.

use super::Answering;
use crate::keeper::language::facts::{self, Found};
use crate::keeper::language::sentence::{self, what};
use crate::keeper::language::topic::Topic;
use crate::storage::{Bucket, Latest};
use weather::freshness::Freshness;
use weather::judge::Reading;
use weather::preference::minus;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::tendency::{self, Tendency};
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use weather::units::Unit;
use weather::{day, wind};

/// Less than a tipping bucket's smallest step is no rain, mm.
pub(crate) const DRY_MM: f64 = 0.05;
/// Rain within this time up to now is rain now, for gauges that do not say how hard it rains, minutes.
pub const RAIN_NOW_MIN: i64 = 30;
/// How far from an hour ago a value may lie and still be that of an hour ago; of three hours, three times as far.
const HOUR_AGO_TOLERANCE_MS: i64 = 15 * MINUTE_MS;

impl Answering<'_> {
    pub(super) fn now(&self, topic: &Topic) -> String {
        let Some(latest) = self.facts.latest(topic) else { return self.never(topic) };
        match topic.quantity {
            Quantity::Temperature if topic.sensor.is_main() => {
                let mut text = self.sentence(topic, latest);
                if let (Freshness::Live, Some(feels)) =
                    (self.freshness(latest.observed_at), self.facts.follows().feels_like)
                {
                    text += &format!(" It feels like {}.", self.text(Quantity::Temperature, feels));
                }
                text
            }
            Quantity::WindSpeed | Quantity::WindDirection => self.wind(topic, latest),
            Quantity::Precipitation | Quantity::PrecipitationRate => self.raining(topic, latest),
            Quantity::PrecipitationHour => self.past_hour(topic, latest, "I know only an amount"),
            _ => self.sentence(topic, latest),
        }
    }

    fn wind(&self, topic: &Topic, latest: &Latest) -> String {
        let beside = |quantity| self.facts.beside(&topic.sensor, quantity, latest.observed_at);
        let from = beside(Quantity::WindDirection).map(wind::compass);
        if topic.quantity == Quantity::WindDirection {
            let calm = beside(Quantity::WindSpeed).is_some_and(|speed| speed <= 0.0);
            return match self.freshness(latest.observed_at) {
                Freshness::Live if calm => format!("There is no wind {}.", self.at(latest.observed_at)),
                Freshness::Live => {
                    let degrees = minus(self.context.preference.digits(topic.quantity, latest.value));
                    let from = wind::compass(latest.value);
                    format!("The wind comes from {from} ({degrees}°) {}.", self.at(latest.observed_at))
                }
                _ => {
                    let from = wind::compass(latest.value);
                    format!("My last reading is from {}: wind from {from}.", self.bare(latest.observed_at))
                }
            };
        }
        if self.freshness(latest.observed_at) != Freshness::Live {
            return self.sentence(topic, latest);
        }
        let (force, word) = wind::beaufort(latest.value);
        let verdict = match force {
            0..=1 => "Hardly",
            2..=3 => "A little",
            4..=5 => "Yes",
            _ => "Very",
        };
        let from = from.filter(|_| latest.value > 0.0).map_or(String::new(), |from| format!(" from {from}"));
        let gust = beside(Quantity::WindGust)
            .map_or(String::new(), |gust| format!(", gusts {}", self.text(Quantity::WindGust, gust)));
        let speed = self.text(topic.quantity, latest.value);
        format!("{verdict}: {word}, {speed}{from}{gust} {}.", self.at(latest.observed_at))
    }

    fn raining(&self, topic: &Topic, latest: &Latest) -> String {
        if self.freshness(latest.observed_at) >= Freshness::Offline {
            return self.sentence(topic, latest);
        }
        let when = self.at(latest.observed_at);
        let rate = self.facts.beside(&topic.sensor, Quantity::PrecipitationRate, latest.observed_at);
        let counted = match &self.facts.found {
            Found::Buckets(buckets) => facts::rain(buckets),
            _ => 0.0,
        };
        let sum = self
            .rain_today(&topic.sensor)
            .map_or(String::new(), |sum| format!(" {} since midnight.", self.text(Quantity::Precipitation, sum)));
        match rate {
            Some(rate) if rate > 0.0 => {
                format!("Yes, it rains: {} {when}.{sum}", self.text(Quantity::PrecipitationRate, rate))
            }
            None if counted >= DRY_MM => {
                let counted = self.text(Quantity::Precipitation, counted);
                format!(
                    "Yes: {counted} in the last {RAIN_NOW_MIN} minutes, as of {}.{sum}",
                    self.bare(latest.observed_at)
                )
            }
            _ => format!("No, it does not rain {when}.{sum}"),
        }
    }

    /// What fell in the hour before a gauge's newest reading: an amount, which stays for an hour after the rain.
    pub(super) fn past_hour(&self, topic: &Topic, latest: &Latest, known: &str) -> String {
        if self.freshness(latest.observed_at) >= Freshness::Offline {
            return self.sentence(topic, latest);
        }
        let amount = match latest.value {
            dry if dry < DRY_MM => "no rain".to_owned(),
            mm => self.text(topic.quantity, mm),
        };
        format!("{known}: {amount} in the past hour, as of {}.", self.bare(latest.observed_at))
    }

    /// What the gauge has counted, if it has counted today.
    pub(super) fn rain_today(&self, sensor: &SensorName) -> Option<f64> {
        let latest = self.facts.latest(&Topic { sensor: sensor.clone(), quantity: Quantity::Precipitation })?;
        let zone = &self.context.here.zone;
        (day::date_at(zone, latest.observed_at) == day::date_at(zone, self.context.now)).then_some(latest.value)
    }

    pub(super) fn feels_like(&self) -> String {
        let topic = Topic { sensor: SensorName::main(), quantity: Quantity::Temperature };
        let Some(latest) = self.facts.latest(&topic) else { return self.never(&topic) };
        let sentence = self.sentence(&topic, latest);
        let follows = self.facts.follows();
        if self.freshness(latest.observed_at) >= Freshness::Offline {
            return sentence;
        }
        let degrees = |celsius| self.text(Quantity::Temperature, celsius);
        let stress =
            follows.wet_bulb_globe.map(|wbgt| format!(" The wet-bulb globe temperature is {}.", degrees(wbgt)));
        let stress = stress.unwrap_or_default();
        match follows.feels_like {
            Some(feels) => format!("It feels like {}. {sentence}{stress}", degrees(feels)),
            None => format!("{sentence} Neither wind chill nor heat make it feel different.{stress}"),
        }
    }

    /// The dew point that follows from temperature and humidity.
    pub(super) fn dew_point(&self) -> String {
        let topic = Topic { sensor: SensorName::main(), quantity: Quantity::Temperature };
        let Some(latest) = self.facts.latest(&topic) else { return self.never(&topic) };
        match self.facts.follows().dew_point.filter(|_| self.freshness(latest.observed_at) < Freshness::Offline) {
            Some(dew) => format!(
                "The dew point is {} {}. I compute it from temperature and humidity.",
                self.text(Quantity::DewPoint, dew),
                self.at(latest.observed_at)
            ),
            None => format!("{} I have no humidity that belongs to it.", self.sentence(&topic, latest)),
        }
    }

    /// Everything that belongs to the weather, in one go.
    pub(super) fn weather(&self) -> String {
        let main = SensorName::main();
        let Some(at) = self.facts.observed_at() else { return self.state() };
        if self.freshness(at) != Freshness::Live {
            return self.state();
        }
        let quantities = [
            Quantity::Temperature,
            Quantity::Humidity,
            Quantity::SeaLevelPressure,
            Quantity::WindSpeed,
            Quantity::WindGust,
            Quantity::PrecipitationRate,
        ];
        let values: Vec<String> = quantities
            .into_iter()
            .filter_map(|quantity| {
                let value = self.facts.beside(&main, quantity, at)?;
                Some(format!("{} {}", what(&main, quantity), self.text(quantity, value)))
            })
            .collect();
        if values.is_empty() {
            return self.state();
        }
        format!("{}: {}.", sentence::capital(&self.at(at)), values.join(", "))
    }

    /// Whether the station reports.
    pub(super) fn state(&self) -> String {
        let Some(at) = self.facts.observed_at() else {
            return "I am here, but my station has not reported anything yet.".to_owned();
        };
        if let Some(clock) = self.facts.clock {
            return format!("I heard my station {}.", self.ago(clock.heard_at));
        }
        let (ago, since) = (self.ago(at), self.bare(at));
        match self.freshness(at) {
            Freshness::Live => format!("I am well: my last report is from {since}, {ago}."),
            Freshness::Stale => format!("I am here, but a report is late: the last one is from {since}, {ago}."),
            _ => format!("I am here, but my station is silent: its last report is from {since}, {ago}."),
        }
    }

    /// Something about now to greet with.
    pub(super) fn temperature_or_state(&self) -> String {
        let topic = Topic { sensor: SensorName::main(), quantity: Quantity::Temperature };
        match self.facts.latest(&topic) {
            Some(latest) => self.sentence(&topic, latest),
            None => self.state(),
        }
    }

    pub(super) fn trend(&self, topic: &Topic, back_ms: i64) -> String {
        let Some(latest) = self.facts.latest(topic) else { return self.never(topic) };
        if self.freshness(latest.observed_at) >= Freshness::Offline {
            return self.sentence(topic, latest);
        }
        let Some(then) = self.value_before(latest, back_ms) else {
            let hours = back_ms / HOUR_MS;
            let before = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
            return format!(
                "{} I have no reading from {before} before, so I cannot tell how it changes.",
                self.sentence(topic, latest)
            );
        };
        let change = latest.value - then;
        let difference = self.context.preference.difference(topic.quantity, change);
        let value = self.text(topic.quantity, latest.value);
        let at = self.at(latest.observed_at);
        let subject = self.subject(topic);
        if back_ms == DAY_MS {
            let then = self.text(topic.quantity, then);
            return format!("{subject} is {value} {at}; at this time yesterday it was {then} ({difference}).");
        }
        let over = if back_ms == HOUR_MS { "an hour".to_owned() } else { format!("{} hours", back_ms / HOUR_MS) };
        let how = how_it_changes(topic.quantity, change, back_ms);
        let subject = if subject == "It" { "The temperature".to_owned() } else { subject };
        let course = self.course(topic, latest, back_ms);
        format!("{subject} {how}: {difference} in {over}, now {value} ({}).{course}", self.bare(latest.observed_at))
    }

    /// How pressure went within three hours, with the code by which stations report it; empty for all else.
    fn course(&self, topic: &Topic, latest: &Latest, back_ms: i64) -> String {
        let Found::Buckets(buckets) = &self.facts.found else { return String::new() };
        if !tendency::is_of(topic.quantity) || back_ms != tendency::BACK_MS {
            return String::new();
        }
        let middle = |bucket: &Bucket| Reading { at: bucket.start.plus(TREND_BUCKET_MS / 2), value: bucket.mean };
        let values: Vec<_> = buckets.iter().map(middle).collect();
        let newest = Reading { at: latest.observed_at, value: latest.value };
        let course = Tendency::of(&values, newest);
        course.map_or(String::new(), |course| format!(" Its course: {} (WMO code {}).", course.words(), course.code))
    }

    /// The mean of the time that lies `back_ms` before a value.
    fn value_before(&self, latest: &Latest, back_ms: i64) -> Option<f64> {
        let Found::Buckets(buckets) = &self.facts.found else { return None };
        let then = latest.observed_at.plus(-back_ms);
        let distance = |bucket: &&Bucket| bucket.start.plus(TREND_BUCKET_MS / 2).since(then).abs();
        let nearest = buckets.iter().min_by_key(distance)?;
        let tolerance = HOUR_AGO_TOLERANCE_MS * (back_ms / HOUR_MS).clamp(1, 3);
        (distance(&nearest) <= tolerance).then_some(nearest.mean)
    }
}

/// Buckets of the series that a trend is read from, ms.
pub const TREND_BUCKET_MS: i64 = 10 * MINUTE_MS;

/// `is falling slowly`, `is steady`. Pressure by the words of the shipping forecast, which are of hPa in three hours.
fn how_it_changes(quantity: Quantity, change: f64, back_ms: i64) -> String {
    let verb = if change > 0.0 { "is rising" } else { "is falling" };
    let size = change.abs();
    let pressure = quantity.unit() == Unit::Hectopascal;
    if size < if pressure { 0.1 } else { quantity.hysteresis().margin } {
        return "is steady".to_owned();
    }
    match size {
        _ if !pressure || back_ms != 3 * HOUR_MS => verb.to_owned(),
        size if size < 1.6 => format!("{verb} slowly"),
        size if size < 3.6 => verb.to_owned(),
        size if size <= 6.0 => format!("{verb} quickly"),
        _ => format!("{verb} very rapidly"),
    }
}
