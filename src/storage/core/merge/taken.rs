//! What a report adds to a row: values that count, values that do not, and steps that it settles.

use super::judging::{Case, Judged, Verdict};
use super::rows::Row;
use crate::storage::core::bodies::{Fresh, Marked};
use crate::storage::core::memory::Memory;
use crate::storage::observations::SetAside;
use crate::storage::seam::{Mark, Place, SensorId};
use weather::calibration::{Calibrated, OfSensor};
use weather::judge::Settled;
use weather::mark::Reason;
use weather::quantity::Quantity;
use weather::report::Report;
use weather::station::SensorName;
use weather::time::Timestamp;

/// What a report added.
#[derive(Default)]
pub(super) struct Taken<'r> {
    pub fresh: Vec<Fresh<'r>>,
    pub marked: Vec<Marked<'r>>,
    /// Steps that waited for it.
    pub settled: Vec<Waited<'r>>,
}

impl<'r> Taken<'r> {
    /// How many values of each kind there are.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        (self.fresh.len(), self.marked.len(), self.settled.len())
    }

    /// Counts what was set aside, and what is no longer.
    pub(super) fn count_set_aside(&self, set_aside: &mut SetAside) {
        self.marked.iter().for_each(|(_, mark, _)| set_aside.add(mark.reason));
        for waited in &self.settled {
            set_aside.take_off(Reason::Step);
            if !waited.counts {
                set_aside.add(waited.mark.reason);
            }
        }
    }

    /// The value of the quantity that came since and counts.
    pub(super) fn got(&self, quantity: Quantity, since: (usize, usize, usize)) -> Option<f64> {
        self.fresh[since.0..].iter().find(|(_, of, _)| *of == quantity).map(|(.., value)| *value)
    }

    /// Whether a value of the quantity came since, whether it counts or not.
    pub(super) fn measured(&self, quantity: Quantity, since: (usize, usize, usize)) -> bool {
        self.fresh[since.0..].iter().any(|(_, of, _)| *of == quantity)
            || self.marked[since.1..].iter().any(|(_, mark, _)| mark.quantity == quantity)
    }

    /// Takes in a value that nobody knew, as one that counts or as one that does not.
    pub(super) fn judge(
        &mut self,
        memory: &mut Memory,
        row: &mut Row,
        (name, sensor, of): (&'r SensorName, SensorId, Option<&OfSensor>),
        (quantity, value): (Quantity, f64),
        judged: Judged<'_>,
    ) {
        let known = memory.sensors.entry(sensor).or_default();
        let (beside, is_main, report) = (&row.values, name.is_main(), judged.report);
        let case = Case { quantity, value, beside, judged, calibrations: of, is_main };
        let Verdict { reason, settled } = Verdict::of(known, &case);
        for (at, mark, settled) in settled.into_iter().filter(|(.., settled)| *settled != Settled::Unknown) {
            let counts = settled == Settled::Stayed;
            let reason = if counts { mark.reason } else { Reason::Spike };
            self.settled.push(Waited { name, at, mark: Mark { reason, ..mark }, counts });
        }
        if let Some(reason) = reason {
            let mark = Mark { quantity, value, received_at: report.received_at(), reason };
            row.marks.push(mark);
            self.marked.push((name, mark, false));
        } else {
            row.values.restore(quantity, value);
            self.fresh.push((name, quantity, value));
        }
    }

    /// Takes in what lies beyond the limits; the door has named it, or a calibration has made it so. Returns what was sent of
    /// what it took in.
    pub(super) fn keep_beyond(
        &mut self,
        row: &mut Row,
        name: &'r SensorName,
        report: &Report,
        beyond: &[Beyond],
    ) -> impl Iterator<Item = (Quantity, f64)> + use<> {
        let mut sent = Vec::new();
        for &Beyond { quantity, value, sent: said } in beyond {
            let is_kept = row.marks.iter().any(|mark| mark.quantity == quantity);
            if !is_kept && row.values.get(quantity).is_none() {
                let mark = Mark { quantity, value, received_at: report.received_at(), reason: Reason::Gross };
                row.marks.push(mark);
                self.marked.push((name, mark, false));
                sent.extend((said != value).then_some((quantity, said)));
            }
        }
        sent.into_iter()
    }
}

/// A value that lies beyond the limits, and what was sent.
pub(super) struct Beyond {
    quantity: Quantity,
    value: f64,
    sent: f64,
}

/// What a sensor said that lies beyond the limits: as it came, or as it is put right.
pub(super) fn beyond(
    of: Option<&OfSensor>,
    right: Option<Calibrated>,
    (name, report): (&SensorName, &Report),
) -> Vec<Beyond> {
    let as_sent = report.beyond(name).iter().map(|&(quantity, sent)| {
        let calibration = of.and_then(|of| of.at(quantity, report.observed_at()));
        Beyond { quantity, sent, value: calibration.map_or(sent, |calibration| calibration.of(quantity, sent)) }
    });
    let made = right.into_iter().flat_map(|right| {
        let made = |(quantity, value)| Beyond { quantity, value, sent: right.sent_as(quantity).unwrap_or(value) };
        right.beyond.clone().into_iter().map(made).collect::<Vec<_>>()
    });
    as_sent.chain(made).collect()
}

/// What was sent of a value that is about to be kept, if that is something else.
pub(super) fn kept_as_sent(
    right: Option<&Calibrated>,
    place: Place,
    sent_as: Quantity,
) -> Option<(Place, Quantity, f64)> {
    right?.sent_as(sent_as).map(|sent| (place, sent_as, sent))
}

/// A step of a sensor that has waited, and what it was.
pub(super) struct Waited<'r> {
    pub name: &'r SensorName,
    pub at: Timestamp,
    pub mark: Mark,
    pub counts: bool,
}
