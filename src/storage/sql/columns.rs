//! The columns of the table of observations.

use weather::quantity::Quantity;

/// The columns of an observation that are quantities, in the order in which rows are written and read.
pub(super) fn columns() -> impl Iterator<Item = Quantity> {
    Quantity::all()
}

/// Columns before the first quantity: sensor, observed_ms.
pub(super) const KEY_COLUMNS: usize = 2;

/// The names of all columns with something made of each between them.
pub(super) fn names(separator: &str, each: impl Fn(&str) -> String) -> String {
    columns().map(|quantity| each(quantity.name())).collect::<Vec<_>>().join(separator)
}

/// What becomes of these columns of a row that is there: a stored value stands, whatever memory believed, and `coalesce` fills in only what
/// is missing. What may be derived gives way.
pub(super) fn fill(written: impl Iterator<Item = Quantity>) -> String {
    let fill = written.map(|quantity| {
        let name = quantity.name();
        let (first, second) =
            if quantity.is_derivable() { ("excluded", "observation") } else { ("observation", "excluded") };
        format!("{name} = coalesce({first}.{name}, {second}.{name})")
    });
    fill.collect::<Vec<_>>().join(", ")
}
