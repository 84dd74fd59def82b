//! How often something may be tried.

use crate::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// How often something may be tried: `burst` times at once, and then once every `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once. With 0, nothing is ever refused.
    pub burst: u32,
    /// How long until one more is allowed.
    pub interval: Duration,
}

/// Counts tries in buckets that all instances share, by the generic cell rate algorithm (ITU-T I.371): a
/// bucket is one moment, and taking a turn is one atomic step, so that tries at the same time count, too.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Takes a turn; or says how long to wait for the next one, and takes none.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn take(&self, bucket: &str, rate: Rate, now: DateTime<Utc>) -> Result<Option<Duration>, StoreError>;

    /// Gives a turn back: what was tried was right.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn give_back(&self, bucket: &str, rate: Rate) -> Result<(), StoreError>;
}
