//! The schema on PostgreSQL: how it is written, and how it is read.

mod column;
#[cfg(feature = "postgres")]
mod connection;
#[cfg(feature = "postgres")]
mod introspection;
mod literal;
mod render;
mod trigger;

pub(super) use column::{column_type, is_safe_change, reads};
#[cfg(feature = "postgres")]
pub(super) use connection::PostgresConnection;
pub(super) use literal::{NOW, literal};
pub(super) use render::{change_table, create_table, foreign_keys, unlink};

use super::dialect::Failure;

/// What kind of failure an error is, by its SQLSTATE.
pub(super) fn failure(error: &sqlx::Error) -> Option<Failure> {
    match error.as_database_error()?.code()?.as_ref() {
        "23505" => Some(Failure::Duplicate),
        "23502" => Some(Failure::Null),
        "23503" => Some(Failure::Reference),
        "55P03" | "40P01" => Some(Failure::Busy),
        "42501" => Some(Failure::Forbidden),
        _ => None,
    }
}
