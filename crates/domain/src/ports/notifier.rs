//! Tells the instances that somebody's rights may have changed.

/// Counts the changes of users, roles, permissions, sessions and keys that this instance has heard of, its
/// own included. What was read of a user under one epoch is void under the next.
pub trait Notifier: Send + Sync {
    /// The current epoch of a user's rights; `None` while changes by other instances cannot be heard of,
    /// so that nothing read before may be relied upon. A change of one user's rights may move the epoch of
    /// others, too.
    fn epoch(&self, user_id: i64) -> Option<u64>;
}
