//! The rows that a merge reads and makes.

use crate::storage::seam::{Mark, Place};
use std::collections::BTreeMap;
use std::ops::RangeBounds;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Values;

/// What stands at a place.
#[derive(Default)]
pub(super) struct Row {
    pub values: Values,
    /// Values that do not count.
    pub marks: Vec<Mark>,
    pub changed: bool,
    /// False if the database may have more at that place than stands here.
    pub is_whole: bool,
}

/// Rows in the order in which they came, which is mostly that of their places: they are large, and sorting them moves them.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<(Place, Row)>,
    places: BTreeMap<Place, usize>,
}

impl Rows {
    pub(super) fn get(&self, place: &Place) -> Option<&Row> {
        self.places.get(place).map(|number| &self.rows[*number].1)
    }

    pub(super) fn get_or_add(&mut self, place: Place, row: impl FnOnce() -> Row) -> &mut Row {
        let number = self.number(place, row);
        &mut self.rows[number].1
    }

    fn number(&mut self, place: Place, row: impl FnOnce() -> Row) -> usize {
        let Self { rows, places } = self;
        *places.entry(place).or_insert_with(|| {
            rows.push((place, row()));
            rows.len() - 1
        })
    }

    /// Takes the row of a place out, or a new one; [`Rows::put_back`] wants the number that comes with it. An empty row stands
    /// there until then.
    pub(super) fn take_out(&mut self, place: Place) -> (usize, Row) {
        let number = self.number(place, || Row { is_whole: true, ..Row::default() });
        (number, std::mem::take(&mut self.rows[number].1))
    }

    pub(super) fn put_back(&mut self, number: usize, row: Row) {
        self.rows[number].1 = row;
    }

    /// The rows of these places, in their order.
    pub(super) fn range(&self, places: impl RangeBounds<Place>) -> impl DoubleEndedIterator<Item = (Place, &Row)> {
        self.places.range(places).map(|(place, number)| (*place, &self.rows[*number].1))
    }

    /// Those that are new or have changed, in the order of their places.
    pub(super) fn changed(self) -> Vec<(Place, Values)> {
        let changed = self.rows.into_iter().filter(|(_, row)| row.changed);
        let mut changed: Vec<_> = changed.map(|(place, row)| (place, row.values)).collect();
        changed.sort_unstable_by_key(|(place, _)| *place);
        changed
    }
}

impl Row {
    /// The step of a quantity that waits here to be settled.
    pub(super) fn step(&self, quantity: Quantity) -> Option<Mark> {
        let waits = |mark: &&Mark| mark.quantity == quantity && mark.reason == Reason::Step;
        self.marks.iter().find(waits).copied()
    }

    /// A value that is there and does not count.
    pub(super) fn marked(&self, quantity: Quantity) -> Option<f64> {
        let mark = self.marks.iter().find(|mark| mark.quantity == quantity);
        mark.map(|mark| mark.value)
    }
}
