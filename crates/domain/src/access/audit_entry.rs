//! The audit trail as rows.

use crate::Entity;
use chrono::{DateTime, Utc};

/// One record of the audit trail: a change of a row, or something about access, whose entity is
/// [`ACCESS`]. Only read: the store writes it, beside what it is about.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "audit", plural = "AuditEntries", table = "kwik_audit", unaudited, unversioned)]
pub struct AuditEntry {
    /// Position in the trail; later is larger.
    #[entity(key)]
    pub id: i64,
    /// When the request that did it began.
    pub at: DateTime<Utc>,
    /// The collection whose row it is; `access` where it is about access.
    pub entity: String,
    /// The row's key; of what is about access, the user's, or nothing.
    pub entity_key: String,
    /// What happened: `create`, `update`, `delete`, `sign_in`, `denied` …
    pub action: String,
    /// The row's version after the change.
    pub version: i64,
    /// The user on whose account; null for the program itself and for nobody.
    pub user_id: Option<i64>,
    /// The user who acted in that user's place.
    pub impersonator_id: Option<i64>,
    /// The tenant that the user was bound to.
    pub tenant: Option<String>,
    /// By what means: a session, a key, a job, the command line.
    pub via: String,
    /// The request.
    pub request_id: String,
    /// The client's address.
    pub address: Option<String>,
    /// The fields that were set, as they were before: a JSON object. Secrets are masked.
    #[entity(json, sensitive)]
    pub before: Option<String>,
    /// The same fields after the change; what is about access has its details here.
    #[entity(json, sensitive)]
    pub after: Option<String>,
}

/// The entity of records that are about access.
pub const ACCESS: &str = "access";
