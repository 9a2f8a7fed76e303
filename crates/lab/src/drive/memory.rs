//! The memory that trucks take, in layers: connected, parked, and parked again after rounds of news.

use super::error::Error;
use super::machine::{Processes, slab_bytes};
use serde::Serialize;

/// The memory (PSS) of a server's processes, in steps. All of them are bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Memory {
    /// With nobody connected.
    pub before: u64,
    /// With everyone connected and nothing sent.
    pub connected: u64,
    /// With everyone parked for the first time.
    pub parked: u64,
    /// With everyone parked again at the end.
    pub after: u64,
    /// By truck, more than with nobody connected: a connection that has sent nothing.
    pub by_connection: u64,
    /// The same at the first park.
    pub by_truck: u64,
    /// The same at the end.
    pub by_truck_after: u64,
    /// What the kernel keeps for a connection's socket and file: half of what its slabs grew by, because both ends are on
    /// this machine. It is in nobody's PSS.
    pub kernel_by_connection: Option<u64>,
}

/// Takes the steps' measures as they come.
pub(super) struct Scale<'a> {
    processes: &'a Processes,
    trucks: u64,
    slab: Option<u64>,
    kernel: Option<u64>,
    steps: Vec<u64>,
}

impl<'a> Scale<'a> {
    /// Before anybody is connected.
    pub(super) fn start(processes: &'a Processes, trucks: usize) -> Result<Self, Error> {
        let mut scale = Self { processes, trucks: trucks as u64, slab: slab_bytes(), kernel: None, steps: Vec::new() };
        scale.step()?;
        Ok(scale)
    }

    /// When everyone is connected.
    pub(super) fn connected(&mut self) -> Result<(), Error> {
        let grown = self.slab.zip(slab_bytes()).map(|(before, now)| now.saturating_sub(before));
        self.kernel = grown.map(|grown| grown / 2 / self.trucks);
        self.step()
    }

    /// The next step: all parked for the first time, then all parked again at the end.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.steps.extend(self.processes.pss_bytes()?);
        Ok(())
    }

    /// All steps; `None` if no process was named.
    pub(super) fn read(self) -> Option<Memory> {
        let &[before, connected, parked, after] = self.steps.as_slice() else { return None };
        let by_truck = |now: u64| now.saturating_sub(before) / self.trucks;
        Some(Memory {
            before,
            connected,
            parked,
            after,
            by_connection: by_truck(connected),
            by_truck: by_truck(parked),
            by_truck_after: by_truck(after),
            kernel_by_connection: self.kernel,
        })
    }
}
