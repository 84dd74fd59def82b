//! Letters that let somebody set a new password.

use crate::Entity;
use chrono::{DateTime, Utc};

/// A token for setting a new password, sent by mail. It works once.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "password_resets", unaudited, unversioned)]
pub struct PasswordReset {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Whose password.
    #[entity(indexed)]
    pub user_id: i64,
    /// The hash of the token; the token itself is kept nowhere.
    #[entity(hidden, unique, default = "")]
    pub hash: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// When it was used, or made void.
    pub used_at: Option<DateTime<Utc>>,
}
