//! What hours, days and series have to be, computed of the rows another way.

use chrono::{DateTime, NaiveDate, Offset, Timelike};
use std::collections::BTreeMap;
use stevenson::storage::{Day, Series};
use weather::quantity::{Fold, Quantity};
use weather::report::Values;
use weather::time::Timestamp;
use weather::zone::Zone;

/// A row of one of the tables: quantity, where it begins, and its numbers.
#[derive(Debug, Clone)]
pub struct Kept<P> {
    pub quantity: Quantity,
    pub place: P,
    pub count: u32,
    pub low: (f64, Timestamp),
    pub high: (f64, Timestamp),
    pub sums: (f64, f64),
    pub hours: u32,
}

/// A local hour by what the clocks show in it, and how far they are ahead then.
type Hour = (NaiveDate, u32, i32);

#[derive(PartialEq)]
pub struct Oracle {
    zone: Zone,
    rows: Vec<(Timestamp, Values)>,
}

fn local(zone: &Zone, at: Timestamp) -> DateTime<Zone> {
    at.to_utc().with_timezone(zone)
}

fn hour(zone: &Zone, at: Timestamp) -> Hour {
    let local = local(zone, at);
    (local.date_naive(), local.hour(), local.offset().fix().local_minus_utc())
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + one.abs().max(other.abs()))
}

/// Values of one quantity, with the wind's speed beside each.
struct Few<'a>(Quantity, &'a [(Timestamp, f64, Option<f64>)]);

impl Few<'_> {
    fn sums(&self) -> (f64, f64) {
        let weight = |speed: &Option<f64>| speed.unwrap_or(1.0);
        match self.0.fold() {
            Fold::Direction => (
                self.1.iter().map(|(_, value, speed)| weight(speed) * value.to_radians().sin()).sum(),
                self.1.iter().map(|(_, value, speed)| weight(speed) * value.to_radians().cos()).sum(),
            ),
            _ => (self.1.iter().map(|(_, value, _)| value).sum(), 0.0),
        }
    }

    /// The first of the values that equal `best`.
    fn first(&self, best: f64) -> (f64, Timestamp) {
        let first = self.1.iter().find(|(_, value, _)| *value == best);
        first.map(|(at, value, _)| (*value, *at)).expect("there are values")
    }

    fn low(&self) -> (f64, Timestamp) {
        self.first(self.1.iter().map(|(_, value, _)| *value).fold(f64::INFINITY, f64::min))
    }

    fn high(&self) -> (f64, Timestamp) {
        self.first(self.1.iter().map(|(_, value, _)| *value).fold(f64::NEG_INFINITY, f64::max))
    }

    fn mean(&self) -> Option<f64> {
        let (a, b) = self.sums();
        match self.0.fold() {
            Fold::Direction if a.hypot(b) <= 1e-9 * self.1.len() as f64 => None,
            Fold::Direction => Some(a.atan2(b).to_degrees().rem_euclid(360.0)),
            _ => Some(a / self.1.len() as f64),
        }
    }
}

impl Oracle {
    pub fn new(zone: Zone, rows: Vec<(Timestamp, Values)>) -> Self {
        Self { zone, rows }
    }

    /// Forgets what is older.
    pub fn from(&mut self, from: Timestamp) {
        self.rows.retain(|(at, _)| *at >= from);
    }

    fn values(&self, quantity: Quantity) -> Vec<(Timestamp, f64, Option<f64>)> {
        let value = |(at, row): &(Timestamp, Values)| Some((*at, row.get(quantity)?, row.get(Quantity::WindSpeed)));
        self.rows.iter().filter_map(value).collect()
    }

    fn grouped<K: Ord>(
        &self,
        quantity: Quantity,
        key: impl Fn(Timestamp) -> K,
    ) -> BTreeMap<K, Vec<(Timestamp, f64, Option<f64>)>> {
        let mut groups: BTreeMap<K, Vec<_>> = BTreeMap::new();
        for value in self.values(quantity) {
            groups.entry(key(value.0)).or_default().push(value);
        }
        groups
    }

    fn newest(&self) -> Timestamp {
        self.rows.last().expect("there are rows").0
    }

    pub fn hours_are(&self, kept: Vec<Kept<Timestamp>>) {
        let newest = hour(&self.zone, self.newest());
        let mut kept_hours: BTreeMap<(Quantity, Hour), Kept<Timestamp>> = BTreeMap::new();
        for row in kept {
            let key = (row.quantity, hour(&self.zone, row.place));
            let before = kept_hours.insert(key, row.clone());
            assert!(before.is_none(), "one hour, once: {row:?}");
        }
        let mut hours = 0;
        for quantity in Quantity::shown() {
            for (key, values) in self.grouped(quantity, |at| hour(&self.zone, at)) {
                let kept = kept_hours.remove(&(quantity, key));
                if key == newest {
                    continue;
                }
                let kept = kept.unwrap_or_else(|| panic!("{quantity:?} has no hour {key:?}"));
                assert_ne!(hour(&self.zone, kept.place.plus(-1)), key, "it begins there: {kept:?}");
                is_kept(&kept, &Few(quantity, &values));
                hours += 1;
            }
        }
        assert_eq!(kept_hours.into_values().map(|kept| kept.place).collect::<Vec<_>>(), [], "no hours of no rows");
        assert!(hours > 0);
    }

    pub fn days_are(&self, kept: Vec<Kept<NaiveDate>>) {
        let date = |at| local(&self.zone, at).date_naive();
        let newest = date(self.newest());
        let mut kept_days: BTreeMap<(Quantity, NaiveDate), Kept<NaiveDate>> =
            kept.into_iter().map(|row| ((row.quantity, row.place), row)).collect();
        for quantity in Quantity::shown() {
            for (day, values) in self.grouped(quantity, date) {
                let kept = kept_days.remove(&(quantity, day)).unwrap_or_else(|| panic!("{quantity:?} has no {day}"));
                let some = Few(quantity, &values);
                if day == newest {
                    assert_eq!((kept.low, kept.high), (some.low(), some.high()), "{quantity:?} {day}");
                    continue;
                }
                is_kept(&kept, &some);
                let hours: std::collections::BTreeSet<_> =
                    values.iter().map(|(at, ..)| hour(&self.zone, *at)).collect();
                assert_eq!(kept.hours as usize, hours.len(), "{quantity:?} {day}");
            }
        }
        assert_eq!(kept_days.into_keys().collect::<Vec<_>>(), [], "no days of no rows");
    }

    /// What had fallen on a day before an instant.
    fn fallen(&self, values: &[(Timestamp, f64, Option<f64>)], date: NaiveDate, before: Timestamp) -> f64 {
        let of_day = values.iter().filter(|(at, ..)| *at < before && local(&self.zone, *at).date_naive() == date);
        of_day.map(|(_, mm, _)| *mm).fold(0.0, f64::max)
    }

    pub fn series_is(&self, quantity: Quantity, (from, to): (Timestamp, Timestamp), points: u32, series: &Series) {
        let what =
            format!("{quantity:?} of {} from {from:?} to {to:?} in {points}, of {:?}", self.zone, series.made_of);
        assert!(series.spans.len() <= points as usize, "{what}: {} spans", series.spans.len());
        assert!(series.spans.windows(2).all(|pair| pair[0].to <= pair[1].from), "{what}");
        let all = self.values(quantity);
        for span in &series.spans {
            let within: Vec<_> = all.iter().filter(|(at, ..)| *at >= span.from && *at < span.to).copied().collect();
            let some = Few(quantity, &within);
            assert_eq!(span.count as usize, within.len(), "{what}: {span:?}");
            assert_eq!((span.min, span.max), (some.low().0, some.high().0), "{what}: {span:?}");
            let mean = some.mean().expect("a direction, or a mean");
            let turned = (span.mean - mean).rem_euclid(360.0);
            let is_near = turned.min(360.0 - turned) < 1e-6 && quantity.fold() == Fold::Direction;
            assert!(same(span.mean, mean) || is_near, "{what}: {span:?}, but {mean}");
            let dates: std::collections::BTreeSet<_> =
                within.iter().map(|(at, ..)| local(&self.zone, *at).date_naive()).collect();
            let fell = |date: NaiveDate| self.fallen(&all, date, span.to) - self.fallen(&all, date, span.from);
            match span.amount {
                Some(amount) => assert!(same(amount, dates.into_iter().map(fell).sum()), "{what}: {span:?}"),
                None => assert_ne!(quantity.fold(), Fold::Fallen, "{what}"),
            }
        }
        for (at, _, speed) in all.iter().filter(|(at, ..)| *at >= from && *at < to) {
            let is_told = series.spans.iter().any(|span| *at >= span.from && *at < span.to);
            let may_be_calm = quantity.fold() == Fold::Direction && *speed == Some(0.0);
            assert!(is_told || may_be_calm, "{what}: nothing tells of {at:?}");
        }
    }

    pub fn days_were(&self, quantity: Quantity, (first, last): (NaiveDate, NaiveDate), days: &[Day]) {
        let groups = self.grouped(quantity, |at| local(&self.zone, at).date_naive());
        let groups = groups.range(first..=last).filter_map(|(date, values)| {
            let some = Few(quantity, values);
            Some((*date, values, some.mean()?))
        });
        let groups: Vec<_> = groups.collect();
        assert_eq!(
            days.iter().map(|day| day.date).collect::<Vec<_>>(),
            groups.iter().map(|group| group.0).collect::<Vec<_>>(),
            "{quantity:?}"
        );
        for (day, (_, values, mean)) in days.iter().zip(groups) {
            let some = Few(quantity, values);
            assert_eq!(
                ((day.low, day.low_at), (day.high, day.high_at)),
                (some.low(), some.high()),
                "{quantity:?} {day:?}"
            );
            let turned = (day.mean - mean).rem_euclid(360.0);
            assert!(same(day.mean, mean) || turned.min(360.0 - turned) < 1e-6, "{quantity:?} {day:?}, but {mean}");
            let hours: std::collections::BTreeSet<_> = values.iter().map(|(at, ..)| hour(&self.zone, *at)).collect();
            assert_eq!((day.count as usize, day.hours as usize), (values.len(), hours.len()), "{quantity:?} {day:?}");
        }
    }
}

fn is_kept<P: std::fmt::Debug>(kept: &Kept<P>, some: &Few<'_>) {
    assert_eq!((kept.count as usize, kept.low, kept.high), (some.1.len(), some.low(), some.high()), "{kept:?}");
    let (a, b) = some.sums();
    assert!(same(kept.sums.0, a) && same(kept.sums.1, b), "{kept:?}, but {a} and {b}");
}
