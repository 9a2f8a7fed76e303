//! Striking out and restoring: values move between the observations and the marks, and all that follows from them is made anew
//! in the same transaction.

use super::memory::Known;
use super::merge;
use super::news::News;
use super::rolling::roll_up;
use super::scribe::{Scribe, now};
use crate::storage::corrections::{Author, CORRECTION_MAX_MS, Selection};
use crate::storage::engine::Engine;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::seam::{Counted, Move, Rank, Renewal, SensorId, Stretch};
use std::collections::BTreeSet;
use weather::calibration::OfSensor;
use weather::day;
use weather::quantity::Quantity;
use weather::report::Values;
use weather::station::Station;
use weather::time::{DAY_MS, Timestamp};

/// What a rain gauge says makes the rain, so these go together.
const RAIN: [Quantity; 3] = [Quantity::Precipitation, Quantity::PrecipitationCounted, Quantity::PrecipitationTotal];

/// A total counter goes on from a reading that is no older, ms.
pub(super) const COUNTER_REACH_MS: i64 = 30 * DAY_MS;

pub(super) async fn correct(
    scribe: &mut Scribe,
    selection: &Selection,
    author: &Author,
    restore: bool,
) -> Result<u64, Error> {
    let done = try_correct(scribe, selection, author, restore).await;
    let done = scribe.settle(done).await;
    let (values, entry) = done?;
    scribe.teller.tell(entry.into_iter().collect()).await;
    Ok(values)
}

async fn try_correct(
    scribe: &mut Scribe,
    selection: &Selection,
    author: &Author,
    restore: bool,
) -> Result<(u64, Option<Entry>), Error> {
    let length_ms = selection.to.since(selection.from);
    if !(1..=CORRECTION_MAX_MS).contains(&length_ms) {
        return Err(Error::Stretch(CORRECTION_MAX_MS / DAY_MS));
    }
    scribe.begin_control().await?;
    let directory = scribe.shared.directory();
    let no_station = || Error::NoStation(selection.station.to_string());
    let station = directory.by_slug(selection.station.as_str()).ok_or_else(no_station)?;
    let quantities = quantities(selection.quantity);
    let stretch = Stretch { from: selection.from, to: selection.to };
    let moved =
        scribe.engine.correct(&Move { selection, station: station.id, quantities: &quantities, restore }).await?;
    if moved.is_empty() {
        scribe.engine.rollback().await;
        return Ok((0, None));
    }
    let values: u64 = moved.iter().filter(|(_, quantity, _)| quantity.is_shown()).map(|(.., values)| values).sum();
    for sensor in moved.iter().map(|(sensor, ..)| *sensor).collect::<BTreeSet<_>>() {
        let of_sensor = moved.iter().filter(|(of, ..)| *of == sensor);
        let mut quantities: Vec<_> = of_sensor.map(|(_, quantity, _)| *quantity).collect();
        let mut through = stretch;
        if quantities.iter().any(|quantity| RAIN.contains(quantity)) {
            let name = scribe.engine.name_of(sensor).await?;
            let of = directory.calibrated(station.id).and_then(|(_, calibrations)| calibrations.of(&name));
            through = rain_again(&mut scribe.engine, station, (sensor, of), stretch).await?;
            quantities.push(Quantity::Precipitation);
        }
        scribe.engine.renew(&Renewal { sensor, quantities, now: now() }).await?;
        roll_up(&mut scribe.engine, station, sensor, &[through]).await?;
    }
    scribe.engine.note_correction(station.id, selection, (author, restore, values), now()).await?;
    let news = News::backfill(station.slug.as_str(), selection.from, selection.to.plus(-1));
    let entry = scribe.numbering.number(vec![news], now()).remove(0);
    scribe.engine.enter_and_commit(&entry).await?;
    scribe.committed(std::slice::from_ref(&entry), 0);
    scribe.memory.clear();
    Ok((values, Some(entry)))
}

fn quantities(one: Option<Quantity>) -> Vec<Quantity> {
    match one {
        None => Quantity::all().collect(),
        Some(quantity) if RAIN.contains(&quantity) => RAIN.to_vec(),
        Some(quantity) => vec![quantity],
    }
}

/// Makes the rain anew of what the counters say, from the stretch on to the end of the day after it: the first reading of a
/// day is told by the last one before it. Returns the stretch that it went through.
async fn rain_again(
    engine: &mut Engine,
    station: &Station,
    (sensor, of): (SensorId, Option<&OfSensor>),
    stretch: Stretch,
) -> Result<Stretch, Error> {
    let last = day::date_at(&station.zone, stretch.to.plus(-1));
    let (_, to) = day::bounds(&station.zone, last.succ_opt().unwrap_or(last));
    let through = Stretch { from: stretch.from, to };
    let counted = engine.counted(sensor, Stretch { from: stretch.from.plus(-DAY_MS), to }).await?;
    let factor = |at| of.map_or(1.0, |of| of.rain_factor(at));
    let from = rain_begins(&counted, stretch.from, engine.raw_from(sensor).await?);
    engine.set_fallen(sensor, &fallen(station, &counted, from, factor)).await?;
    Ok(through)
}

/// From when on it can be told anew what has fallen. Where the readings before have gone, the first that is left stays as it is: what fell
/// before it is in no counter any more.
pub(super) fn rain_begins(counted: &[Counted], from: Timestamp, raw_from: Option<Timestamp>) -> Timestamp {
    let first = counted.first().map_or(from, |first| first.at);
    let is_cut = raw_from.is_some_and(|raw_from| raw_from >= from.plus(-COUNTER_REACH_MS));
    if is_cut && first >= from { first.plus(1) } else { from }
}

/// What has fallen by each reading since `from`; those before are as they were. `factor`: what falls at an instant is multiplied
/// by it.
pub(super) fn fallen(
    station: &Station,
    counted: &[Counted],
    from: Timestamp,
    factor: impl Fn(Timestamp) -> f64,
) -> Vec<(Timestamp, f64)> {
    let mut known = Known::default();
    let mut fallen = Vec::new();
    for &Counted { at, daily, total, fallen: was } in counted {
        let mut row = Values::default();
        let said = [(Quantity::PrecipitationCounted, daily), (Quantity::PrecipitationTotal, total)];
        let said: Vec<_> = said.into_iter().filter_map(|(quantity, value)| Some((quantity, value?))).collect();
        said.iter().for_each(|(quantity, value)| row.restore(*quantity, *value));
        let rank = Rank { rank: at, observed_at: at };
        let again = if at < from {
            None
        } else {
            merge::rain(&mut known, station, &row, |quantity| row.get(quantity), (at, at), factor(at))
        };
        fallen.extend(again.map(|mm| (at, mm)));
        for (quantity, value) in said.into_iter().chain(again.or(was).map(|mm| (Quantity::Precipitation, mm))) {
            known.fold(quantity, value, rank, at);
        }
    }
    fallen
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::station::{Slug, StationId};
    use weather::time::MINUTE_MS;
    use weather::zone::Zone;

    const START: Timestamp = Timestamp(1_792_800_000_000);

    fn station() -> Station {
        let slug = Slug::new("a").expect("a slug");
        Station {
            id: StationId(1),
            slug,
            name: "A".into(),
            zone: Zone::UTC,
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: None,
            upload_units: weather::upload_units::UploadUnits::AsNamed,
            interval_ms: None,
        }
    }

    #[test]
    fn rain_is_made_anew_without_what_was_struck() {
        let row = |minute: i64, total: Option<f64>, fallen: Option<f64>| Counted {
            at: START.plus(minute * MINUTE_MS),
            daily: None,
            total,
            fallen,
        };
        let before = row(0, Some(812.8), Some(1.0));
        let struck = row(5, None, None);
        let after = row(10, Some(812.8), Some(3.2));
        let later = row(15, Some(813.0), Some(3.4));
        let again = fallen(&station(), &[before, struck, after, later], START.plus(5 * MINUTE_MS), |_| 1.0);
        let again: Vec<f64> = again.into_iter().map(|(_, mm)| mm).collect();
        assert_eq!(again, [1.0, 1.2]);
    }

    #[test]
    fn rain_comes_with_its_counters_and_everything_else_alone() {
        assert_eq!(quantities(Some(Quantity::Precipitation)), RAIN);
        assert_eq!(quantities(Some(Quantity::Temperature)), [Quantity::Temperature]);
        assert_eq!(quantities(None).len(), Quantity::COUNT);
    }
}
