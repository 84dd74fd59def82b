//! Rows of PostgreSQL.

use super::numeric::Numeric;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{DecodeError, RowReader};
use rust_decimal::Decimal;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

/// Reads without comparing types on each access: the schema is checked at start instead.
pub(super) struct PostgresRow<'r>(pub(super) &'r PgRow);

macro_rules! read {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(&self, index: usize) -> Result<Option<$type>, DecodeError> {
            self.0.try_get_unchecked(index).map_err(|_| {
                DecodeError::new(concat!("a column does not hold a ", stringify!($name)))
            })
        })*
    };
}

impl RowReader for PostgresRow<'_> {
    read!(bool: bool, int: i64, f64: f64, text: &str, uuid: Uuid, date: NaiveDate, time: NaiveTime, bytes: &[u8], timestamp: DateTime<Utc>);

    fn decimal(&self, index: usize) -> Result<Option<Decimal>, DecodeError> {
        let read: Option<Numeric> =
            self.0.try_get_unchecked(index).map_err(|_| DecodeError::new("a column does not hold a decimal"))?;
        Ok(read.map(|Numeric(value)| value))
    }
}
