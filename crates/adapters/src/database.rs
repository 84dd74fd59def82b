//! Which database: the one file that names both engines.

#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
use crate::sql::{Buckets, Directory};
#[cfg(feature = "sqlite")]
use crate::sqlite::SqliteStore;
use kwik_domain::{AccessDirectory, Notifier, Secret, Store, Throttle};
use std::sync::Arc;

/// A connected database.
#[derive(Clone)]
pub enum Database {
    /// PostgreSQL 14 or newer.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
    /// An SQLite file, held by this process alone.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStore),
}

/// Why a database cannot be used. One line each, saying what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is of no kind that this program was built with.
    #[error("the database address must begin with {expected}")]
    Scheme {
        /// What it may begin with.
        expected: &'static str,
    },
    /// The address cannot be read.
    #[error("the database address is not valid: {0}")]
    Address(String),
    /// Nothing answers there.
    #[error("the database cannot be reached: {0}; check the address, and that the server runs")]
    Unreachable(String),
    /// The server is too old.
    #[error("PostgreSQL {found} is too old; version {needed} or newer is needed")]
    TooOld {
        /// What runs there.
        found: String,
        /// What is needed.
        needed: u32,
    },
    /// Another process holds the file.
    #[error("{path} is in use by another process; stop that one first, or use PostgreSQL for several")]
    InUse {
        /// The file.
        path: String,
    },
    /// The file cannot be opened.
    #[error("{path} cannot be opened: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// How many connections to hold, and how long to wait.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// The most connections at once (on SQLite: readers).
    pub max_connections: u32,
    /// How long a statement may take.
    pub statement_timeout: std::time::Duration,
    /// How long rights that were read are relied upon without a sign of life of the connection on which
    /// changes by other instances are heard. Afterwards each request asks the database.
    pub lease: std::time::Duration,
}

impl Default for PoolSettings {
    /// Ten connections, ten seconds, 150 milliseconds.
    fn default() -> Self {
        let statement_timeout = std::time::Duration::from_secs(10);
        Self { max_connections: 10, statement_timeout, lease: std::time::Duration::from_millis(150) }
    }
}

impl Database {
    /// Connects to `postgres://…` or opens `sqlite://path`, making the file if there is none.
    ///
    /// # Errors
    ///
    /// See [`ConnectError`]; never with the password that the address may hold.
    pub async fn connect(url: &Secret, settings: PoolSettings) -> Result<Self, ConnectError> {
        let address = url.expose();
        #[cfg(feature = "postgres")]
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return PostgresStore::connect(address, settings).await.map(Self::Postgres);
        }
        #[cfg(feature = "sqlite")]
        if let Some(path) = sqlite_path(address) {
            return SqliteStore::open(path, settings).await.map(Self::Sqlite);
        }
        Err(ConnectError::Scheme { expected: "postgres:// or sqlite://" })
    }

    /// Whether connecting would make the database, since there is none yet: an SQLite file.
    pub fn is_missing(url: &Secret) -> bool {
        sqlite_path(url.expose()).is_some_and(|path| !std::path::Path::new(path).exists())
    }

    /// Its store.
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(store.clone()),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(store) => Arc::new(store.clone()),
        }
    }

    /// Its access directory.
    pub fn access(&self) -> Arc<dyn AccessDirectory> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(Directory(store.clone())),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(store) => Arc::new(Directory(store.clone())),
        }
    }

    /// Its counts of how often something was tried.
    pub fn throttle(&self) -> Arc<dyn Throttle> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => Arc::new(Buckets(store.clone())),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(store) => Arc::new(Buckets(store.clone())),
        }
    }

    /// Its notifier. On PostgreSQL it begins to listen.
    pub fn notifier(&self) -> Arc<dyn Notifier> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.listen(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(store) => store.notifier(),
        }
    }

    /// Stops listening for changes, without waiting.
    pub fn stop(&self) {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.stop(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {}
        }
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(store) => store.close().await,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(store) => store.close().await,
        }
    }
}

fn sqlite_path(address: &str) -> Option<&str> {
    address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:"))
}
