//! Tables as one database shows them: read from it, or as a schema would look in it.

use super::{
    Column, Fill, ForeignKey, Notify, SchemaError, Table, default_value,
    dialect::Dialect,
    model::ColumnKind,
    names::{foreign_key_name, index_name, quote_all, unique_name},
};

/// A table in one database.
#[derive(Clone, Debug, Default)]
pub(super) struct PhysicalTable {
    pub(super) name: String,
    pub(super) columns: Vec<PhysicalColumn>,
    pub(super) indexes: Vec<PhysicalIndex>,
    pub(super) foreign_keys: Vec<PhysicalForeignKey>,
    /// Whether triggers keep rows from being changed or removed.
    pub(super) append_only: bool,
    /// To whom triggers announce changes.
    pub(super) notify: Option<Notify>,
    /// What else belongs to the table and would go with it, as SQL that makes it again (SQLite).
    pub(super) others: Vec<String>,
}

/// A column in one database.
#[derive(Clone, Debug)]
pub(super) struct PhysicalColumn {
    pub(super) name: String,
    /// The type with its collation, as the dialect writes it.
    pub(super) sql_type: String,
    pub(super) nullable: bool,
    /// The default's expression.
    pub(super) default: Option<String>,
    pub(super) identity: bool,
    pub(super) primary_key: bool,
    /// A constant for rows that are there before the column, if it has no default.
    pub(super) fill: Option<&'static str>,
    /// An expression over their other columns for rows that are there before the column.
    pub(super) computed: Option<String>,
    /// What it holds, where that is known: a database knows only types.
    pub(super) kind: Option<ColumnKind>,
}

/// An index in one database. Partial indexes and those over expressions are none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PhysicalIndex {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) unique: bool,
    /// Whether it belongs to a constraint, with which it goes.
    pub(super) constraint: bool,
}

/// A foreign key in one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PhysicalForeignKey {
    /// Empty if it has none, or none that could be found out (SQLite).
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) targets: Vec<String>,
    /// What the database does by itself when the other side changes, as SQL; ours do nothing.
    pub(super) actions: String,
}

impl PhysicalTable {
    /// A table of a schema, as it would look.
    pub(super) fn of(dialect: Dialect, table: &Table) -> Result<Self, SchemaError> {
        let columns: Result<_, _> = table.columns.iter().map(|c| PhysicalColumn::of(dialect, &table.name, c)).collect();
        let uniques = table.uniques.iter().map(|columns| PhysicalIndex::of(&table.name, columns, true));
        let indexes = table.indexes.iter().map(|columns| PhysicalIndex::of(&table.name, columns, false));
        Ok(Self {
            name: table.name.clone(),
            columns: columns?,
            indexes: uniques.chain(indexes).collect(),
            foreign_keys: table.foreign_keys.iter().map(|key| PhysicalForeignKey::of(&table.name, key)).collect(),
            append_only: table.append_only,
            notify: table.notify.clone().filter(|_| dialect.notifies()),
            others: Vec::new(),
        })
    }

    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Option<&PhysicalColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Columns and types of the primary key. In which order they stand makes no difference.
    pub(super) fn key(&self) -> String {
        let mut keys: Vec<_> =
            self.columns.iter().filter(|c| c.primary_key).map(PhysicalColumn::describe_key).collect();
        keys.sort();
        if keys.is_empty() { "missing".to_owned() } else { keys.join(", ") }
    }

    /// The same, with no column that the database counts where the other one counts none either.
    pub(super) fn counting_like(&self, other: &Self) -> Self {
        let mut like = self.clone();
        for column in &mut like.columns {
            column.identity &= other.column(&column.name).is_none_or(|other| other.identity);
        }
        like
    }

    /// Gives a column another name, in the indexes and foreign keys too.
    pub(super) fn rename_column(&mut self, from: &str, to: &str) {
        let columns = self.columns.iter_mut().map(|column| &mut column.name);
        let indexed = self.indexes.iter_mut().flat_map(|index| &mut index.columns);
        let referring = self.foreign_keys.iter_mut().flat_map(|key| &mut key.columns);
        for name in columns.chain(indexed).chain(referring).filter(|name| *name == from) {
            to.clone_into(name);
        }
    }
}

/// The columns as they stand in CREATE TABLE, and the constraint behind them where several are the key.
pub(super) fn with_key_behind(columns: &[PhysicalColumn]) -> (Vec<PhysicalColumn>, Option<String>) {
    let keys: Vec<String> = columns.iter().filter(|c| c.primary_key).map(|c| c.name.clone()).collect();
    if keys.len() < 2 {
        return (columns.to_vec(), None);
    }
    let plain = columns.iter().map(|column| PhysicalColumn { primary_key: false, ..column.clone() }).collect();
    (plain, Some(format!("  PRIMARY KEY ({})", quote_all(&keys))))
}

impl PhysicalColumn {
    fn of(dialect: Dialect, table: &str, column: &Column) -> Result<Self, SchemaError> {
        Ok(Self {
            name: column.name.clone(),
            sql_type: dialect.column_type(column.kind).to_owned(),
            nullable: column.nullable,
            default: default_value::render(dialect, table, column)?,
            identity: column.identity,
            primary_key: column.primary_key,
            fill: (column.fill == Some(Fill::Now)).then(|| dialect.now()),
            computed: match &column.fill {
                Some(Fill::Sql(expression)) => Some(expression.clone()),
                _ => None,
            },
            kind: Some(column.kind),
        })
    }

    /// What rows without a value get, if there is such a thing.
    pub(super) fn filling(&self) -> Option<&str> {
        self.computed.as_deref().or(self.default.as_deref()).or(self.fill)
    }

    fn describe_key(&self) -> String {
        format!("{} ({}{})", self.name, self.sql_type, if self.identity { ", counted by the database" } else { "" })
    }
}

impl PhysicalIndex {
    fn of(table: &str, columns: &[String], unique: bool) -> Self {
        let mut index = Self { name: String::new(), columns: columns.to_vec(), unique, constraint: false };
        index.name = index.name_on(table);
        index
    }

    /// The name that the framework gives such an index on that table.
    pub(super) fn name_on(&self, table: &str) -> String {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        if self.unique { unique_name(table, &columns) } else { index_name(table, &columns) }
    }

    /// Whether another index does the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.columns == other.columns && self.unique == other.unique
    }
}

impl PhysicalForeignKey {
    fn of(table: &str, key: &ForeignKey) -> Self {
        let (columns, targets) = (vec![key.column.clone()], vec![key.target.clone()]);
        let mut key = Self { name: String::new(), columns, table: key.table.clone(), targets, actions: String::new() };
        key.name = key.name_on(table);
        key
    }

    /// The name that the framework gives such a foreign key on that table.
    pub(super) fn name_on(&self, table: &str) -> String {
        foreign_key_name(table, &self.columns.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Whether another one refers from the same columns to the same ones.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.columns, &self.table, &self.targets) == (&other.columns, &other.table, &other.targets)
    }
}
