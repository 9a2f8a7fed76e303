//! One way to feed a page, on its road.

use super::broken::Broken;
use crate::measured::Measured;
use crate::traffic::Us;

/// A page that is fed in virtual time.
pub(super) trait Feed {
    /// Somebody opens the page.
    fn begin(&mut self) -> Result<(), Broken>;
    /// When something happens next, on its road, at home or at the dock.
    fn next_at(&self) -> Us;
    /// It happens.
    fn step(&mut self, now: Us) -> Result<(), Broken>;
    /// There is news.
    fn news(&mut self, now: Us) -> Result<(), Broken>;
    /// Somebody says something.
    fn word(&mut self, now: Us) -> Result<(), Broken>;
    /// The end: what was measured.
    fn close(self, end: Us) -> Measured;
}
