//! From cells, each of one local day at most, to spans. Pure.

use super::{Calm, Span};
use crate::storage::seam::Stretch;
use chrono::NaiveDate;
use weather::quantity::{Fold, Quantity};
use weather::rollup::Rollup;
use weather::time::Timestamp;

/// What a datastream was in a part of a local day, or on one.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfDate {
    /// An instant of that time.
    pub at: Timestamp,
    pub date: NaiveDate,
    pub rollup: Rollup,
    /// In how many hours there was a value, where that is asked for.
    pub hours: u32,
}

/// Joins the cells of each day to one.
pub(super) fn by_date(cells: impl IntoIterator<Item = OfDate>) -> Vec<OfDate> {
    let mut days: Vec<OfDate> = Vec::new();
    for cell in cells {
        match days.last_mut() {
            Some(day) if day.date == cell.date => {
                day.rollup.join(&cell.rollup);
                day.hours += cell.hours;
            }
            _ => days.push(cell),
        }
    }
    days
}

/// Joins cells to spans, and to those that were calm. Both come in the order of time; cells from before the first span tell how much had fallen by then.
pub(super) fn spans(quantity: Quantity, spans: &[Stretch], cells: &[OfDate]) -> (Vec<Span>, Vec<Calm>) {
    let fold = quantity.fold();
    let (mut made, mut calm) = (Vec::new(), Vec::new());
    let mut fallen: Option<(NaiveDate, f64)> = None;
    let mut current: Option<(Stretch, Rollup, f64)> = None;
    let mut left = spans.iter().copied().peekable();
    let mut finish = |current: Option<(Stretch, Rollup, f64)>| {
        let Some((span, rollup, amount)) = current else { return };
        // Air that was calm had no direction.
        let Some(mean) = rollup.mean(fold) else {
            calm.push(Calm { from: span.from, to: span.to, count: rollup.count });
            return;
        };
        let Rollup { low: min, high: max, count, .. } = rollup;
        let amount = (fold == Fold::Fallen).then_some(amount);
        made.push(Span { from: span.from, to: span.to, mean, min, max, count, amount });
    };
    for cell in cells {
        let before = fallen.filter(|(date, _)| *date == cell.date).map_or(0.0, |(_, mm)| mm);
        let by_now = before.max(cell.rollup.high);
        fallen = Some((cell.date, by_now));
        if spans.first().is_none_or(|first| cell.at < first.from) {
            continue;
        }
        if let Some((span, rollup, amount)) = &mut current
            && cell.at < span.to
        {
            rollup.join(&cell.rollup);
            *amount += by_now - before;
            continue;
        }
        finish(current.take());
        let Some(span) = left.find(|span| cell.at < span.to) else { break };
        current = Some((span, cell.rollup, by_now - before));
    }
    finish(current);
    (made, calm)
}
