//! Time and randomness.

use chrono::{DateTime, Utc};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, cut to microseconds, which is what databases keep.
    fn now(&self) -> DateTime<Utc>;
}

/// A source of bytes that nobody can foresee.
pub trait Random: Send + Sync {
    /// Sixteen such bytes.
    fn bytes(&self) -> [u8; 16];
}
