//! What has fallen, made of what a rain counter says.

use crate::storage::core::memory::Known;
use weather::freshness::is_ahead;
use weather::quantity::Quantity;
use weather::rain::{Counter, Gauge, without_noise};
use weather::report::Values;
use weather::station::Station;
use weather::time::{DAY_MS, Timestamp};

/// What has fallen since midnight by the counter that a row has got, mm. A daily counter is preferred to a total one, whose
/// first reading says nothing. What falls is multiplied by `factor`; what counters said stays as it is.
pub(in crate::storage::core) fn rain(
    known: &mut Known,
    station: &Station,
    row: &Values,
    got: impl Fn(Quantity) -> Option<f64>,
    (observed_at, received_at): (Timestamp, Timestamp),
    factor: f64,
) -> Option<f64> {
    let (counter, counted, quantity) = match got(Quantity::PrecipitationCounted) {
        Some(counted) => (Counter::Daily, counted, Quantity::PrecipitationCounted),
        None if row.get(Quantity::PrecipitationCounted).is_none() && row.get(Quantity::Precipitation).is_none() => {
            (Counter::Total, got(Quantity::PrecipitationTotal)?, Quantity::PrecipitationTotal)
        }
        None => return None,
    };
    let newest = |quantity: Quantity| {
        let newest = known.latest[quantity.index()];
        newest.filter(|newest| !is_ahead(newest.rank.rank, received_at))
    };
    let daily = newest(Quantity::PrecipitationCounted);
    if counter == Counter::Total && daily.is_some_and(|daily| observed_at.since(daily.rank.observed_at) < DAY_MS) {
        // A gauge with both: rain counts once.
        return None;
    }
    let fallen = newest(Quantity::Precipitation);
    // Before counters were kept, what they said was what had fallen.
    let is_old = counter == Counter::Daily && newest(Quantity::PrecipitationTotal).is_none();
    let reading = newest(quantity).or(fallen.filter(|_| is_old));
    let newest = reading.zip(fallen).map(|(counted, fallen)| Gauge {
        at: counted.rank.observed_at,
        counted: counted.value,
        // As the gauge counts it.
        fallen: fallen.value / factor,
        doubt: known.rain_doubt,
        is_recalled: !known.is_rain_heard,
    });
    let gauge = Gauge::read(&station.zone, counter, newest, observed_at, counted)?;
    if newest.is_none_or(|newest| newest.at <= gauge.at) {
        (known.rain_doubt, known.is_rain_heard) = (gauge.doubt, true);
    }
    Some(if factor == 1.0 { gauge.fallen } else { without_noise(gauge.fallen * factor) })
}
