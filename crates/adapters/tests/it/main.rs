//! The integration tests of the adapters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod estimates;
mod fixture;
mod limits;
mod postgres;
mod process;
mod roles;
mod sqlite;
mod statement_cache;
mod store;
mod system;
