//! Some lines of a file, as they were read.

use super::asked::Asked;
use super::target::Target;
use std::collections::BTreeMap;
use weather::derived;
use weather::quality::Sent;
use weather::quantity::Quantity;
use weather::report::{Draft, Report, Warning};
use weather::station::SensorName;
use weather::time::Timestamp;

/// A line, or a value of one, that was not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The line, from 1; for an archive the record's Unix time.
    pub line: u64,
    /// The column, the value and the reason.
    pub warning: Warning,
}

/// Some lines of a file.
#[derive(Debug, Default)]
pub struct Batch {
    /// What they say.
    pub reports: Vec<Report>,
    /// What was not taken, as far as it is listed.
    pub refused: Vec<Refused>,
    /// How much was not taken in all.
    pub refusals: u64,
    /// How many lines were read.
    pub lines: u64,
    /// How many of them were left out, because `only` says so.
    pub left_out: u64,
    /// Fields that nobody here knows, and how often they came.
    pub unread: BTreeMap<String, u64>,
}

/// So many refusals are listed of each batch: ten thousand times the same mistake is one mistake.
const REFUSALS_LISTED: usize = 50;
/// So many names of unknown fields are kept.
const UNREAD_MAX: usize = 200;

impl Batch {
    pub(super) fn refuse(&mut self, refused: Refused) {
        self.refusals += 1;
        if self.refused.len() < REFUSALS_LISTED {
            self.refused.push(refused);
        }
    }

    pub(super) fn unread(&mut self, field: String) {
        if self.unread.len() < UNREAD_MAX || self.unread.contains_key(&field) {
            *self.unread.entry(field).or_default() += 1;
        }
    }

    fn add(&mut self, line: u64, draft: Draft, at: Timestamp) {
        let finished = draft.finish(Some(at));
        self.reports.extend(finished.report);
        finished.warnings.into_iter().for_each(|warning| self.refuse(Refused { line, warning }));
        finished.unread.into_iter().for_each(|field| self.unread(field));
    }

    /// Adds a line, and before it what fell until the midnight that is its time.
    pub(super) fn add_after(
        &mut self,
        before: Option<(Timestamp, Target, f64)>,
        line: u64,
        draft: Draft,
        at: Timestamp,
        received_at: Timestamp,
    ) {
        if let Some((last, Target { sensor, quantity, .. }, mm)) = before {
            let mut day = Draft::of_history(received_at);
            day.take(&sensor, quantity, quantity.unit(), quantity.name(), "", Sent::Number(mm));
            self.add(line, day, last);
        }
        self.add(line, draft, at);
    }
}

/// The height that pressures of the main sensor are reduced by, if the file does not say them itself.
pub(super) fn reduces<'t>(targets: impl Iterator<Item = &'t Target>, asked: &Asked) -> Option<f64> {
    use Quantity::{AltimeterSetting, SeaLevelPressure};
    let mut targets = targets.filter(|target| target.sensor.is_main());
    let says_it = targets.any(|target| matches!(target.quantity, SeaLevelPressure | AltimeterSetting));
    asked.elevation_m.filter(|_| !says_it)
}

/// Adds the pressure at sea level of a line.
pub(super) fn reduce(draft: &mut Draft, elevation_m: Option<f64>) {
    if let Some(elevation_m) = elevation_m {
        draft.derive(&SensorName::main(), |values| derived::reduced_pressure(values, elevation_m));
    }
}
