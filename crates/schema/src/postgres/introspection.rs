//! Tables as `pg_catalog` shows them.

use super::{
    super::{
        Notify,
        physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable},
        view::{PhysicalView, STAMP},
    },
    column::read_type,
    trigger,
};
use sqlx::PgConnection;

/// The columns of tables of the current schema, in order.
const COLUMNS: &str = "\
SELECT t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), l.collname::text, \
       NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '', \
       coalesce(a.attnum = ANY (k.conkey), false) \
FROM pg_class t \
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum \
LEFT JOIN pg_collation l ON l.oid = a.attcollation \
LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' \
WHERE t.relkind IN ('r', 'p') AND t.relname::text = ANY ($1) \
ORDER BY t.relname, a.attnum";

/// Their indexes: whole, valid, over columns alone, and not the primary key's.
const INDEXES: &str = "\
SELECT t.relname::text, i.relname::text, x.indisunique, \
       EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.oid), \
       array_agg(a.attname::text ORDER BY p.position) \
FROM pg_index x \
JOIN pg_class t ON t.oid = x.indrelid \
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
JOIN pg_class i ON i.oid = x.indexrelid \
CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS p(attnum, position) \
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.attnum \
WHERE t.relname::text = ANY ($1) AND NOT x.indisprimary AND x.indisvalid \
  AND x.indpred IS NULL AND x.indexprs IS NULL AND x.indnatts = x.indnkeyatts \
GROUP BY t.relname, i.oid, i.relname, x.indisunique \
ORDER BY t.relname, i.relname";

/// Their foreign keys: name, columns, table, its columns, and whether they do something by themselves.
const FOREIGN_KEYS: &str = "\
SELECT t.relname::text, c.conname::text, p.relname::text, \
       (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n) \
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum), \
       (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k(attnum, n) \
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum), \
       c.confdeltype::text IN ('a', 'r') AND c.confupdtype::text IN ('a', 'r') \
FROM pg_constraint c \
JOIN pg_class t ON t.oid = c.conrelid \
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
JOIN pg_class p ON p.oid = c.confrelid AND p.relnamespace = t.relnamespace \
WHERE c.contype = 'f' AND c.conparentid = 0 AND t.relname::text = ANY ($1) \
ORDER BY t.relname, c.conname";

/// The columns of views, in order, with the comment on each view. What is named may be anything with rows.
const VIEWS: &str = "\
SELECT t.relname::text, obj_description(t.oid, 'pg_class'), a.attname::text, format_type(a.atttypid, a.atttypmod) \
FROM pg_class t \
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
WHERE (t.relkind IN ('v', 'm', 'r', 'p', 'f') AND t.relname::text = ANY ($1)) \
   OR (t.relkind = 'v' AND starts_with(obj_description(t.oid, 'pg_class'), $2)) \
ORDER BY t.relname, a.attnum";

/// Their triggers that are on, whether they are told of each row, and their arguments, with a zero after each.
const TRIGGERS: &str = "\
SELECT t.relname::text, g.tgname::text, (g.tgtype & 1) = 1, g.tgargs \
FROM pg_trigger g \
JOIN pg_class t ON t.oid = g.tgrelid \
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
WHERE t.relname::text = ANY ($1) AND NOT g.tgisinternal AND g.tgenabled <> 'D' \
ORDER BY t.relname, g.tgname";

type ColumnRow = (String, String, String, Option<String>, bool, Option<String>, bool, bool);
type ForeignKeyRow = (String, String, String, Vec<String>, Vec<String>, bool);
type IndexRow = (String, String, bool, bool, Vec<String>);

/// Those of the named tables that are there.
pub(super) async fn tables(connection: &mut PgConnection, names: &[String]) -> Result<Vec<PhysicalTable>, sqlx::Error> {
    let columns: Vec<ColumnRow> = sqlx::query_as(COLUMNS).bind(names).fetch_all(&mut *connection).await?;
    let indexes: Vec<IndexRow> = sqlx::query_as(INDEXES).bind(names).fetch_all(&mut *connection).await?;
    let foreign_keys: Vec<ForeignKeyRow> = sqlx::query_as(FOREIGN_KEYS).bind(names).fetch_all(&mut *connection).await?;
    let triggers: Vec<(String, String, bool, Vec<u8>)> =
        sqlx::query_as(TRIGGERS).bind(names).fetch_all(&mut *connection).await?;
    let mut tables: Vec<PhysicalTable> = Vec::new();
    for row in columns {
        if tables.last().is_none_or(|table| table.name != row.0) {
            tables.push(PhysicalTable { name: row.0.clone(), ..PhysicalTable::default() });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push(column(row));
        }
    }
    for (name, index, unique, constraint, columns) in indexes {
        if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
            table.indexes.push(PhysicalIndex { name: index, columns, unique, constraint });
        }
    }
    for (name, constraint, other, columns, targets, plain) in foreign_keys {
        if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
            let actions = if plain { String::new() } else { " ON DELETE CASCADE".to_owned() };
            table.foreign_keys.push(PhysicalForeignKey { name: constraint, columns, table: other, targets, actions });
        }
    }
    for (name, trigger, by_row, arguments) in triggers {
        let Some(table) = tables.iter_mut().find(|table| table.name == name) else { continue };
        match trigger.as_str() {
            trigger::APPEND_ONLY => table.append_only = true,
            trigger::NOTIFY => table.notify = Some(whom(by_row, &arguments)),
            _ => {}
        }
    }
    Ok(tables)
}

/// Those of the named views that are there, and all that the framework has made.
pub(super) async fn views(connection: &mut PgConnection, names: &[String]) -> Result<Vec<PhysicalView>, sqlx::Error> {
    let rows: Vec<(String, Option<String>, String, String)> =
        sqlx::query_as(VIEWS).bind(names).bind(STAMP).fetch_all(connection).await?;
    let mut views: Vec<PhysicalView> = Vec::new();
    for (name, comment, column, word) in rows {
        if views.last().is_none_or(|view| view.name != name) {
            let stamp = comment.filter(|comment| comment.starts_with(STAMP));
            views.push(PhysicalView { name, stamp, columns: Vec::new(), fault: None });
        }
        if let Some(view) = views.last_mut() {
            view.columns.push((column, Some(read_type(&word, None))));
        }
    }
    Ok(views)
}

fn whom(by_row: bool, arguments: &[u8]) -> Notify {
    let first = arguments.split(|byte| *byte == 0).next().unwrap_or_default();
    if by_row { Notify::User(String::from_utf8_lossy(first).into_owned()) } else { Notify::Everybody }
}

fn column(row: ColumnRow) -> PhysicalColumn {
    let (_, name, word, collation, nullable, default, identity, primary_key) = row;
    // Tables that are older than the framework count with a sequence of their own.
    let serial = primary_key && default.as_ref().is_some_and(|d| d.starts_with("nextval("));
    PhysicalColumn {
        name,
        sql_type: read_type(&word, collation.as_deref()),
        nullable,
        default: default.filter(|_| !serial),
        identity: identity || serial,
        primary_key,
        fill: None,
        computed: None,
        kind: None,
    }
}
