//! Reads from storage the facts that a question needs, and no more.

use super::language::facts::{Facts, Found};
use super::language::period::{Period, Stretch};
use super::language::topic::{Context, Topic};
use super::talk::answer::{LOOK_BACK_DAYS, RAIN_NOW_MIN, TREND_BUCKET_MS};
use super::talk::intent::Intent;
use crate::storage::{Bucket, Error, Extreme, Latest, Side, Span, Storage};
use chrono::{Days, NaiveDate};
use std::sync::Arc;
use weather::climate::Day;
use weather::day;
use weather::freshness;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::tendency;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// The length of a mean's buckets, ms.
const MEAN_BUCKET_MS: i64 = DAY_MS;
/// The parts that the mean of days is made of: few, so that hours or days tell of more than some days.
const MEAN_POINTS: u32 = 100;
/// In a longer stretch of hours the steps of a gauge are looked at by [`TREND_BUCKET_MS`], else by the minute, ms.
const BY_THE_MINUTE_MS: i64 = 3 * HOUR_MS;

/// The context of every sentence, and the station's latest values.
pub(crate) async fn context(
    storage: &Storage,
    station: &Arc<Station>,
    preference: Preference,
    now: Timestamp,
) -> Result<(Context, Vec<Latest>), Error> {
    let mut latest = storage.latest(station.id).await?;
    // What the clock of the future noted is not known yet.
    latest.retain(|latest| !freshness::is_ahead(latest.observed_at, now));
    let known = latest.iter().map(|latest| (latest.sensor.clone(), latest.quantity)).collect();
    let others = storage.directory().iter().filter(|other| other.id != station.id).cloned().collect();
    Ok((Context { here: Arc::clone(station), known, others, preference, now }, latest))
}

/// The facts for an answer.
pub(crate) async fn facts(
    storage: &Storage,
    intent: &Intent,
    context: &Context,
    latest: Vec<Latest>,
) -> Result<Facts, Error> {
    if matches!(intent, Intent::Help | Intent::Thanks | Intent::Bye | Intent::WhoAreYou | Intent::Lost | Intent::Clock)
    {
        return Ok(Facts { latest, ..Facts::default() });
    }
    let reads = Reads { storage, context };
    let (interval_ms, found) = tokio::try_join!(storage.interval_ms(context.here.id), reads.found(intent, &latest))?;
    Ok(Facts { latest, interval_ms, clock: storage.heard(context.here.id).off(), found })
}

struct Reads<'a> {
    storage: &'a Storage,
    context: &'a Context,
}

impl Reads<'_> {
    async fn found(&self, intent: &Intent, latest: &[Latest]) -> Result<Found, Error> {
        match intent {
            Intent::Range { topic, period, .. } | Intent::Beyond { topic, period: Some(period), .. } => {
                self.extremes(topic, *period).await
            }
            // What is known of the past hour is its newest value.
            Intent::Rain { topic, .. } if topic.quantity == Quantity::PrecipitationHour => Ok(Found::Nothing),
            Intent::Rain { topic, period, .. } => match self.stretch(*period) {
                Stretch::Days(..) => self.extremes(topic, *period).await,
                Stretch::Hours(from, to) => {
                    let bucket_ms = if to.since(from) > BY_THE_MINUTE_MS { TREND_BUCKET_MS } else { MINUTE_MS };
                    self.buckets(topic, from, to, bucket_ms).await
                }
            },
            Intent::Mean { topic, period } => self.mean(topic, *period).await,
            Intent::Trend { topic, back_ms } => {
                let Some(at) = latest_of(latest, topic) else { return Ok(Found::Nothing) };
                // How pressure went in between is told, too.
                let has_course = tendency::is_of(topic.quantity) && *back_ms == tendency::BACK_MS;
                let to = if has_course { at.plus(1) } else { at.plus(-back_ms + HOUR_MS) };
                let from = at.plus(-back_ms - HOUR_MS);
                self.buckets(topic, from, to, TREND_BUCKET_MS).await
            }
            Intent::Now(topic) if matches!(topic.quantity, Quantity::Precipitation) => {
                let now = self.context.now;
                self.buckets(topic, now.plus(-RAIN_NOW_MIN * MINUTE_MS), now.plus(1), MINUTE_MS).await
            }
            Intent::LastBeyond { topic, limit } => self.newest(topic, (limit.side, limit.value)).await,
            Intent::LastRain(topic) if topic.quantity == Quantity::Precipitation => {
                self.extremes(topic, Period::LastDays(LOOK_BACK_DAYS as u32)).await
            }
            Intent::LastRain(topic) => self.newest(topic, (Side::Above, 0.0)).await,
            Intent::Count { period, .. } => match self.stretch(*period) {
                Stretch::Days(from, to) => {
                    let from = if period.is_ever() { NaiveDate::MIN } else { from };
                    let of = (&SensorName::main(), Quantity::Temperature);
                    Ok(Found::Known(self.storage.years_of(&self.context.here, of, (from, to)).await?))
                }
                Stretch::Hours(..) => Ok(Found::Nothing),
            },
            Intent::NewRecords => {
                let today = day::date_at(&self.context.here.zone, self.context.now);
                let days = self.storage.years(&self.context.here, (NaiveDate::MIN, today)).await?;
                Ok(Found::Years(Box::new(days)))
            }
            Intent::Compare { other: Some(other), .. } => {
                let (latest, interval_ms) =
                    tokio::try_join!(self.storage.latest(other.id), self.storage.interval_ms(other.id))?;
                Ok(Found::Other(latest, interval_ms))
            }
            _ => Ok(Found::Nothing),
        }
    }

    fn stretch(&self, period: Period) -> Stretch {
        period.stretch(&self.context.here.zone, self.context.now)
    }

    async fn extremes(&self, topic: &Topic, period: Period) -> Result<Found, Error> {
        let (id, Topic { sensor, quantity }) = (self.context.here.id, topic);
        Ok(match self.stretch(period) {
            Stretch::Days(_, to) if period.is_ever() => {
                // A station may be older than the longest stretch that can be named.
                let of = (sensor, *quantity);
                let days = self.storage.years_of(&self.context.here, of, (NaiveDate::MIN, to)).await?;
                let extreme = |Day { date, low, low_at, high, high_at, .. }| {
                    (date, Extreme { sensor: sensor.clone(), quantity: *quantity, low, low_at, high, high_at })
                };
                Found::Days(days.into_iter().map(extreme).collect())
            }
            Stretch::Days(from, to) => {
                Found::Days(self.storage.extremes_between(id, sensor, *quantity, from, to).await?)
            }
            Stretch::Hours(from, to) => {
                Found::Within(self.storage.extreme_within(id, sensor, *quantity, from, to).await?)
            }
        })
    }

    /// The mean of a stretch is that of all its readings, also where hours or days tell of them.
    async fn mean(&self, topic: &Topic, period: Period) -> Result<Found, Error> {
        let (here, Topic { sensor, quantity }) = (&self.context.here, topic);
        let (from, to) = match self.stretch(period) {
            Stretch::Hours(from, to) => return self.buckets(topic, from, to, MEAN_BUCKET_MS).await,
            Stretch::Days(from, to) => {
                let first = self.storage.first_day(here.id, sensor).await?;
                let from = first.map_or(from, |first| from.max(first)).min(to);
                (day::bounds(&here.zone, from).0, day::bounds(&here.zone, to).1)
            }
        };
        let series = self.storage.series(here, (sensor, *quantity), (from, to), MEAN_POINTS).await?;
        let bucket = |Span { from: start, mean, min, max, count, .. }: Span| Bucket { start, mean, min, max, count };
        Ok(Found::Buckets(series.spans.into_iter().map(bucket).collect()))
    }

    async fn buckets(&self, topic: &Topic, from: Timestamp, to: Timestamp, bucket_ms: i64) -> Result<Found, Error> {
        let (id, Topic { sensor, quantity }) = (self.context.here.id, topic);
        Ok(Found::Buckets(self.storage.buckets(id, sensor, *quantity, from, to, bucket_ms).await?))
    }

    async fn newest(&self, topic: &Topic, limit: (Side, f64)) -> Result<Found, Error> {
        let (here, Topic { sensor, quantity }) = (&self.context.here, topic);
        let today = day::date_at(&here.zone, self.context.now);
        let from = today.checked_sub_days(Days::new(LOOK_BACK_DAYS)).unwrap_or(today);
        let newest = self.storage.last_beyond(here, sensor, *quantity, limit, from);
        let (newest, first) = tokio::try_join!(newest, self.storage.first_day(here.id, sensor))?;
        Ok(Found::Newest(newest, first))
    }
}

fn latest_of(latest: &[Latest], Topic { sensor, quantity }: &Topic) -> Option<Timestamp> {
    let same = |latest: &&Latest| latest.quantity == *quantity && latest.sensor == *sensor;
    latest.iter().find(same).map(|latest| latest.observed_at)
}
