//! Tells the instances that somebody's rights may have changed.

/// Counts the changes of users, roles and permissions that this instance has heard of, its own
/// included. What was read under one epoch is void under the next.
pub trait Notifier: Send + Sync {
    /// The current epoch; `None` while changes by other instances cannot be heard of, so that
    /// nothing read before may be relied upon.
    fn epoch(&self) -> Option<u64>;
}
