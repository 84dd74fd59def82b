//! Proof for the users of Kwik: databases for tests.
//!
//! [`database`] gives every test a migrated database of its own, on SQLite and on PostgreSQL.

pub mod database;
