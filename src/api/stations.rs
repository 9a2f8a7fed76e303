//! `GET /api/v1/stations`, and one of them: with what it has measured, and with its newest values.

use super::known::{Known, age_min, path};
use super::query::Query;
use super::shape::{Datastream, LatestValues, Links, ObservedValue, Quality, StationDetail, StationList};
use crate::storage::{Latest, Marked, Storage};
use crate::web::base::Base;
use crate::web::error::Problem;
use crate::web::head::Head;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station};
use weather::time::{DAY_MS, Timestamp};

/// Stations in one answer, if nothing else is asked for.
pub(super) const LIMIT_USUAL: usize = 100;
/// Most stations in one answer: a reader of the database is not held for longer than others can wait.
pub(super) const LIMIT_MAX: usize = 500;
/// Most values that do not count in one answer; the newest.
const SET_ASIDE_MAX: u32 = 50;

/// What may be asked of the list.
pub(super) const OF_LIST: [&str; 2] = ["after", "limit"];
/// What may be asked of a station, and of its newest values.
pub(super) const OF_ONE: [&str; 1] = ["units"];

/// The list.
#[utoipa::path(get, path = "/api/v1/stations", tag = "stations", operation_id = "stations",
    summary = "All stations, some at a time",
    params(
        ("after" = Option<String>, Query, description = "Only stations whose slug comes after this one. `next` of an answer has it.", example = "garden", max_length = 64, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"),
        ("limit" = Option<u32>, Query, description = "So many stations at most; 100 if it is not there.", minimum = 1, maximum = 500),
    ),
    responses((status = 200, body = StationList, description = "Stations by their slugs")))]
pub(super) async fn list(
    storage: &Storage,
    head: &dyn Head,
    now: Timestamp,
    base: &Base,
) -> Result<StationList, Problem> {
    let mut query = Query::of(head, &OF_LIST);
    let after = query.take("after", |text| Slug::new(text).map_err(|error| error.short().to_string()));
    let limit = query.take("limit", |text| match text.parse() {
        Ok(limit @ 1..=LIMIT_MAX) => Ok(limit),
        _ => Err(format!("use a number from 1 to {LIMIT_MAX}")),
    });
    query.finish()?;
    let limit = limit.unwrap_or(LIMIT_USUAL);
    let directory = storage.directory();
    let mut stations: Vec<&Arc<Station>> = directory.iter().collect();
    let count = stations.len();
    stations.retain(|station| after.as_ref().is_none_or(|after| station.slug > *after));
    stations.sort_by(|one, other| one.slug.cmp(&other.slug));
    let has_more = stations.len() > limit;
    let stations: Vec<Arc<Station>> = stations.into_iter().take(limit).cloned().collect();
    let last = stations.last().filter(|_| has_more);
    let next = last.map(|last| base.of(&format!("/api/v1/stations?after={}&limit={limit}", last.slug)));
    let known = Known::several(storage, &stations, now).await?;
    Ok(StationList { count, stations: known.iter().map(|known| known.entry(now, base)).collect(), next })
}

/// One station.
#[utoipa::path(get, path = "/api/v1/stations/{slug}", tag = "stations", operation_id = "station",
    summary = "A station and what it measures",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = StationDetail, description = "The station")))]
pub(super) async fn one(
    storage: &Storage,
    station: Arc<Station>,
    head: &dyn Head,
    now: Timestamp,
    base: &Base,
) -> Result<StationDetail, Problem> {
    let mut query = Query::of(head, &OF_ONE);
    let units = units(&mut query);
    query.finish()?;
    let known = Known::one(storage, station, now).await?;
    let station = &known.station;
    let datastreams = known.latest.iter().filter(|latest| latest.quantity.is_shown()).map(|latest| Datastream {
        sensor: latest.sensor.as_str().to_owned(),
        quantity: latest.quantity.name(),
        title: latest.quantity.title(),
        unit: units.unit(latest.quantity).symbol(),
    });
    let url = |of| base.of(&path(station, of));
    let links = Links {
        latest: url("/latest"),
        series: url("/series"),
        days: url("/days"),
        records: url("/records"),
        climate: url("/climate"),
        export: url("/export"),
        page: base.of(&format!("/s/{}", station.slug)),
    };
    Ok(StationDetail { station: known.entry(now, base), datastreams: datastreams.collect(), links })
}

/// The newest values.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/latest", tag = "values", operation_id = "latest",
    summary = "The newest values of a station",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = LatestValues, description = "The newest value of each datastream")))]
pub(super) async fn latest(
    storage: &Storage,
    station: Arc<Station>,
    head: &dyn Head,
    now: Timestamp,
    base: &Base,
) -> Result<LatestValues, Problem> {
    let mut query = Query::of(head, &OF_ONE);
    let units = units(&mut query);
    query.finish()?;
    let id = station.id;
    let (known, marked) = tokio::try_join!(
        Known::one(storage, station, now),
        storage.marked(id, now.plus(-DAY_MS), now.plus(DAY_MS), SET_ASIDE_MAX)
    )?;
    let shown = known.latest.iter().filter(|latest| latest.quantity.is_shown());
    let values = shown.map(|Latest { sensor, quantity, observed_at, value }| ObservedValue {
        reason: None,
        ..value_of(&known, (sensor, *quantity), (*observed_at, *value), units, now)
    });
    let marked = marked.iter().filter(|marked| marked.quantity.is_shown());
    let set_aside = marked.map(|Marked { sensor, quantity, observed_at, value, reason, .. }| ObservedValue {
        quality: reason.flag().into(),
        reason: Some(reason.name()),
        ..value_of(&known, (sensor, *quantity), (*observed_at, *value), units, now)
    });
    Ok(LatestValues { station: known.entry(now, base), readings: values.collect(), set_aside: set_aside.collect() })
}

/// A value that counts.
fn value_of(
    known: &Known,
    (sensor, quantity): (&SensorName, Quantity),
    (at, value): (Timestamp, f64),
    units: Preference,
    now: Timestamp,
) -> ObservedValue {
    let word = quantity.states().map(|[off, on]| if value < 0.5 { off } else { on });
    ObservedValue {
        sensor: sensor.as_str().to_owned(),
        quantity: quantity.name(),
        value: units.value(quantity, value),
        unit: units.unit(quantity).symbol(),
        word,
        observed_at: at.rfc3339(),
        observed_unix_ms: at.0,
        age_min: age_min(at, now),
        state: known.freshness(at, now).into(),
        quality: Quality::Good,
        reason: None,
    }
}

/// Which units the numbers are to be in.
pub(super) fn units(query: &mut Query) -> Preference {
    let units = query.take("units", |text| Preference::named(text).map_err(|error| error.to_string()));
    units.unwrap_or_default()
}
