//! Marks: values that are kept and do not count, each with a flag and a reason. A value without a mark counts.

use std::fmt;

/// What quality control says of a value, by the numbers of QARTOD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Judged, and good.
    Pass = 1,
    /// Nothing to judge it by: it counts.
    NotEvaluated = 2,
    /// Kept, and does not count unless something or somebody speaks for it.
    Suspect = 3,
    /// Kept, and does not count.
    Fail = 4,
    /// There is no value.
    Missing = 9,
}

impl Flag {
    /// Its number.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// Why a value does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Outside the gross limits.
    Gross,
    /// It steps away from the value before it. The next value settles what that was.
    Step,
    /// It stepped away, and the next value had returned.
    Spike,
    /// It has not changed for longer than weather stays as it is.
    Unchanged,
    /// Nothing that the station says has changed for longer than weather stays as it is.
    Frozen,
    /// A dew point above the temperature.
    AboveTemperature,
    /// A gust below the mean wind.
    BelowMean,
    /// Rain that falls through dry air.
    DryAir,
    /// Light while the sun is below the horizon.
    SunBelow,
    /// A pressure that air at the station's elevation does not have.
    NotOfHeight,
    /// A person struck it out.
    Struck,
}

/// All of them, with their names and with what people read.
const REASONS: [(Reason, &str, &str); 11] = [
    (Reason::Gross, "gross", "outside what weather can be"),
    (Reason::Step, "step", "a step that no value after it has settled"),
    (Reason::Spike, "spike", "a spike"),
    (Reason::Unchanged, "unchanged", "unchanged for hours"),
    (Reason::Frozen, "frozen", "everything unchanged for hours, as if the link to the sensors were dead"),
    (Reason::AboveTemperature, "above_temperature", "a dew point above the temperature"),
    (Reason::BelowMean, "below_mean", "a gust below the mean wind"),
    (Reason::DryAir, "dry_air", "rain in dry air"),
    (Reason::SunBelow, "sun_below", "sun below the horizon"),
    (Reason::NotOfHeight, "not_of_height", "no pressure at the height of the station"),
    (Reason::Struck, "struck", "struck out by a person"),
];

impl Reason {
    /// How many there are.
    pub const COUNT: usize = REASONS.len();

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        REASONS.into_iter().map(|(reason, ..)| reason)
    }

    /// Its name in the database, on the wire and in docs.
    pub fn name(self) -> &'static str {
        REASONS[self as usize].1
    }

    /// What people read: `a spike`.
    pub fn words(self) -> &'static str {
        REASONS[self as usize].2
    }

    /// The reason of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|reason| reason.name() == name)
    }

    /// The flag that goes with it.
    pub const fn flag(self) -> Flag {
        match self {
            Self::Gross | Self::Spike | Self::Struck => Flag::Fail,
            Self::Step
            | Self::Unchanged
            | Self::Frozen
            | Self::AboveTemperature
            | Self::BelowMean
            | Self::DryAir
            | Self::SunBelow
            | Self::NotOfHeight => Flag::Suspect,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_stands_at_its_place_and_is_found_by_its_name() {
        for (place, reason) in Reason::all().enumerate() {
            assert_eq!(reason as usize, place);
            assert_eq!(Reason::from_name(reason.name()), Some(reason));
            assert!(matches!(reason.flag(), Flag::Suspect | Flag::Fail), "what counts has no mark");
        }
        assert_eq!(
            [Flag::Pass, Flag::NotEvaluated, Flag::Suspect, Flag::Fail, Flag::Missing].map(Flag::number),
            [1, 2, 3, 4, 9]
        );
    }
}
