//! Rows of SQLite.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{DecodeError, RowReader};
use rust_decimal::Decimal;
use sqlx::{Row, sqlite};
use uuid::Uuid;

/// Reads without comparing types on each access: the schema is checked at start instead.
pub(super) struct SqliteRow<'r>(pub(super) &'r sqlite::SqliteRow);

fn wrong(what: &str) -> DecodeError {
    DecodeError::new(format!("a column does not hold {what}"))
}

impl RowReader for SqliteRow<'_> {
    fn bool(&self, index: usize) -> Result<Option<bool>, DecodeError> {
        self.0.try_get_unchecked(index).map_err(|_| wrong("a boolean"))
    }

    fn int(&self, index: usize) -> Result<Option<i64>, DecodeError> {
        self.0.try_get_unchecked(index).map_err(|_| wrong("an integer"))
    }

    fn f64(&self, index: usize) -> Result<Option<f64>, DecodeError> {
        self.0.try_get_unchecked(index).map_err(|_| wrong("a double"))
    }

    fn text(&self, index: usize) -> Result<Option<&str>, DecodeError> {
        self.0.try_get_unchecked(index).map_err(|_| wrong("text"))
    }

    fn decimal(&self, index: usize) -> Result<Option<Decimal>, DecodeError> {
        self.text(index)?.map(|text| Decimal::from_str_exact(text).map_err(|_| wrong("a decimal"))).transpose()
    }

    fn uuid(&self, index: usize) -> Result<Option<Uuid>, DecodeError> {
        self.text(index)?.map(|text| Uuid::try_parse(text).map_err(|_| wrong("a UUID"))).transpose()
    }

    fn date(&self, index: usize) -> Result<Option<NaiveDate>, DecodeError> {
        self.text(index)?.map(|text| text.parse().map_err(|_| wrong("a date"))).transpose()
    }

    fn time(&self, index: usize) -> Result<Option<NaiveTime>, DecodeError> {
        self.text(index)?.map(|text| text.parse().map_err(|_| wrong("a time of day"))).transpose()
    }

    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, DecodeError> {
        self.0.try_get_unchecked(index).map_err(|_| wrong("bytes"))
    }

    fn timestamp(&self, index: usize) -> Result<Option<DateTime<Utc>>, DecodeError> {
        let micros = self.int(index)?;
        micros.map(|m| DateTime::from_timestamp_micros(m).ok_or_else(|| wrong("a moment"))).transpose()
    }
}
