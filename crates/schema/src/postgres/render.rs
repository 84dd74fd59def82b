//! Steps as statements. Each is one that PostgreSQL runs in a transaction.

use super::{
    super::{
        Schema,
        diff::{Difference, TableChange},
        names::{foreign_key_name, quote, quote_all},
        physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable, with_key_behind},
        step::Step,
    },
    trigger,
};

/// The statements that make a table and what belongs to it.
pub(in super::super) fn create_table(table: &PhysicalTable) -> Vec<String> {
    let (columns, key) = with_key_behind(&table.columns);
    let columns: Vec<String> =
        columns.iter().map(|column| format!("  {}", definition(column, table.append_only))).chain(key).collect();
    let mut sql = vec![format!("CREATE TABLE {} (\n{}\n);", quote(&table.name), columns.join(",\n"))];
    sql.extend(table.indexes.iter().map(|index| create_index(&table.name, index)));
    if table.append_only {
        sql.extend(trigger::make_append_only(&table.name));
    }
    if let Some(whom) = &table.notify {
        sql.extend(trigger::begin_notify(&table.name, whom, false));
    }
    sql
}

/// The statements that make the change of an existing table.
pub(in super::super) fn change_table(change: &TableChange) -> Vec<String> {
    change.steps.iter().flat_map(|step| render(&change.name, step)).collect()
}

/// The statements that make foreign keys, of new tables and of changed ones, when all tables are there.
pub(in super::super) fn foreign_keys(difference: &Difference) -> Vec<String> {
    let changed = difference.changes.iter().flat_map(|change| {
        change.steps.iter().filter_map(|step| match step {
            Step::AddForeignKey(key) => Some(add_foreign_key(&change.name, key)),
            _ => None,
        })
    });
    let created = difference.creations.iter();
    let created = created.flat_map(|table| table.foreign_keys.iter().map(|key| add_foreign_key(&table.name, key)));
    changed.chain(created).collect()
}

/// The statements that remove the foreign keys between tables that are going to be removed.
pub(in super::super) fn unlink(state: &Schema, removed: &[&str]) -> Vec<String> {
    let is_removed = |name: &String| removed.contains(&name.as_str());
    let tables = state.tables.iter().filter(|table| is_removed(&table.name));
    let keys = tables.flat_map(|table| table.foreign_keys.iter().map(move |key| (&table.name, key)));
    let keys = keys.filter(|(table, key)| key.table != **table && is_removed(&key.table));
    keys.map(|(table, key)| {
        let name = foreign_key_name(table, &[&key.column]);
        format!("ALTER TABLE {} DROP CONSTRAINT {};", quote(table), quote(&name))
    })
    .collect()
}

fn add_foreign_key(table: &str, key: &PhysicalForeignKey) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({});",
        quote(table),
        quote(&key.name),
        quote_all(&key.columns),
        quote(&key.table),
        quote_all(&key.targets)
    )
}

fn render(name: &str, step: &Step) -> Vec<String> {
    let table = quote(name);
    let alter = |what: String| format!("ALTER TABLE {table} {what};");
    let alter_column = |column: &str, what: &str| alter(format!("ALTER COLUMN {} {what}", quote(column)));
    match step {
        Step::RenameTable { from } => {
            vec![format!("ALTER TABLE {} RENAME TO {table};", quote(from))]
        }
        Step::RenameColumn { from, to } => vec![alter(format!("RENAME COLUMN {} TO {}", quote(from), quote(to)))],
        Step::DropForeignKey(key) => vec![alter(format!("DROP CONSTRAINT {}", quote(&key.name)))],
        // When all tables are there.
        Step::AddForeignKey(_) => Vec::new(),
        Step::DropIndex(index) if index.constraint => {
            vec![alter(format!("DROP CONSTRAINT {}", quote(&index.name)))]
        }
        Step::DropIndex(index) => vec![format!("DROP INDEX {};", quote(&index.name))],
        Step::AddColumn(column) => match &column.computed {
            Some(value) => add_computed(&table, &alter, &alter_column, column, value),
            None => add_column(&alter, &alter_column, column),
        },
        Step::DropDefault(column) => vec![alter_column(column, "DROP DEFAULT")],
        Step::ChangeType { to, .. } => {
            // The cast is an assignment; text, uuid and the like need it said.
            let base = to.sql_type.split(" COLLATE").next().unwrap_or_default();
            vec![alter_column(&to.name, &format!("TYPE {} USING {}::{base}", to.sql_type, quote(&to.name)))]
        }
        Step::SetDefault(column) => {
            let default = column.default.as_deref().unwrap_or("NULL");
            vec![alter_column(&column.name, &format!("SET DEFAULT {default}"))]
        }
        Step::SetNotNull(column) => {
            let column_name = quote(&column.name);
            let fill = column
                .filling()
                .map(|value| format!("UPDATE {table} SET {column_name} = {value} WHERE {column_name} IS NULL;"));
            fill.into_iter().chain([alter_column(&column.name, "SET NOT NULL")]).collect()
        }
        Step::DropNotNull(column) => vec![alter_column(column, "DROP NOT NULL")],
        Step::DropColumn(column) => vec![alter(format!("DROP COLUMN {}", quote(&column.name)))],
        Step::RenameIndex { from, to } => {
            vec![format!("ALTER INDEX {} RENAME TO {};", quote(from), quote(&to.name))]
        }
        Step::CreateIndex(index) => vec![create_index(name, index)],
        Step::MakeAppendOnly => trigger::make_append_only(name),
        Step::BeginNotify { whom, instead } => trigger::begin_notify(name, whom, *instead),
        Step::EndNotify => trigger::end_notify(name),
    }
}

fn add_column(
    alter: &impl Fn(String) -> String,
    alter_column: &impl Fn(&str, &str) -> String,
    column: &PhysicalColumn,
) -> Vec<String> {
    let add = |column: &PhysicalColumn| alter(format!("ADD COLUMN {}", definition(column, false)));
    match (column.fill, &column.default) {
        // A default that goes again: rows that are there get it without the table being written anew.
        (Some(fill), None) if !column.nullable => {
            let filled = PhysicalColumn { default: Some(fill.to_owned()), ..column.clone() };
            vec![add(&filled), alter_column(&column.name, "DROP DEFAULT")]
        }
        _ => vec![add(column)],
    }
}

/// Rows that are there get what is computed of each.
fn add_computed(
    table: &str,
    alter: &impl Fn(String) -> String,
    alter_column: &impl Fn(&str, &str) -> String,
    column: &PhysicalColumn,
    value: &str,
) -> Vec<String> {
    // Without a default there is nothing that it could hold until then.
    let late = !column.nullable && column.default.is_none();
    let added = PhysicalColumn { nullable: column.nullable || late, ..column.clone() };
    let mut sql = vec![
        alter(format!("ADD COLUMN {}", definition(&added, false))),
        format!("UPDATE {table} SET {} = {value};", quote(&column.name)),
    ];
    sql.extend(late.then(|| alter_column(&column.name, "SET NOT NULL")));
    sql
}

fn create_index(table: &str, index: &PhysicalIndex) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {} ON {} ({});", quote(&index.name), quote(table), quote_all(&index.columns))
}

/// A column as it stands in CREATE TABLE. In a table of which rows are only ever added, nobody gives
/// a key but the database.
fn definition(column: &PhysicalColumn, append_only: bool) -> String {
    let mut sql = format!("{} {}", quote(&column.name), column.sql_type);
    if column.identity {
        sql += if append_only { " GENERATED ALWAYS AS IDENTITY" } else { " GENERATED BY DEFAULT AS IDENTITY" };
    }
    if column.primary_key {
        sql += " PRIMARY KEY";
    } else if !column.nullable {
        sql += " NOT NULL";
    }
    if let Some(default) = &column.default {
        sql += " DEFAULT ";
        sql += default;
    }
    sql
}
