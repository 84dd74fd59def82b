//! The store on SQLite.

use super::{connect, error::store_error, limit::Limit, lock, private, readers::Readers, session::SqliteSession};
use crate::{
    database::{ConnectError, PoolSettings},
    epochs::Epochs,
    sql::StatementCache,
};
use async_trait::async_trait;
use kwik_domain::{Isolation, Notifier, Session, Store, StoreError, UnitOfWork};
use sqlx::SqlitePool;
use std::{fs::File, path::Path, sync::Arc};

/// One SQLite file, held by this process alone. Cheap to clone.
#[derive(Clone)]
pub struct SqliteStore {
    pub(super) writer: SqlitePool,
    pub(super) readers: Readers,
    /// How long a statement of the writer may take.
    pub(super) limit: Limit,
    pub(super) statements: Arc<StatementCache>,
    pub(super) epochs: Arc<Epochs>,
    // Held until the last clone is gone.
    _lock: Arc<File>,
}

impl SqliteStore {
    /// Opens the file, making it and its folder if there are none.
    ///
    /// # Errors
    ///
    /// [`ConnectError::InUse`] when another process holds it, [`ConnectError::File`] when it cannot
    /// be opened.
    pub async fn open(path: &str, settings: PoolSettings) -> Result<Self, ConnectError> {
        let path = Path::new(path);
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            private::folder(folder)
                .map_err(|e| ConnectError::File { path: folder.display().to_string(), reason: e.to_string() })?;
        }
        let held = lock::lock(path)?;
        private::file(path)
            .map_err(|e| ConnectError::File { path: path.display().to_string(), reason: e.to_string() })?;
        let pools = connect::pools(path, settings).await?;
        Ok(Self {
            writer: pools.writer,
            readers: pools.readers,
            limit: pools.limit,
            statements: Arc::default(),
            epochs: Arc::default(),
            _lock: Arc::new(held),
        })
    }

    /// The one connection that writes: for changes of the schema, which are no writes of rows.
    pub fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// The counts of changes of rights, all of which this process makes.
    pub(crate) fn notifier(&self) -> Arc<dyn Notifier> {
        self.epochs.clone()
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Notifier for Epochs {
    fn epoch(&self, user_id: i64) -> Option<u64> {
        Some(self.of(user_id))
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn session(&self) -> Box<dyn Session> {
        Box::new(SqliteSession::autocommit(self.clone()))
    }

    /// There is one writer at a time, so that every unit of work is serializable.
    async fn begin(&self, _: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|e| store_error(e, None))?;
        Ok(Box::new(SqliteSession::unit_of_work(self.clone(), transaction)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.readers.acquire().await.map_err(|e| store_error(e, None))?;
        let answer = sqlx::query("SELECT 1").execute(&mut *reader).await;
        reader.release();
        answer.map(drop).map_err(|e| store_error(e, None))
    }
}
