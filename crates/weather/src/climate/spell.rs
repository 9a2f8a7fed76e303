//! Dry and wet spells.

use super::{Calendar, Day};
use crate::units::round_half_up;
use chrono::NaiveDate;

/// A day with less than this is dry, mm: "absolute drought" of the British Rainfall Organization (British Rainfall 1887), which was
/// 0.01 inch; the Met Office writes 0.2 mm.
pub const DRY_BELOW_MM: f64 = 0.2;
/// A day with as much as this is wet, mm: the "wet spell" of the same book, 0.04 inch; also the wet day of the ETCCDI indices (CWD).
pub const WET_FROM_MM: f64 = 1.0;

/// Days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// How many.
    pub days: u32,
    /// The first of them.
    pub from: NaiveDate,
    /// The last of them.
    pub to: NaiveDate,
}

/// The longest run of dry days; of several as long, the first. A day without values, or with too few to know that it was dry, ends it.
pub fn dry(rain: &[Day], calendar: &Calendar) -> Option<Spell> {
    longest(rain, |day| calendar.is_whole(day) && tenths(day.high) < DRY_BELOW_MM)
}

/// The longest run of wet days, likewise. A day that is wet already counts, whatever is missing of it.
pub fn wet(rain: &[Day]) -> Option<Spell> {
    longest(rain, |day| tenths(day.high) >= WET_FROM_MM)
}

/// Thresholds are of amounts in tenths of a millimetre.
fn tenths(mm: f64) -> f64 {
    round_half_up(mm, 1)
}

fn longest(days: &[Day], fits: impl Fn(&Day) -> bool) -> Option<Spell> {
    let (mut best, mut current): (Option<Spell>, Option<Spell>) = (None, None);
    for day in days {
        current = match current {
            _ if !fits(day) => None,
            Some(spell) if spell.to.succ_opt() == Some(day.date) => {
                Some(Spell { days: spell.days + 1, to: day.date, ..spell })
            }
            _ => Some(Spell { days: 1, from: day.date, to: day.date }),
        };
        if let Some(spell) = current
            && best.is_none_or(|best| spell.days > best.days)
        {
            best = Some(spell);
        }
    }
    best
}
