//! How it is done: adapters for the ports of `kwik-domain`, one folder a technology.
//!
//! - [`sql`]: what both databases share: statements built once with sea-query and cached by shape.
//! - [`postgres`] and [`sqlite`]: the [`Store`](kwik_domain::Store) on each.
//! - [`system`]: the clock and randomness.
//!
//! # Invariants
//!
//! - A write, its version and its audit record are one statement (PostgreSQL) or one transaction
//!   (SQLite).
//! - SQL text is made of names from metadata and of numbered slots; values are always bound.
//! - No driver's error leaves this crate: `error.rs` of each database turns it into a
//!   [`StoreError`](kwik_domain::StoreError).
//! - Only [`database`] names both engines.
//!
//! # What this crate must not do
//!
//! Decide who may do what, or know HTTP.
//!
//! # Alone
//!
//! ```
//! use kwik_adapters::{ConnectError, Database, database::PoolSettings};
//! use kwik_domain::Secret;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), ConnectError> {
//! # let folder = std::env::temp_dir().join(format!("kwik-adapters-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let url = Secret::new(format!("sqlite://{}", folder.join("own.db").display()));
//! assert!(Database::is_missing(&url));
//! let database = Database::connect(&url, PoolSettings::default()).await?;
//! let store = database.store();
//! // Nobody else may open the file meanwhile.
//! assert!(Database::connect(&url, PoolSettings::default()).await.is_err());
//! # drop(store);
//! database.close().await;
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # Ok(())
//! # }
//! ```

pub mod database;
mod epochs;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sql;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod system;

pub use database::{ConnectError, Database};
