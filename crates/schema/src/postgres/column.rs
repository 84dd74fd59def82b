//! Types of columns.

use super::super::model::ColumnKind;

/// The type of columns of a kind. Text sorts bytewise, whatever the database's collation.
pub(in super::super) const fn column_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Bool => "boolean",
        ColumnKind::I32 => "integer",
        ColumnKind::I64 => "bigint",
        ColumnKind::F64 => "double precision",
        ColumnKind::Text => TEXT,
        ColumnKind::Decimal => "numeric",
        ColumnKind::Uuid => "uuid",
        ColumnKind::Date => "date",
        ColumnKind::Timestamp => "timestamptz",
        ColumnKind::Time => "time",
        ColumnKind::Bytes => "bytea",
        ColumnKind::Json => "jsonb",
    }
}

/// Text as the framework wants it.
const TEXT: &str = "text COLLATE \"C\"";

/// Whether every value is kept.
pub(in super::super) fn is_safe_change(from: &str, to: &str) -> bool {
    match to {
        "bigint" => matches!(from, "smallint" | "integer"),
        "integer" => from == "smallint",
        "numeric" => matches!(from, "smallint" | "integer" | "bigint") || from.starts_with("numeric("),
        TEXT => from.starts_with("text") || from.starts_with("character varying") || matches!(from, "uuid" | "date"),
        _ => false,
    }
}

/// Whether a column of one type gives what a field wants whose columns are of the other one, whatever the
/// collation.
pub(in super::super) fn reads(from: &str, to: &str) -> bool {
    let base = |word: &str| word.split([' ', '(']).next().unwrap_or_default().to_owned();
    base(from) == base(to) || (to == TEXT && from.starts_with("character"))
}

/// The type as the framework writes it, from PostgreSQL's own word and the column's collation.
#[cfg(feature = "postgres")]
pub(super) fn read_type(word: &str, collation: Option<&str>) -> String {
    match (word, collation) {
        ("timestamp with time zone", _) => "timestamptz".to_owned(),
        ("time without time zone", _) => "time".to_owned(),
        // Types that take no collation have none, and `default` is what is not said.
        (_, None | Some("default")) => word.to_owned(),
        (_, Some(collation)) => format!("{word} COLLATE {}", super::super::names::quote(collation)),
    }
}
