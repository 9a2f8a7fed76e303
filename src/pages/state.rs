//! The state that a page's scripts start from: a JSON block in the page that no browser executes.

mod columns;

use super::clock::clocks;
use super::facts::Facts;
use super::indoors;
use super::sunlight::Sunlight;
use crate::storage::{Bucket, Latest};
use columns::Columns;
use serde::Serialize;
use std::collections::BTreeMap;
use weather::clock;
use weather::day;
use weather::preference::{DIMENSIONS, Numbers, Preference};
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::{DAY_MS, Timestamp};
use weather::units::Unit;

/// The whole block but for the stations. Values are canonical.
#[derive(Debug, Serialize)]
pub(crate) struct PageState<'a> {
    /// The journal's cursor, taken before anything else here was read.
    pub cursor: String,
    /// The build of the files that the page uses.
    pub build: String,
    /// The server's clock.
    pub now: Timestamp,
    units: Units,
    /// The stations that the page hears of; none: all.
    watch: Vec<&'a str>,
}

/// The visitor's units as scripts have them: what is shown in place of a canonical unit, by their symbols; and the decimal sign, if it
/// is no point.
type Units = BTreeMap<&'static str, &'static str>;

/// The units of a preference, for scripts.
pub(crate) fn units(preference: Preference) -> Units {
    let canonical = DIMENSIONS.iter().filter_map(|dimension| dimension.choices.first());
    let canonical = canonical.flat_map(|choice| [Some(choice.unit), choice.rate]).flatten();
    let instead = |unit: Unit| Some((unit.symbol(), preference.instead_of(unit)?.unit.symbol()));
    let decimal = (preference.numbers != Numbers::Point).then(|| ("decimal", preference.numbers.sign()));
    canonical.filter_map(instead).chain(decimal).collect()
}

/// What every page knows of a station.
#[derive(Debug, Serialize)]
pub(super) struct Basics<'a> {
    slug: &'a str,
    name: &'a str,
    /// What the station's clocks are ahead of UTC, in seconds, and since when: browsers may have other rules.
    zone: Vec<(Timestamp, i32)>,
    interval_ms: Option<i64>,
    observed_at: Option<Timestamp>,
    feels_like: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dew_point: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wbgt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<Clock>,
}

/// Words of a year ago may stand on a page, and a page may stay open for a term.
const ZONE_PAST_MS: i64 = 400 * DAY_MS;
const ZONE_AHEAD_MS: i64 = 200 * DAY_MS;

/// A clock that is off.
#[derive(Debug, Serialize)]
struct Clock {
    heard_at: Timestamp,
    /// `5 h behind`.
    off: String,
}

/// What a station's own page knows of it.
#[derive(Debug, Serialize)]
struct Station<'a> {
    #[serde(flatten)]
    basics: Basics<'a>,
    /// The local day that `extremes` are of.
    day: String,
    values: BTreeMap<String, Value>,
    extremes: BTreeMap<String, Extreme>,
    series: Series,
    /// What else is drawn, in the same buckets, by its key.
    courses: BTreeMap<String, Columns>,
    /// The key of what leads the page, if that is not the temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
    /// What does not count.
    marked: Vec<Mark>,
    /// Sensors that the page has no place for: their values are not here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<&'a str>,
    /// Where the station stands at a known place.
    #[serde(skip_serializing_if = "Option::is_none")]
    sun: Option<&'a Sunlight>,
}

/// What a card of the overview knows of its station: no more than it shows.
#[derive(Debug, Serialize)]
struct Card<'a> {
    #[serde(flatten)]
    basics: Basics<'a>,
    values: BTreeMap<String, Value>,
    /// The other values that are shown where there is no outdoor temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    indoors: Option<Vec<String>>,
    spark: Spark,
}

#[derive(Debug, Serialize)]
pub(super) struct Value {
    value: f64,
    at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Extreme {
    low: f64,
    low_at: Timestamp,
    high: f64,
    high_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Series {
    start: Timestamp,
    bucket_ms: i64,
    points: Columns,
}

/// A value that does not count.
#[derive(Debug, Serialize)]
struct Mark {
    key: String,
    at: Timestamp,
    value: f64,
    reason: &'static str,
}

/// A series as a sparkline draws it.
#[derive(Debug, Serialize)]
struct Spark {
    start: Timestamp,
    bucket_ms: i64,
    /// The mean of each bucket in turn, up to the last that has one.
    means: Vec<Option<f64>>,
    /// How many values the last bucket has: more come into it.
    count: u32,
}

/// What a card shows of the main sensor.
const ON_CARDS: [Quantity; 4] =
    [Quantity::Temperature, Quantity::Humidity, Quantity::WindSpeed, Quantity::WindDirection];

impl<'a> PageState<'a> {
    /// The state of a page that hears of these stations.
    pub(crate) fn of(
        watch: Vec<&'a str>,
        cursor: String,
        build: String,
        now: Timestamp,
        preference: Preference,
    ) -> Self {
        let units = units(preference);
        Self { cursor, build, now, units, watch }
    }

    /// The block with these stations, each JSON already; without characters that HTML could read as markup.
    pub(crate) fn json<T: AsRef<str>>(&self, stations: &[T]) -> String {
        let head = harmless(self);
        let Some(head) = head.strip_suffix('}') else { return head };
        let length = head.len() + stations.iter().map(|station| station.as_ref().len() + 1).sum::<usize>();
        let mut json = String::with_capacity(length + 32);
        json.push_str(head);
        json.push_str(",\"stations\":[");
        for (place, station) in stations.iter().enumerate() {
            if place > 0 {
                json.push(',');
            }
            json.push_str(station.as_ref());
        }
        json.push_str("]}");
        json
    }
}

/// What a station's own page knows of it, JSON; nothing of the sensors that are left out.
pub(crate) fn station(facts: &Facts, left_out: &[SensorName], sun: Option<&Sunlight>, now: Timestamp) -> String {
    harmless(&Station { sun, ..Station::of(facts, left_out, now) })
}

/// What a card of the overview knows of its station, JSON.
pub(crate) fn card(facts: &Facts, now: Timestamp) -> String {
    harmless(&Card::of(facts, now))
}

/// JSON without characters that HTML could read as markup.
pub(super) fn harmless(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    if !json.contains(['<', '>', '&']) {
        return json;
    }
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

impl<'a> Basics<'a> {
    /// `values`: those that are told, however old they are.
    pub(super) fn of(facts: &'a Facts, values: &BTreeMap<String, Value>, now: Timestamp) -> Self {
        let window = (now.plus(-ZONE_PAST_MS), now.plus(ZONE_AHEAD_MS));
        let follows = facts.follows();
        Self {
            slug: facts.station.slug.as_str(),
            name: &facts.station.name,
            zone: clocks(&facts.station.zone, window, values.values().map(|value| value.at)),
            interval_ms: facts.interval_ms,
            observed_at: facts.spoke_at(),
            feels_like: follows.feels_like,
            dew_point: follows.dew_point,
            wbgt: follows.wet_bulb_globe,
            clock: facts.clock.map(|clock| Clock { heard_at: clock.heard_at, off: clock::off(clock.by_ms) }),
        }
    }
}

impl<'a> Card<'a> {
    fn of(facts: &'a Facts, now: Timestamp) -> Self {
        // The units do not change which value is shown.
        let indoors = indoors::indoors(facts, now, Preference::default())
            .map(|indoors| indoors.values.into_iter().map(|one| one.key).collect());
        let main = SensorName::main();
        let newest = facts.latest.iter().filter(|one| one.sensor == main).max_by_key(|one| one.observed_at);
        let shown = facts.latest.iter().filter(|one| {
            let on_card = one.sensor == main && ON_CARDS.contains(&one.quantity);
            // The station's age is that of the newest value.
            on_card || indoors.is_some() || newest.is_some_and(|newest| *one == newest)
        });
        let values = values(shown);
        Self { basics: Basics::of(facts, &values, now), values, indoors, spark: Spark::of(facts) }
    }
}

impl Spark {
    fn of(facts: &Facts) -> Self {
        let series = &facts.series;
        let mut means = Vec::new();
        for bucket in &series.buckets {
            let place = bucket.start.since(series.from) / series.bucket_ms;
            if let Ok(place) = usize::try_from(place)
                && place >= means.len()
            {
                means.resize(place, None);
                means.push(Some(spark_mean(bucket.mean)));
            }
        }
        let count = series.buckets.last().map_or(0, |bucket| bucket.count);
        Self { start: series.from, bucket_ms: series.bucket_ms, means, count }
    }
}

/// The mean of a bucket as a sparkline draws it: finer than a pixel.
pub(crate) fn spark_mean(mean: f64) -> f64 {
    (mean * 100.0).round() / 100.0
}

/// A value of a small picture: finer than a pixel.
fn course(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

pub(super) fn values<'f>(latest: impl Iterator<Item = &'f Latest>) -> BTreeMap<String, Value> {
    latest
        .map(|latest| (latest.sensor.key(latest.quantity), Value { value: latest.value, at: latest.observed_at }))
        .collect()
}

impl<'a> Station<'a> {
    fn of(facts: &'a Facts, left_out: &'a [SensorName], now: Timestamp) -> Self {
        let extremes = facts.extremes.iter().filter(|e| !left_out.contains(&e.sensor)).map(|e| {
            (e.sensor.key(e.quantity), Extreme { low: e.low, low_at: e.low_at, high: e.high, high_at: e.high_at })
        });
        let marked = facts.marked.iter().filter(|mark| !left_out.contains(&mark.sensor)).map(|mark| Mark {
            key: mark.sensor.key(mark.quantity),
            at: mark.observed_at,
            value: mark.value,
            reason: mark.reason.name(),
        });
        let place = |bucket: &Bucket| bucket.start.since(facts.series.from) / facts.series.bucket_ms;
        let courses = facts.courses.iter().map(|(of, buckets)| (of.key(), Columns::of(buckets, place, course)));
        let points = Columns::of(&facts.series.buckets, place, |value| value);
        let values = values(facts.latest.iter().filter(|latest| !left_out.contains(&latest.sensor)));
        Self {
            basics: Basics::of(facts, &values, now),
            courses: courses.collect(),
            lead: Some(facts.large().key()).filter(|key| key != Quantity::Temperature.name()),
            day: day::date_at(&facts.station.zone, now).to_string(),
            values,
            extremes: extremes.collect(),
            series: Series { start: facts.series.from, bucket_ms: facts.series.bucket_ms, points },
            marked: marked.collect(),
            left_out: left_out.iter().map(SensorName::as_str).collect(),
            sun: None,
        }
    }
}
