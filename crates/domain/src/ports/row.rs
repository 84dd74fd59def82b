//! Rows as they leave a driver.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A column that does not hold what the metadata says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl DecodeError {
    /// An error with what was found and what was expected. Never the value itself.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// Column `index` is null though it must not be.
    pub fn null(index: usize) -> Self {
        Self(format!("column {index} is null, though its field is not optional"))
    }
}

/// A driver's row: one method per shape of value, by the column's index, borrowing text.
///
/// # Errors
///
/// Each method fails when the column does not exist or holds something else.
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods")]
pub trait RowReader {
    /// A boolean.
    fn bool(&self, index: usize) -> Result<Option<bool>, DecodeError>;
    /// An integer of any width.
    fn int(&self, index: usize) -> Result<Option<i64>, DecodeError>;
    /// A double.
    fn f64(&self, index: usize) -> Result<Option<f64>, DecodeError>;
    /// Text, or JSON as text.
    fn text(&self, index: usize) -> Result<Option<&str>, DecodeError>;
    /// A decimal, with its scale.
    fn decimal(&self, index: usize) -> Result<Option<Decimal>, DecodeError>;
    /// A UUID.
    fn uuid(&self, index: usize) -> Result<Option<Uuid>, DecodeError>;
    /// A day.
    fn date(&self, index: usize) -> Result<Option<NaiveDate>, DecodeError>;
    /// A time of day.
    fn time(&self, index: usize) -> Result<Option<NaiveTime>, DecodeError>;
    /// Bytes.
    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, DecodeError>;
    /// A moment.
    fn timestamp(&self, index: usize) -> Result<Option<DateTime<Utc>>, DecodeError>;
}
