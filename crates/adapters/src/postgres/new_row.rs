//! What a row is going to hold, as SQL: a policy's row scope is checked on it before it is written.
//!
//! Every expression has its type written down. The driver and the server know a statement by its text
//! and keep the types of its parameters from the first run: two scopes on fields of different types
//! must not have the same text, or the value of the one would be read as the type of the other.

use crate::sql::{Slot, created, modified, names::postgres_text_literal};
use kwik_domain::{Change, EntityMeta, Kind, Value};
use sea_query::{Expr, ExprTrait};

/// What field `index` of a new row is going to hold. The key that the database gives is not known
/// yet: null.
pub(super) fn inserted(meta: &'static EntityMeta, values: &[Change<'_>], index: usize) -> Expr {
    let field = &meta.fields[index];
    let own = written(values, index).or_else(|| of_system(created(meta), field.column));
    typed(field.kind, own.unwrap_or_else(|| default(meta, index)))
}

/// What field `index` is going to hold after a change of the row `old`.
pub(super) fn updated(meta: &'static EntityMeta, old: &'static str, values: &[Change<'_>], index: usize) -> Expr {
    let field = &meta.fields[index];
    match written(values, index).or_else(|| of_system(modified(meta, old), field.column)) {
        Some(value) => typed(field.kind, value),
        None => Expr::col((old, field.column)),
    }
}

fn written(values: &[Change<'_>], index: usize) -> Option<Expr> {
    let (_, place) = values.iter().zip(0..).find(|((field, _), _)| *field == index)?;
    Some(Slot::Value(place).expr())
}

fn of_system(columns: Vec<(&'static str, Expr)>, column: &'static str) -> Option<Expr> {
    columns.into_iter().find(|(name, _)| *name == column).map(|(_, value)| value)
}

fn default(meta: &'static EntityMeta, index: usize) -> Expr {
    let field = &meta.fields[index];
    match field.default.and_then(|text| Value::parse(field.kind, text).ok()) {
        // Typed by the cast around it.
        Some(value) => Expr::cust(postgres_text_literal(&value.as_ref().to_text())),
        None => Expr::cust("NULL"),
    }
}

/// The value as the column's type would hold it; text compares bytewise, as in the columns.
fn typed(kind: Kind, value: Expr) -> Expr {
    let value = value.cast_as(match kind {
        Kind::Bool => "boolean",
        Kind::I32 => "integer",
        Kind::I64 => "bigint",
        Kind::F64 => "double precision",
        Kind::Text => "text",
        Kind::Decimal => "numeric",
        Kind::Uuid => "uuid",
        Kind::Date => "date",
        Kind::Timestamp => "timestamptz",
        Kind::Time => "time",
        Kind::Bytes => "bytea",
        Kind::Json => "jsonb",
    });
    if kind == Kind::Text { Expr::cust_with_expr("($1 COLLATE \"C\")", value) } else { value }
}
