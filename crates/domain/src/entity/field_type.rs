//! What a Rust type means as a field.

use super::{Issue, Kind, text};
use crate::{DecodeError, RowReader, ValueRef};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::hash::Hash;
use uuid::Uuid;

/// A type that may be a field. Implemented here for the scalars and for `Option` of any field
/// type; enums and newtypes get it by `#[derive(FieldType)]`.
pub trait FieldType: Sized + Clone + Send + Sync + 'static {
    /// What its column holds.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
    /// The values of an enum.
    const VARIANTS: &'static [&'static str] = &[];

    /// The value as it stands in SQL and JSON.
    fn value(&self) -> ValueRef<'_>;

    /// Reads column `index`; `None` when it is null.
    ///
    /// # Errors
    ///
    /// When the column does not hold a value of this type.
    fn decode_opt(row: &dyn RowReader, index: usize) -> Result<Option<Self>, DecodeError>;

    /// Reads column `index`, which must not be null.
    ///
    /// # Errors
    ///
    /// When the column is null or does not hold a value of this type.
    #[inline]
    fn decode(row: &dyn RowReader, index: usize) -> Result<Self, DecodeError> {
        Self::decode_opt(row, index)?.ok_or_else(|| DecodeError::null(index))
    }

    /// Reads the plain text form of a value.
    ///
    /// # Errors
    ///
    /// An [`Issue`] that says what would be right.
    fn from_text(text: &str) -> Result<Self, Issue>;

    /// The value that null stands for, where null is allowed.
    fn null() -> Option<Self> {
        None
    }
}

/// Who gives a new row its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The database counts.
    Identity,
    /// The program makes a UUID of version 7 (RFC 9562).
    Uuid7,
}

impl KeySource {
    /// The source of keys of that kind.
    pub const fn of(kind: Kind) -> Self {
        if matches!(kind, Kind::Uuid) { Self::Uuid7 } else { Self::Identity }
    }
}

/// A type that may be a key: `i64`, `Uuid`, and newtypes over them.
pub trait KeyType: FieldType + Eq + Hash {
    /// A key that stands for "not known yet" in the draft of a row whose key the database gives.
    fn placeholder() -> Option<Self> {
        let text = match KeySource::of(Self::KIND) {
            KeySource::Identity => "0",
            KeySource::Uuid7 => "00000000-0000-0000-0000-000000000000",
        };
        Self::from_text(text).ok()
    }
}

impl<T: FieldType + Eq + Hash> KeyType for T {}

macro_rules! scalar {
    ($type:ty, $kind:ident, $read:ident, |$v:ident| $value:expr, |$x:ident| $convert:expr, $parse:expr) => {
        impl FieldType for $type {
            const KIND: Kind = Kind::$kind;
            #[inline]
            fn value(&self) -> ValueRef<'_> {
                let $v = self;
                $value
            }
            #[inline]
            fn decode_opt(row: &dyn RowReader, index: usize) -> Result<Option<Self>, DecodeError> {
                match row.$read(index)? {
                    Some($x) => Ok(Some($convert)),
                    None => Ok(None),
                }
            }
            fn from_text(raw: &str) -> Result<Self, Issue> {
                $parse(raw)
            }
        }
    };
}

scalar!(bool, Bool, bool, |v| ValueRef::Bool(*v), |x| x, text::boolean);
scalar!(i32, I32, int, |v| ValueRef::Int((*v).into()), |x| narrow(x)?, text::integer::<i32>);
scalar!(i64, I64, int, |v| ValueRef::Int(*v), |x| x, text::integer::<i64>);
scalar!(f64, F64, f64, |v| ValueRef::F64(*v), |x| x, text::double);
scalar!(String, Text, text, |v| ValueRef::Text(v), |x| x.to_owned(), |raw| text::text(raw).map(str::to_owned));
scalar!(Decimal, Decimal, decimal, |v| ValueRef::Decimal(*v), |x| x, text::decimal);
scalar!(Uuid, Uuid, uuid, |v| ValueRef::Uuid(*v), |x| x, text::uuid);
scalar!(NaiveDate, Date, date, |v| ValueRef::Date(*v), |x| x, text::date);
scalar!(DateTime<Utc>, Timestamp, timestamp, |v| ValueRef::Timestamp(*v), |x| x, text::timestamp);

fn narrow(value: i64) -> Result<i32, DecodeError> {
    i32::try_from(value).map_err(|_| DecodeError::new("an integer does not fit 32 bits"))
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const VARIANTS: &'static [&'static str] = T::VARIANTS;

    #[inline]
    fn value(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, T::value)
    }
    #[inline]
    fn decode_opt(row: &dyn RowReader, index: usize) -> Result<Option<Self>, DecodeError> {
        T::decode_opt(row, index).map(Some)
    }
    fn from_text(text: &str) -> Result<Self, Issue> {
        T::from_text(text).map(Some)
    }
    fn null() -> Option<Self> {
        Some(None)
    }
}
