//! The audit trail as values. How it is written is the store's business: see [`crate::Session`].

use crate::{ValueRef, json};
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

/// Something about access that is no change of a row: it stands in the trail beside the changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEvent {
    /// What happened: `sign_in`, `denied`, `grant` …
    pub action: &'static str,
    /// The user or the role whom it is about, by key; empty if there is none.
    pub key: String,
    /// What else there is to say: a JSON object. Never a secret.
    pub details: String,
}

impl AccessEvent {
    /// An event about nobody in particular, without details.
    pub fn new(action: &'static str) -> Self {
        Self { action, key: String::new(), details: "{}".to_owned() }
    }

    /// About this user or role.
    #[must_use]
    pub fn about(self, key: i64) -> Self {
        Self { key: key.to_string(), ..self }
    }

    /// With one detail more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.details.pop();
        let mut out = self.details.into_bytes();
        if out.len() > 1 {
            out.push(b',');
        }
        json::write_value(&mut out, ValueRef::Text(name));
        out.push(b':');
        json::write_value(&mut out, ValueRef::Text(value));
        out.push(b'}');
        // Made of text alone.
        self.details = String::from_utf8(out).unwrap_or_else(|_| "{}".to_owned());
        self
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
