//! The store on PostgreSQL.

use super::{connect, error::store_error, listener::Listener, session::PostgresSession};
use crate::{
    database::{ConnectError, PoolSettings},
    sql::StatementCache,
};
use async_trait::async_trait;
use kwik_domain::{Isolation, Notifier, Session, Store, StoreError, UnitOfWork};
use sqlx::PgPool;
use std::sync::Arc;

/// A pool of connections to one PostgreSQL database. Cheap to clone.
#[derive(Clone)]
pub struct PostgresStore {
    pub(super) pool: PgPool,
    pub(super) statements: Arc<StatementCache>,
    pub(super) listener: Arc<Listener>,
}

impl PostgresStore {
    /// Connects to `postgres://…`.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`].
    pub async fn connect(url: &str, settings: PoolSettings) -> Result<Self, ConnectError> {
        let pool = connect::pool(url, settings).await?;
        Ok(Self { pool, statements: Arc::default(), listener: Arc::new(Listener::new(settings.lease)) })
    }

    /// The pool: for changes of the schema, which are no writes of rows.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Begins to listen for changes of rights by other instances.
    pub fn listen(&self) -> Arc<dyn Notifier> {
        Listener::start(&self.listener, self.pool.clone());
        self.listener.clone()
    }

    /// Stops listening.
    pub(crate) fn stop(&self) {
        self.listener.stop();
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.stop();
        self.pool.close().await;
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn session(&self) -> Box<dyn Session> {
        Box::new(PostgresSession::autocommit(self.clone()))
    }

    async fn begin(&self, isolation: Isolation) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let begin = match isolation {
            Isolation::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        let transaction = self.pool.begin_with(begin).await.map_err(|e| store_error(e, None))?;
        Ok(Box::new(PostgresSession::unit_of_work(self.clone(), transaction)))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop).map_err(|e| store_error(e, None))
    }
}
