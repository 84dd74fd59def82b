//! Types of columns of STRICT tables.

use super::super::model::ColumnKind;

/// The type of columns of a kind.
pub(in super::super) const fn column_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Bool | ColumnKind::I32 | ColumnKind::I64 | ColumnKind::Timestamp => "integer",
        ColumnKind::F64 => "real",
        ColumnKind::Decimal => DECIMAL,
        ColumnKind::Text | ColumnKind::Uuid | ColumnKind::Date | ColumnKind::Time | ColumnKind::Json => "text",
        ColumnKind::Bytes => "blob",
    }
}

/// Exact decimals: text that sorts by the numbers.
const DECIMAL: &str = "text COLLATE decimal";

/// Whether every value is kept. Whether an integer is a moment or a number cannot be seen, so that
/// only what holds for both counts.
pub(in super::super) fn is_safe_change(from: &str, to: &str) -> bool {
    matches!((from, to), ("integer" | "int", DECIMAL | "integer")) || (to == "text" && from.starts_with("text"))
}
