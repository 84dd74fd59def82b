//! What a Rust type means as a field.

use super::{Issue, Item, Kind, text};
use crate::{DecodeError, JsonRef, RowReader, ValueRef};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A type that may be a field. Implemented here for the scalars, for `Vec` of them, for bytes (`Vec<u8>`),
/// for any JSON (`serde_json::Value`), and for `Option` of any field type; enums and newtypes get it by
/// `#[derive(FieldType)]`.
pub trait FieldType: Sized + Clone + Send + Sync + 'static {
    /// What its column holds.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
    /// The values of an enum.
    const VARIANTS: &'static [&'static str] = &[];
    /// What its items are, if it is an array.
    const ITEM: Option<Item> = None;

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
    /// Whoever creates the row.
    Given,
}

impl KeySource {
    /// The source of keys of that kind that nobody gives.
    pub const fn of(kind: Kind) -> Self {
        if matches!(kind, Kind::Uuid) { Self::Uuid7 } else { Self::Identity }
    }
}

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
scalar!(NaiveTime, Time, time, |v| ValueRef::Time(text::micros(*v)), |x| x, text::time);
scalar!(Vec<u8>, Bytes, bytes, |v| ValueRef::Bytes(v), |x| x.to_owned(), text::bytes);
scalar!(serde_json::Value, Json, text, |v| ValueRef::Json(JsonRef::of(v)), |x| kept(text::json(x))?, text::json);

impl<T: FieldType> FieldType for Vec<T> {
    const KIND: Kind = Kind::Json;
    const ITEM: Option<Item> = Some(Item::of::<T>());

    #[inline]
    fn value(&self) -> ValueRef<'_> {
        ValueRef::Json(JsonRef::of(self))
    }
    fn decode_opt(row: &dyn RowReader, index: usize) -> Result<Option<Self>, DecodeError> {
        row.text(index)?.map(|text| kept(Self::from_text(text))).transpose()
    }
    fn from_text(raw: &str) -> Result<Self, Issue> {
        let read = |raw: &str| text::scalar(T::KIND, raw).and_then(|text| T::from_text(&text));
        let items = text::items(raw)?.into_iter().enumerate();
        items.map(|(n, item)| read(item.get()).map_err(|issue| issue.at(n))).collect()
    }
}

fn kept<T>(read: Result<T, Issue>) -> Result<T, DecodeError> {
    read.map_err(|issue| DecodeError::new(format!("a column holds other JSON than its field: it {}", issue.message)))
}

fn narrow(value: i64) -> Result<i32, DecodeError> {
    i32::try_from(value).map_err(|_| DecodeError::new("an integer does not fit 32 bits"))
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const VARIANTS: &'static [&'static str] = T::VARIANTS;
    const ITEM: Option<Item> = T::ITEM;

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
