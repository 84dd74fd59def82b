//! What the data in a database means for steps that are about to be made.

use super::{
    SchemaError,
    diff::{Difference, TableChange},
    engine::Engine,
    names::quote,
    physical::{PhysicalColumn, PhysicalIndex},
    step::Step,
};

/// Looks at the data before anything is changed: keeps columns that hold values, unless `drop` says
/// otherwise, and refuses what the data does not allow. Returns a note for each column that stays.
///
/// # Errors
///
/// [`SchemaError::ValueMissing`], [`SchemaError::TypeChange`] and [`SchemaError::Orphans`].
pub(super) async fn fit(
    engine: &mut dyn Engine,
    difference: &mut Difference,
    drop: bool,
) -> Result<Vec<String>, SchemaError> {
    refuse_orphans(engine, difference).await?;
    let mut notes = Vec::new();
    for change in &mut difference.changes {
        if !drop {
            keep_columns(engine, change, &mut notes).await?;
        }
        replace_empty_columns(engine, change).await?;
        refuse_missing_values(engine, change).await?;
        change.steps.sort_by_key(Step::rank);
    }
    difference.changes.retain(|change| !change.steps.is_empty());
    Ok(notes)
}

/// Data is not thrown away by a changed struct: the column stays, and new rows need not fill it.
async fn keep_columns(
    engine: &mut dyn Engine,
    change: &mut TableChange,
    notes: &mut Vec<String>,
) -> Result<(), SchemaError> {
    for mut step in std::mem::take(&mut change.steps) {
        if let Step::DropColumn(column) = &step
            && has_values(engine, change, &column.name).await?
        {
            notes.push(format!(
                "-- {}.{} is no entity's any more, but rows have values in it, so it stays; \
                 `migrate develop --drop-columns` removes it and them",
                change.name, column.name
            ));
            if column.nullable {
                continue;
            }
            step = Step::DropNotNull(column.name.clone());
        }
        change.steps.push(step);
    }
    Ok(())
}

/// A type that cannot be changed safely is no matter in a column without values.
async fn replace_empty_columns(engine: &mut dyn Engine, change: &mut TableChange) -> Result<(), SchemaError> {
    let unsafe_changes: Vec<(PhysicalColumn, PhysicalColumn)> = change
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::ChangeType { from, to, safe: false } => Some((from.clone(), to.clone())),
            _ => None,
        })
        .collect();
    for (from, to) in unsafe_changes {
        let former = change.former_name(&to.name).to_owned();
        if has_values(engine, change, &former).await? {
            let (table, column) = (change.name.clone(), to.name);
            return Err(SchemaError::TypeChange { table, column, from: from.sql_type, to: to.sql_type });
        }
        change.steps.retain(|step| !concerns(step, &to.name));
        remake_indexes(change, &to.name);
        change.steps.push(Step::DropColumn(from));
        change.steps.push(Step::AddColumn(to));
    }
    Ok(())
}

fn concerns(step: &Step, name: &str) -> bool {
    match step {
        Step::DropDefault(column) | Step::DropNotNull(column) => column == name,
        Step::SetDefault(column) | Step::SetNotNull(column) | Step::ChangeType { to: column, .. } => {
            column.name == name
        }
        _ => false,
    }
}

/// The indexes over a column go before it does and are made again after it came back.
fn remake_indexes(change: &mut TableChange, column: &str) {
    let mut now = change.before.clone();
    for step in &change.steps {
        if let Step::RenameColumn { from, to } = step {
            now.rename_column(from, to);
        }
    }
    let over: Vec<PhysicalIndex> =
        now.indexes.into_iter().filter(|index| index.columns.iter().any(|name| name == column)).collect();
    for index in over {
        let mut again = Some(index.clone());
        change.steps.retain(|step| match step {
            Step::DropIndex(dropped) if dropped.name == index.name => {
                again = None;
                false
            }
            Step::RenameIndex { from, to } if *from == index.name => {
                again = Some(to.clone());
                false
            }
            _ => true,
        });
        change.steps.push(Step::DropIndex(index));
        change.steps.extend(again.map(Step::CreateIndex));
    }
}

async fn refuse_missing_values(engine: &mut dyn Engine, change: &TableChange) -> Result<(), SchemaError> {
    for step in &change.steps {
        let (column, missing) = match step {
            Step::AddColumn(column) if !column.nullable && column.filling().is_none() => {
                let query = format!("SELECT 1 FROM {}", quote(&change.before.name));
                (column, engine.has_rows(&query).await?)
            }
            Step::SetNotNull(column) if column.filling().is_none() => {
                let (table, name) = (quote(&change.before.name), quote(change.former_name(&column.name)));
                let query = format!("SELECT 1 FROM {table} WHERE {name} IS NULL");
                (column, engine.has_rows(&query).await?)
            }
            _ => continue,
        };
        if missing {
            return Err(SchemaError::ValueMissing { table: change.name.clone(), column: column.name.clone() });
        }
    }
    Ok(())
}

/// Rows that a new foreign key would find without their other side.
async fn refuse_orphans(engine: &mut dyn Engine, difference: &Difference) -> Result<(), SchemaError> {
    for change in &difference.changes {
        for step in &change.steps {
            let Step::AddForeignKey(key) = step else { continue };
            let (Some(column), Some(target)) = (key.columns.first(), key.targets.first()) else { continue };
            let former = change.former_name(column);
            let retyped =
                change.steps.iter().any(|step| matches!(step, Step::ChangeType { to, .. } if to.name == *column));
            if retyped || change.before.column(former).is_none() {
                // Its values are still to come: the database looks at them then.
                continue;
            }
            let rows = engine.number(&orphans(difference, change, former, &key.table, target)).await?;
            if rows > 0 {
                let (table, column, target) = (change.name.clone(), column.clone(), key.table.clone());
                return Err(SchemaError::Orphans { table, column, target, rows });
            }
        }
    }
    Ok(())
}

/// The query that counts them, by the names that tables and columns still have.
fn orphans(difference: &Difference, change: &TableChange, column: &str, table: &str, target: &str) -> String {
    let (child, column) = (quote(&change.before.name), quote(column));
    let all = format!("SELECT count(*) FROM {child} AS child WHERE child.{column} IS NOT NULL");
    if difference.creations.iter().any(|other| other.name == table) {
        return all;
    }
    let other = difference.changes.iter().find(|other| other.name == table);
    let (parent, target) =
        other.map_or((table, target), |other| (other.before.name.as_str(), other.former_name(target)));
    let (parent, target) = (quote(parent), quote(target));
    format!("{all} AND NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE parent.{target} = child.{column})")
}

async fn has_values(engine: &mut dyn Engine, change: &TableChange, column: &str) -> Result<bool, SchemaError> {
    let (table, column) = (quote(&change.before.name), quote(column));
    engine.has_rows(&format!("SELECT 1 FROM {table} WHERE {column} IS NOT NULL")).await
}
