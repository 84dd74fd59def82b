//! A row that never saw a database.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use kwik_domain::{DecodeError, RowReader, Value};
use rust_decimal::Decimal;
use uuid::Uuid;

/// Columns by index.
pub(crate) struct Row(pub(crate) Vec<Value>);

macro_rules! read {
    ($($method:ident: $type:ty = $variant:ident;)*) => {
        $(fn $method(&self, index: usize) -> Result<Option<$type>, DecodeError> {
            match self.0.get(index) {
                Some(Value::$variant(value)) => Ok(Some(value.clone())),
                Some(Value::Null) => Ok(None),
                other => Err(DecodeError::new(format!("column {index} holds {other:?}"))),
            }
        })*
    };
}

impl RowReader for Row {
    read! {
        bool: bool = Bool;
        int: i64 = Int;
        f64: f64 = F64;
        decimal: Decimal = Decimal;
        uuid: Uuid = Uuid;
        date: NaiveDate = Date;
        time: NaiveTime = Time;
        timestamp: DateTime<Utc> = Timestamp;
    }

    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, DecodeError> {
        match self.0.get(index) {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            other => Err(DecodeError::new(format!("column {index} holds {other:?}"))),
        }
    }

    fn text(&self, index: usize) -> Result<Option<&str>, DecodeError> {
        match self.0.get(index) {
            Some(Value::Text(text) | Value::Json(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            other => Err(DecodeError::new(format!("column {index} holds {other:?}"))),
        }
    }
}

#[test]
fn a_column_of_another_kind_is_an_error() {
    let row = Row(vec![Value::Int(1), Value::Null]);
    assert!(row.text(0).is_err() && row.text(2).is_err());
    assert_eq!(row.text(1).unwrap(), None);
}
