//! Steps as statements.

use super::{
    super::{
        diff::TableChange,
        names::{quote, quote_all},
        physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable, with_key_behind},
        step::Step,
    },
    rebuild, trigger,
};

/// The statements that make a table and what belongs to it.
pub(in super::super) fn create_table(table: &PhysicalTable) -> Vec<String> {
    let mut sql = vec![create(&table.name, &table.columns, &table.foreign_keys)];
    sql.extend(table.indexes.iter().map(|index| create_index(&table.name, index)));
    if table.append_only {
        sql.extend(trigger::make_append_only(&table.name));
    }
    sql
}

/// The statements that make the change of an existing table.
pub(in super::super) fn change_table(change: &TableChange) -> Vec<String> {
    let steps = change.steps.iter();
    let columns: Vec<&Step> = steps.clone().filter(|step| changes_columns(step)).collect();
    let mut sql: Vec<String> = steps.clone().filter_map(|step| first(&change.name, step)).collect();
    if columns.iter().all(|step| can_alter(step)) {
        sql.extend(columns.into_iter().flat_map(|step| alter(&change.name, step)));
    } else {
        sql.extend(rebuild::rebuild(change));
    }
    sql.extend(steps.flat_map(|step| last(&change.name, step)));
    sql
}

fn changes_columns(step: &Step) -> bool {
    matches!(
        step,
        Step::AddColumn(_)
            | Step::DropDefault(_)
            | Step::ChangeType { .. }
            | Step::SetDefault(_)
            | Step::SetNotNull(_)
            | Step::DropNotNull(_)
            | Step::DropColumn(_)
            | Step::DropForeignKey(_)
            | Step::AddForeignKey(_)
    )
}

/// Whether SQLite can do it without a rebuild.
fn can_alter(step: &Step) -> bool {
    match step {
        // A default in parentheses cannot be added to rows that are there.
        Step::AddColumn(column) => match &column.default {
            Some(default) => !default.starts_with('('),
            None => column.nullable,
        },
        Step::DropColumn(_) => true,
        _ => false,
    }
}

/// Names are changed and indexes removed before columns are touched: an index would be in the way.
fn first(name: &str, step: &Step) -> Option<String> {
    let table = quote(name);
    Some(match step {
        Step::RenameTable { from } => format!("ALTER TABLE {} RENAME TO {table};", quote(from)),
        Step::RenameColumn { from, to } => {
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {};", quote(from), quote(to))
        }
        Step::DropIndex(PhysicalIndex { name, .. }) | Step::RenameIndex { from: name, .. } => {
            format!("DROP INDEX {};", quote(name))
        }
        _ => return None,
    })
}

fn alter(name: &str, step: &Step) -> Vec<String> {
    let table = quote(name);
    match step {
        Step::AddColumn(column) => {
            let add = format!("ALTER TABLE {table} ADD COLUMN {};", definition(column));
            let compute = |value| format!("UPDATE {table} SET {} = {value};", quote(&column.name));
            std::iter::once(add).chain(column.computed.as_ref().map(compute)).collect()
        }
        Step::DropColumn(column) => {
            vec![format!("ALTER TABLE {table} DROP COLUMN {};", quote(&column.name))]
        }
        _ => Vec::new(),
    }
}

fn last(name: &str, step: &Step) -> Vec<String> {
    match step {
        Step::RenameIndex { to: index, .. } | Step::CreateIndex(index) => {
            vec![create_index(name, index)]
        }
        Step::MakeAppendOnly => trigger::make_append_only(name),
        _ => Vec::new(),
    }
}

/// CREATE TABLE with those columns and foreign keys.
pub(super) fn create(name: &str, columns: &[PhysicalColumn], foreign_keys: &[PhysicalForeignKey]) -> String {
    let (columns, key) = with_key_behind(columns);
    let columns = columns.iter().map(|column| format!("  {}", definition(column)));
    let parts: Vec<String> = columns.chain(key).chain(foreign_keys.iter().map(foreign_key)).collect();
    format!("CREATE TABLE {} (\n{}\n) STRICT;", quote(name), parts.join(",\n"))
}

fn foreign_key(key: &PhysicalForeignKey) -> String {
    let name = if key.name.is_empty() { String::new() } else { format!("CONSTRAINT {} ", quote(&key.name)) };
    let (columns, table, actions) = (quote_all(&key.columns), quote(&key.table), &key.actions);
    let targets = if key.targets.is_empty() { String::new() } else { format!(" ({})", quote_all(&key.targets)) };
    format!("  {name}FOREIGN KEY ({columns}) REFERENCES {table}{targets}{actions}")
}

/// CREATE INDEX.
pub(super) fn create_index(table: &str, index: &PhysicalIndex) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {} ON {} ({});", quote(&index.name), quote(table), quote_all(&index.columns))
}

/// A column as it stands in CREATE TABLE.
fn definition(column: &PhysicalColumn) -> String {
    let mut sql = format!("{} {}", quote(&column.name), column.sql_type);
    if column.identity {
        return sql + " PRIMARY KEY AUTOINCREMENT";
    }
    if !column.nullable {
        sql += " NOT NULL";
    }
    if column.primary_key {
        sql += " PRIMARY KEY";
    }
    if let Some(default) = &column.default {
        sql += " DEFAULT ";
        sql += default;
    }
    sql
}
