//! What the quantities of a sensor were in some time, made of rows or of hours.

use weather::quantity::Quantity;
use weather::report::Values;
use weather::rollup::{self, Rollup};
use weather::time::Timestamp;

/// What each quantity of a sensor was in some time.
pub(in crate::storage) struct OfSensor {
    /// With the number of hours that have a value.
    by_quantity: [Option<(Rollup, u32)>; Quantity::COUNT],
}

impl OfSensor {
    pub(in crate::storage) fn new() -> Self {
        Self { by_quantity: [None; Quantity::COUNT] }
    }

    /// Takes a row of observations in.
    pub(in crate::storage) fn take(&mut self, at: Timestamp, row: &Values) {
        let weight = rollup::weight(row);
        for (quantity, value) in row.iter().filter(|(quantity, _)| quantity.is_shown()) {
            self.join(quantity, &Rollup::of(quantity.fold(), value, at, weight), 0);
        }
    }

    /// Takes in what a quantity was in `hours` hours.
    pub(in crate::storage) fn join(&mut self, quantity: Quantity, rollup: &Rollup, hours: u32) {
        match &mut self.by_quantity[quantity.index()] {
            Some((all, of)) => {
                all.join(rollup);
                *of += hours;
            }
            slot => *slot = Some((*rollup, hours)),
        }
    }

    /// Takes in all of an hour.
    pub(in crate::storage) fn join_hour(&mut self, hour: &Self) {
        hour.iter().for_each(|(quantity, rollup, _)| self.join(quantity, rollup, 1));
    }

    pub(in crate::storage) fn iter(&self) -> impl Iterator<Item = (Quantity, &Rollup, u32)> {
        let quantities = Quantity::all().zip(&self.by_quantity);
        quantities.filter_map(|(quantity, of)| of.as_ref().map(|(rollup, hours)| (quantity, rollup, *hours)))
    }
}
