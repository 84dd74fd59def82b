//! The kinds of values that a field can hold.

use super::FieldType;

/// What a column holds. Each adapter gives each kind a column type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A 32 bit integer.
    I32,
    /// A 64 bit integer.
    I64,
    /// A finite double.
    F64,
    /// Text without NUL, compared bytewise.
    Text,
    /// An exact decimal of up to 28 digits.
    Decimal,
    /// A UUID.
    Uuid,
    /// A day.
    Date,
    /// A moment in microseconds, UTC.
    Timestamp,
    /// A time of day in microseconds.
    Time,
    /// Bytes.
    Bytes,
    /// Any JSON; arrays are kept as JSON too.
    Json,
}

impl Kind {
    /// The word for it in migrations and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F64 => "f64",
            Self::Text => "text",
            Self::Decimal => "decimal",
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Time => "time",
            Self::Bytes => "bytes",
            Self::Json => "json",
        }
    }

    /// Whether its values have an order and an equality that all engines agree on. Only such a field may be
    /// compared, sorted by, unique, indexed, in a range, or have a default; the others are only asked
    /// whether they are null.
    pub const fn is_ordered(self) -> bool {
        !matches!(self, Self::Bytes | Self::Json)
    }
}

/// What the items of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What each of them is.
    pub kind: Kind,
    /// The values that an enum may take; empty for others.
    pub variants: &'static [&'static str],
}

impl Item {
    /// Items of type `T`.
    ///
    /// # Panics
    ///
    /// At compile time, when they are optional, bytes, JSON or arrays themselves.
    pub const fn of<T: FieldType>() -> Self {
        assert!(!T::NULLABLE, "the items of an array are never null");
        assert!(T::KIND.is_ordered(), "the items of an array are scalars: no arrays, no bytes and no JSON");
        Self { kind: T::KIND, variants: T::VARIANTS }
    }
}

/// What text must look like beyond its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Plain,
    /// An email address; its domain is lower-cased.
    Email,
    /// An address on the web: `https://…` or `http://…` (RFC 3986).
    Url,
}
