//! Rebuilding a table, for changes that SQLite's ALTER TABLE cannot make. The procedure is the one of
//! <https://www.sqlite.org/lang_altertable.html#otheralter>; whoever runs it has turned foreign keys
//! off, and checks them before the transaction ends.

use super::{
    super::{
        diff::TableChange,
        names::{quote, quote_all, text_literal},
        physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable},
        step::Step,
    },
    render, trigger,
};

/// A column of the new table, and what it is filled with: nothing if it takes its default.
struct Filled {
    column: PhysicalColumn,
    source: Option<String>,
}

/// The statements that build the table anew with the changes of its columns, after names were changed
/// and indexes removed, and before indexes are made.
pub(super) fn rebuild(change: &TableChange) -> Vec<String> {
    let columns = columns(change);
    let temporary = format!("kwik_new_{}", change.name);
    let (new, old) = (quote(&temporary), quote(&change.name));
    let definitions: Vec<PhysicalColumn> = columns.iter().map(|filled| filled.column.clone()).collect();
    let copied: Vec<&Filled> = columns.iter().filter(|filled| filled.source.is_some()).collect();
    let names: Vec<String> = copied.iter().map(|filled| filled.column.name.clone()).collect();
    let sources: Vec<&str> = copied.iter().filter_map(|filled| filled.source.as_deref()).collect();
    let mut sql = vec![
        render::create(&temporary, &definitions, &foreign_keys(change)),
        format!("INSERT INTO {new} ({})\nSELECT {}\nFROM {old};", quote_all(&names), sources.join(", ")),
    ];
    if definitions.iter().any(|column| column.identity) {
        sql.extend(keep_sequence(&change.name, &temporary));
    }
    sql.push(format!("DROP TABLE {old};"));
    // So that the rename changes this name alone, and minds no view that reads the table.
    sql.push("PRAGMA legacy_alter_table = ON;".to_owned());
    sql.push(format!("ALTER TABLE {new} RENAME TO {old};"));
    sql.push("PRAGMA legacy_alter_table = OFF;".to_owned());
    sql.extend(belongings(change));
    sql
}

/// The columns as they are going to be.
fn columns(change: &TableChange) -> Vec<Filled> {
    let mut now = change.before.clone();
    for step in &change.steps {
        if let Step::RenameColumn { from, to } = step {
            now.rename_column(from, to);
        }
    }
    let keep = |column: PhysicalColumn| Filled { source: Some(quote(&column.name)), column };
    let mut columns: Vec<Filled> = now.columns.into_iter().map(keep).collect();
    for step in &change.steps {
        apply(step, &mut columns);
    }
    columns
}

/// The foreign keys as they are going to be.
fn foreign_keys(change: &TableChange) -> Vec<PhysicalForeignKey> {
    let mut now = change.before.clone();
    for step in &change.steps {
        match step {
            Step::RenameColumn { from, to } => now.rename_column(from, to),
            Step::DropForeignKey(key) => now.foreign_keys.retain(|other| other != key),
            Step::AddForeignKey(key) => now.foreign_keys.push(key.clone()),
            _ => {}
        }
    }
    now.foreign_keys
}

fn apply(step: &Step, columns: &mut Vec<Filled>) {
    let mut find = |name: &str, change: &dyn Fn(&mut Filled)| {
        columns.iter_mut().filter(|filled| filled.column.name == name).for_each(change);
    };
    match step {
        Step::AddColumn(column) => {
            let fill = column.fill.filter(|_| !column.nullable && column.default.is_none());
            columns.push(Filled {
                column: column.clone(),
                source: column.computed.as_deref().or(fill).map(str::to_owned),
            });
        }
        Step::DropColumn(column) => columns.retain(|filled| filled.column.name != column.name),
        Step::DropDefault(column) => find(column, &|filled| filled.column.default = None),
        Step::SetDefault(column) => find(&column.name, &|filled| {
            filled.column.default.clone_from(&column.default);
        }),
        Step::DropNotNull(column) => find(column, &|filled| filled.column.nullable = true),
        Step::SetNotNull(column) => find(&column.name, &|filled| {
            filled.column.nullable = false;
            if let (Some(source), Some(value)) = (&filled.source, column.filling()) {
                filled.source = Some(format!("coalesce({source}, {value})"));
            }
        }),
        Step::ChangeType { to, .. } => find(&to.name, &|filled| {
            filled.column.sql_type.clone_from(&to.sql_type);
            let base = to.sql_type.split(' ').next().unwrap_or_default();
            filled.source = filled.source.as_ref().map(|source| format!("CAST({source} AS {base})"));
        }),
        _ => {}
    }
}

/// Numbers of removed rows are not given again: the new table counts on where the old one was.
fn keep_sequence(old: &str, new: &str) -> [String; 2] {
    let (old, new) = (text_literal(old), text_literal(new));
    [
        format!("DELETE FROM sqlite_sequence WHERE name = {new};"),
        format!("INSERT INTO sqlite_sequence (name, seq)\nSELECT {new}, seq FROM sqlite_sequence WHERE name = {old};"),
    ]
}

/// What the old table took with it and the steps do not change.
fn belongings(change: &TableChange) -> Vec<String> {
    let mut now: PhysicalTable = change.before.clone();
    let mut dropped: Vec<&str> = Vec::new();
    for step in &change.steps {
        match step {
            Step::RenameColumn { from, to } => now.rename_column(from, to),
            Step::DropIndex(PhysicalIndex { name, .. }) | Step::RenameIndex { from: name, .. } => {
                dropped.push(name);
            }
            _ => {}
        }
    }
    let indexes = now.indexes.iter().filter(|index| !dropped.contains(&index.name.as_str()));
    let mut sql: Vec<String> = indexes.map(|index| render::create_index(&change.name, index)).collect();
    sql.extend(now.others.iter().cloned());
    if now.append_only {
        sql.extend(trigger::make_append_only(&change.name));
    }
    sql
}
