//! What sign-in and authorization need to know of users, in one query each.

use crate::{Grants, Secret, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a sign-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user's key.
    pub user_id: i64,
    /// The password's hash.
    pub hash: Secret,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user has signed in from the network before.
    pub is_familiar: bool,
}

/// A session that was not ended. It may have run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionState {
    /// On whose account.
    pub user_id: i64,
    /// The user who acts in that user's place.
    pub impersonator: Option<i64>,
    /// The session from which the impersonator came.
    pub parent: Option<Uuid>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A key that was not revoked. It may have run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// The key's key.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// The permissions that it may use, separated by spaces.
    pub scopes: String,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// When and from where a key was last used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub key_id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub address: String,
}

/// Reads users, roles and permissions for the framework itself. Changes go through the
/// [`Store`](crate::Store), audited like all others.
///
/// # Errors
///
/// See [`StoreError`].
#[async_trait]
pub trait AccessDirectory: Send + Sync {
    /// The credentials of the user with that email, which is compared without regard to case; and whether
    /// that user has signed in from that network since the moment given.
    async fn find_credentials(
        &self,
        email: &str,
        network: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<Option<Credentials>, StoreError>;

    /// The rights of an active user. `None` when there is none, or it is not active.
    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError>;

    /// A session, unless it was ended.
    async fn find_session(&self, id: Uuid) -> Result<Option<SessionState>, StoreError>;

    /// The key with that hash, unless it was revoked.
    async fn find_key(&self, hash: &str) -> Result<Option<KeyState>, StoreError>;

    /// How many users hold each of these roles; roles that nobody holds may be left out.
    async fn count_holders(&self, roles: &[i64]) -> Result<Vec<(i64, u64)>, StoreError>;

    /// The last use of each of these keys; keys that were never used are left out.
    async fn last_uses(&self, keys: &[i64]) -> Result<Vec<KeyUse>, StoreError>;

    /// Forgets sessions and letters that have been over since before that moment, and counts of tries that
    /// count no more now.
    async fn forget(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError>;
}
