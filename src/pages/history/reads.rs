//! Reads from storage what a history page shows. Nothing is read without a bound.

use super::asked::{Asked, BadQuestion};
use super::groups::{Group, groups};
use super::past::{Ends, Past, Strand, Strands, Whose, Wind};
use super::window::Window;
use crate::pages::fault::Fault;
use crate::pages::lead;
use crate::storage::{self, Latest, Span, Storage};
use chrono::Days;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::sync::Arc;
use weather::climate;
use weather::day;
use weather::quantity::{Fold, Quantity};
use weather::station::{SensorName, Station};
use weather::time::{DAY_MS, HOUR_MS, Timestamp};
use weather::zone::Zone;

/// Spans of each series on a page without scripts: a point each few pixels.
pub(crate) const POINTS: u32 = 200;
/// Hours that a wind rose asks for at a time, and how often it may ask: of a window of four years it is made of hours, of a longer one
/// of longer spans.
const ROSE_POINTS: u32 = 1_500;
const ROSE_PIECES: i64 = 24;
/// Over a longer window a picture's spans may be days or longer, ms: then days tell what fell, and when it was lowest and highest.
const BY_DAYS_MS: i64 = 20 * DAY_MS;
/// Series that are read at once for one page: others want to read, too.
const AT_ONCE: usize = 3;
/// Days that the calendar goes back.
const CALENDAR_DAYS: u64 = 365;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The question is wrong.
    #[error(transparent)]
    Question(#[from] BadQuestion),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Question(why) => Fault::bad_request(why.to_string()),
            Error::Storage(why) => Fault::from(why),
        }
    }
}

/// How much of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All that the page shows.
    Page,
    /// The pictures alone, in so many spans each.
    Pictures(u32),
}

/// What the page of a station shows.
pub(crate) async fn past(
    storage: &Storage,
    station: &Arc<Station>,
    asked: &Asked,
    extent: Extent,
    now: Timestamp,
) -> Result<Past, Error> {
    let latest = storage.latest(station.id).await?;
    let (sensors, sensor) = sensors(&latest, &asked.sensor)?;
    let first = storage.first_day(station.id, &sensor).await?;
    let window = asked.window(&station.zone, now, first)?;
    let points = match extent {
        Extent::Page => POINTS,
        Extent::Pictures(points) => points,
    };
    let mut others = Vec::new();
    for slug in &asked.with {
        let other = storage.station_by_slug(slug.as_str()).await;
        others.push(other.ok_or_else(|| BadQuestion::Station(slug.to_string()))?);
    }
    let reader = Reader { storage, sensor: &sensor, window, points };
    let has = |quantity: Quantity| latest.iter().any(|one| one.sensor == sensor && one.quantity == quantity);
    let groups = groups(has).into_iter().map(|group| reader.strands(group, station, &others, asked.last_year));
    let groups = stream::iter(groups).buffered(AT_ONCE).try_collect().await?;
    let mut past = Past {
        station: station.clone(),
        sensors,
        sensor: sensor.clone(),
        others: others.iter().map(|other| other.slug.clone()).collect(),
        window,
        groups,
        wind: Vec::new(),
        days: Vec::new(),
        calendar: None,
    };
    if extent == Extent::Page {
        if has(Quantity::WindSpeed) && has(Quantity::WindDirection) {
            past.wind = Reader { points: ROSE_POINTS, ..reader }.wind(station).await?;
        }
        if has(Quantity::Temperature) {
            let last = day::date_at(&station.zone, window.to.plus(-1));
            let begin = last.checked_sub_days(Days::new(CALENDAR_DAYS)).unwrap_or(last);
            past.days = storage.days(station, (&sensor, Quantity::Temperature), (begin, last)).await?;
            past.calendar = Some((begin, last));
        }
    }
    Ok(past)
}

/// The sensors that have values, and the one that is looked at: if the main one has none, that which leads the station's page.
fn sensors(latest: &[Latest], asked: &SensorName) -> Result<(Vec<SensorName>, SensorName), BadQuestion> {
    let mut sensors: Vec<SensorName> = latest.iter().map(|one| one.sensor.clone()).collect();
    sensors.sort_unstable();
    sensors.dedup();
    let sensor = match sensors.iter().find(|one| *one == asked) {
        Some(sensor) => sensor.clone(),
        None if asked.is_main() => {
            let lead = lead::of(latest).map(|lead| lead.sensor);
            lead.or_else(|| sensors.first().cloned()).unwrap_or_default()
        }
        None => return Err(BadQuestion::Sensor(asked.as_str().to_owned())),
    };
    Ok((sensors, sensor))
}

/// Reads series over one window.
#[derive(Clone, Copy)]
struct Reader<'a> {
    storage: &'a Storage,
    sensor: &'a SensorName,
    window: Window,
    points: u32,
}

impl Reader<'_> {
    async fn strands(
        self,
        group: Group,
        station: &Station,
        others: &[Arc<Station>],
        last_year: bool,
    ) -> Result<Strands, storage::Error> {
        let mut strands = Vec::new();
        for quantity in &group.quantities {
            strands.push(self.strand(station, *quantity, Whose::Own).await?);
        }
        // Of a group its own quantity is laid over: more lines are no picture.
        let quantity = group.quantities[0];
        if last_year {
            let year_ms = self.window.year_ms(&station.zone);
            let mut spans = self.spans(station, quantity, self.window.plus(-year_ms)).await?;
            for span in &mut spans {
                (span.from, span.to) = (span.from.plus(year_ms), span.to.plus(year_ms));
            }
            strands.push(Strand { quantity, whose: Whose::LastYear, spans, ends: None });
        }
        for (place, other) in others.iter().enumerate() {
            strands.push(self.strand(other, quantity, Whose::Other(place, other.name.clone())).await?);
        }
        Ok(Strands { group, strands })
    }

    async fn strand(self, of: &Station, quantity: Quantity, whose: Whose) -> Result<Strand, storage::Error> {
        let mut spans = self.spans(of, quantity, self.window).await?;
        let mut ends = None;
        let is_long =
            self.window.length_ms() > BY_DAYS_MS && spans.iter().any(|span| span.to.since(span.from) > DAY_MS / 2);
        if is_long {
            let days = self.days(of, quantity).await?;
            ends = Ends::of(&days);
            if quantity.fold() == Fold::Fallen {
                spans = days.iter().map(|day| of_day(&of.zone, day)).collect();
            }
        }
        Ok(Strand { quantity, whose, spans, ends })
    }

    /// The local days of the window.
    async fn days(self, of: &Station, quantity: Quantity) -> Result<Vec<climate::Day>, storage::Error> {
        let dates = (day::date_at(&of.zone, self.window.from), day::date_at(&of.zone, self.window.to.plus(-1)));
        self.storage.years_of(of, (self.sensor, quantity), dates).await
    }

    async fn spans(self, of: &Station, quantity: Quantity, over: Window) -> Result<Vec<Span>, storage::Error> {
        let series = self.storage.series(of, (self.sensor, quantity), (over.from, over.to), self.points).await?;
        Ok(series.spans)
    }

    /// Speeds beside the directions of the same times.
    async fn wind(self, station: &Station) -> Result<Vec<Wind>, storage::Error> {
        let length_ms = (self.window.length_ms() / ROSE_PIECES).max(i64::from(ROSE_POINTS) * HOUR_MS);
        let (mut wind, mut from) = (Vec::new(), self.window.from);
        while from < self.window.to {
            let piece = Window { from, to: from.plus(length_ms).min(self.window.to) };
            wind.extend(self.wind_of(station, piece).await?);
            from = piece.to;
        }
        Ok(wind)
    }

    async fn wind_of(self, station: &Station, piece: Window) -> Result<Vec<Wind>, storage::Error> {
        let (speeds, directions) = tokio::try_join!(
            self.spans(station, Quantity::WindSpeed, piece),
            self.spans(station, Quantity::WindDirection, piece),
        )?;
        let beside = |speed: &Span| {
            let place = directions.binary_search_by_key(&speed.from, |direction| direction.from).ok()?;
            let from_degrees = directions[place].mean;
            Some(Wind { from_degrees, speed: speed.mean, length_ms: speed.to.since(speed.from) })
        };
        Ok(speeds.iter().filter_map(beside).collect())
    }
}

/// What fell on a local day, as a span.
fn of_day(zone: &Zone, day: &climate::Day) -> Span {
    let (from, to) = day::bounds(zone, day.date);
    let &climate::Day { mean, low, high, hours, .. } = day;
    Span { from, to, mean, min: low, max: high, count: hours, amount: Some(high) }
}
