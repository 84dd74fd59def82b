//! What sign-in and authorization need to know of users, in one query each.

use crate::{Grants, Secret, StoreError};
use async_trait::async_trait;

/// What a sign-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user's key.
    pub user_id: i64,
    /// The password's hash.
    pub hash: Secret,
    /// Whether the user may sign in.
    pub is_active: bool,
}

/// Reads users, roles and permissions for the framework itself. Changes go through the
/// [`Store`](crate::Store), audited like all others.
#[async_trait]
pub trait AccessDirectory: Send + Sync {
    /// The credentials of the user with that email, which is compared without regard to case.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn find_credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError>;

    /// The rights of an active user. `None` when there is none, or it is not active.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError>;
}
