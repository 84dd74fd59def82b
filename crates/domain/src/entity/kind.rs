//! The kinds of values that a field can hold.

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
        }
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
