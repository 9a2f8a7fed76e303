//! Reads from storage everything that a page shows.

use super::asked::Asked;
use super::day::Day;
use super::facts::Facts;
use super::lead;
use super::listing::{self, Listing};
use super::marks::MARKS_MAX;
use super::sheet::Sheet;
use super::sheets::Sheets;
use crate::storage::{Error, Storage};
use std::sync::Arc;
use weather::day;
use weather::station::Station;
use weather::time::Timestamp;

/// One station with what its page draws of the last 24 hours. `cursor` is the channel's, read before.
pub(crate) async fn station(
    storage: &Storage,
    sheets: &Sheets,
    station: &Arc<Station>,
    cursor: &str,
    now: Timestamp,
) -> Result<Facts, Error> {
    let id = station.id;
    // What is drawn follows from what there is.
    let latest = storage.latest(id).await?;
    let extra = lead::extra(&latest, now);
    let day = async { sheets.open(storage, cursor).await?.day(storage, station, extra, now).await };
    let window = Day::ending(now);
    let (extremes, interval_ms, day, marked) = tokio::try_join!(
        storage.extremes(id, day::date_at(&station.zone, now)),
        storage.interval_ms(id),
        day,
        storage.marked(id, window.from, window.to, MARKS_MAX),
    )?;
    let (series, courses) = day.split();
    let heard = storage.heard(id);
    let (clock, newest_at) = (heard.off(), heard.newest);
    let station = Arc::clone(station);
    let facts = Facts { station, latest, extremes, interval_ms, series, courses, clock, newest_at, marked };
    Ok(facts.known_at(now).into_owned())
}

/// One station as the overview knows it: its newest values, and a sparkline.
pub(crate) async fn sheet(
    storage: &Storage,
    sheets: &Sheets,
    station: &Arc<Station>,
    cursor: &str,
    now: Timestamp,
) -> Result<Option<Arc<Sheet>>, Error> {
    let mut sheets = sheets.open(storage, cursor).await?;
    Ok(sheets.sheets(storage, std::slice::from_ref(station), now).await?.pop())
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
    let named: Vec<Arc<Station>> = listing::named(directory.iter(), &asked.find).cloned().collect();
    let (stations, heard) = listing::chosen(sheets.standings(storage, &named, asked.sort.by, now).await?, asked);
    let (listing, shown) = Listing::of(asked, stations.len(), all);
    let heard = heard.saturating_sub(shown.start);
    let shown = stations.get(shown).unwrap_or_default();
    let read = if listing.table {
        sheets.bare(storage, shown, now).await?
    } else {
        sheets.sheets(storage, shown, now).await?
    };
    Ok((read, listing.with_heard(heard)))
}
