//! SQLite: one file, one process, one writer and many readers.
//!
//! A write is a short `BEGIN IMMEDIATE` transaction: the row, its version, its audit record.
//! Decimals are text with the collation `decimal`, moments are integers of microseconds, days and
//! UUIDs are text, so that all of them sort as they should.

mod bind;
mod connect;
mod decimal;
mod dialect;
mod error;
mod limit;
mod lock;
mod new_row;
mod private;
mod queries;
mod reader;
mod readers;
mod session;
mod statements;
mod store;
mod write;

pub use error::store_error;
pub use store::SqliteStore;
