//! Values into SQLite's parameters.

use crate::sql::{Binds, Bound, Statement};
use kwik_domain::{StoreError, Value, ValueRef};
use sqlx::{Arguments, sqlite::SqliteArguments};

/// The parameters of one run of a statement.
pub(super) fn arguments(statement: &Statement, binds: &Binds<'_>) -> Result<SqliteArguments, StoreError> {
    all(statement.slots.iter().map(|slot| binds.get(*slot)))
}

/// The parameters of a statement that is written by hand.
pub(super) fn values(values: &[Bound<'_>]) -> Result<SqliteArguments, StoreError> {
    all(values.iter().copied())
}

fn all<'a>(values: impl Iterator<Item = Bound<'a>>) -> Result<SqliteArguments, StoreError> {
    let mut out = SqliteArguments::default();
    for value in values {
        match value {
            Bound::One(_, value) => one(&mut out, value),
            Bound::Many(_, values) => out.add(list(values)),
        }
        .map_err(|e| StoreError::Other(format!("a value cannot be sent: {e}")))?;
    }
    Ok(out)
}

fn one(out: &mut SqliteArguments, value: ValueRef<'_>) -> Result<(), sqlx::error::BoxDynError> {
    match value {
        ValueRef::Null => out.add(None::<i64>),
        ValueRef::Bool(v) => out.add(v),
        ValueRef::Int(v) => out.add(v),
        ValueRef::F64(v) => out.add(v),
        ValueRef::Text(v) => out.add(v.to_owned()),
        ValueRef::Decimal(v) => out.add(v.to_string()),
        ValueRef::Uuid(v) => out.add(v.to_string()),
        ValueRef::Date(_) | ValueRef::Time(_) => out.add(value.to_text()),
        ValueRef::Bytes(v) => out.add(v.to_owned()),
        ValueRef::Json(v) => out.add(v.to_string()),
        ValueRef::Timestamp(v) => out.add(v.timestamp_micros()),
    }
}

/// The values as a JSON array, in the forms in which columns keep them.
fn list(values: &[Value]) -> String {
    let json = values.iter().map(|value| match value {
        // What is not compared equals nothing.
        Value::Null | Value::Bytes(_) | Value::Json(_) => serde_json::Value::Null,
        Value::Bool(v) => i64::from(*v).into(),
        Value::Int(v) => (*v).into(),
        Value::F64(v) => (*v).into(),
        Value::Text(v) => v.as_str().into(),
        Value::Decimal(v) => v.to_string().into(),
        Value::Uuid(v) => v.to_string().into(),
        Value::Date(v) => v.to_string().into(),
        Value::Time(_) => value.as_ref().to_text().into(),
        Value::Timestamp(v) => v.timestamp_micros().into(),
    });
    serde_json::Value::Array(json.collect()).to_string()
}
