//! Values as SQL.

use super::super::names::postgres_text_literal as text;
use kwik_domain::ValueRef;

/// The moment at which the transaction began.
pub(in super::super) const NOW: &str = "now()";

/// A value as SQL that means it exactly.
pub(in super::super) fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Bool(v) => v.to_string(),
        // The least integers are no literals without quotes: the minus is an operator.
        ValueRef::Int(v) if v < 0 => format!("'{v}'"),
        ValueRef::Int(v) => v.to_string(),
        // The shortest digits that are this double and no other.
        ValueRef::F64(v) => format!("'{v:?}'::double precision"),
        ValueRef::Text(v) => text(v),
        ValueRef::Decimal(v) => format!("'{v}'::numeric"),
        ValueRef::Uuid(v) => format!("'{v}'::uuid"),
        ValueRef::Date(v) => format!("'{v}'::date"),
        ValueRef::Time(_) => format!("'{}'::time", value.to_text()),
        ValueRef::Bytes(_) => format!("decode('{}', 'base64')", value.to_text()),
        ValueRef::Json(_) => format!("{}::jsonb", text(&value.to_text())),
        ValueRef::Timestamp(_) => format!("'{}'::timestamptz", value.to_text()),
    }
}
