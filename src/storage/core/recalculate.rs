//! After a calibration was added or removed: some rows at a time are made anew of what was sent, each time in a transaction of
//! its own, with the lows, highs and newest values that follow. What is left to do is in the database, so that another run
//! goes on with it.

mod row;

use super::correct::{fallen, rain_begins};
use super::news::News;
use super::rezone::rezone_some;
use super::rolling::roll_up;
use super::scribe::{Scribe, now};
use super::shares::SENT_BYTES;
use crate::storage::engine::Engine;
use crate::storage::entry::Entry;
use crate::storage::error::Error;
use crate::storage::seam::{Due, KeptRow, Renewal, Rewritten, Spoken, Stretch};
use row::Recalculation;
use std::collections::BTreeSet;
use std::sync::Arc;
use weather::calibration::OfSensor;
use weather::quantity::Quantity;
use weather::station::Station;
use weather::time::{DAY_MS, Timestamp};

/// Rows that are made anew in one transaction: some hundredths of a second, in which reports wait.
const ROWS_MAX: u32 = 500;
/// Rows before them that are read for what was measured shortly before: a report every two seconds.
const ROWS_BEFORE_MAX: u32 = 450;

/// Makes some rows anew whenever the writer has time. After an error the next pruning sends us here again. True if memory was cleared.
pub(super) async fn recalculate_if_due(scribe: &mut Scribe) -> bool {
    if !scribe.recalculating.is_due() {
        return false;
    }
    let done = recalculate_some(scribe).await;
    if !matches!(done, Ok(true)) {
        scribe.recalculating.is_done();
    }
    if let Err(error) = &done {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, "readings or local days are not made anew yet");
    }
    !matches!(done, Ok(false))
}

/// Makes some local days anew, or some rows; false if there are none.
pub(super) async fn recalculate_some(scribe: &mut Scribe) -> Result<bool, Error> {
    if rezone_some(scribe).await? {
        return Ok(true);
    }
    let done = try_recalculate(scribe).await;
    let done = scribe.settle(done).await;
    let Some(entry) = done? else { return Ok(false) };
    scribe.teller.tell(entry.into_iter().collect()).await;
    Ok(true)
}

/// `None`: nothing is due. `Some(None)`: nothing has changed.
async fn try_recalculate(scribe: &mut Scribe) -> Result<Option<Option<Entry>>, Error> {
    scribe.begin_control().await?;
    let Some(due) = scribe.engine.due().await? else {
        scribe.engine.rollback().await;
        return Ok(None);
    };
    let directory = scribe.shared.directory();
    let Some((station, calibrations)) = directory.calibrated(due.station) else {
        // The station was removed by another process, and its sensors go with it.
        scribe.engine.note_due(due.sensor, None).await?;
        scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
        return Ok(Some(None));
    };
    let of = calibrations.of(&due.name).cloned().unwrap_or_default();
    let made = make(&mut scribe.engine, station, &due, &of).await?;
    scribe.engine.note_due(due.sensor, made.next).await?;
    let (Some(first), Some(last)) = (made.changed.first(), made.changed.last()) else {
        scribe.engine.write_and_commit(&Spoken::default(), &[], now()).await?;
        return Ok(Some(None));
    };
    let news = News::backfill(station.slug.as_str(), *first, *last);
    let entry = scribe.numbering.number(vec![news], now()).remove(0);
    scribe.engine.enter_and_commit(&entry).await?;
    scribe.committed(std::slice::from_ref(&entry), 0);
    scribe.shared.shares.wrote(&[(due.station, due.sensor, SENT_BYTES * made.sent)]);
    scribe.memory.clear();
    Ok(Some(Some(entry)))
}

/// What became of some rows.
struct Made {
    /// Where the next ones begin; `None`: there are no more.
    next: Option<Timestamp>,
    /// The instants of which something has changed, in order.
    changed: Vec<Timestamp>,
    /// So many values are kept as they were sent, more than before.
    sent: u64,
}

async fn make(engine: &mut Engine, station: &Arc<Station>, due: &Due, of: &OfSensor) -> Result<Made, Error> {
    let raw_from = engine.raw_from(due.sensor).await?;
    let from = raw_from.map_or(due.stretch.from, |raw_from| due.stretch.from.max(raw_from));
    let rows = engine.kept(due.sensor, Stretch { from, to: due.stretch.to }, ROWS_MAX).await?;
    let Some(last) = rows.last().map(|row| row.at) else {
        return Ok(Made { next: None, changed: Vec::new(), sent: 0 });
    };
    let is_full = rows.len() == ROWS_MAX as usize;
    let mut recalculation = Recalculation::new(of, due.name.is_main().then_some(station.elevation_m).flatten());
    if recalculation.looks_back() {
        let before = Stretch { from: due.stretch.from.plus(-row::DERIVE_MAX_AGE_MS), to: due.stretch.from };
        for row in engine.kept(due.sensor, before, ROWS_BEFORE_MAX).await? {
            recalculation.learn(&row);
        }
    }
    let rewritten: Vec<_> = rows.iter().filter_map(|row| recalculation.again(due.sensor, row)).collect();
    engine.rewrite(due.sensor, &rewritten).await?;
    let mut changed: BTreeSet<Timestamp> = rewritten.iter().map(|row| row.at).collect();
    let mut quantities: BTreeSet<Quantity> = rewritten.iter().flat_map(Rewritten::quantities).collect();
    if due.rains {
        let rained = rain_again(engine, station, (due, raw_from), of, &rows).await?;
        quantities.extend((!rained.is_empty()).then_some(Quantity::Precipitation));
        changed.extend(rained);
    }
    let changed: Vec<_> = changed.into_iter().collect();
    let quantities = quantities.into_iter().collect::<Vec<_>>();
    if !quantities.is_empty() {
        engine.renew(&Renewal { sensor: due.sensor, quantities, now: now() }).await?;
        let instants: Vec<_> = changed.iter().map(|at| Stretch { from: *at, to: at.plus(1) }).collect();
        roll_up(engine, station, due.sensor, &instants).await?;
    }
    let sent = rewritten.iter().flat_map(|row| &row.sent).filter(|(_, sent)| sent.is_some()).count() as u64;
    Ok(Made { next: is_full.then(|| last.plus(1)), changed, sent })
}

/// Makes the rain of some rows anew of what the gauge said; returns the instants of which it has changed.
async fn rain_again(
    engine: &mut Engine,
    station: &Station,
    (due, raw_from): (&Due, Option<Timestamp>),
    of: &OfSensor,
    rows: &[KeptRow],
) -> Result<Vec<Timestamp>, Error> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let stretch = Stretch { from: first.at.plus(-DAY_MS), to: last.at.plus(1) };
    let counted = engine.counted(due.sensor, stretch).await?;
    let was = |at: Timestamp| {
        let row = rows.binary_search_by_key(&at, |row| row.at).ok().map(|place| &rows[place]);
        row.filter(|row| row.counts_rain()).and_then(|row| row.values.get(Quantity::Precipitation))
    };
    let from = rain_begins(&counted, first.at, raw_from);
    let mut again = fallen(station, &counted, from, |at| of.rain_factor(at));
    again.retain(|(at, mm)| was(*at).is_some_and(|was| was != *mm));
    engine.set_fallen(due.sensor, &again).await?;
    Ok(again.into_iter().map(|(at, _)| at).collect())
}
