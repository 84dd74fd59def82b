//! What has to be done so that tables become what a schema says.

use super::{
    Schema, SchemaError, Table, default_value,
    dialect::Dialect,
    matching::{self, Wanted},
    physical::{PhysicalColumn, PhysicalForeignKey, PhysicalIndex, PhysicalTable},
    step::Step,
    view::{PhysicalView, Views},
};
use std::collections::HashSet;

/// What has to be done, in order: changes of tables that are there, then new ones, then views.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) changes: Vec<TableChange>,
    pub(super) creations: Vec<PhysicalTable>,
    pub(super) views: Views,
}

/// The change of a table that is there.
#[derive(Debug)]
pub(super) struct TableChange {
    /// The name that it has in the end.
    pub(super) name: String,
    /// The table as it is.
    pub(super) before: PhysicalTable,
    pub(super) steps: Vec<Step>,
}

impl Difference {
    /// Compares the tables and views that are there with a schema. Tables that the schema does not know
    /// are left out.
    ///
    /// # Errors
    ///
    /// When a primary key would have to change, or a default is no value of its column.
    pub(super) fn between(
        there: &[PhysicalTable],
        views: Vec<PhysicalView>,
        schema: &Schema,
        dialect: Dialect,
    ) -> Result<Self, SchemaError> {
        let wanted: Vec<Wanted<'_>> = schema
            .tables
            .iter()
            .map(|table| Wanted { name: &table.name, renamed_from: table.renamed_from.as_deref() })
            .collect();
        let names: Vec<&str> = there.iter().map(|table| table.name.as_str()).collect();
        let found = matching::find(&wanted, &names);
        let renames = matching::renames(&wanted, &found);
        // Renamed tables first and in their order, so that no name is taken twice on the way.
        let renamed = renames.iter().map(|(_, at)| *at);
        let others = (0..wanted.len()).filter(|at| !renames.iter().any(|(_, renamed)| renamed == at));
        let views = Views { there: views, wanted: schema.views.clone() };
        let mut difference = Self { views, ..Self::default() };
        let moved = moved(there, schema, &found);
        for at in renamed.chain(others) {
            let table = &schema.tables[at];
            let target = dialect.table(table)?;
            match found[at].and_then(|name| there.iter().find(|t| t.name == name)) {
                None => difference.creations.push(target),
                Some(before) => {
                    let columns = wanted_columns(table);
                    let mut before = before.clone();
                    before.foreign_keys.iter_mut().for_each(|key| follow(key, &moved));
                    let change =
                        Comparison { dialect, before: &before, target: &target, columns: &columns }.change()?;
                    difference.changes.extend(Some(change).filter(|change| !change.steps.is_empty()));
                }
            }
        }
        Ok(difference)
    }

    /// The statements for tables, each with its semicolon: those of each change, then of each new table, then
    /// foreign keys that have to wait for all tables. What several tables need, such as the function of their
    /// triggers, is made once.
    pub(super) fn render(&self, dialect: Dialect) -> Vec<Vec<String>> {
        let changes = self.changes.iter().map(|change| dialect.change_table(change));
        let creations = self.creations.iter().map(|table| dialect.create_table(table));
        let mut groups: Vec<Vec<String>> = changes.chain(creations).collect();
        let foreign_keys = dialect.foreign_keys(self);
        groups.extend(Some(foreign_keys).filter(|group| !group.is_empty()));
        let mut seen = HashSet::new();
        for group in &mut groups {
            group.retain(|sql| !sql.starts_with("CREATE OR REPLACE FUNCTION") || seen.insert(sql.clone()));
        }
        groups
    }

    /// One sentence for each step.
    pub(super) fn describe(&self, dialect: Dialect) -> Vec<String> {
        let creations = self.creations.iter().map(|table| format!("table {} is missing", table.name));
        let changes = self.changes.iter().flat_map(|c| c.steps.iter().map(move |s| format!("{}: {s}", c.name)));
        creations.chain(changes).chain(self.views.describe(dialect)).collect()
    }
}

/// What a table is going to be called, and its columns that get another name.
struct Moved<'a> {
    from: &'a str,
    to: &'a str,
    columns: Vec<(&'a str, &'a str)>,
}

fn moved<'a>(there: &'a [PhysicalTable], schema: &'a Schema, found: &[Option<&'a str>]) -> Vec<Moved<'a>> {
    let pairs = schema.tables.iter().zip(found.iter().copied());
    let moved = |(table, from): (&'a Table, Option<&'a str>)| {
        let before = there.iter().find(|before| Some(before.name.as_str()) == from)?;
        let wanted = wanted_columns(table);
        let names: Vec<&str> = before.columns.iter().map(|column| column.name.as_str()).collect();
        let renames = matching::renames(&wanted, &matching::find(&wanted, &names));
        let columns = renames.into_iter().map(|(from, at)| (from, wanted[at].name)).collect();
        Some(Moved { from: &before.name, to: &table.name, columns })
    };
    pairs.filter_map(moved).collect()
}

fn wanted_columns(table: &Table) -> Vec<Wanted<'_>> {
    let columns = table.columns.iter();
    columns.map(|column| Wanted { name: &column.name, renamed_from: column.renamed_from.as_deref() }).collect()
}

/// The other side of a foreign key, by the names that it is going to have.
fn follow(key: &mut PhysicalForeignKey, moved: &[Moved<'_>]) {
    let Some(other) = moved.iter().find(|other| other.from == key.table) else { return };
    other.to.clone_into(&mut key.table);
    for target in &mut key.targets {
        if let Some((_, to)) = other.columns.iter().find(|(from, _)| from == target) {
            (*to).clone_into(target);
        }
    }
}

impl TableChange {
    /// The name that a column has before the steps.
    pub(super) fn former_name<'a>(&'a self, column: &'a str) -> &'a str {
        let renamed = self.steps.iter().find_map(|step| match step {
            Step::RenameColumn { from, to } if to == column => Some(from.as_str()),
            _ => None,
        });
        renamed.unwrap_or(column)
    }
}

struct Comparison<'a> {
    dialect: Dialect,
    before: &'a PhysicalTable,
    target: &'a PhysicalTable,
    columns: &'a [Wanted<'a>],
}

impl Comparison<'_> {
    fn change(&self) -> Result<TableChange, SchemaError> {
        let mut steps = Vec::new();
        let mut now = self.before.clone();
        if now.name != self.target.name {
            steps.push(Step::RenameTable { from: now.name.clone() });
        }
        self.rename_columns(&mut now, &mut steps);
        self.widen_key(&mut now, &mut steps);
        self.compare_key(&now)?;
        for wanted in &self.target.columns {
            match now.column(&wanted.name) {
                None => steps.push(Step::AddColumn(wanted.clone())),
                Some(there) => self.compare_column(there, wanted, &mut steps),
            }
        }
        let extra = now.columns.iter().filter(|column| self.target.column(&column.name).is_none());
        steps.extend(extra.cloned().map(Step::DropColumn));
        self.compare_indexes(&now, &mut steps);
        self.compare_foreign_keys(&now, &mut steps);
        self.compare_triggers(&mut steps);
        // Stable: what stands together stays in the entity's order.
        steps.sort_by_key(Step::rank);
        Ok(TableChange { name: self.target.name.clone(), before: self.before.clone(), steps })
    }

    fn rename_columns(&self, now: &mut PhysicalTable, steps: &mut Vec<Step>) {
        let there: Vec<&str> = self.before.columns.iter().map(|column| column.name.as_str()).collect();
        let found = matching::find(self.columns, &there);
        for (from, at) in matching::renames(self.columns, &found) {
            let to = self.columns[at].name;
            now.rename_column(from, to);
            steps.push(Step::RenameColumn { from: from.to_owned(), to: to.to_owned() });
        }
    }

    /// A table that is older than the framework may count its rows in a smaller type. Every number is kept.
    fn widen_key(&self, now: &mut PhysicalTable, steps: &mut Vec<Step>) {
        for column in now.columns.iter_mut().filter(|column| column.primary_key && column.identity) {
            let counted = self.target.column(&column.name).filter(|wanted| wanted.primary_key && wanted.identity);
            let Some(wanted) = counted.filter(|wanted| wanted.sql_type != column.sql_type) else { continue };
            if self.dialect.is_safe_change(&column.sql_type, &wanted.sql_type) {
                steps.push(Step::ChangeType { from: column.clone(), to: wanted.clone(), safe: true });
                column.sql_type.clone_from(&wanted.sql_type);
            }
        }
    }

    fn compare_key(&self, now: &PhysicalTable) -> Result<(), SchemaError> {
        // A database that could count and need not is right all the same.
        let (found, wanted) = (now.counting_like(self.target).key(), self.target.key());
        if found == wanted {
            return Ok(());
        }
        Err(SchemaError::KeyChange { table: self.target.name.clone(), found, wanted })
    }

    fn compare_column(&self, there: &PhysicalColumn, wanted: &PhysicalColumn, steps: &mut Vec<Step>) {
        if wanted.primary_key {
            return;
        }
        let retyped = there.sql_type != wanted.sql_type;
        if retyped {
            let safe = self.dialect.is_safe_change(&there.sql_type, &wanted.sql_type);
            steps.push(Step::ChangeType { from: there.clone(), to: wanted.clone(), safe });
        }
        match (&there.default, &wanted.default) {
            (None, None) => {}
            (Some(_), None) => steps.push(Step::DropDefault(wanted.name.clone())),
            (Some(one), Some(other)) if !retyped && default_value::is_same(wanted.kind, one, other) => {}
            (old, Some(_)) => {
                // A default of the old type may not fit the new one.
                if retyped && old.is_some() {
                    steps.push(Step::DropDefault(wanted.name.clone()));
                }
                steps.push(Step::SetDefault(wanted.clone()));
            }
        }
        match (there.nullable, wanted.nullable) {
            (true, false) => steps.push(Step::SetNotNull(wanted.clone())),
            (false, true) => steps.push(Step::DropNotNull(wanted.name.clone())),
            _ => {}
        }
    }

    fn compare_indexes(&self, now: &PhysicalTable, steps: &mut Vec<Step>) {
        let mut left: Vec<usize> = (0..now.indexes.len()).collect();
        let mut take = |index: usize| {
            let at = left.iter().position(|i| *i == index)?;
            Some(&now.indexes[left.remove(at)])
        };
        for wanted in &self.target.indexes {
            let named = now.indexes.iter().position(|index| index.name == wanted.name);
            if let Some(there) = named.and_then(&mut take) {
                if !there.is_like(wanted) {
                    steps.push(Step::DropIndex(there.clone()));
                    steps.push(Step::CreateIndex(wanted.clone()));
                }
                continue;
            }
            // The same index under the name that it had before its table or column was renamed.
            let renamed = (0..now.indexes.len()).find(|i| self.is_own(now, *i) && now.indexes[*i].is_like(wanted));
            match renamed.and_then(&mut take) {
                Some(there) => steps.push(Step::RenameIndex { from: there.name.clone(), to: wanted.clone() }),
                None => steps.push(Step::CreateIndex(wanted.clone())),
            }
        }
        let unwanted = left.into_iter().filter(|index| self.is_own(now, *index));
        steps.extend(unwanted.map(|index| Step::DropIndex(now.indexes[index].clone())));
    }

    /// By columns and target: what is there already may have another name.
    fn compare_foreign_keys(&self, now: &PhysicalTable, steps: &mut Vec<Step>) {
        let mut add: Vec<&PhysicalForeignKey> = self.target.foreign_keys.iter().collect();
        for (there, before) in now.foreign_keys.iter().zip(&self.before.foreign_keys) {
            let wanted = add.iter().position(|wanted| wanted.is_like(there));
            let own = there.name == there.name_on(&self.target.name) || there.name == before.name_on(&self.before.name);
            let stays = match wanted {
                // One that would change rows by itself would do so past the audit trail.
                Some(at) => there.actions.is_empty() && (!own || there.name == add[at].name),
                // Without its column there is none.
                None => !own && there.columns.iter().all(|name| self.target.column(name).is_some()),
            };
            if !stays {
                steps.push(Step::DropForeignKey(there.clone()));
            } else if let Some(at) = wanted {
                add.remove(at);
            }
        }
        steps.extend(add.into_iter().cloned().map(Step::AddForeignKey));
    }

    /// Whether an index has the name that the framework gives; others are left alone.
    fn is_own(&self, now: &PhysicalTable, index: usize) -> bool {
        let own = |index: &PhysicalIndex, table: &str| index.name == index.name_on(table);
        own(&now.indexes[index], &self.target.name) || own(&self.before.indexes[index], &self.before.name)
    }

    fn compare_triggers(&self, steps: &mut Vec<Step>) {
        if self.target.append_only && !self.before.append_only {
            steps.push(Step::MakeAppendOnly);
        }
        match (&self.before.notify, &self.target.notify) {
            (before, Some(whom)) if before.as_ref() != Some(whom) => {
                steps.push(Step::BeginNotify { whom: whom.clone(), instead: before.is_some() });
            }
            (Some(_), None) => steps.push(Step::EndNotify),
            _ => {}
        }
    }
}
