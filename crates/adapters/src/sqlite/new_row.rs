//! What a row would have held that a constraint refused.
//!
//! The scope is looked at with the write (`RETURNING`), and a constraint comes before that. A row that would
//! lie outside must be refused for this alone: which values are taken out there is nobody's business.

use super::{dialect::Sqlite, reader::SqliteRow, write::run};
use crate::sql::{self, Binds, Dialect, Slot, Statement};
use kwik_domain::{
    Comparison, DecodeError, EntityMeta, FieldMeta, Fields, Filter, StoreError, Value, ValueRef, Verb, Write,
};
use sea_query::{Expr, Query};
use sqlx::SqliteConnection;
use std::pin::Pin;

/// What the row would have held. The key that the database gives is not known: null.
pub(super) fn new_row(write: &Write<'_>, old: Option<&SqliteRow<'_>>) -> Result<NewRow, DecodeError> {
    let fields = write.entity().fields.iter().enumerate();
    fields.map(|(index, field)| value(write, old, index, field)).collect::<Result<_, _>>().map(NewRow)
}

/// Whether the row would have lain in the scope.
pub(super) async fn would_be_in_scope(
    connection: &mut SqliteConnection,
    write: &Write<'_>,
    row: &NewRow,
) -> Result<bool, StoreError> {
    Ok(settled(connection, write.entity(), &write.permit.scope().rows, row).await?.matches(row))
}

/// The condition with what it says of rows that the row refers to decided.
fn settled<'f>(
    connection: &'f mut SqliteConnection,
    meta: &'static EntityMeta,
    filter: &'f Filter,
    row: &'f NewRow,
) -> Pin<Box<dyn Future<Output = Result<Filter, StoreError>> + Send + 'f>> {
    Box::pin(async move {
        Ok(match filter {
            Filter::Related(field, part) if is_there(connection, meta, *field, part, row).await? => Filter::All,
            Filter::Related(..) => Filter::Nothing,
            Filter::And(parts) | Filter::Or(parts) => {
                let mut all = Vec::with_capacity(parts.len());
                for part in parts {
                    all.push(settled(&mut *connection, meta, part, row).await?);
                }
                if matches!(filter, Filter::And(_)) { Filter::And(all) } else { Filter::Or(all) }
            }
            Filter::Not(part) => Filter::Not(Box::new(settled(connection, meta, part, row).await?)),
            plain => plain.clone(),
        })
    })
}

/// Whether the field would refer to a row that satisfies the condition.
async fn is_there(
    connection: &mut SqliteConnection,
    meta: &'static EntityMeta,
    field: usize,
    part: &Filter,
    row: &NewRow,
) -> Result<bool, StoreError> {
    let Some(reference) = meta.fields[field].references.filter(|_| !row.get(field).is_null()) else { return Ok(false) };
    let target = reference.target();
    let rows = Filter::Compare(0, Comparison::Eq, row.get(field).to_owned()) & part.clone();
    Ok(run(connection, &select_of(target, &rows), &Binds::of_scope(target, &rows), target).await?.is_some())
}

fn select_of(target: &'static EntityMeta, rows: &Filter) -> Statement {
    let mut select = Query::select();
    select.expr(Expr::cust("1")).from(target.table);
    sql::restrict(&Sqlite, &mut select, target, rows, Slot::Scope);
    Statement::new(Sqlite.render(&select))
}

pub(super) struct NewRow(Vec<Value>);

impl Fields for NewRow {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
    }
}

fn value(
    write: &Write<'_>,
    old: Option<&SqliteRow<'_>>,
    index: usize,
    field: &FieldMeta,
) -> Result<Value, DecodeError> {
    let values: &[_] = match write.verb {
        Verb::Insert { values } | Verb::Update { values, .. } => values,
        Verb::Delete { .. } => &[],
    };
    if let Some((_, written)) = values.iter().find(|(at, _)| *at == index) {
        return Ok((*written).to_owned());
    }
    let kept = old.map(|row| ValueRef::read(row, field.kind, index)).transpose()?;
    Ok(match system(write, index, kept) {
        Some(value) => value,
        None => match kept {
            Some(kept) => kept.to_owned(),
            None => field.default.and_then(|text| Value::parse(field.kind, text).ok()).unwrap_or(Value::Null),
        },
    })
}

/// What the framework keeps in its own columns.
fn system(write: &Write<'_>, index: usize, kept: Option<ValueRef<'_>>) -> Option<Value> {
    let meta: &EntityMeta = write.entity();
    if meta.version() == Some(index) {
        let before = kept.map_or(0, |kept| if let ValueRef::Int(version) = kept { version } else { 0 });
        return Some(Value::Int(before + 1));
    }
    let column = index.checked_sub(meta.audit_columns()?)?;
    // When and by whom created, then when and by whom changed.
    let is_now = if kept.is_some() { column >= 2 } else { column < 2 };
    let user = || write.ctx.actor.user_id().map_or(Value::Null, Value::Int);
    is_now.then(|| if column % 2 == 0 { Value::Timestamp(write.ctx.now) } else { user() })
}
