//! What both databases share: statements built with sea-query once per shape, their values
//! replaced by numbered [`Slot`]s, so that a run only binds.
//!
//! # Invariants
//!
//! - A statement's text is made of names from metadata and of slots, never of values.
//! - The cache is keyed by the whole structure of a statement, not by a hash of it: two scopes can
//!   never be taken for one another. It is bounded.
//! - What differs between databases is behind [`Dialect`].

mod access;
mod after;
mod binds;
mod cache;
mod condition;
mod dialect;
mod estimate;
mod history;
pub mod names;
mod queries;
mod select;
mod shape;
mod slot;
mod system_columns;
mod throttle;
mod unfinished;

pub(crate) use access::Directory;
pub(crate) use condition::Conditions;
pub(crate) use estimate::{as_far_as_counted, count_page, counted};
pub(crate) use queries::Queries;
pub(crate) use select::{all_keys, columns, has_key, matching, restrict};
pub(crate) use system_columns::{created, modified};
pub(crate) use throttle::Buckets;
pub(crate) use unfinished::Unfinished;

pub use binds::{Binds, Bound};
pub use cache::StatementCache;
pub use dialect::Dialect;
pub use history::{AUDIT_TABLE, HISTORY, history_record};
pub use select::{count, page, select};
pub use shape::Shape;
pub use slot::{Slot, Statement};
