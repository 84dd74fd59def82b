//! How often something was tried.

use crate::Entity;
use chrono::{DateTime, Utc};

/// The state of one [`Throttle`](crate::Throttle) bucket.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "throttle_buckets", unaudited, unversioned)]
pub struct ThrottleBucket {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// What is counted, hashed.
    #[entity(unique, length(..=64))]
    pub bucket: String,
    /// When it will be as if nothing had been tried: the theoretical arrival time of GCRA.
    pub free_at: DateTime<Utc>,
}
