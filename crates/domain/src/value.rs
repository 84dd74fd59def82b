//! The one currency between typed structs and everything that works from metadata.

use crate::{DecodeError, Issue, JsonRef, Kind, RowReader, entity::text};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value that borrows: what a field holds right now. Copying it never allocates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// SQL's and JSON's null.
    Null,
    /// True or false.
    Bool(bool),
    /// A 32 or 64 bit integer.
    Int(i64),
    /// A finite double.
    F64(f64),
    /// Text without NUL.
    Text(&'a str),
    /// An exact decimal; its scale is part of it.
    Decimal(Decimal),
    /// A UUID of any version.
    Uuid(Uuid),
    /// A day of the proleptic Gregorian calendar.
    Date(NaiveDate),
    /// A moment, in microseconds.
    Timestamp(DateTime<Utc>),
    /// A time of day, in microseconds.
    Time(NaiveTime),
    /// Bytes.
    Bytes(&'a [u8]),
    /// JSON.
    Json(JsonRef<'a>),
}

/// A value that owns what it holds: literals of a [`Filter`](crate::Filter), keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL's and JSON's null.
    Null,
    /// True or false.
    Bool(bool),
    /// A 32 or 64 bit integer.
    Int(i64),
    /// A finite double.
    F64(f64),
    /// Text without NUL.
    Text(String),
    /// An exact decimal; its scale is part of it.
    Decimal(Decimal),
    /// A UUID of any version.
    Uuid(Uuid),
    /// A day of the proleptic Gregorian calendar.
    Date(NaiveDate),
    /// A moment, in microseconds.
    Timestamp(DateTime<Utc>),
    /// A time of day, in microseconds.
    Time(NaiveTime),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The text of a JSON value.
    Json(String),
}

impl Value {
    /// The borrowed form.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Bool(v) => ValueRef::Bool(*v),
            Self::Int(v) => ValueRef::Int(*v),
            Self::F64(v) => ValueRef::F64(*v),
            Self::Text(v) => ValueRef::Text(v),
            Self::Decimal(v) => ValueRef::Decimal(*v),
            Self::Uuid(v) => ValueRef::Uuid(*v),
            Self::Date(v) => ValueRef::Date(*v),
            Self::Timestamp(v) => ValueRef::Timestamp(*v),
            Self::Time(v) => ValueRef::Time(*v),
            Self::Bytes(v) => ValueRef::Bytes(v),
            Self::Json(v) => ValueRef::Json(JsonRef::text(v)),
        }
    }

    /// Reads the plain text form of a value of `kind`, as it stands in a path, a query parameter
    /// or an attribute.
    ///
    /// # Errors
    ///
    /// An [`Issue`] that says what would be right.
    pub fn parse(kind: Kind, raw: &str) -> Result<Self, Issue> {
        Ok(match kind {
            Kind::Bool => Self::Bool(text::boolean(raw)?),
            Kind::I32 => Self::Int(text::integer::<i32>(raw)?.into()),
            Kind::I64 => Self::Int(text::integer(raw)?),
            Kind::F64 => Self::F64(text::double(raw)?),
            Kind::Text => Self::Text(text::text(raw)?.to_owned()),
            Kind::Decimal => Self::Decimal(text::decimal(raw)?),
            Kind::Uuid => Self::Uuid(text::uuid(raw)?),
            Kind::Date => Self::Date(text::date(raw)?),
            Kind::Timestamp => Self::Timestamp(text::timestamp(raw)?),
            Kind::Time => Self::Time(text::time(raw)?),
            Kind::Bytes => Self::Bytes(text::bytes(raw)?),
            Kind::Json => Self::Json(JsonRef::of(&text::json(raw)?).to_string()),
        })
    }
}

impl<'r> ValueRef<'r> {
    /// Reads column `index`, which holds values of `kind`; null when there is none.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn read(row: &'r dyn RowReader, kind: Kind, index: usize) -> Result<Self, DecodeError> {
        let value = match kind {
            Kind::Bool => row.bool(index)?.map(Self::Bool),
            Kind::I32 | Kind::I64 => row.int(index)?.map(Self::Int),
            Kind::F64 => row.f64(index)?.map(Self::F64),
            Kind::Text => row.text(index)?.map(Self::Text),
            Kind::Decimal => row.decimal(index)?.map(Self::Decimal),
            Kind::Uuid => row.uuid(index)?.map(Self::Uuid),
            Kind::Date => row.date(index)?.map(Self::Date),
            Kind::Timestamp => row.timestamp(index)?.map(Self::Timestamp),
            Kind::Time => row.time(index)?.map(Self::Time),
            Kind::Bytes => row.bytes(index)?.map(Self::Bytes),
            Kind::Json => row.text(index)?.map(|text| Self::Json(JsonRef::text(text))),
        };
        Ok(value.unwrap_or(Self::Null))
    }
}

impl ValueRef<'_> {
    /// The owning form.
    pub fn to_owned(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(v),
            Self::Int(v) => Value::Int(v),
            Self::F64(v) => Value::F64(v),
            Self::Text(v) => Value::Text(v.to_owned()),
            Self::Decimal(v) => Value::Decimal(v),
            Self::Uuid(v) => Value::Uuid(v),
            Self::Date(v) => Value::Date(v),
            Self::Timestamp(v) => Value::Timestamp(v),
            Self::Time(v) => Value::Time(v),
            Self::Bytes(v) => Value::Bytes(v.to_owned()),
            Self::Json(v) => Value::Json(v.to_string()),
        }
    }

    /// Whether this is null.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The plain text form, as it stands in a path or in the audit trail: what [`Value::parse`]
    /// reads back. Null is the empty text.
    pub fn to_text(self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(v) => v.to_string(),
            Self::Int(v) => v.to_string(),
            Self::F64(v) => v.to_string(),
            Self::Text(v) => v.to_owned(),
            Self::Decimal(v) => v.to_string(),
            Self::Uuid(v) => v.to_string(),
            Self::Date(v) => v.to_string(),
            Self::Timestamp(v) => crate::json::rfc3339(v),
            Self::Time(v) => v.format("%H:%M:%S%.6f").to_string(),
            Self::Bytes(v) => STANDARD.encode(v),
            Self::Json(v) => v.to_string(),
        }
    }
}
