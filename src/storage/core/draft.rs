//! A batch in the making: reports that are merged already and not yet written.

use super::memory::Memory;
use super::merge::{Merged, Merging, Upload};
use super::queue::Slice;
use super::shares;
use crate::storage::error::Error;
use crate::storage::observations::Appended;
use crate::storage::seam::SensorId;
use crate::storage::stations::Directory;
use std::collections::BTreeSet;
use weather::station::StationId;

/// Slices of uploads with what is to be answered to each once they are written.
#[derive(Default)]
pub(super) struct Draft {
    merging: Merging,
    slices: Vec<Slice>,
    answers: Vec<Result<Appended, Error>>,
    rows: usize,
}

/// What was decided about slices, in their order.
pub(super) struct Decided {
    slices: Vec<Slice>,
    answers: Vec<Result<Appended, Error>>,
    growth: Vec<(StationId, SensorId, u64)>,
}

impl Draft {
    /// An empty one that goes on from what the database has at the places of the slices to come.
    pub(super) fn new(merging: Merging) -> Self {
        Self { merging, ..Self::default() }
    }

    /// Takes a slice in if memory knows all that it touches; else gives it back.
    pub(super) fn try_take(&mut self, memory: &mut Memory, directory: &Directory, slice: Slice) -> Result<(), Slice> {
        if upload(directory, &slice).is_some_and(|upload| !self.merging.knows(memory, &upload)) {
            return Err(slice);
        }
        self.take(memory, directory, slice);
        Ok(())
    }

    /// Takes a slice in. Memory must know all that it touches.
    pub(super) fn take(&mut self, memory: &mut Memory, directory: &Directory, slice: Slice) {
        self.answers.push(match upload(directory, &slice) {
            Some(upload) => Ok(self.merging.upload(memory, &upload)),
            None => Err(Error::NoStation(format!("number {}", slice.station.0))),
        });
        self.rows += slice.rows();
        self.slices.push(slice);
    }

    /// How many rows were taken in.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    /// What is to be written, and what to answer then.
    pub(super) fn finish(self, memory: &mut Memory) -> (Merged, Decided) {
        let Self { merging, slices, answers, .. } = self;
        let merged = merging.finish(memory);
        let stations: BTreeSet<StationId> = slices.iter().map(|slice| slice.station).collect();
        let growth = shares::growth(stations.into_iter(), memory, &merged.observed);
        (merged, Decided { slices, answers, growth })
    }

    /// The slices as they came: what was merged cannot be written.
    pub(super) fn undo(self) -> Vec<Slice> {
        self.slices
    }
}

impl Decided {
    /// The answers to those whose station is there.
    pub(super) fn answers(&self) -> impl Iterator<Item = &Appended> {
        self.answers.iter().flatten()
    }

    /// About so many bytes it takes, by sensor.
    pub(super) fn growth(&self) -> &[(StationId, SensorId, u64)] {
        &self.growth
    }

    /// Answers everyone: it is written.
    pub(super) fn answer(self) {
        for (slice, answer) in self.slices.into_iter().zip(self.answers) {
            match answer {
                Ok(appended) => slice.succeed(appended),
                Err(error) => slice.fail(&error),
            }
        }
    }

    /// The slices as they came: they were not written.
    pub(super) fn undo(self) -> Vec<Slice> {
        self.slices
    }
}

/// A slice with its station; `None` if that is gone.
pub(super) fn upload<'a>(directory: &'a Directory, slice: &'a Slice) -> Option<Upload<'a>> {
    let (station, slug) = directory.by_id(slice.station)?;
    let (_, calibrations) = directory.calibrated(slice.station)?;
    Some(Upload { station, slug, calibrations, reports: &slice.reports, first: slice.first })
}
