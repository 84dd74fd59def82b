//! The connections that read.
//!
//! Each has its own [`Limit`], which a pool of the driver could not give back together with the
//! connection; to find it by way of the connection would cost every read a second round trip to the
//! connection's thread.

use super::limit::Limit;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long to wait for a reader.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections that read: opened when they are needed, kept from then on. Cheap to clone.
#[derive(Clone)]
pub(super) struct Readers(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    longest: Duration,
    most: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: SqliteConnection,
    limit: Limit,
}

/// A connection for one statement, which may take no longer than the limit. Dropped without
/// [`Reader::release`], it is closed, for its statement may still run: until it meets the limit.
pub(super) struct Reader {
    idle: Idle,
    readers: Arc<Inner>,
    permit: OwnedSemaphorePermit,
}

impl Readers {
    /// At most so many connections, none of which is opened yet.
    pub(super) fn new(options: SqliteConnectOptions, most: u32, longest: Duration) -> Self {
        let free = Arc::new(Semaphore::new(most as usize));
        Self(Arc::new(Inner { options, longest, most, free, idle: Mutex::default() }))
    }

    /// A connection for one statement, whose time begins now.
    pub(super) async fn acquire(&self) -> Result<Reader, sqlx::Error> {
        let permit = tokio::time::timeout(ACQUIRE_TIMEOUT, self.0.free.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let idle = match idle {
            Some(idle) => idle,
            None => self.open().await?,
        };
        idle.limit.begin();
        Ok(Reader { idle, readers: self.0.clone(), permit })
    }

    async fn open(&self) -> Result<Idle, sqlx::Error> {
        let mut connection = SqliteConnection::connect_with(&self.0.options).await?;
        let limit = Limit::new(self.0.longest);
        limit.install(&mut connection).await?;
        Ok(Idle { connection, limit })
    }

    /// Closes every connection, waiting for those in use.
    pub(super) async fn close(&self) {
        // Fails when they were closed before.
        let all = self.0.free.acquire_many(self.0.most).await;
        self.0.free.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for idle in idle {
            let _ = idle.connection.close().await;
        }
    }
}

impl Reader {
    /// The statement has ended: the connection is free for another.
    pub(super) fn release(self) {
        let Self { idle, readers, permit } = self;
        idle.limit.end();
        readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        // Only now, so that whoever waits for a place finds the connection.
        drop(permit);
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.idle.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.idle.connection
    }
}
