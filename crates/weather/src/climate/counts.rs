//! Climatological days: how many days were of a kind.

use super::{Calendar, Day, Days};
use crate::units::round_half_up;
use chrono::Datelike;
use std::collections::BTreeMap;

/// A kind of day, as Germany's weather service defines it (DWD, Wetterlexikon: Frosttag, Eistag, Sommertag, Heißer Tag, Tropennacht). The
/// indices of WMO's ETCCDI are the same but for summer days and tropical nights, which there begin above the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The low is below 0 °C.
    Frost,
    /// The high is below 0 °C.
    Ice,
    /// The high is 25 °C or more.
    Summer,
    /// The high is 30 °C or more.
    Hot,
    /// The low is 20 °C or more.
    TropicalNight,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Frost, Self::Ice, Self::Summer, Self::Hot, Self::TropicalNight];

    /// What people call such days: `frost days`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frost => "frost days",
            Self::Ice => "ice days",
            Self::Summer => "summer days",
            Self::Hot => "hot days",
            Self::TropicalNight => "tropical nights",
        }
    }

    /// The limit, °C.
    pub fn limit_c(self) -> f64 {
        match self {
            Self::Frost | Self::Ice => 0.0,
            Self::Summer => 25.0,
            Self::Hot => 30.0,
            Self::TropicalNight => 20.0,
        }
    }

    /// The rule before its limit: `low below`.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Frost => "low below",
            Self::Ice => "high below",
            Self::Summer | Self::Hot => "high at least",
            Self::TropicalNight => "low at least",
        }
    }

    /// True if a day was of that kind. Ice days and tropical nights are known only of whole days: what is missing may be the noon, or
    /// the night. Values count as they are printed, in tenths.
    pub fn is(self, day: &Day, calendar: &Calendar) -> bool {
        let [low, high] = [day.low, day.high].map(|value| round_half_up(value, 1));
        let limit = self.limit_c();
        match self {
            Self::Frost => low < limit,
            Self::Ice => high < limit && calendar.is_whole(day),
            Self::Summer | Self::Hot => high >= limit,
            Self::TropicalNight => low >= limit && calendar.is_whole(day),
        }
    }
}

/// Of a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// How many days were of the kind.
    pub days: u32,
    /// Of how many days anything is known.
    pub known: u32,
}

/// How many days of each month were of a kind, by year and month; months without any values are absent.
pub fn by_month(days: &Days, kind: Kind, calendar: &Calendar) -> BTreeMap<(i32, u32), Count> {
    let mut months: BTreeMap<(i32, u32), Count> = BTreeMap::new();
    for day in &days.temperature {
        let month = months.entry((day.date.year(), day.date.month())).or_default();
        month.known += 1;
        month.days += u32::from(kind.is(day, calendar));
    }
    months
}

/// How many of these days were of a kind.
pub fn count(temperature: &[Day], kind: Kind, calendar: &Calendar) -> Count {
    let days = temperature.iter().filter(|day| kind.is(day, calendar)).count();
    Count { days: days as u32, known: temperature.len() as u32 }
}
