//! Values of rows put into the stretches that they are in.

use crate::storage::seam::{Cell, Stretch};
use weather::quantity::{Fold, Quantity};
use weather::rollup::{Rollup, UNKNOWN_WEIGHT};
use weather::time::Timestamp;

/// What the rows of stretches are that follow each other, in the order of time; those without a value are left out.
pub(in crate::storage) struct Cells<'a> {
    fold: Fold,
    /// Those of which rows may still come.
    stretches: &'a [Stretch],
    cells: Vec<Cell>,
}

impl<'a> Cells<'a> {
    pub(in crate::storage) fn new(quantity: Quantity, stretches: &'a [Stretch]) -> Self {
        Self { fold: quantity.fold(), stretches, cells: Vec::new() }
    }

    /// True if a row's weight is in a column beside its value.
    pub(in crate::storage) fn is_weighed(&self) -> bool {
        self.fold == Fold::Direction
    }

    /// Takes a row's value in, which come in the order of time.
    pub(in crate::storage) fn take(&mut self, at: Timestamp, value: f64, weight: Option<f64>) {
        let rollup = Rollup::of(self.fold, value, at, weight.unwrap_or(UNKNOWN_WEIGHT));
        while let [ended, rest @ ..] = self.stretches
            && ended.to <= at
        {
            self.stretches = rest;
        }
        let Some(Stretch { from, .. }) = self.stretches.first().copied() else { return };
        match self.cells.last_mut() {
            Some(cell) if cell.from == from => cell.rollup.join(&rollup),
            _ => self.cells.push(Cell { from, rollup }),
        }
    }

    pub(in crate::storage) fn finish(self) -> Vec<Cell> {
        self.cells
    }
}
