//! A customer as a view into the row that came from the database: texts are borrowed, nothing is copied.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{Row, postgres::PgRow};

/// The nine columns after the first, which is the statement's own.
pub(super) struct CustomerRow<'r> {
    pub(super) id: i64,
    pub(super) name: &'r str,
    pub(super) email: &'r str,
    pub(super) credit_limit: Decimal,
    pub(super) version: i64,
    pub(super) creation_time: DateTime<Utc>,
    pub(super) creator_user_id: Option<i64>,
    pub(super) last_modification_time: Option<DateTime<Utc>>,
    pub(super) last_modifier_user_id: Option<i64>,
}

impl<'r> CustomerRow<'r> {
    /// Reads the row; none if its key is null, which an outer join gives.
    ///
    /// The types are those of the tables that this program made, so they are not compared for each value.
    pub(super) fn read(row: &'r PgRow) -> Result<Option<Self>, sqlx::Error> {
        let Some(id) = row.try_get_unchecked(1)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            name: row.try_get_unchecked(2)?,
            email: row.try_get_unchecked(3)?,
            credit_limit: row.try_get_unchecked(4)?,
            version: row.try_get_unchecked(5)?,
            creation_time: row.try_get_unchecked(6)?,
            creator_user_id: row.try_get_unchecked(7)?,
            last_modification_time: row.try_get_unchecked(8)?,
            last_modifier_user_id: row.try_get_unchecked(9)?,
        }))
    }
}

/// The statement's own first column: the version that it saw, or the total.
pub(super) fn first(row: &PgRow) -> Result<i64, sqlx::Error> {
    row.try_get_unchecked(0)
}
