//! Tables from entities: what a database should look like, what it looks like, and the steps from
//! one to the other.
//!
//! - [`Schema::of`] says what the entities need, for no database in particular.
//! - In development [`develop`] makes the database so, at each start.
//! - In production [`migrate_up`] runs numbered migrations, which [`new_migration`] wrote, and
//!   [`check`] refuses a database that they did not make so.
//!
//! # Invariants
//!
//! - Nothing that holds data is removed unless a person said so: by `--drop-columns` in development,
//!   by committing a migration that says it in production.
//! - Changes run in one transaction (development) or one a migration (production), under a lock that
//!   keeps other instances out. What fails or is killed leaves the database as it was.
//! - What the migrations make out of an empty database is what development makes of it.
//! - The same entities and the same `schema.json` give the same files, byte for byte.
//!
//! # What this crate must not do
//!
//! Change tables that no entity has, or wait in a database's lock without a bound.

mod audit_table;
mod check;
mod default_value;
mod desired;
mod develop;
mod dialect;
mod diff;
mod engine;
mod error;
mod journal;
mod matching;
mod migrate_up;
mod migration;
mod model;
mod new_migration;
mod physical;
mod postgres;
mod precheck;
mod sqlite;
mod status;
mod step;
mod view;

pub use check::{check, drift};
pub use develop::develop;
pub use dialect::Dialect;
pub use error::SchemaError;
pub use kwik_adapters::sql::names::{foreign_key_name, index_name, unique_name};
pub use migrate_up::migrate_up;
pub use migration::Migration;
pub use model::{Column, ColumnKind, Fill, ForeignKey, Notify, Schema, Table, View};
pub use new_migration::new_migration;
pub use status::{MigrationState, MigrationStatus, status};

use kwik_adapters::sql::names;
