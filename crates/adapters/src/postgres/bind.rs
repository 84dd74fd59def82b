//! Values into PostgreSQL's parameters.

use super::{jsonb::Jsonb, numeric::Numeric};
use crate::sql::{Binds, Bound, Statement};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{Kind, StoreError, Value, ValueRef};
use rust_decimal::Decimal;
use sqlx::{Arguments, postgres::PgArguments};
use uuid::Uuid;

/// The parameters of one run of a statement.
pub(super) fn arguments(statement: &Statement, binds: &Binds<'_>) -> Result<PgArguments, StoreError> {
    all(statement.slots.len(), statement.slots.iter().map(|slot| binds.get(*slot)))
}

/// The parameters of a statement that is written by hand.
pub(super) fn values(values: &[Bound<'_>]) -> Result<PgArguments, StoreError> {
    all(values.len(), values.iter().copied())
}

fn all<'a>(number: usize, values: impl Iterator<Item = Bound<'a>>) -> Result<PgArguments, StoreError> {
    let mut out = PgArguments::default();
    out.reserve(number, number * 16);
    for value in values {
        match value {
            Bound::One(kind, value) => one(&mut out, kind, value),
            Bound::Many(kind, values) => many(&mut out, kind, values),
        }
        .map_err(|e| StoreError::Other(format!("a value cannot be sent: {e}")))?;
    }
    Ok(out)
}

type Added = Result<(), sqlx::error::BoxDynError>;

fn one(out: &mut PgArguments, kind: Kind, value: ValueRef<'_>) -> Added {
    match value {
        ValueRef::Null => null(out, kind),
        ValueRef::Bool(v) => out.add(v),
        ValueRef::Int(v) if kind == Kind::I32 => out.add(i32::try_from(v)?),
        ValueRef::Int(v) => out.add(v),
        ValueRef::F64(v) => out.add(v),
        ValueRef::Text(v) => out.add(v),
        ValueRef::Decimal(v) => out.add(Numeric(v)),
        ValueRef::Uuid(v) => out.add(v),
        ValueRef::Date(v) => out.add(v),
        ValueRef::Timestamp(v) => out.add(v),
        ValueRef::Time(v) => out.add(v),
        ValueRef::Bytes(v) => out.add(v),
        ValueRef::Json(v) => out.add(Jsonb(v)),
    }
}

fn null(out: &mut PgArguments, kind: Kind) -> Added {
    match kind {
        Kind::Bool => out.add(None::<bool>),
        Kind::I32 => out.add(None::<i32>),
        Kind::I64 => out.add(None::<i64>),
        Kind::F64 => out.add(None::<f64>),
        Kind::Text => out.add(None::<&str>),
        Kind::Decimal => out.add(None::<Decimal>),
        Kind::Uuid => out.add(None::<Uuid>),
        Kind::Date => out.add(None::<NaiveDate>),
        Kind::Timestamp => out.add(None::<DateTime<Utc>>),
        Kind::Time => out.add(None::<NaiveTime>),
        Kind::Bytes => out.add(None::<&[u8]>),
        Kind::Json => out.add(None::<Jsonb<'_>>),
    }
}

fn many(out: &mut PgArguments, kind: Kind, values: &[Value]) -> Added {
    /// Those of one sort; a value of another sort equals none of the column's.
    macro_rules! list {
        ($sort:ident, |$v:ident| $convert:expr) => {
            out.add(
                values
                    .iter()
                    .filter_map(|v| match v {
                        Value::$sort($v) => Some($convert),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            )
        };
    }
    match kind {
        Kind::Bool => list!(Bool, |v| *v),
        Kind::I32 => out.add(
            values
                .iter()
                .filter_map(|v| match v {
                    Value::Int(v) => i32::try_from(*v).ok(),
                    _ => None,
                })
                .collect::<Vec<_>>(),
        ),
        Kind::I64 => list!(Int, |v| *v),
        Kind::F64 => list!(F64, |v| *v),
        Kind::Text => list!(Text, |v| v.as_str()),
        Kind::Decimal => list!(Decimal, |v| *v),
        Kind::Uuid => list!(Uuid, |v| *v),
        Kind::Date => list!(Date, |v| *v),
        Kind::Timestamp => list!(Timestamp, |v| *v),
        Kind::Time => list!(Time, |v| *v),
        Kind::Bytes => list!(Bytes, |v| v.as_slice()),
        // Not compared.
        Kind::Json => out.add(Vec::<Jsonb<'_>>::new()),
    }
}
