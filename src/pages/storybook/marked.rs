//! Stations by what is wrong with them.

use super::made_up::{AGE_MS, ending, full, warm};
use crate::pages::facts::Facts;
use crate::storage::{Bucket, Marked};
use crate::web::storybook::NOW;
use weather::clock::Off;
use weather::mark::Reason;
use weather::quantity::Quantity::{self, *};
use weather::station::SensorName;
use weather::time::{HOUR_MS, MINUTE_MS};

/// The same with values of those quantities that much older; of all, if none are named.
pub(super) fn older(mut facts: Facts, quantities: &[Quantity], by_ms: i64) -> Facts {
    let is_meant = |quantity: Quantity| quantities.is_empty() || quantities.contains(&quantity);
    for latest in facts.latest.iter_mut().filter(|latest| is_meant(latest.quantity)) {
        latest.observed_at = latest.observed_at.plus(-by_ms);
    }
    let newest = |quantity: Quantity| facts.main(quantity).map_or(0.0, |latest| latest.value);
    let cut = |quantity: Quantity, mut buckets: Vec<Bucket>| {
        buckets.retain(|bucket| !is_meant(quantity) || bucket.start <= NOW.plus(-by_ms));
        ending(buckets, newest(quantity))
    };
    let buckets = cut(Temperature, facts.series.buckets.clone());
    let courses = facts.courses.iter().map(|(of, buckets)| (of.clone(), cut(of.quantity, buckets.clone()))).collect();
    facts.series.buckets = buckets;
    Facts { courses, ..facts }
}

pub(super) fn offline() -> Facts {
    older(warm("Old Mill", 15.2), &[], 3 * HOUR_MS)
}

pub(super) fn late() -> Facts {
    older(full(), &[], 9 * MINUTE_MS)
}

pub(super) fn old_wind() -> Facts {
    older(full(), &[WindSpeed, WindGust, WindDirection], 3 * HOUR_MS)
}

pub(super) fn no_thermometer() -> Facts {
    older(full(), &[Temperature, DewPoint], 3 * HOUR_MS)
}

pub(super) fn calm() -> Facts {
    let mut facts = full();
    facts.latest.iter_mut().filter(|latest| latest.quantity == WindSpeed).for_each(|latest| latest.value = 0.0);
    facts
}

pub(super) fn gap() -> Facts {
    let mut facts = full();
    let silent = NOW.plus(-8 * HOUR_MS)..NOW.plus(-5 * HOUR_MS);
    facts.series.buckets.retain(|bucket| !silent.contains(&bucket.start));
    facts.courses.iter_mut().for_each(|(_, buckets)| buckets.retain(|bucket| !silent.contains(&bucket.start)));
    facts
}

fn mark(quantity: Quantity, value: f64, age_ms: i64, reason: Reason) -> Marked {
    Marked { sensor: SensorName::main(), quantity, observed_at: NOW.plus(-age_ms), value, reason }
}

pub(super) fn marked() -> Facts {
    let mut facts = full();
    facts.marked = vec![
        mark(Temperature, 31.5, 7 * HOUR_MS, Reason::Struck),
        mark(Temperature, 3.1, 5 * HOUR_MS, Reason::Spike),
        mark(SolarRadiation, 120.0, 4 * HOUR_MS, Reason::SunBelow),
        mark(WindGust, 1.0, 2 * HOUR_MS, Reason::BelowMean),
    ];
    facts
}

/// The newest that it said was set aside: nothing has changed for hours.
pub(super) fn frozen() -> Facts {
    let mut facts = older(full(), &[], HOUR_MS);
    facts.newest_at = Some(NOW.plus(-AGE_MS));
    facts.marked = vec![mark(Temperature, 18.4, AGE_MS, Reason::Frozen)];
    facts
}

/// Its clock is five hours behind.
pub(super) fn clock_off() -> Facts {
    let mut facts = older(full(), &[], 5 * HOUR_MS);
    facts.clock = Some(Off { heard_at: NOW.plus(-AGE_MS), by_ms: -5 * HOUR_MS });
    facts
}
