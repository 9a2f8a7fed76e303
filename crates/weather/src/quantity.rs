//! What can be observed: one table, and what is read from it.

mod change;
mod row;
mod state;
mod table;

pub use change::Change;
pub use row::{Fault, Field, Fold, Hysteresis, Name, Question, Speech, Words};
pub use table::Quantity;

use crate::units::{self, Unit};
use row::Row;
use std::ops::RangeInclusive;
use table::{ALL, TABLE};

/// The quantities in the order in which pages show them.
const SHOWN: [Quantity; Quantity::COUNT] = {
    let mut shown = ALL;
    let mut sorted = 1;
    while sorted < shown.len() {
        let mut at = sorted;
        while at > 0 && shown[at].row().order < shown[at - 1].row().order {
            (shown[at], shown[at - 1]) = (shown[at - 1], shown[at]);
            at -= 1;
        }
        sorted += 1;
    }
    shown
};

impl Quantity {
    /// How many there are.
    pub const COUNT: usize = ALL.len();

    /// All of them, by their place in memory.
    pub fn all() -> impl Iterator<Item = Quantity> {
        ALL.into_iter()
    }

    /// All that pages show, in their order there.
    pub fn shown() -> impl Iterator<Item = Quantity> {
        SHOWN.into_iter().filter(|quantity| quantity.is_shown())
    }

    /// False for what is kept only so that another quantity can be made of it: senders cannot name it, and readers do not
    /// see it.
    pub const fn is_shown(self) -> bool {
        !matches!(self, Self::PrecipitationCounted)
    }

    /// True for what storage may make of other values of the same instant, where a station does not send it.
    pub const fn is_derivable(self) -> bool {
        matches!(self, Self::Precipitation | Self::SeaLevelPressure | Self::AltimeterSetting)
    }

    /// The place in an array of all quantities, `0..COUNT`. It changes with the table: [`Quantity::number`] is what may
    /// be stored.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The quantity at a place in an array of all.
    pub fn from_index(index: usize) -> Option<Self> {
        ALL.get(index).copied()
    }

    /// The number that stands for it in the database, for ever.
    pub const fn number(self) -> u8 {
        self.row().number
    }

    /// The quantity of a stored number.
    pub fn from_number(number: i64) -> Option<Self> {
        ALL.into_iter().find(|quantity| i64::from(quantity.number()) == number)
    }

    /// The field's name: `sea_level_pressure`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The quantity of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.into_iter().find(|quantity| quantity.name() == name)
    }

    /// Reads a field name that may end in a unit: `wind_speed_mph` is wind speed in mph.
    pub fn from_field(field: &str) -> Option<(Self, Unit)> {
        let named = |name: &str| Self::from_name(name).filter(|quantity| quantity.is_shown());
        if let Some(quantity) = named(field) {
            return Some((quantity, quantity.unit()));
        }
        Unit::ALL.into_iter().filter(|unit| !unit.suffix().is_empty()).find_map(|unit| {
            let quantity = named(field.strip_suffix(unit.suffix())?)?;
            (unit.canonical() == quantity.unit()).then_some((quantity, unit))
        })
    }

    /// What a page calls it: `Pressure`.
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// The name of the icon beside it on a page.
    pub const fn icon(self) -> &'static str {
        self.row().icon
    }

    /// The unit it is stored in.
    pub const fn unit(self) -> Unit {
        self.row().unit
    }

    /// How many decimals people read in that unit.
    pub const fn decimals(self) -> u32 {
        self.row().decimals
    }

    /// What people call its numbers 0 and 1, if they are states; between them, the nearer one counts.
    pub const fn states(self) -> Option<[&'static str; 2]> {
        state::words(self)
    }

    /// The number in `unit` that a word stands for: a state's word, or `true` and `false`.
    pub fn state_of(self, unit: Unit, text: &str) -> Option<f64> {
        state::read(self, unit, text)
    }

    /// A canonical value as an answer repeats it: two decimals finer than people read it, without noise behind them.
    pub fn echo(self, canonical: f64) -> String {
        units::round_half_up(canonical, self.decimals() + 2).to_string()
    }

    /// The gross limits in the canonical unit.
    pub fn limits(self) -> RangeInclusive<f64> {
        self.row().limits.clone()
    }

    /// A value above the limits up to here counts as the highest, canonical unit.
    pub const fn saturates_at(self) -> Option<f64> {
        self.row().saturates_at
    }

    /// The fault of a device that this number stands for, canonical unit.
    pub fn fault(self, canonical: f64) -> Option<&'static Fault> {
        self.row().faults.iter().find(|fault| fault.numbers.contains(&canonical))
    }

    /// When an alert about it counts as over.
    pub const fn hysteresis(self) -> Hysteresis {
        self.row().hysteresis
    }

    /// How it changes from one value to the next.
    pub const fn change(self) -> Change {
        change::change(self)
    }

    /// What many of its values are together.
    pub const fn fold(self) -> Fold {
        self.row().fold
    }

    /// How the keeper hears of it and speaks of it.
    pub const fn keeper(self) -> &'static Speech {
        &self.row().keeper
    }

    /// Its names in the uploads of consoles.
    pub const fn uploads(self) -> &'static [Field] {
        self.row().uploads
    }

    /// True if it goes round in a circle: it has no more and no less.
    pub fn is_circular(self) -> bool {
        self.unit() == Unit::Degree
    }

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests;
