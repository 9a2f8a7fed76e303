//! Readings that are older than the owner wants to keep go, some at a time, whenever the writer has nothing else to do. Hours and days stay.
//!
//! First a boundary is moved: from then on nothing is taken for the time before it, and no hour or day of that time is made anew. Only then
//! rows are deleted, so that a kill at any moment leaves a database that is whole.

use super::news::News;
use super::retaining::{FIRST, Stage};
use super::rolling::day_of;
use super::scribe::{Scribe, now};
use super::shares::weight;
use super::stats::count;
use crate::storage::error::Error;
use crate::storage::seam::{Age, SensorId, Spoken};
use chrono::Days;
use weather::day;
use weather::time::{HOUR_MS, MINUTE_MS, Timestamp};
use weather::zone::Zone;

/// It is looked so often whether something is to go, ms: a day ends at another time for each zone.
const LOOK_EVERY_MS: i64 = HOUR_MS;
/// After an error it is looked again so soon, ms.
const RETRY_MS: i64 = MINUTE_MS;
/// Sensors whose boundary is looked at in one transaction: some milliseconds.
const SENSORS_AT_ONCE: u32 = 200;
/// Rows that go in one transaction, each with up to some dozen marks: some milliseconds, in which reports wait.
const ROWS_MAX: u32 = 500;
/// Free pages that stay in the file: a megabyte for what comes next.
const PAGES_KEPT: u32 = 256;

/// What a step has done.
#[derive(Default)]
struct Step {
    /// Memory was cleared.
    is_cleared: bool,
    /// Something went, or is about to.
    has_changed: bool,
}

/// Does some of it if it is due. True if memory was cleared.
pub(super) async fn prune_if_due(scribe: &mut Scribe) -> bool {
    if !scribe.retention.is_due(now()) {
        return false;
    }
    let (step, failed) = step(scribe).await;
    if let Some(error) = failed {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "old readings are still there");
    }
    step.is_cleared
}

/// Lets something go; false if nothing is to go any more.
pub(super) async fn prune_some(scribe: &mut Scribe) -> Result<bool, Error> {
    loop {
        match step(scribe).await {
            (_, Some(error)) => return Err(error),
            (Step { has_changed: true, .. }, _) => return Ok(true),
            _ if scribe.retention.stage == Stage::Rest => return Ok(false),
            _ => {}
        }
    }
}

async fn step(scribe: &mut Scribe) -> (Step, Option<Error>) {
    let mut step = Step::default();
    let next = match scribe.retention.stage {
        Stage::Rest => move_some(scribe, FIRST, &mut step).await,
        Stage::Moving(after) => move_some(scribe, after, &mut step).await,
        Stage::Pruning(at) => prune(scribe, at, &mut step).await,
        Stage::Shrinking => scribe.engine.shrink(PAGES_KEPT).await.map(|more| {
            step.has_changed = more;
            if more { Stage::Shrinking } else { Stage::Rest }
        }),
    };
    match next {
        Ok(Stage::Rest) => {
            if scribe.retention.gone > 0 {
                tracing::info!(readings = scribe.retention.gone, "old readings have gone; their hours and days stay");
            }
            scribe.retention.rest(now(), LOOK_EVERY_MS);
        }
        Ok(next) => scribe.retention.stage = next,
        Err(error) => {
            scribe.retention.rest(now(), RETRY_MS);
            return (step, Some(error));
        }
    }
    (step, None)
}

async fn move_some(scribe: &mut Scribe, after: SensorId, step: &mut Step) -> Result<Stage, Error> {
    let head = scribe.numbering.head();
    let moved = move_boundaries(scribe, after).await;
    let moved = scribe.settle(moved).await;
    step.has_changed = matches!(moved, Ok((_, true)));
    // What other processes have committed clears memory, too, and so does an error.
    step.is_cleared = scribe.numbering.head() != head || !matches!(moved, Ok((_, false)));
    moved.map(|(next, _)| next)
}

/// Moves the boundaries of some sensors; what comes next, and whether one was moved.
async fn move_boundaries(scribe: &mut Scribe, after: SensorId) -> Result<(Stage, bool), Error> {
    let raw_days = scribe.shared.options.raw_days;
    if raw_days == 0 {
        return Ok((Stage::Pruning(FIRST), false));
    }
    scribe.begin_control().await?;
    let ages = scribe.engine.ages(after, SENSORS_AT_ONCE).await?;
    let directory = scribe.shared.directory();
    let (mut moved, mut news) = (None, Vec::new());
    for age in &ages {
        let Some((station, _)) = directory.by_id(age.station) else { continue };
        if let Some(from) = boundary(&station.zone, age, now(), raw_days) {
            scribe.engine.note_raw_from(age.sensor, from).await?;
            moved = moved.max(Some(from));
            // Other servers remember from when on there are readings.
            let before = age.rows.map_or(from, |(oldest, _)| oldest);
            news.push(News::backfill(station.slug.as_str(), before, from));
        }
    }
    let Some(newest) = moved else {
        scribe.engine.rollback().await;
        return Ok((next(&ages), false));
    };
    news.dedup();
    let entries = scribe.numbering.number(news, now());
    scribe.engine.write_and_commit(&Spoken::default(), &entries, now()).await?;
    scribe.committed(&entries, 0);
    scribe.shared.readings_begin(newest);
    scribe.memory.clear();
    scribe.teller.tell(entries).await;
    Ok((next(&ages), true))
}

fn next(ages: &[Age]) -> Stage {
    match ages.last() {
        Some(last) if ages.len() == SENSORS_AT_ONCE as usize => Stage::Moving(last.sensor),
        _ => Stage::Pruning(FIRST),
    }
}

/// From when on a sensor's readings stay, if some are to go that have not gone yet. It is a local midnight, and days before that of the
/// newest row: hours and days of the time before it are whole. A server whose clock is ahead, or a sensor that is silent for years, loses
/// nothing by that.
fn boundary(zone: &Zone, age: &Age, now: Timestamp, raw_days: u32) -> Option<Timestamp> {
    let (oldest, newest) = age.rows.filter(|_| !age.waits)?;
    let last = day::date_at(zone, newest.min(now));
    let from = day_of(zone, last.checked_sub_days(Days::new(raw_days.into()))?).from;
    (oldest < from && age.raw_from < Some(from)).then_some(from)
}

/// Deletes some rows.
async fn prune(scribe: &mut Scribe, at: SensorId, step: &mut Step) -> Result<Stage, Error> {
    // Room is made also where there is none.
    scribe.engine.open_reserve(true).await?;
    let Some(gone) = scribe.engine.prune_readings((at, ROWS_MAX), weight).await? else {
        return Ok(Stage::Shrinking);
    };
    step.has_changed = true;
    scribe.retention.gone += gone.rows;
    scribe.shared.shares.pruned(&gone);
    count(&scribe.shared.counters.readings_pruned, usize::try_from(gone.rows).unwrap_or(usize::MAX));
    Ok(Stage::Pruning(gone.sensor))
}

#[cfg(test)]
mod tests {
    use super::super::retaining::Retention;
    use super::*;
    use weather::station::StationId;
    use weather::time::DAY_MS;

    /// 2026-11-22 12:00 UTC.
    const NOON: Timestamp = Timestamp(1_795_348_800_000);

    fn age(oldest_days: i64, newest: Timestamp, raw_from: Option<Timestamp>) -> Age {
        let rows = Some((NOON.plus(-oldest_days * DAY_MS), newest));
        Age { sensor: SensorId(1), station: StationId(1), rows, raw_from, waits: false }
    }

    fn of(age: &Age, now: Timestamp) -> Option<String> {
        let berlin = Zone::inside("Europe/Berlin").expect("a zone");
        boundary(&berlin, age, now, 30).map(Timestamp::rfc3339)
    }

    #[test]
    fn readings_stay_from_a_local_midnight_on() {
        let midnight = Some("2026-10-22T22:00:00.000Z".to_owned());
        assert_eq!(of(&age(31, NOON, None), NOON), midnight, "summer time ends within the thirty days");
        assert_eq!(of(&age(30, NOON, None), NOON), None, "nothing is older");
        let from = Timestamp(1_795_348_800_000 - 31 * DAY_MS);
        assert_eq!(of(&age(50, NOON, Some(from)), NOON), midnight, "it goes on");
        let from = day_of(&Zone::UTC, day::date_at(&Zone::UTC, NOON)).from;
        assert_eq!(of(&age(50, NOON, Some(from)), NOON), None, "never back");
        assert_eq!(of(&Age { waits: true, ..age(50, NOON, None) }, NOON), None);
        assert_eq!(of(&Age { rows: None, ..age(50, NOON, None) }, NOON), None);
    }

    #[test]
    fn it_is_looked_a_while_after_the_start_and_then_each_hour() {
        let mut retention = Retention::new(NOON);
        assert!(!retention.is_due(NOON.plus(MINUTE_MS - 1)) && retention.is_due(NOON.plus(MINUTE_MS)));
        retention.stage = Stage::Pruning(FIRST);
        assert!(retention.is_due(NOON), "what was begun goes on");
        retention.rest(NOON, LOOK_EVERY_MS);
        assert!(!retention.is_due(NOON.plus(HOUR_MS - 1)) && retention.is_due(NOON.plus(HOUR_MS)));
    }

    #[test]
    fn neither_a_clock_that_is_ahead_nor_silence_takes_readings() {
        assert_eq!(of(&age(40, NOON.plus(-20 * DAY_MS), None), NOON.plus(9_000 * DAY_MS)), None);
        let ahead = age(31, NOON.plus(9_000 * DAY_MS), None);
        assert_eq!(of(&ahead, NOON), of(&age(31, NOON, None), NOON));
    }
}
