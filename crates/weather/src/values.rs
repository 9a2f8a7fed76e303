//! What one sensor observed at one instant.

use crate::quality::{self, Refusal};
use crate::quantity::Quantity;

/// What one sensor observed at one instant: at most one value a quantity, canonical units. Absent is absent, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Values([Option<f64>; Quantity::COUNT]);

impl Values {
    /// Puts a canonical value in, or says why it is not weather.
    pub fn put(&mut self, quantity: Quantity, canonical: f64) -> Result<(), Refusal> {
        self.0[quantity.index()] = Some(quality::admit(quantity, canonical)?);
        Ok(())
    }

    /// Puts back what was admitted when it was stored.
    pub fn restore(&mut self, quantity: Quantity, stored: f64) {
        self.0[quantity.index()] = Some(stored);
    }

    /// The value of a quantity, canonical.
    pub fn get(&self, quantity: Quantity) -> Option<f64> {
        self.0[quantity.index()]
    }

    /// Removes and returns a value.
    pub fn take(&mut self, quantity: Quantity) -> Option<f64> {
        self.0[quantity.index()].take()
    }

    /// Present values, in table order.
    pub fn iter(&self) -> impl Iterator<Item = (Quantity, f64)> + '_ {
        Quantity::all().zip(self.0).filter_map(|(quantity, value)| Some((quantity, value?)))
    }

    /// True if nothing was observed.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}
