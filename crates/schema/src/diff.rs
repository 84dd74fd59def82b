//! What has to be done so that tables become what a schema says.

use super::{
    Schema, SchemaError, default_value,
    dialect::Dialect,
    matching::{self, Wanted},
    physical::{PhysicalColumn, PhysicalIndex, PhysicalTable},
    step::Step,
};
use std::collections::HashSet;

/// What has to be done, in order: changes of tables that are there, then new ones.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) changes: Vec<TableChange>,
    pub(super) creations: Vec<PhysicalTable>,
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
    /// Compares the tables that are there with a schema. Tables that the schema does not know are
    /// left out.
    ///
    /// # Errors
    ///
    /// When a primary key would have to change, or a default is no value of its column.
    pub(super) fn between(there: &[PhysicalTable], schema: &Schema, dialect: Dialect) -> Result<Self, SchemaError> {
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
        let mut difference = Self::default();
        for at in renamed.chain(others) {
            let table = &schema.tables[at];
            let target = dialect.table(table)?;
            match found[at].and_then(|name| there.iter().find(|t| t.name == name)) {
                None => difference.creations.push(target),
                Some(before) => {
                    let columns: Vec<Wanted<'_>> = table
                        .columns
                        .iter()
                        .map(|c| Wanted { name: &c.name, renamed_from: c.renamed_from.as_deref() })
                        .collect();
                    let change = Comparison { dialect, before, target: &target, columns: &columns }.change()?;
                    difference.changes.extend(Some(change).filter(|change| !change.steps.is_empty()));
                }
            }
        }
        Ok(difference)
    }

    /// The statements, each with its semicolon: those of each change, then of each new table. What
    /// several tables need, such as the function of their triggers, is made once.
    pub(super) fn render(&self, dialect: Dialect) -> Vec<Vec<String>> {
        let changes = self.changes.iter().map(|change| dialect.change_table(change));
        let creations = self.creations.iter().map(|table| dialect.create_table(table));
        let mut groups: Vec<Vec<String>> = changes.chain(creations).collect();
        let mut seen = HashSet::new();
        for group in &mut groups {
            group.retain(|sql| !sql.starts_with("CREATE OR REPLACE FUNCTION") || seen.insert(sql.clone()));
        }
        groups
    }

    /// One sentence for each step.
    pub(super) fn describe(&self) -> Vec<String> {
        let creations = self.creations.iter().map(|table| format!("table {} is missing", table.name));
        let changes = self.changes.iter().flat_map(|c| c.steps.iter().map(move |s| format!("{}: {s}", c.name)));
        creations.chain(changes).collect()
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

    fn compare_key(&self, now: &PhysicalTable) -> Result<(), SchemaError> {
        let (found, wanted) = (now.key(), self.target.key());
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
