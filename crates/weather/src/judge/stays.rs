//! What stays as it is: a value, or all that a sensor says.

use super::{GAP_MAX_MS, Reading};
use crate::quantity::Quantity;
use crate::time::{HOUR_MS, Timestamp};
use crate::values::Values;

/// So many readings at least show that a sensor is frozen: of whole degrees once an hour, a dozen may be the same.
const FROZEN_READINGS: u32 = 24;
/// Air that is as moist stays so for hours, %.
const FOG_HUMIDITY: f64 = 95.0;
/// A vane turns if the wind is stronger, m/s.
const VANE_WIND: f64 = 1.5;

/// A value that has not changed for some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    value: f64,
    since: Timestamp,
    last: Timestamp,
    readings: u32,
}

impl Held {
    /// What is held after the next reading. `beside`: what the sensor measured at the same instant. `None` where nothing is to
    /// be learnt from a value that stays: fog, a calm, a vane in little wind, a sensor that tells whole degrees.
    pub fn after(before: Option<Self>, quantity: Quantity, next: Reading, beside: &Values) -> Option<Self> {
        quantity.change().unchanged_ms?;
        let may_stay = match quantity {
            Quantity::Humidity => next.value >= FOG_HUMIDITY,
            // A sensor that tells whole degrees stays as it is for half a day.
            Quantity::Temperature => next.value.fract() == 0.0,
            Quantity::StationPressure | Quantity::AltimeterSetting | Quantity::SeaLevelPressure => {
                next.value.fract() == 0.0
            }
            Quantity::WindSpeed => next.value == 0.0,
            Quantity::WindDirection => beside.get(Quantity::WindSpeed).is_none_or(|speed| speed <= VANE_WIND),
            _ => false,
        };
        if may_stay {
            return None;
        }
        // To the last digit that the station sends: a sensor that works flickers, if it is fine enough.
        let stays =
            before.filter(|held| next.value == held.value && (0..=GAP_MAX_MS).contains(&next.at.since(held.last)));
        Some(match stays {
            Some(held) => Self { last: next.at, readings: held.readings.saturating_add(1), ..held },
            None => Self { value: next.value, since: next.at, last: next.at, readings: 1 },
        })
    }

    /// What is held of a sensor whose newest value was found to be frozen before a restart.
    pub fn frozen(quantity: Quantity, newest: Reading) -> Self {
        let unchanged_ms = quantity.change().unchanged_ms.unwrap_or(0);
        let Reading { at, value } = newest;
        Self { value, since: at.plus(-unchanged_ms - 1), last: at, readings: FROZEN_READINGS }
    }

    /// True if weather does not stay as it is for so long.
    pub fn is_frozen(&self, quantity: Quantity) -> bool {
        let is_long = |unchanged_ms| self.last.since(self.since) > unchanged_ms;
        self.readings >= FROZEN_READINGS && quantity.change().unchanged_ms.is_some_and(is_long)
    }
}

/// Weather does not stay as it is in all that a station measures for so long, ms.
pub const ALL_FROZEN_MS: i64 = 12 * HOUR_MS;
/// Of so many quantities that change by nature at least: a thermometer that tells whole degrees may stay as it is.
const ALL_FROZEN_QUANTITIES: usize = 3;

/// A sensor of which every value stays, also those that may by themselves: in fog and calm a hygrometer and a vane may.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Still {
    since: Timestamp,
    last: Timestamp,
    readings: u32,
}

impl Still {
    /// What is known after the next report. `newest` tells the newest value of a quantity, whether it counts or not.
    pub fn after(
        before: Option<Self>,
        at: Timestamp,
        values: &Values,
        newest: impl Fn(Quantity) -> Option<f64>,
    ) -> Option<Self> {
        let telling = values.iter().filter(|(quantity, _)| quantity.change().unchanged_ms.is_some()).count();
        let stays = telling >= ALL_FROZEN_QUANTITIES && values.iter().all(|(of, value)| newest(of) == Some(value));
        let stays = stays && before.is_none_or(|still| (1..=GAP_MAX_MS).contains(&at.since(still.last)));
        let begun = Self { since: at, last: at, readings: 1 };
        match before.filter(|_| stays) {
            Some(still) => Some(Self { last: at, readings: still.readings.saturating_add(1), ..still }),
            None => (telling >= ALL_FROZEN_QUANTITIES).then_some(begun),
        }
    }

    /// What is known of a sensor whose newest report was found to be frozen before a restart.
    pub fn frozen(at: Timestamp) -> Self {
        Self { since: at.plus(-ALL_FROZEN_MS - 1), last: at, readings: FROZEN_READINGS }
    }

    /// True if something between the instruments and here repeats itself.
    pub fn is_frozen(&self) -> bool {
        self.readings >= FROZEN_READINGS && self.last.since(self.since) > ALL_FROZEN_MS
    }
}
