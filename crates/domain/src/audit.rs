//! The audit trail as values. How it is written is the store's business: see [`crate::Session`].

use chrono::{DateTime, Utc};

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// The row came into being.
    Create,
    /// Some of its fields were set.
    Update,
    /// The row is gone.
    Delete,
}

impl AuditAction {
    /// The word that the trail stores.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The reverse of [`AuditAction::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|a| a.name() == name)
    }
}

/// One change of one row: who, when, by what means, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// Position in the trail; later is larger.
    pub id: i64,
    /// When the request that did it began.
    pub at: DateTime<Utc>,
    /// What happened.
    pub action: AuditAction,
    /// The row's version after the change (of a deleted row: its last).
    pub version: i64,
    /// The user on whose account; none for the program itself.
    pub user_id: Option<i64>,
    /// That user's email now, if the user still exists.
    pub user_email: Option<String>,
    /// The user who acted in that user's place.
    pub impersonator_id: Option<i64>,
    /// By what means: see [`crate::Via::label`].
    pub via: String,
    /// The request.
    pub request_id: String,
    /// The client's address.
    pub address: Option<String>,
    /// The fields that were set, as they were before: a JSON object. Secrets are masked.
    pub before: Option<String>,
    /// The same fields after the change.
    pub after: Option<String>,
}
