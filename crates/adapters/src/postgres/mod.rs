//! PostgreSQL 14 and newer.
//!
//! A write is one statement: the row, its version and its audit record, by data-modifying CTEs
//! (see `write.rs`). Rights that change are heard of by LISTEN; triggers made by
//! the schema send the notifications, so that a change made by hand counts too.

mod bind;
mod connect;
mod dialect;
mod error;
mod estimate;
mod jsonb;
mod listener;
mod new_row;
mod numeric;
mod queries;
mod reader;
mod session;
mod store;
mod write;

pub use connect::{MIN_VERSION, options};
pub use error::store_error;
pub use listener::CHANNEL;
pub use store::PostgresStore;
