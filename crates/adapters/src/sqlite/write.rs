//! An audited write: its parts, one after the other, in the transaction of the one writer.

use super::{
    bind,
    dialect::Sqlite,
    error::store_error,
    new_row::{new_row, would_be_in_scope},
    reader::SqliteRow,
    statements,
};
use crate::sql::{Binds, Shape, Statement, StatementCache};
use kwik_domain::{
    AccessEvent, AuditAction, Change, Ctx, DecodeError, EntityMeta, FieldMeta, KeyRef, RowReader, Sink, StoreError,
    ValueRef, Verb, Write, WriteOutcome, access::ACCESS, json,
};
use sqlx::{AssertSqlSafe, SqliteConnection, sqlite};

/// Writes row, version and audit record. Anything but [`WriteOutcome::Written`] leaves work to be
/// rolled back.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    cache: &StatementCache,
    write: &Write<'_>,
    sink: Sink<'_>,
) -> Result<WriteOutcome, StoreError> {
    let entity = write.entity();
    let binds = Binds::of_write(write);
    let (sort, action, set): (u8, _, Vec<usize>) = match write.verb {
        Verb::Insert { .. } => (10, AuditAction::Create, (0..entity.own).collect()),
        Verb::Update { values, .. } => (11, AuditAction::Update, values.iter().map(|(i, _)| *i).collect()),
        Verb::Delete { .. } => (12, AuditAction::Delete, (0..entity.own).collect()),
    };
    let scope = &write.permit.scope().rows;
    let (mut before, mut old) = (None, None);
    if action != AuditAction::Create {
        let shape = Shape::new(13, entity).filter(scope);
        let statement = cache.get(shape, || statements::old(&Sqlite, write));
        let Some(found) = run(connection, &statement, &binds, entity).await? else { return Ok(WriteOutcome::NotFound) };
        let row = SqliteRow(old.insert(found));
        let current = entity.version().map(|index| row.int(index)).transpose()?.flatten();
        if let (Some(expected), Some(current)) = (binds.expected(), current)
            && expected != current
        {
            return Ok(WriteOutcome::VersionConflict { current });
        }
        before = Some(row_json(entity, &row, &set)?);
    }
    let values: &[_] = match write.verb {
        Verb::Insert { values } | Verb::Update { values, .. } => values,
        Verb::Delete { .. } => &[],
    };
    let statement =
        cache.get(Shape::new(sort, entity).values(values).filter(scope), || statements::write_row(&Sqlite, write));
    let row = match run(connection, &statement, &binds, entity).await {
        Err(refused @ (StoreError::Unique { .. } | StoreError::Reference { .. })) => {
            let row = new_row(write, old.as_ref().map(SqliteRow).as_ref())?;
            let is_inside = would_be_in_scope(connection, write, &row).await?;
            return match refused {
                _ if !is_inside => Ok(WriteOutcome::OutOfScope),
                StoreError::Reference { .. } => {
                    Err(StoreError::Reference { fields: missing(connection, values, &binds, entity).await? })
                }
                refused => Err(refused),
            };
        }
        outcome => outcome?,
    };
    let row = row.ok_or_else(|| StoreError::Other("a row was written and not returned".to_owned()))?;
    let row = SqliteRow(&row);
    if row.bool(entity.fields.len())? != Some(true) {
        return Ok(WriteOutcome::OutOfScope);
    }
    if entity.audited {
        let after = (action != AuditAction::Delete).then(|| row_json(entity, &row, &set)).transpose()?;
        let version = entity.version().map(|index| row.int(index)).transpose()?.flatten().unwrap_or(0);
        let key = KeyRef::read(&row, entity)?.to_text();
        let record = Record { entity: entity.collection, key, action: action.name(), version, before, after };
        audit(connection, write.ctx, record).await?;
    }
    sink(&row)?;
    Ok(WriteOutcome::Written)
}

pub(super) async fn run(
    connection: &mut SqliteConnection,
    statement: &Statement,
    binds: &Binds<'_>,
    entity: &'static EntityMeta,
) -> Result<Option<sqlite::SqliteRow>, StoreError> {
    let arguments = bind::arguments(statement, binds)?;
    // Made by `crate::sql` of names from metadata and of slots.
    let query = sqlx::query_with(AssertSqlSafe(statement.sql.clone()), arguments);
    // All rows, so that the statement has run to its end.
    let rows = query.fetch_all(connection).await.map_err(|e| store_error(e, Some(entity)))?;
    Ok(rows.into_iter().next())
}

/// The written fields that refer to rows that are not there.
async fn missing(
    connection: &mut SqliteConnection,
    values: &[Change<'_>],
    binds: &Binds<'_>,
    entity: &'static EntityMeta,
) -> Result<Vec<&'static FieldMeta>, StoreError> {
    let mut fields = Vec::new();
    for ((index, value), n) in values.iter().zip(0..) {
        let field = &entity.fields[*index];
        let Some(reference) = field.references.filter(|_| !value.is_null()) else { continue };
        let statement = statements::target(reference.target(), n);
        if run(connection, &statement, binds, entity).await?.is_none() {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// What an audit record says beside who did it.
struct Record {
    entity: &'static str,
    key: String,
    action: &'static str,
    version: i64,
    before: Option<String>,
    after: Option<String>,
}

/// Writes that something about access has happened.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    ctx: &Ctx,
    event: &AccessEvent,
) -> Result<i64, StoreError> {
    let (key, after) = (event.key.clone(), Some(event.details.clone()));
    let record = Record { entity: ACCESS, key, action: event.action, version: 0, before: None, after };
    audit(connection, ctx, record).await
}

async fn audit(connection: &mut SqliteConnection, ctx: &Ctx, record: Record) -> Result<i64, StoreError> {
    let actor = &ctx.actor;
    sqlx::query(statements::AUDIT)
        .bind(ctx.now.timestamp_micros())
        .bind(record.entity)
        .bind(record.key)
        .bind(record.action)
        .bind(record.version)
        .bind(actor.user_id())
        .bind(actor.impersonator)
        .bind(actor.tenant.as_deref().map(str::to_owned))
        .bind(actor.via.label())
        .bind(ctx.request_id.to_string())
        .bind(ctx.address.map(|a| a.to_string()))
        .bind(record.before)
        .bind(record.after)
        .execute(connection)
        .await
        .map(|done| done.last_insert_rowid())
        .map_err(|e| store_error(e, None))
}

/// A JSON object of the fields, in the forms that representations have; secrets are masked.
fn row_json(entity: &'static EntityMeta, row: &SqliteRow<'_>, fields: &[usize]) -> Result<String, DecodeError> {
    let mut out = vec![b'{'];
    for (n, index) in fields.iter().enumerate() {
        let field = &entity.fields[*index];
        if n > 0 {
            out.push(b',');
        }
        json::write_value(&mut out, ValueRef::Text(field.name));
        out.push(b':');
        let value = if field.is_masked() { ValueRef::Text("***") } else { ValueRef::read(row, field.kind, *index)? };
        json::write_value(&mut out, value);
    }
    out.push(b'}');
    String::from_utf8(out).map_err(|_| DecodeError::new("an audit record is not UTF-8"))
}
