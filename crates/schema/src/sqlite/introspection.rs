//! Tables as SQLite's pragmas and its own table of contents show them.

use super::{
    super::{
        default_value,
        physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable},
        view::{PhysicalView, STAMP},
    },
    declaration, trigger,
};
use sqlx::SqliteConnection;
use std::collections::HashMap;

type ForeignKeyRow = (i64, String, String, Option<String>, String, String);
type ColumnRow = (String, String, bool, Option<String>, i64);

/// Those of the named tables that are there.
pub(super) async fn tables(
    connection: &mut SqliteConnection,
    names: &[String],
) -> Result<Vec<PhysicalTable>, sqlx::Error> {
    let mut tables = Vec::new();
    for name in names {
        let sql: Option<String> =
            sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1")
                .bind(name)
                .fetch_optional(&mut *connection)
                .await?;
        if let Some(sql) = sql {
            tables.push(table(connection, name, &sql).await?);
        }
    }
    Ok(tables)
}

async fn table(connection: &mut SqliteConnection, name: &str, sql: &str) -> Result<PhysicalTable, sqlx::Error> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "SELECT name, lower(type), \"notnull\", dflt_value, pk FROM pragma_table_xinfo($1) WHERE hidden <> 1",
    )
    .bind(name)
    .fetch_all(&mut *connection)
    .await?;
    let collations = declaration::collations(sql);
    // A key of several columns is not counted.
    let counts = rows.iter().filter(|row| row.4 > 0).count() == 1;
    let columns = rows.into_iter().map(|row| column(row, &collations, counts)).collect();
    let indexes = indexes(connection, name).await?;
    // Rows without text are the indexes of constraints.
    let rest: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_schema \
         WHERE tbl_name = $1 AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid",
    )
    .bind(name)
    .fetch_all(&mut *connection)
    .await?;
    let own = trigger::append_only_names(name);
    let append_only = own.iter().all(|trigger| rest.iter().any(|(name, _)| name == trigger));
    let known = |name: &String| own.contains(name) || indexes.iter().any(|index| index.name == *name);
    let others = rest.into_iter().filter(|(name, _)| !known(name)).map(|(_, sql)| format!("{sql};")).collect();
    let foreign_keys = foreign_keys(connection, name, sql).await?;
    Ok(PhysicalTable { name: name.to_owned(), columns, indexes, foreign_keys, append_only, notify: None, others })
}

/// Those of the named views that are there, and all that the framework has made.
pub(super) async fn views(
    connection: &mut SqliteConnection,
    names: &[String],
) -> Result<Vec<PhysicalView>, sqlx::Error> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT name, type, sql FROM sqlite_schema WHERE type IN ('view', 'table') ORDER BY rowid")
            .fetch_all(&mut *connection)
            .await?;
    let mut views = Vec::new();
    for (name, kind, sql) in rows {
        let mark = format!("/* {STAMP}");
        let stamp = sql.split_once(&mark).and_then(|(_, rest)| rest.split_once(" */")).map(|(hash, _)| hash);
        let stamp = stamp.filter(|_| kind == "view").map(|hash| format!("{STAMP}{hash}"));
        if names.contains(&name) || stamp.is_some() {
            let columns = sqlx::query_scalar("SELECT name FROM pragma_table_xinfo($1) WHERE hidden <> 1");
            let (columns, fault): (Vec<String>, _) = match columns.bind(&name).fetch_all(&mut *connection).await {
                Ok(columns) => (columns, None),
                Err(sqlx::Error::Database(error)) => (Vec::new(), Some(error.message().to_owned())),
                Err(error) => return Err(error),
            };
            let columns = columns.into_iter().map(|column| (column, None)).collect();
            views.push(PhysicalView { name, stamp, columns, fault });
        }
    }
    Ok(views)
}

/// Foreign keys. Their names stand in the text alone.
async fn foreign_keys(
    connection: &mut SqliteConnection,
    table: &str,
    sql: &str,
) -> Result<Vec<PhysicalForeignKey>, sqlx::Error> {
    let rows: Vec<ForeignKeyRow> = sqlx::query_as(
        "SELECT f.seq, f.\"from\", f.\"table\", \
         coalesce(f.\"to\", (SELECT k.name FROM pragma_table_info(f.\"table\") k WHERE k.pk = f.seq + 1)), \
         f.on_delete, f.on_update FROM pragma_foreign_key_list($1) f ORDER BY f.id DESC, f.seq",
    )
    .bind(table)
    .fetch_all(connection)
    .await?;
    let mut keys: Vec<PhysicalForeignKey> = Vec::new();
    for (seq, column, other, target, on_delete, on_update) in rows {
        if seq == 0 {
            let actions = [("DELETE", on_delete), ("UPDATE", on_update)].map(|(event, action)| {
                let acts = !matches!(action.to_uppercase().as_str(), "NO ACTION" | "RESTRICT");
                if acts { format!(" ON {event} {action}") } else { String::new() }
            });
            let (name, columns, targets) = (String::new(), Vec::new(), Vec::new());
            keys.push(PhysicalForeignKey { name, columns, table: other, targets, actions: actions.concat() });
        }
        if let Some(key) = keys.last_mut() {
            key.columns.push(column);
            key.targets.extend(target);
        }
    }
    let names = declaration::constraints(sql);
    for key in &mut keys {
        // A column has a name of ours also after it or the table got another one.
        let own = names.iter().find(|name| **name == key.name_on(table));
        key.name = own.cloned().unwrap_or_default();
    }
    Ok(keys)
}

fn column(row: ColumnRow, collations: &HashMap<String, String>, counts: bool) -> PhysicalColumn {
    let (name, word, not_null, default, key) = row;
    let primary_key = key > 0;
    let sql_type = match collations.get(&name.to_lowercase()) {
        Some(collation) => format!("{word} COLLATE {collation}"),
        None => word,
    };
    PhysicalColumn {
        identity: counts && primary_key && sql_type == "integer",
        name,
        sql_type,
        nullable: !not_null && !primary_key,
        // An expression is told without the parentheses that it needs.
        default: default.map(|sql| if default_value::is_constant(&sql) { sql } else { format!("({sql})") }),
        primary_key,
        fill: None,
        computed: None,
        kind: None,
    }
}

/// Indexes made by CREATE INDEX: whole, and over columns alone.
async fn indexes(connection: &mut SqliteConnection, table: &str) -> Result<Vec<PhysicalIndex>, sqlx::Error> {
    let rows: Vec<(String, bool, Option<String>)> = sqlx::query_as(
        "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list($1) l \
         JOIN pragma_index_info(l.name) i WHERE l.origin = 'c' AND l.partial = 0 ORDER BY l.name, i.seqno",
    )
    .bind(table)
    .fetch_all(connection)
    .await?;
    let mut indexes: Vec<(PhysicalIndex, bool)> = Vec::new();
    for (name, unique, column) in rows {
        if indexes.last().is_none_or(|(index, _)| index.name != name) {
            let index = PhysicalIndex { name, columns: Vec::new(), unique, constraint: false };
            indexes.push((index, true));
        }
        if let Some((index, plain)) = indexes.last_mut() {
            // An expression has no name.
            *plain &= column.is_some();
            index.columns.extend(column);
        }
    }
    Ok(indexes.into_iter().filter(|(_, plain)| *plain).map(|(index, _)| index).collect())
}
