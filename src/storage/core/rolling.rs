//! After values of rows have changed: their hours are made anew of their rows, and their days of the hours, in the same transaction.

use crate::storage::engine::Engine;
use crate::storage::error::Error;
use crate::storage::seam::{SensorId, Stretch};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use weather::station::Station;
use weather::time::{SERIES_BEGIN, Timestamp};
use weather::zone::Zone;
use weather::{day, hour};

/// Hours that are made anew at once: their rows are in memory together.
const HOURS_MAX: usize = 24;

/// The local hour of an instant.
pub(super) fn hour_of(zone: &Zone, at: Timestamp) -> Stretch {
    let (from, to) = hour::bounds(zone, at);
    Stretch { from, to }
}

/// A local day.
pub(super) fn day_of(zone: &Zone, date: NaiveDate) -> Stretch {
    let (from, to) = day::bounds(zone, date);
    Stretch { from, to }
}

/// The local hours that a stretch touches, in the order of time.
pub(super) fn hours_of(zone: &Zone, stretch: Stretch) -> impl Iterator<Item = Stretch> {
    hour::between(zone, stretch.from, stretch.to).map(|(from, to)| Stretch { from, to })
}

/// Makes the hours of those stretches anew, and their days. The stretches come in the order of time.
pub(super) async fn roll_up(
    engine: &mut Engine,
    station: &Station,
    sensor: SensorId,
    stretches: &[Stretch],
) -> Result<(), Error> {
    let zone = &station.zone;
    let (Some(newest), waiting) = engine.newest_row(sensor).await? else { return Ok(()) };
    let open = hour_of(zone, newest);
    // What is older than the readings stays as it is.
    let raw_from = engine.raw_from(sensor).await?.unwrap_or(SERIES_BEGIN);
    let (mut hours, mut days): (BTreeMap<Timestamp, Timestamp>, BTreeSet<NaiveDate>) = Default::default();
    for stretch in stretches {
        let stretch = Stretch { from: stretch.from.max(raw_from), to: stretch.to };
        for hour in hours_of(zone, stretch).take_while(|hour| hour.from <= open.from) {
            days.insert(day::date_at(zone, hour.from));
            hours.insert(hour.from, hour.to);
        }
    }
    // Of a day that waits to be made its other hours are not there.
    for date in days.iter().filter(|date| Some(**date) <= waiting) {
        hours.extend(hours_of(zone, day_of(zone, *date)).map(|hour| (hour.from, hour.to)));
    }
    let mut run: Vec<Stretch> = Vec::new();
    for (from, to) in hours.into_iter().filter(|(from, _)| *from < open.from) {
        if run.len() == HOURS_MAX || run.last().is_some_and(|last| last.to != from) {
            engine.renew_hours(sensor, &std::mem::take(&mut run)).await?;
        }
        run.push(Stretch { from, to });
    }
    engine.renew_hours(sensor, &run).await?;
    let newest = day::date_at(zone, open.from);
    for date in days {
        let open = (date == newest).then_some(open);
        engine.renew_day((sensor, date), day_of(zone, date), open).await?;
    }
    Ok(())
}
