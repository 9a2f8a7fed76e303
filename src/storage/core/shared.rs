//! What handles and the writer share.

use super::shares::Shares;
use super::stats::{Counters, Stats};
use crate::storage::options::Options;
use crate::storage::stations::Directory;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Shared by all handles and the writer.
pub(in crate::storage) struct Shared {
    pub options: Options,
    /// Only the writer replaces it, after the commit that changed it; nobody holds the lock longer than a clone takes.
    directory: RwLock<Arc<Directory>>,
    /// The newest entry that this process has committed; 0: none yet.
    head: AtomicU64,
    /// How full the database is, and by whom.
    pub shares: Shares,
    pub(super) counters: Counters,
}

impl Shared {
    pub(in crate::storage) fn new(options: Options) -> Self {
        let (directory, head) = (RwLock::default(), AtomicU64::new(0));
        Self { options, directory, head, shares: Shares::default(), counters: Counters::default() }
    }

    pub(in crate::storage) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    pub(super) fn reached(&self, head: u64) {
        self.head.store(head, Ordering::Release);
    }

    pub(in crate::storage) fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_directory(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// The database was measured.
    pub(super) fn measured(&self, used_bytes: u64) {
        self.shares.measured(used_bytes, &self.directory(), &self.options);
    }

    /// What was counted; how many reports and words wait is the queue's part.
    pub(in crate::storage) fn stats(&self) -> Stats {
        self.counters.read()
    }
}
