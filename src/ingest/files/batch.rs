//! Some lines of a file, as they were read.

use super::asked::Asked;
use super::target::Target;
use std::collections::BTreeMap;
use weather::calibration::OfSensor;
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

/// What pressures of the main sensor are reduced by.
#[derive(Debug, Clone)]
pub(super) struct Reducing {
    elevation_m: f64,
    calibrations: Option<OfSensor>,
}

/// By what they are reduced, if the file does not say what they are at sea level itself.
pub(super) fn reduces<'t>(targets: impl Iterator<Item = &'t Target>, asked: &Asked) -> Option<Reducing> {
    use Quantity::{AltimeterSetting, SeaLevelPressure};
    let mut targets = targets.filter(|target| target.sensor.is_main());
    let says_it = targets.any(|target| matches!(target.quantity, SeaLevelPressure | AltimeterSetting));
    let elevation_m = asked.elevation_m.filter(|_| !says_it)?;
    Some(Reducing { elevation_m, calibrations: asked.calibrations.clone() })
}

/// Adds the pressure at sea level of a line: that of what the line says as it is put right.
pub(super) fn reduce(draft: &mut Draft, reducing: Option<&Reducing>, at: Timestamp) {
    if let Some(Reducing { elevation_m, calibrations }) = reducing {
        draft.derive(&SensorName::main(), |sent| match calibrations {
            Some(of) => derived::reduced_pressure(&of.put_right(at, sent, true).values, *elevation_m),
            None => derived::reduced_pressure(sent, *elevation_m),
        });
    }
}
