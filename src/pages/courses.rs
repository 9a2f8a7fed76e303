//! How wind, pressure, rain and what else a station has went in the last 24 hours, each a small picture. `static/js/view/courses.js` draws the same.

mod scale;

use super::chart::{Chart, Dot, Tick, hours_every, percent};
use super::clock;
use super::facts::Facts;
use super::lead::{self, Datastream};
use super::names::called;
use crate::storage::{Bucket, Latest};
use scale::Scale;
use weather::judge::Reading;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::tendency::{self, Tendency};
use weather::time::{HOUR_MS, Timestamp};
use weather::units::{Unit, format_half_up};

/// Width and height of the drawing's own coordinates.
const BOX: f64 = 1000.0;
/// Hours between the labels below.
const X_TICK_HOURS: u32 = 6;
/// The same below a large picture.
const LARGE_TICK_HOURS: u32 = 3;
/// A bar leaves so much of its hour free on both sides, so that neighbours can be told apart.
const BAR_MARGIN: f64 = 0.12;
/// So long after the newest value its tendency is still told as that of now.
const TENDENCY_FOR_MS: i64 = HOUR_MS;
/// A small picture, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Course {
    /// The datastream's name on the wire.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// The icon's name.
    pub icon: &'static str,
    /// The unit of the numbers beside it.
    pub unit: &'static str,
    /// What follows from it: the tendency of pressure, the sum of rain. May be empty.
    pub note: String,
    /// The path of its mean.
    pub line: String,
    /// The path of gusts.
    pub second: String,
    /// The path of its bars.
    pub bars: String,
    /// Lines across, top down.
    pub y: Vec<Tick>,
    /// Hours, left to right.
    pub x: Vec<Tick>,
    /// The latest value at its own time.
    pub last: Option<Dot>,
    /// What the picture shows, in one sentence.
    pub summary: String,
}

/// The small pictures of what the station has, the most asked first. What leads is drawn large, and is not among them.
pub(crate) fn courses(facts: &Facts, now: Timestamp, preference: Preference) -> Vec<Course> {
    let large = facts.large();
    let drawn = |of: Datastream| {
        let buckets = facts.course(&of);
        if buckets.is_empty() || of == large {
            return None;
        }
        let drawing = Drawing { facts, preference, unit: preference.unit(of.quantity), of: &of };
        Some(if of.quantity == Quantity::Precipitation { drawing.bars(buckets) } else { drawing.line(buckets) })
    };
    lead::small(&facts.latest, now).into_iter().filter_map(drawn).collect()
}

/// The large picture: of what leads. Rain has bars in place of a line.
pub(crate) fn large(facts: &Facts, preference: Preference) -> Option<Chart> {
    let of = &facts.large();
    if of.quantity != Quantity::Precipitation {
        return Chart::of(facts, preference);
    }
    let buckets = facts.course(of);
    if buckets.is_empty() {
        return None;
    }
    let drawing = Drawing { facts, preference, unit: preference.unit(of.quantity), of };
    let Course { title, unit, bars, y, summary, .. } = drawing.bars(buckets);
    let x = hours_every(facts, LARGE_TICK_HOURS);
    let (line, band, marked) = (String::new(), String::new(), Vec::new());
    Some(Chart { title, unit, bars, line, band, y, zero: None, x, last: None, marked, summary })
}

/// How pressure has changed in three hours; empty if that is not known, or was long ago.
pub(crate) fn tendency(facts: &Facts, quantity: Quantity, preference: Preference) -> String {
    let Some(latest) = facts.main(quantity).filter(|_| tendency::is_of(quantity)) else { return String::new() };
    let middle = facts.series.bucket_ms / 2;
    let reading = |bucket: &Bucket| Reading { at: bucket.start.plus(middle), value: bucket.mean };
    let values: Vec<_> = facts.course(&Datastream::main(quantity)).iter().map(reading).collect();
    let newest = Reading { at: latest.observed_at, value: latest.value };
    if facts.series.to.since(newest.at) > TENDENCY_FOR_MS {
        return String::new();
    }
    Tendency::of(&values, newest).map_or(String::new(), |found| {
        format!("{} in 3 h, {}", preference.difference(quantity, found.change_hpa), found.words())
    })
}

struct Drawing<'a> {
    facts: &'a Facts,
    preference: Preference,
    of: &'a Datastream,
    unit: Unit,
}

impl Drawing<'_> {
    fn line(&self, buckets: &[Bucket]) -> Course {
        let value = |canonical: f64| self.unit.from_canonical(canonical);
        let gusts = match self.of.quantity {
            Quantity::WindSpeed => self.facts.course(&Datastream { quantity: Quantity::WindGust, ..self.of.clone() }),
            _ => &[],
        };
        let latest = self.facts.newest(self.of).filter(|latest| self.facts.series.from <= latest.observed_at);
        let means = || buckets.iter().map(|bucket| bucket.mean).chain(latest.map(|latest| latest.value)).map(value);
        let low = means().fold(f64::INFINITY, f64::min);
        let high = means().chain(gusts.iter().map(|bucket| value(bucket.max))).fold(f64::NEG_INFINITY, f64::max);
        let scale = Scale::of(self.of.quantity, self.unit, (low, high));
        Course {
            line: self.path(buckets, &scale, latest, |bucket| value(bucket.mean)),
            second: self.path(gusts, &scale, None, |bucket| value(bucket.max)),
            note: if self.of.sensor.is_main() {
                tendency(self.facts, self.of.quantity, self.preference)
            } else {
                String::new()
            },
            last: latest.map(|latest| Dot {
                x: percent(self.across(latest.observed_at).min(1.0)),
                y: percent(scale.down(value(latest.value)).clamp(0.0, 1.0)),
            }),
            summary: self.summary(buckets, gusts),
            ..self.empty(&scale)
        }
    }

    fn bars(&self, buckets: &[Bucket]) -> Course {
        let fallen = self.fallen(buckets);
        let value = |canonical: f64| self.unit.from_canonical(canonical);
        let most = fallen.iter().map(|(_, mm)| value(*mm)).fold(0.0, f64::max);
        let scale = Scale::of(self.of.quantity, self.unit, (0.0, most));
        let sum: f64 = fallen.iter().map(|(_, mm)| mm).sum();
        let sum = format!("{}, 24 h", self.preference.text(self.of.quantity, sum));
        let bars = fallen.iter().filter(|(_, mm)| *mm > 0.0).map(|(hour, mm)| {
            let hours = HOUR_MS as f64 / (self.facts.series.to.since(self.facts.series.from)) as f64;
            let from = self.across(*hour);
            let left = (from + BAR_MARGIN * hours).clamp(0.0, 1.0);
            let right = (from + (1.0 - BAR_MARGIN) * hours).clamp(0.0, 1.0);
            format!("M{} 1000V{}H{}V1000Z", place(left), place(scale.down(value(*mm))), place(right))
        });
        Course {
            bars: bars.collect(),
            summary: format!("{} over the last 24 hours: {}.", self.title(), self.rained(&fallen)),
            note: sum,
            ..self.empty(&scale)
        }
    }

    /// What fell in each local hour, mm. The counter begins again at local midnight.
    fn fallen(&self, buckets: &[Bucket]) -> Vec<(Timestamp, f64)> {
        let zone = &self.facts.station.zone;
        let mut hours: Vec<(Timestamp, f64)> = Vec::new();
        let mut before: Option<&Bucket> = None;
        for bucket in buckets {
            let day = |bucket: &Bucket| clock::local(zone, bucket.start).date_naive();
            let fell = match before {
                Some(before) if day(before) == day(bucket) => (bucket.max - before.max).max(0.0),
                Some(_) => bucket.max,
                None => bucket.max - bucket.min,
            };
            let hour = clock::hour_start(zone, bucket.start);
            match hours.last_mut().filter(|(last, _)| *last == hour) {
                Some((_, mm)) => *mm += fell,
                None => hours.push((hour, fell)),
            }
            before = Some(bucket);
        }
        hours
    }

    fn empty(&self, scale: &Scale) -> Course {
        Course {
            key: self.of.key(),
            title: self.title(),
            icon: self.of.quantity.icon(),
            unit: self.unit.symbol(),
            note: String::new(),
            line: String::new(),
            second: String::new(),
            bars: String::new(),
            y: scale.ticks(self.preference.numbers),
            x: hours_every(self.facts, X_TICK_HOURS),
            last: None,
            summary: String::new(),
        }
    }

    fn title(&self) -> String {
        match self.of.quantity {
            Quantity::Precipitation if self.of.sensor.is_main() => "Rain".to_owned(),
            Quantity::AltimeterSetting | Quantity::StationPressure => "Pressure".to_owned(),
            other => called(&self.of.sensor, other),
        }
    }

    fn across(&self, at: Timestamp) -> f64 {
        let series = &self.facts.series;
        at.since(series.from) as f64 / series.to.since(series.from) as f64
    }

    /// A line through the middles of the buckets, broken at gaps. It ends at the newest value, if that is in the last bucket.
    fn path(
        &self,
        buckets: &[Bucket],
        scale: &Scale,
        latest: Option<&Latest>,
        value: impl Fn(&Bucket) -> f64,
    ) -> String {
        let bucket_ms = self.facts.series.bucket_ms;
        let gap_ms = self.facts.gap_ms();
        let newest = buckets.last().map(|last| last.start);
        let latest = latest
            .filter(|latest| newest.is_some_and(|start| (start..start.plus(bucket_ms)).contains(&latest.observed_at)));
        let spot = |bucket: &Bucket| {
            let (at, value) = match latest {
                Some(latest) if Some(bucket.start) == newest => {
                    (latest.observed_at, self.unit.from_canonical(latest.value))
                }
                _ => (bucket.start.plus(bucket_ms / 2), value(bucket)),
            };
            format!("{} {}", place(self.across(at)), place(scale.down(value)))
        };
        let stretch = |part: &[Bucket]| {
            let spots: Vec<_> = part.iter().map(spot).collect();
            // A lonely value would be a line of no length, which not every browser draws.
            format!("M{}{}", spots.join("L"), if part.len() == 1 { "h0.1" } else { "" })
        };
        buckets.chunk_by(|one, next| next.start.since(one.start) <= gap_ms).map(stretch).collect()
    }

    fn summary(&self, buckets: &[Bucket], gusts: &[Bucket]) -> String {
        let text = |canonical: f64| self.preference.text(self.of.quantity, canonical);
        let low = buckets.iter().map(|bucket| bucket.mean).fold(f64::INFINITY, f64::min);
        let high = buckets.iter().map(|bucket| bucket.mean).fold(f64::NEG_INFINITY, f64::max);
        let gust = gusts.iter().map(|bucket| bucket.max).reduce(f64::max);
        let gust = gust.map_or(String::new(), |gust| format!(", gusts up to {}", text(gust)));
        format!("{} over the last 24 hours, means of 10 minutes: {} to {}{gust}.", self.title(), text(low), text(high))
    }

    fn rained(&self, hours: &[(Timestamp, f64)]) -> String {
        let text = |mm: f64| self.preference.text(self.of.quantity, mm);
        let most = hours.iter().reduce(|best, one| if one.1 > best.1 { one } else { best });
        let sum: f64 = hours.iter().map(|(_, mm)| mm).sum();
        match most.filter(|(_, mm)| *mm > 0.0) {
            None => "none".to_owned(),
            Some((hour, mm)) => {
                let hour = clock::hour_minute(&self.facts.station.zone, *hour);
                format!("{}, most in the hour from {hour}: {}", text(sum), text(*mm))
            }
        }
    }
}

/// A part of the width or the height in the drawing's coordinates.
fn place(part: f64) -> String {
    format_half_up(part * BOX, 1)
}

#[cfg(test)]
mod tests {
    use super::super::facts::Series;
    use super::*;
    use std::sync::Arc;
    use weather::station::{SensorName, Slug, Station, StationId};
    use weather::time::MINUTE_MS;
    use weather::zone::Zone;

    /// 2027-01-15 08:00 UTC.
    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const BUCKET_MS: i64 = 10 * MINUTE_MS;

    /// A station with these values of a quantity: minutes before now, mean, lowest, highest. The same stands in
    /// `tests/js/courses.test.js`.
    fn facts(quantity: Quantity, points: &[(i64, f64, f64, f64)]) -> Facts {
        let slug = Slug::new("hill").expect("a slug");
        let zone = Zone::inside("Asia/Kathmandu").expect("a zone");
        let station = Station {
            id: StationId(1),
            slug,
            name: "Hill".to_owned(),
            zone,
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: None,
            upload_units: Default::default(),
            interval_ms: None,
        };
        let bucket = |&(minutes, mean, min, max): &(i64, f64, f64, f64)| {
            let start = Timestamp(NOW.plus(-minutes * MINUTE_MS).0.div_euclid(BUCKET_MS) * BUCKET_MS);
            Bucket { start, mean, min, max, count: 10 }
        };
        let value = points.last().map_or(0.0, |point| point.1);
        let latest = Latest { sensor: SensorName::main(), quantity, observed_at: NOW, value };
        Facts {
            station: Arc::new(station),
            latest: vec![latest],
            extremes: Vec::new(),
            interval_ms: Some(MINUTE_MS),
            series: Series::ending(NOW, BUCKET_MS),
            courses: vec![(Datastream::main(quantity), points.iter().map(bucket).collect())],
            clock: None,
            newest_at: None,
            marked: Vec::new(),
        }
    }

    fn drawn(quantity: Quantity, points: &[(i64, f64, f64, f64)], preference: Preference) -> Course {
        let drawing = facts(quantity, points);
        let of = Datastream::main(quantity);
        let buckets = drawing.course(&of);
        let drawing = Drawing { facts: &drawing, preference, of: &of, unit: preference.unit(quantity) };
        if quantity == Quantity::Precipitation { drawing.bars(buckets) } else { drawing.line(buckets) }
    }

    #[test]
    fn pressure_is_drawn_with_its_tendency() {
        let points = [
            (200, 1016.0, 1016.0, 1016.0),
            (190, 1015.5, 1015.5, 1015.5),
            (90, 1014.0, 1014.0, 1014.0),
            (0, 1012.8, 1012.8, 1012.8),
        ];
        let course = drawn(Quantity::SeaLevelPressure, &points, Preference::default());
        assert_eq!(course.note, "−2.7 hPa in 3 h, falling");
        assert_eq!(course.line, "M857.6 0.0L864.6 125.0M934.0 500.0h0.1M993.1 800.0h0.1");
        assert_eq!(course.y.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), ["1016", "1014", "1012"]);
        assert_eq!(course.summary, "Pressure over the last 24 hours, means of 10 minutes: 1012.8 hPa to 1016.0 hPa.");
        let us = Preference::US;
        assert_eq!(drawn(Quantity::SeaLevelPressure, &points, us).note, "−0.08 inHg in 3 h, falling");
        assert_eq!(drawn(Quantity::Humidity, &points[3..], us).note, "", "only pressure has a tendency");
        let mut old =
            facts(Quantity::SeaLevelPressure, &[(300, 1016.0, 1016.0, 1016.0), (120, 1012.8, 1012.8, 1012.8)]);
        let told = |facts: &Facts| !tendency(facts, Quantity::SeaLevelPressure, us).is_empty();
        old.latest[0].observed_at = NOW.plus(-30 * MINUTE_MS);
        old.courses[0].1[0].start = NOW.plus(-210 * MINUTE_MS);
        assert!(told(&old));
        old.latest[0].observed_at = NOW.plus(-120 * MINUTE_MS);
        old.courses[0].1[0].start = NOW.plus(-300 * MINUTE_MS);
        assert!(!told(&old), "what it was two hours ago is none of now");
    }

    #[test]
    fn rain_is_drawn_by_the_hour_and_begins_again_at_local_midnight() {
        // Midnight in Nepal is 18:15 UTC, 13 h 45 min before now.
        let points = [
            (900, 4.0, 3.6, 4.0),
            (840, 5.0, 5.0, 5.0),
            (820, 0.4, 0.4, 0.4),
            (810, 1.0, 1.0, 1.0),
            (600, 1.0, 1.0, 1.0),
        ];
        let course = drawn(Quantity::Precipitation, &points, Preference::default());
        assert_eq!(course.note, "2.4 mm, 24 h");
        assert_eq!(course.summary, "Rain over the last 24 hours: 2.4 mm, most in the hour from 23:00: 1.0 mm.");
        assert_eq!(course.bars.matches('M').count(), 3, "{}", course.bars);
        assert!(course.line.is_empty() && course.last.is_none());
        let dry = drawn(Quantity::Precipitation, &points[4..], Preference::default());
        assert_eq!((dry.bars.as_str(), dry.note.as_str()), ("", "0.0 mm, 24 h"));
    }
}
