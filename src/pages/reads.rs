//! Reads from storage everything that a page shows.

use super::asked::Asked;
use super::facts::{Facts, Series};
use super::listing::{self, Listing};
use super::marks::MARKS_MAX;
use super::sheet::Sheet;
use super::sheets::Sheets;
use crate::storage::{Error, Storage};
use std::sync::Arc;
use weather::day;
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// One station with its temperatures in buckets of `bucket_ms`.
pub(crate) async fn station(
    storage: &Storage,
    station: &Arc<Station>,
    now: Timestamp,
    bucket_ms: i64,
) -> Result<Facts, Error> {
    let (id, main) = (station.id, SensorName::main());
    let mut series = Series::ending(now, bucket_ms);
    let (latest, extremes, interval_ms, buckets, courses, marked) = tokio::try_join!(
        storage.latest(id),
        storage.extremes(id, day::date_at(&station.zone, now)),
        storage.interval_ms(id),
        storage.buckets(id, &main, Quantity::Temperature, series.from, series.to, bucket_ms),
        storage.charted(id, &main, (series.from, series.to), bucket_ms),
        storage.marked(id, series.from, series.to, MARKS_MAX),
    )?;
    series.buckets = buckets;
    let heard = storage.heard(id);
    let (clock, newest_at) = (heard.off(), heard.newest);
    let station = Arc::clone(station);
    let facts = Facts { station, latest, extremes, interval_ms, series, courses, clock, newest_at, marked };
    Ok(facts.known_at(now).into_owned())
}

/// The page of stations that was asked for.
pub(crate) async fn listed(
    storage: &Storage,
    sheets: &Sheets,
    asked: &Asked,
    cursor: &str,
    now: Timestamp,
) -> Result<(Vec<Arc<Sheet>>, Listing), Error> {
    let directory = storage.directory();
    let all = directory.iter().count();
    let mut sheets = sheets.open(storage, cursor).await?;
    let mut stations: Vec<Arc<Station>> = listing::named(directory.iter(), &asked.find).cloned().collect();
    if asked.needs_values() {
        stations = listing::chosen(sheets.standings(storage, &stations, now).await?, asked);
    }
    let (listing, shown) = Listing::of(asked, stations.len(), all);
    let shown = stations.get(shown).unwrap_or_default();
    Ok((sheets.sheets(storage, shown, now).await?, listing))
}
