//! From where keys are used.

use crate::Entity;
use chrono::{DateTime, Utc};

/// A key was used from an address.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "api_key_uses", unique(key_id, address), unaudited, unversioned)]
pub struct ApiKeyUse {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// The key.
    pub key_id: i64,
    /// The address; of IPv6, its network of 64 bits.
    #[entity(length(..=64))]
    pub address: String,
    /// When it was first used from there.
    pub first_used_at: DateTime<Utc>,
    /// When it was last used from there, to about a minute.
    pub last_used_at: DateTime<Utc>,
}
