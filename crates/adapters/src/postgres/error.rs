//! PostgreSQL's errors in the port's words.

use crate::sql::names::{foreign_key_name, unique_name};
use kwik_domain::{EntityMeta, FieldMeta, StoreError};
use sqlx::{error::DatabaseError, postgres::PgDatabaseError};

/// The port's error for the driver's. `entity` is the one that was written, if any.
pub fn store_error(error: sqlx::Error, entity: Option<&'static EntityMeta>) -> StoreError {
    match error {
        sqlx::Error::Database(error) => database_error(error.as_ref(), entity),
        sqlx::Error::PoolTimedOut => StoreError::Unavailable("no connection is free".to_owned()),
        sqlx::Error::PoolClosed => StoreError::Unavailable("the program is stopping".to_owned()),
        sqlx::Error::Io(error) => StoreError::Unavailable(error.to_string()),
        sqlx::Error::Tls(error) => StoreError::Unavailable(error.to_string()),
        other => StoreError::Other(other.to_string()),
    }
}

/// By SQLSTATE: see "PostgreSQL Error Codes" in PostgreSQL's manual.
fn database_error(error: &dyn DatabaseError, entity: Option<&'static EntityMeta>) -> StoreError {
    let code = error.code().unwrap_or_default();
    match code.as_ref() {
        "23505" => unique(error, entity),
        "23503" => reference(error, entity),
        "40001" | "40P01" | "55P03" => StoreError::Contention,
        "57014" => StoreError::Timeout,
        "53100" | "25006" => StoreError::ReadOnly(error.message().to_owned()),
        // Shutting down, starting up, too many connections, connection lost; the protocol's 08.
        "57P01" | "57P02" | "57P03" | "53300" | "25P03" => StoreError::Unavailable(error.message().to_owned()),
        code if code.starts_with("08") => StoreError::Unavailable(error.message().to_owned()),
        code => StoreError::Other(format!("{code}: {}", error.message())),
    }
}

/// Which fields it is about. The detail names columns, but not to everybody; then the constraint's name tells.
fn reference(error: &dyn DatabaseError, entity: Option<&'static EntityMeta>) -> StoreError {
    let error = error.try_downcast_ref::<PgDatabaseError>();
    let entity = entity.filter(|entity| error.and_then(PgDatabaseError::table) == Some(entity.table));
    let (constraint, detail) = (error.and_then(PgDatabaseError::constraint), error.and_then(PgDatabaseError::detail));
    let column = detail.and_then(|text| Some(text.split_once('(')?.1.split_once(')')?.0));
    let is_meant = |table, field: &FieldMeta| match column {
        Some(column) => field.column == column,
        None => constraint == Some(&foreign_key_name(table, &[field.column])),
    };
    let fields = entity.into_iter().flat_map(|entity| {
        let fields = entity.references().map(|(index, _)| &entity.fields[index]);
        fields.filter(|field| is_meant(entity.table, field))
    });
    StoreError::Reference { fields: fields.collect() }
}

fn unique(error: &dyn DatabaseError, entity: Option<&'static EntityMeta>) -> StoreError {
    let violated = error.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::constraint);
    let (Some(violated), Some(entity)) = (violated, entity) else {
        return StoreError::Other(format!("23505: {}", error.message()));
    };
    let singles = entity.fields.iter().filter(|f| f.unique).map(|f| vec![f]);
    let groups = entity.unique_groups.iter().map(|group| group.iter().map(|i| &entity.fields[*i]).collect::<Vec<_>>());
    let fields = singles
        .chain(groups)
        .find(|fields| {
            let columns: Vec<_> = fields.iter().map(|f| f.column).collect();
            unique_name(entity.table, &columns) == violated
        })
        // A primary key, or a constraint made by hand.
        .unwrap_or_else(|| entity.key_fields().iter().collect());
    StoreError::Unique { entity: entity.collection, fields: fields.iter().map(|f| f.name).collect() }
}
