//! The past of a station: series of spans, and local days.

use super::instant;
use super::query::Query;
use super::shape::{CalmSpan, Grain, LocalDay, PastDays, PastSeries, QuantityDays, QuantitySeries, TimeSpan};
use super::stations::units;
use crate::storage::{Calm, Day, Error, MadeOf, POINTS_MAX, Span, Storage};
use crate::web::error::Problem;
use crate::web::head::Head;
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::{DAY_MS, MINUTE_MS, Timestamp};
use weather::typed::nearest;

/// Most quantities in one answer: each is a question to the database.
pub(super) const QUANTITIES_MAX: usize = 8;
/// Spans of each quantity, if nothing else is asked for: about as many as a picture has columns.
const POINTS_USUAL: u32 = 500;
/// The stretch of a series, if nothing else is asked for.
const STRETCH_USUAL_MS: i64 = DAY_MS;
/// An end that is not asked for is the next full minute, so that the same question has the same answer for a while.
const END_STEP_MS: i64 = MINUTE_MS;
/// Days, if nothing else is asked for: the last month.
const DAYS_USUAL: u64 = 30;
/// Most days in one answer, ten years and some: storage reads no more at once.
const DAYS_MAX: i64 = 4_000;

/// What may be asked of a series.
pub(super) const OF_SERIES: [&str; 6] = ["quantity", "sensor", "from", "to", "points", "units"];
/// What may be asked of days.
pub(super) const OF_DAYS: [&str; 5] = ["quantity", "sensor", "from", "to", "units"];

/// A series.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/series", tag = "values", operation_id = "series",
    summary = "The past of some quantities, in a bounded number of spans",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("quantity" = Vec<String>, Query, explode = false, description = "Up to eight, with commas between them.", example = json!(["temperature"])),
        ("sensor" = Option<String>, Query, description = "Which sensor; the main one if it is not there, or `.`.", example = "indoor"),
        ("from" = Option<String>, Query, description = "From this instant on: a date on the station's calendar, a time with its offset, or seconds or milliseconds since 1970. A day before `to` if it is not there.", example = "2026-11-22T00:00:00Z"),
        ("to" = Option<String>, Query, description = "To before this instant; of a date, to its end. Now if it is not there.", example = "2026-11-23"),
        ("points" = Option<u32>, Query, description = "So many spans at most; 500 if it is not there.", minimum = 1, maximum = 1500),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = PastSeries, description = "The series")))]
pub(super) async fn series(
    storage: &Storage,
    station: &Station,
    head: &dyn Head,
    now: Timestamp,
) -> Result<PastSeries, Problem> {
    let mut query = Query::of(head, &OF_SERIES);
    let (quantities, sensor, units) = asked(&mut query);
    let from = query.take("from", |text| instant::read(text, |date| day::bounds(&station.zone, date).0));
    let to = query.take("to", |text| instant::read(text, |date| day::bounds(&station.zone, date).1));
    let points = query.take("points", |text| match text.parse() {
        Ok(points @ 1..=POINTS_MAX) => Ok(points),
        _ => Err(format!("use a number from 1 to {POINTS_MAX}")),
    });
    let end = Timestamp((now.0.div_euclid(END_STEP_MS) + 1) * END_STEP_MS);
    let to = to.unwrap_or(end);
    let from = from.unwrap_or(to.plus(-STRETCH_USUAL_MS));
    if from >= to {
        query.note("from", &from.rfc3339(), format!("it is not before the end, {}", to.rfc3339()));
    }
    query.finish()?;
    is_there(storage, station, &sensor).await?;
    let mut series = Vec::with_capacity(quantities.len());
    for quantity in quantities {
        let of = (&sensor, quantity);
        let found = storage.series(station, of, (from, to), points.unwrap_or(POINTS_USUAL)).await?;
        series.push(QuantitySeries {
            quantity: quantity.name(),
            unit: units.unit(quantity).symbol(),
            made_of: match found.made_of {
                MadeOf::Readings => Grain::Readings,
                MadeOf::Hours => Grain::Hours,
                MadeOf::Days => Grain::Days,
            },
            calm: found.calm.iter().map(calm).collect(),
            spans: found.spans.iter().map(|span| told(span, quantity, units)).collect(),
        });
    }
    Ok(PastSeries {
        station: station.slug.to_string(),
        sensor: sensor.as_str().to_owned(),
        from_at: from.rfc3339(),
        from_unix_ms: from.0,
        to_at: to.rfc3339(),
        to_unix_ms: to.0,
        series,
    })
}

fn calm(calm: &Calm) -> CalmSpan {
    CalmSpan {
        from_at: calm.from.rfc3339(),
        from_unix_ms: calm.from.0,
        to_at: calm.to.rfc3339(),
        to_unix_ms: calm.to.0,
        count: calm.count,
    }
}

fn told(span: &Span, quantity: Quantity, units: Preference) -> TimeSpan {
    let number = |canonical| units.value(quantity, canonical);
    TimeSpan {
        from_at: span.from.rfc3339(),
        from_unix_ms: span.from.0,
        to_unix_ms: span.to.0,
        mean: number(span.mean),
        min: number(span.min),
        max: number(span.max),
        count: span.count,
        amount: span.amount.map(number),
    }
}

/// Local days.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/days", tag = "values", operation_id = "days",
    summary = "Lows and highs of local days",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("quantity" = Vec<String>, Query, explode = false, description = "Up to eight, with commas between them.", example = json!(["temperature"])),
        ("sensor" = Option<String>, Query, description = "Which sensor; the main one if it is not there, or `.`.", example = "indoor"),
        ("from" = Option<String>, Query, description = "The first day; 30 days before `to` if it is not there.", example = "2026-11-01", format = Date),
        ("to" = Option<String>, Query, description = "The last day; today if it is not there. At most 4,000 days.", example = "2026-11-22", format = Date),
        ("units" = Option<String>, Query, description = "`metric` or `us`, and words for single units behind it, such as `metric-kmh`; `metric` if it is not there."),
    ),
    responses((status = 200, body = PastDays, description = "The days")))]
pub(super) async fn days(
    storage: &Storage,
    station: &Station,
    head: &dyn Head,
    now: Timestamp,
) -> Result<PastDays, Problem> {
    let mut query = Query::of(head, &OF_DAYS);
    let (quantities, sensor, units) = asked(&mut query);
    let from = query.take("from", instant::date);
    let to = query.take("to", instant::date);
    let to = to.unwrap_or_else(|| day::date_at(&station.zone, now));
    let before = || to.checked_sub_days(chrono::Days::new(DAYS_USUAL)).unwrap_or(to);
    let from = from.unwrap_or_else(before);
    match to.signed_duration_since(from).num_days() + 1 {
        days if days > DAYS_MAX => {
            query.note("from", &from.to_string(), format!("these are {days} days; ask for {DAYS_MAX} at most"))
        }
        days if days < 1 => query.note("from", &from.to_string(), format!("it is after the last day, {to}")),
        _ => {}
    }
    query.finish()?;
    is_there(storage, station, &sensor).await?;
    let mut series = Vec::with_capacity(quantities.len());
    for quantity in quantities {
        let days = storage.days(station, (&sensor, quantity), (from, to)).await?;
        let days = days.iter().map(|day| local_day(day, quantity, units)).collect();
        series.push(QuantityDays { quantity: quantity.name(), unit: units.unit(quantity).symbol(), days });
    }
    Ok(PastDays {
        station: station.slug.to_string(),
        zone: station.zone.to_string(),
        sensor: sensor.as_str().to_owned(),
        from: from.to_string(),
        to: to.to_string(),
        series,
    })
}

fn local_day(day: &Day, quantity: Quantity, units: Preference) -> LocalDay {
    let number = |canonical| units.value(quantity, canonical);
    LocalDay {
        date: day.date.to_string(),
        mean: number(day.mean),
        low: number(day.low),
        low_at: day.low_at.rfc3339(),
        low_unix_ms: day.low_at.0,
        high: number(day.high),
        high_at: day.high_at.rfc3339(),
        high_unix_ms: day.high_at.0,
        count: day.count,
        hours: day.hours,
    }
}

/// What is asked for of all kinds of past.
fn asked(query: &mut Query) -> (Vec<Quantity>, SensorName, Preference) {
    let mut quantities = Vec::new();
    let names = query.each("quantity");
    for name in &names {
        match Quantity::from_name(name).filter(|quantity| quantity.is_shown()) {
            Some(quantity) if quantities.contains(&quantity) => query.note("quantity", name, "it is there twice"),
            Some(quantity) => quantities.push(quantity),
            None => {
                let near = nearest(name, Quantity::shown().map(Quantity::name));
                let near =
                    near.map_or_else(|| "docs/INGEST.md lists them".to_owned(), |near| format!("did you mean {near}?"));
                query.note("quantity", name, format!("no quantity; {near}"));
            }
        }
    }
    if names.is_empty() {
        query.note("quantity", "", "name one, or several with commas between them");
    }
    if quantities.len() > QUANTITIES_MAX {
        query.note("quantity", "", format!("these are {}; ask for {QUANTITIES_MAX} at most", quantities.len()));
    }
    let sensor = query.take("sensor", |text| {
        SensorName::new(if text == "." { "" } else { text }).map_err(|error| error.short().to_string())
    });
    (quantities, sensor.unwrap_or_default(), units(query))
}

/// A sensor that the station does not have is told so. The main one is always there: it may not have measured yet.
async fn is_there(storage: &Storage, station: &Station, sensor: &SensorName) -> Result<(), Problem> {
    if sensor.is_main() || storage.sensors(station.id).await?.iter().any(|listed| listed.name == *sensor) {
        return Ok(());
    }
    Err(Error::NoSensor(station.slug.to_string(), sensor.as_str().to_owned()).into())
}
