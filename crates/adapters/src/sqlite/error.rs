//! SQLite's errors in the port's words.

use kwik_domain::{EntityMeta, StoreError};
use sqlx::error::DatabaseError;

/// The port's error for the driver's. `entity` is the one that was written, if any.
pub fn store_error(error: sqlx::Error, entity: Option<&'static EntityMeta>) -> StoreError {
    match error {
        sqlx::Error::Database(error) => database_error(error.as_ref(), entity),
        sqlx::Error::PoolTimedOut => StoreError::Unavailable("no connection is free".to_owned()),
        sqlx::Error::PoolClosed => StoreError::Unavailable("the program is stopping".to_owned()),
        sqlx::Error::Io(error) => StoreError::Unavailable(error.to_string()),
        other => StoreError::Other(other.to_string()),
    }
}

/// By extended result code: see "Result and Error Codes" in SQLite's documentation.
fn database_error(error: &dyn DatabaseError, entity: Option<&'static EntityMeta>) -> StoreError {
    let code: i32 = error.code().and_then(|c| c.parse().ok()).unwrap_or(0);
    match (code, code & 0xff) {
        (2067 | 1555, _) => unique(error.message(), entity),
        // By which foreign key is not told.
        (787, _) => StoreError::Reference { fields: Vec::new() },
        (_, 5 | 6) => StoreError::Contention,
        (_, 9) => StoreError::Timeout,
        (_, 8 | 13) => StoreError::ReadOnly(error.message().to_owned()),
        (_, 10 | 14) => StoreError::Unavailable(error.message().to_owned()),
        _ => StoreError::Other(format!("{code}: {}", error.message())),
    }
}

/// The message ends in `table.column, table.column`.
fn unique(message: &str, entity: Option<&'static EntityMeta>) -> StoreError {
    let Some(entity) = entity else { return StoreError::Other(message.to_owned()) };
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let columns = columns.split(", ").filter_map(|c| c.rsplit('.').next());
    let fields = columns.filter_map(|c| entity.fields.iter().find(|f| f.column == c)).map(|f| f.name);
    StoreError::Unique { entity: entity.collection, fields: fields.collect() }
}
