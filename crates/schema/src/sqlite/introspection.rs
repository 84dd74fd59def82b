//! Tables as SQLite's pragmas and its own table of contents show them.

use super::{
    super::{
        default_value,
        physical::{PhysicalColumn, PhysicalIndex, PhysicalTable},
    },
    declaration, trigger,
};
use sqlx::SqliteConnection;
use std::collections::HashMap;

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
    let columns = rows.into_iter().map(|row| column(row, &collations)).collect();
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
    Ok(PhysicalTable { name: name.to_owned(), columns, indexes, append_only, notify: None, others })
}

fn column(row: ColumnRow, collations: &HashMap<String, String>) -> PhysicalColumn {
    let (name, word, not_null, default, key) = row;
    let primary_key = key > 0;
    let sql_type = match collations.get(&name.to_lowercase()) {
        Some(collation) => format!("{word} COLLATE {collation}"),
        None => word,
    };
    PhysicalColumn {
        identity: primary_key && sql_type == "integer",
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
