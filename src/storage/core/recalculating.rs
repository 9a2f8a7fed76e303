//! Whether rows are to be made anew after a calibration: some are, whenever the writer has nothing else to do.

/// Whether there may be rows that are to be made anew of what was sent.
pub(super) struct Recalculating {
    is_due: bool,
}

impl Recalculating {
    /// An earlier run may have left some.
    pub(super) fn new() -> Self {
        Self { is_due: true }
    }

    /// There may be some: a calibration was added or removed, or somebody failed to make rows anew.
    pub(super) fn suspect(&mut self) {
        self.is_due = true;
    }

    /// There are none, or they cannot be made anew now.
    pub(super) fn is_done(&mut self) {
        self.is_due = false;
    }

    /// True while there may be some.
    pub(super) fn is_due(&self) -> bool {
        self.is_due
    }
}
