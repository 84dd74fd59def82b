//! The schema on SQLite: how it is written, and how it is read.
//!
//! Where SQLite cannot alter a table, it is rebuilt: a new one is made, filled and given the name.

mod column;
#[cfg(feature = "sqlite")]
mod connection;
#[cfg(feature = "sqlite")]
mod declaration;
#[cfg(feature = "sqlite")]
mod introspection;
mod literal;
mod rebuild;
mod render;
mod trigger;

pub(super) use column::{column_type, is_safe_change};
#[cfg(feature = "sqlite")]
pub(super) use connection::SqliteConnection;
pub(super) use literal::{NOW, literal};
pub(super) use render::{change_table, create_table};

use super::dialect::Failure;

/// What kind of failure an error is, by its extended result code.
pub(super) fn failure(error: &sqlx::Error) -> Option<Failure> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    match code {
        // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
        2067 | 1555 => Some(Failure::Duplicate),
        // SQLITE_CONSTRAINT_NOTNULL
        1299 => Some(Failure::Null),
        // SQLITE_CONSTRAINT_FOREIGNKEY
        787 => Some(Failure::Reference),
        // SQLITE_BUSY, SQLITE_LOCKED, whatever the detail
        _ if matches!(code & 0xff, 5 | 6) => Some(Failure::Busy),
        // SQLITE_READONLY
        _ if code & 0xff == 8 => Some(Failure::Forbidden),
        _ => None,
    }
}
