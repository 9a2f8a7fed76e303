//! What one sensor observed at one instant.

use crate::quality::{self, Refusal};
use crate::quantity::Quantity;

/// What one sensor observed at one instant: at most one value a quantity, canonical units. Absent is absent, never zero.
///
/// No value is `NaN`, so that stands for what is absent: half the memory of an array of options, and a queue holds many.
#[derive(Debug, Clone, Copy)]
pub struct Values([f64; Quantity::COUNT]);

impl Default for Values {
    fn default() -> Self {
        Self([f64::NAN; Quantity::COUNT])
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one == other || one.is_nan() && other.is_nan())
    }
}

/// `None` for what is absent.
fn present(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

impl Values {
    /// Puts a canonical value in, or says why it is not weather.
    pub fn put(&mut self, quantity: Quantity, canonical: f64) -> Result<(), Refusal> {
        self.0[quantity.index()] = quality::admit(quantity, canonical)?;
        Ok(())
    }

    /// Puts back what was admitted when it was stored.
    pub fn restore(&mut self, quantity: Quantity, stored: f64) {
        self.0[quantity.index()] = stored;
    }

    /// The value of a quantity, canonical.
    pub fn get(&self, quantity: Quantity) -> Option<f64> {
        present(self.0[quantity.index()])
    }

    /// Removes and returns a value.
    pub fn take(&mut self, quantity: Quantity) -> Option<f64> {
        present(std::mem::replace(&mut self.0[quantity.index()], f64::NAN))
    }

    /// Present values, in table order.
    pub fn iter(&self) -> impl Iterator<Item = (Quantity, f64)> + '_ {
        Quantity::all().zip(self.0).filter_map(|(quantity, value)| Some((quantity, present(value)?)))
    }

    /// True if nothing was observed.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|value| value.is_nan())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_no_value_and_equal_to_what_is_absent() {
        let (mut one, mut other) = (Values::default(), Values::default());
        assert!(one.is_empty() && one == other && one.iter().next().is_none());
        one.restore(Quantity::Temperature, 0.0);
        assert!(one != other && one.get(Quantity::Temperature) == Some(0.0));
        assert_eq!(one.get(Quantity::Humidity), None);
        other.restore(Quantity::Temperature, 0.0);
        assert_eq!(one, other);
        assert_eq!((one.take(Quantity::Temperature), one.take(Quantity::Temperature)), (Some(0.0), None));
        assert!(one.is_empty() && size_of::<Values>() == 8 * Quantity::COUNT);
        assert!(one.put(Quantity::Temperature, f64::NAN).is_err());
    }
}
