//! Keys for programs.

use crate::Entity;
use chrono::{DateTime, Utc};

/// A key with which a program acts on its owner's account.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "api_keys", permissions = "api_key", grants_rights(user_id))]
pub struct ApiKey {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Whose it is.
    #[entity(indexed)]
    pub user_id: i64,
    /// What it is for.
    #[entity(length(1..=100), example = "nightly import", validate = super::single_line)]
    pub name: String,
    /// The hash of the key; the key itself is kept nowhere.
    #[entity(hidden, unique, default = "")]
    pub hash: String,
    /// The key's last characters, to tell keys apart.
    #[entity(length(..=8), example = "9f2c")]
    pub suffix: String,
    /// The permissions that it may use, separated by spaces, as far as its owner holds them.
    #[entity(length(..=20000), example = "customers_read")]
    pub scopes: String,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[entity(read_only)]
    pub revoked_at: Option<DateTime<Utc>>,
}
