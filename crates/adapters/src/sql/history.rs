//! The audit trail of one row.

use kwik_domain::{AuditAction, AuditRecord, DecodeError, RowReader};

/// Where audit records are kept.
pub const AUDIT_TABLE: &str = "kwik_audit";

/// The records of one row, the latest first: bind collection, key as text, limit, skip.
pub const HISTORY: &str = "SELECT a.id, a.at, a.action, a.version, a.user_id, u.email, a.impersonator_id, a.via, \
     a.request_id, a.address, CAST(a.before AS text), CAST(a.after AS text) \
     FROM kwik_audit a LEFT JOIN users u ON u.id = a.user_id \
     WHERE a.entity = $1 AND a.entity_key = $2 ORDER BY a.id DESC LIMIT $3 OFFSET $4";

/// Reads a row of [`HISTORY`].
///
/// # Errors
///
/// When a column does not hold what it should.
pub fn history_record(row: &dyn RowReader) -> Result<AuditRecord, DecodeError> {
    let text = |index| Ok::<_, DecodeError>(row.text(index)?.map(str::to_owned));
    let action = row.text(2)?.and_then(AuditAction::from_name);
    Ok(AuditRecord {
        id: row.int(0)?.ok_or_else(|| DecodeError::null(0))?,
        at: row.timestamp(1)?.ok_or_else(|| DecodeError::null(1))?,
        action: action.ok_or_else(|| DecodeError::new("an unknown action in the audit trail"))?,
        version: row.int(3)?.unwrap_or(0),
        user_id: row.int(4)?,
        user_email: text(5)?,
        impersonator_id: row.int(6)?,
        via: text(7)?.unwrap_or_default(),
        request_id: text(8)?.unwrap_or_default(),
        address: text(9)?,
        before: text(10)?,
        after: text(11)?,
    })
}
