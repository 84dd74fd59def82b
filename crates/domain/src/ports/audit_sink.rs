//! Where else the audit trail goes.

use crate::access::AuditEntry;
use async_trait::async_trait;

/// A record that a sink did not take. The text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("the audit record was not taken: {0}")]
pub struct SinkError(pub String);

/// Takes copies of the audit trail's records, each at least once, after its commit: a file, a collector of
/// logs. Those of one row come in their order, those of several rows at once.
#[async_trait]
pub trait AuditSink: Send + Sync {
    /// What it is called, in the database too: the same in every release, and no two the same.
    fn name(&self) -> &'static str;

    /// Takes a record. When it returns, the record must outlast the end of the process.
    ///
    /// # Errors
    ///
    /// [`SinkError`] when it did not; it gets the record again.
    async fn take(&self, entry: &AuditEntry) -> Result<(), SinkError>;
}
