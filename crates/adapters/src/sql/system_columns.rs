//! What the framework's own columns hold after a write.

use super::Slot;
use kwik_domain::EntityMeta;
use sea_query::{Expr, ExprTrait};

/// What the framework's columns of a new row hold.
pub(crate) fn created(meta: &'static EntityMeta) -> Vec<(&'static str, Expr)> {
    let mut out = Vec::new();
    if let Some(index) = meta.version() {
        out.push((meta.fields[index].column, Expr::cust("1")));
    }
    if let Some(first) = meta.audit_columns() {
        out.push((meta.fields[first].column, Slot::Now.expr()));
        out.push((meta.fields[first + 1].column, Slot::User.expr()));
    }
    out
}

/// What the framework's columns of a changed row become.
pub(crate) fn modified(meta: &'static EntityMeta, old: &'static str) -> Vec<(&'static str, Expr)> {
    let mut out = Vec::new();
    if let Some(index) = meta.version() {
        let column = meta.fields[index].column;
        out.push((column, Expr::col((old, column)).add(Expr::cust("1"))));
    }
    if let Some(first) = meta.audit_columns() {
        out.push((meta.fields[first + 2].column, Slot::Now.expr()));
        out.push((meta.fields[first + 3].column, Slot::User.expr()));
    }
    out
}
