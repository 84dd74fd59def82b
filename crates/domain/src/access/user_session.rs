//! Sign-ins that last.

use crate::Entity;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A sign-in, from its beginning to its end. Every token belongs to one; when it has ended, none of
/// its tokens is good any more.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "sessions", permissions = "session", unaudited, unversioned, grants_rights(user_id))]
pub struct UserSession {
    /// Identity: the `sid` of its tokens.
    #[entity(key)]
    pub id: Uuid,
    /// On whose account.
    #[entity(indexed)]
    pub user_id: i64,
    /// The user who acts in that user's place.
    pub impersonator_id: Option<i64>,
    /// The session from which the impersonator came.
    #[entity(indexed)]
    pub parent_id: Option<Uuid>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When a token of it was last made.
    pub last_used_at: DateTime<Utc>,
    /// When it ends at the latest, whatever is refreshed.
    pub expires_at: DateTime<Utc>,
    /// The identifier of the one refresh token that is good; empty when there is none.
    #[entity(hidden, default = "")]
    pub refresh_id: String,
    /// The identifier of the refresh token before that; empty when there is none.
    #[entity(hidden, default = "")]
    pub former_refresh_id: String,
    /// When that one was used up.
    #[entity(hidden)]
    pub rotated_at: Option<DateTime<Utc>>,
    /// The address from which the user signed in.
    #[entity(length(..=64))]
    pub address: Option<String>,
    /// What counts as one address with it: its network of 64 bits where it is one of IPv6.
    #[entity(hidden, indexed)]
    pub network: Option<String>,
    /// What the client calls itself.
    #[entity(length(..=200))]
    pub client: Option<String>,
    /// When it was ended before its time.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why.
    #[entity(length(..=40))]
    pub end_reason: Option<String>,
}
