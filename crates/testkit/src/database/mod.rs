//! Databases for tests: each test has its own, cloned from a template that is migrated once.
//!
//! What always holds:
//!
//! - Two tests never share a database; tests run side by side, in threads and in processes.
//! - A template is migrated once for each fingerprint and run. A half-made one is never cloned.
//! - A run that ends in any way, `kill -9` included, leaves no database, server, container or file.
//!   A guard process of its own sees the end of its owner and clears up ([`TestServer`]).
//!
//! A *run* is what one `kwik-test-server -- COMMAND` covers (`cargo xtask test` uses it), or one
//! process where a test program is started without it. SQLite needs no server. PostgreSQL comes from
//! the first of these that is there ([`Way`]):
//!
//! 1. the server at `KWIK_TEST_DATABASE_URL`, whose user may create databases;
//! 2. a Docker engine, which starts the image `KWIK_TEST_POSTGRES_IMAGE` (`postgres:15`);
//! 3. server binaries installed on this machine, with which a throwaway cluster is started.
//!
//! ```no_run
//! use kwik_testkit::database::{Engine, TestDatabase};
//! use kwik_testkit::on_each_engine;
//!
//! async fn database(engine: Engine) -> TestDatabase {
//!     // The fingerprint says what the template holds: another schema, another fingerprint.
//!     TestDatabase::from_template(engine, "schema 1", async |url: String| migrate(&url).await)
//!         .await
//!         .expect("a test database")
//! }
//!
//! on_each_engine! {
//!     /// Becomes the tests `starts_empty::sqlite` and `starts_empty::postgres`.
//!     async fn starts_empty(engine) {
//!         let database = database(engine).await;
//!         assert!(database.url().starts_with(engine.scheme()));
//!     }
//! }
//! # async fn migrate(_: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> { Ok(()) }
//! # fn main() {}
//! ```

mod each_engine;
mod engine;
mod environment;
mod error;
mod postgres;
mod run;
mod server;
mod sqlite;
mod test_database;

#[doc(hidden)]
pub use each_engine::block_on;
pub use engine::Engine;
pub(crate) use environment::update_is_asked_for;
pub use error::{BoxError, ProvisionError};
pub use server::{TestServer, Way, sweep};
pub use test_database::TestDatabase;
