//! The table of what readers may choose.

use crate::units::Unit;

/// A unit with the decimals that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The word that names it in addresses, in lower case.
    pub word: &'static str,
    /// The unit.
    pub unit: Unit,
    /// With how many decimals a value is shown; of the canonical unit each quantity has its own.
    pub decimals: u32,
    /// What amounts in an hour are shown in beside it.
    pub rate: Option<Unit>,
}

/// What is measured in units of which readers choose one.
#[derive(Debug)]
pub struct Dimension {
    /// Its name in forms.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The units; the first is the canonical one.
    pub choices: &'static [Shown],
    /// The place of that which readers in the US see.
    us: u8,
}

/// Most choices of a dimension.
pub const CHOICES_MAX: usize = 4;

const fn shown(word: &'static str, unit: Unit, decimals: u32) -> Shown {
    Shown { word, unit, decimals, rate: None }
}

const fn with_rate(word: &'static str, unit: Unit, decimals: u32, rate: Unit) -> Shown {
    Shown { word, unit, decimals, rate: Some(rate) }
}

/// The dimensions, in the order of their names in addresses. `static/js/view/quantities.js` has the same units. Beaufort's number is
/// no choice: it stands beside each wind, and the numbers between its steps mean nothing.
pub const DIMENSIONS: [Dimension; 5] = [
    Dimension {
        name: "temperature",
        title: "Temperature",
        choices: &[shown("c", Unit::Celsius, 1), shown("f", Unit::Fahrenheit, 1)],
        us: 1,
    },
    Dimension {
        name: "wind",
        title: "Wind",
        choices: &[
            shown("ms", Unit::MetrePerSecond, 1),
            shown("kmh", Unit::KilometrePerHour, 0),
            shown("mph", Unit::MilePerHour, 0),
            shown("kn", Unit::Knot, 0),
        ],
        us: 2,
    },
    Dimension {
        name: "pressure",
        title: "Pressure",
        choices: &[
            shown("hpa", Unit::Hectopascal, 1),
            shown("inhg", Unit::InchOfMercury, 2),
            shown("mmhg", Unit::MillimetreOfMercury, 1),
        ],
        us: 1,
    },
    Dimension {
        name: "rain",
        title: "Rain",
        choices: &[
            with_rate("mm", Unit::Millimetre, 1, Unit::MillimetrePerHour),
            with_rate("in", Unit::Inch, 2, Unit::InchPerHour),
        ],
        us: 1,
    },
    Dimension {
        name: "distance",
        title: "Distance and height",
        choices: &[shown("km", Unit::Kilometre, 0), shown("mi", Unit::Mile, 0)],
        us: 1,
    },
];

const _: () = {
    let mut at = 0;
    while at < DIMENSIONS.len() {
        assert!(
            DIMENSIONS[at].choices.len() <= CHOICES_MAX && (DIMENSIONS[at].us as usize) < DIMENSIONS[at].choices.len()
        );
        at += 1;
    }
};

/// What readers in the US see.
pub(super) const fn us() -> [u8; DIMENSIONS.len()] {
    let mut chosen = [0; DIMENSIONS.len()];
    let mut at = 0;
    while at < chosen.len() {
        chosen[at] = DIMENSIONS[at].us;
        at += 1;
    }
    chosen
}

impl Dimension {
    /// The place of a unit in its choices.
    pub(super) fn place(&self, unit: Unit) -> Option<u8> {
        let place = self.choices.iter().position(|choice| choice.unit == unit || choice.rate == Some(unit));
        place.and_then(|place| u8::try_from(place).ok())
    }

    /// What a choice shows in place of a canonical unit; `None`: that unit itself, or it is of another dimension.
    pub(super) fn shown(&self, chosen: u8, canonical: Unit) -> Option<Shown> {
        let (first, choice) = (self.choices.first()?, self.choices.get(usize::from(chosen))?);
        match canonical {
            _ if chosen == 0 => None,
            unit if unit == first.unit => Some(*choice),
            unit if Some(unit) == first.rate => Some(Shown { unit: choice.rate?, ..*choice }),
            _ => None,
        }
    }
}
