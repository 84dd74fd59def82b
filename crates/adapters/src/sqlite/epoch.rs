//! Changes of rights, counted within the one process that holds the file.

use kwik_domain::Notifier;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the changes.
#[derive(Debug, Default)]
pub(super) struct Epoch(AtomicU64);

impl Epoch {
    pub(super) fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Notifier for Epoch {
    fn epoch(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Acquire))
    }
}
