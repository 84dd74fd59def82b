//! The audit row of a change, written in the change's own transaction.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use yardstick_plain::{origin::Origin, token::Subject};

use crate::customers::Customer;

const INSERT: &str = "\
INSERT INTO audit (at, entity, entity_key, action, version, subject, impersonator, via, request_id, address, before, after)
VALUES ($1, 'customers', $2, $3, $4, $5, $6, 'http', $7, $8, $9, $10)";

/// What changed from what to what, by whom.
pub(crate) struct Change<'a> {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// `create`, `update` or `delete`.
    pub(crate) action: &'static str,
    /// By whom.
    pub(crate) subject: Subject,
    /// From where.
    pub(crate) origin: &'a Origin,
    /// The row before, if there was one.
    pub(crate) before: Option<&'a Customer>,
    /// The row after, if there is one.
    pub(crate) after: Option<&'a Customer>,
}

impl Change<'_> {
    /// Writes the audit row.
    pub(crate) async fn record(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let Some(row) = self.after.or(self.before) else {
            return Ok(());
        };
        sqlx::query(INSERT)
            .bind(self.at)
            .bind(row.id.to_string())
            .bind(self.action)
            .bind(row.version)
            .bind(self.subject.user_id)
            .bind(self.subject.impersonator)
            .bind(&self.origin.request_id)
            .bind(&self.origin.address)
            .bind(self.before.map(Json))
            .bind(self.after.map(Json))
            .execute(connection)
            .await?;
        Ok(())
    }
}
