//! What stands before and after a value that comes late: it is judged by that. Only a few rows on each side are looked through.

use super::rows::Rows;
use crate::storage::seam::{Mark, NEIGHBOURS_MAX, Place, SensorId};
use weather::judge::{GAP_MAX_MS, Reading};
use weather::quantity::Quantity;
use weather::time::Timestamp;

/// The rows of one sensor around a place, without that place itself.
pub(super) struct Neighbours<'a> {
    rows: &'a Rows,
    sensor: SensorId,
    at: Timestamp,
}

impl<'a> Neighbours<'a> {
    pub(super) fn of(rows: &'a Rows, (sensor, at): Place) -> Self {
        Self { rows, sensor, at }
    }

    /// The value before that counts, and the steps since it that wait to be settled, in the order of time.
    pub(super) fn before(&self, quantity: Quantity) -> (Option<Reading>, Vec<(Timestamp, Mark)>) {
        let mut steps = Vec::new();
        let rows = self.rows.range((self.sensor, self.at.plus(-GAP_MAX_MS))..(self.sensor, self.at));
        for ((_, at), row) in rows.rev().take(NEIGHBOURS_MAX) {
            if let Some(value) = row.values.get(quantity) {
                steps.reverse();
                return (Some(Reading { at, value }), steps);
            }
            steps.extend(row.step(quantity).map(|mark| (at, mark)));
        }
        // Without a value before them nothing tells what they are.
        (None, Vec::new())
    }

    /// The value after that counts, and the steps up to it that wait to be settled, in the order of time.
    pub(super) fn after(&self, quantity: Quantity) -> (Option<Reading>, Vec<(Timestamp, Mark)>) {
        let mut steps = Vec::new();
        let rows = self.rows.range((self.sensor, self.at.plus(1))..=(self.sensor, self.at.plus(GAP_MAX_MS)));
        for ((_, at), row) in rows.take(NEIGHBOURS_MAX) {
            if let Some(value) = row.values.get(quantity) {
                return (Some(Reading { at, value }), steps);
            }
            steps.extend(row.step(quantity).map(|mark| (at, mark)));
        }
        (None, steps)
    }
}
