//! What a row would have held that a constraint refused.
//!
//! The scope is looked at with the write (`RETURNING`), and a constraint comes before that. A row that would
//! lie outside must be refused for this alone: which values are taken out there is nobody's business.

use super::reader::SqliteRow;
use kwik_domain::{DecodeError, EntityMeta, FieldMeta, Fields, Value, ValueRef, Verb, Write};

/// Whether the row would have lain in the scope. The key that the database gives is not known: null.
pub(super) fn would_be_in_scope(write: &Write<'_>, old: Option<&SqliteRow<'_>>) -> Result<bool, DecodeError> {
    let meta = write.entity();
    let values = meta.fields.iter().enumerate().map(|(index, field)| value(write, old, index, field));
    let row = NewRow(values.collect::<Result<_, _>>()?);
    Ok(write.permit.scope().rows.matches(&row))
}

struct NewRow(Vec<Value>);

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
