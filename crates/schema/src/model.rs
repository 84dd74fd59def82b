//! The schema as a value: what tables there should be, in terms of no database.

use kwik_domain::Kind;
use serde::{Deserialize, Deserializer, Serialize};

/// All tables and views. As JSON it is the `schema.json` beside the migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// The tables, in the order in which they are made.
    pub tables: Vec<Table>,
    /// The views, in the order in which they are made, after the tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name, without quotes.
    pub name: String,
    /// Its former name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Its columns; one of them is the primary key, or several together.
    pub columns: Vec<Column>,
    /// Columns whose values together must be unique.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uniques: Vec<Vec<String>>,
    /// Columns with an index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Vec<String>>,
    /// Columns that hold keys of other tables' rows, or of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// To whom a change of a row is announced, since it may change their rights.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "notify")]
    pub notify: Option<Notify>,
    /// Whether rows are never changed or removed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub append_only: bool,
}

/// A column that holds the key of a row. The database only refuses what would break it; what becomes of rows
/// whose other side is removed is the program's to see to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The column.
    pub column: String,
    /// The table whose rows it refers to.
    pub table: String,
    /// That table's key.
    pub target: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Its name, without quotes.
    pub name: String,
    /// Its query on PostgreSQL; empty where the view is made elsewhere, and only has to be there.
    pub postgres: String,
    /// Its query on SQLite.
    pub sqlite: String,
    /// The columns that it must have, among others.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name, without quotes.
    pub name: String,
    /// Its former name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be null.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Its default, in the plain text form that [`kwik_domain::Value::parse`] reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What rows that are there already get when the column comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// Whether the database counts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub identity: bool,
    /// Whether it is the primary key, or a part of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub primary_key: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// True or false.
    Bool,
    /// A 32 bit integer.
    I32,
    /// A 64 bit integer.
    I64,
    /// A finite double.
    F64,
    /// Text, compared bytewise.
    Text,
    /// An exact decimal.
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
    /// JSON.
    Json,
}

impl From<Kind> for ColumnKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool,
            Kind::I32 => Self::I32,
            Kind::I64 => Self::I64,
            Kind::F64 => Self::F64,
            Kind::Text => Self::Text,
            Kind::Decimal => Self::Decimal,
            Kind::Uuid => Self::Uuid,
            Kind::Date => Self::Date,
            Kind::Timestamp => Self::Timestamp,
            Kind::Time => Self::Time,
            Kind::Bytes => Self::Bytes,
            Kind::Json => Self::Json,
        }
    }
}

impl ColumnKind {
    /// The kind of its default, if it can have one.
    pub const fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Bool => Kind::Bool,
            Self::I32 => Kind::I32,
            Self::I64 => Kind::I64,
            Self::F64 => Kind::F64,
            Self::Text => Kind::Text,
            Self::Decimal => Kind::Decimal,
            Self::Uuid => Kind::Uuid,
            Self::Date => Kind::Date,
            Self::Timestamp => Kind::Timestamp,
            Self::Time => Kind::Time,
            Self::Bytes | Self::Json => return None,
        })
    }
}

/// What rows get that were there before their column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// The moment at which the column comes, if it has no default.
    Now,
    /// An SQL expression over the row's other columns, whatever the default.
    Sql(String),
}

/// Whom a change of a row concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// Everybody.
    Everybody,
    /// The user whose key this column holds.
    User(String),
}

/// In files of former versions there is only whether changes are announced, which they were to everybody.
fn notify<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Notify>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whether(bool),
        Whom(Notify),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Whether(announced) => announced.then_some(Notify::Everybody),
        Written::Whom(notify) => Some(notify),
    })
}

impl Table {
    /// An empty table of that name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            renamed_from: None,
            columns: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            notify: None,
            append_only: false,
        }
    }
}

impl Column {
    /// A column that may not be null and has no default.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            name: name.into(),
            renamed_from: None,
            kind,
            nullable: false,
            default: None,
            fill: None,
            identity: false,
            primary_key: false,
        }
    }

    /// Allows null.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Makes it the primary key, counted by the database.
    #[must_use]
    pub fn identity(mut self) -> Self {
        self.identity = true;
        self.primary_key = true;
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
