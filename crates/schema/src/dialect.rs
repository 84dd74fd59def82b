//! The two dialects of SQL in which a schema can be written.

use super::{
    Schema, SchemaError, Table,
    diff::{Difference, TableChange},
    model::ColumnKind,
    physical::PhysicalTable,
    postgres, sqlite,
};
use kwik_domain::ValueRef;

/// A dialect of SQL. Migrations are written in both, whichever database is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL 14 and newer.
    Postgres,
    /// SQLite with STRICT tables.
    Sqlite,
}

impl Dialect {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The word for it in the names of files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The word for it in sentences.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// The type of columns of a kind, with its collation.
    pub(super) const fn column_type(self, kind: ColumnKind) -> &'static str {
        match self {
            Self::Postgres => postgres::column_type(kind),
            Self::Sqlite => sqlite::column_type(kind),
        }
    }

    /// A value as SQL that means it exactly.
    pub(crate) fn literal(self, value: ValueRef<'_>) -> String {
        match self {
            Self::Postgres => postgres::literal(value),
            Self::Sqlite => sqlite::literal(value),
        }
    }

    /// The moment at which a statement runs.
    pub(super) const fn now(self) -> &'static str {
        match self {
            Self::Postgres => postgres::NOW,
            Self::Sqlite => sqlite::NOW,
        }
    }

    /// Whether triggers announce changes of rights; in one process there is nobody to tell.
    pub(super) const fn notifies(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// Whether every value of one type is kept by the other.
    pub(super) fn is_safe_change(self, from: &str, to: &str) -> bool {
        match self {
            Self::Postgres => postgres::is_safe_change(from, to),
            Self::Sqlite => sqlite::is_safe_change(from, to),
        }
    }

    /// Whether a column of one type gives what a field wants whose columns are of the other one.
    pub(super) fn reads(self, from: &str, to: &str) -> bool {
        match self {
            Self::Postgres => postgres::reads(from, to),
            Self::Sqlite => true,
        }
    }

    /// The statements for foreign keys that can only be made when all tables are there.
    pub(super) fn foreign_keys(self, difference: &Difference) -> Vec<String> {
        match self {
            Self::Postgres => postgres::foreign_keys(difference),
            // They stand in CREATE TABLE, and may name a table that is not there yet.
            Self::Sqlite => Vec::new(),
        }
    }

    /// The statements after which tables of a schema can be removed in any order.
    pub(super) fn unlink(self, state: &Schema, removed: &[&str]) -> Vec<String> {
        match self {
            Self::Postgres => postgres::unlink(state, removed),
            Self::Sqlite => Vec::new(),
        }
    }

    /// The statements that make a table and what belongs to it.
    pub(super) fn create_table(self, table: &PhysicalTable) -> Vec<String> {
        match self {
            Self::Postgres => postgres::create_table(table),
            Self::Sqlite => sqlite::create_table(table),
        }
    }

    /// The statements that make the change of an existing table.
    pub(super) fn change_table(self, change: &TableChange) -> Vec<String> {
        match self {
            Self::Postgres => postgres::change_table(change),
            Self::Sqlite => sqlite::change_table(change),
        }
    }

    /// The table as this database shows it.
    pub(super) fn table(self, table: &Table) -> Result<PhysicalTable, SchemaError> {
        PhysicalTable::of(self, table)
    }

    /// What a failure means, and what to do about it.
    pub(super) fn explain(self, error: &sqlx::Error) -> (String, &'static str) {
        let kind = match self {
            Self::Postgres => postgres::failure(error),
            Self::Sqlite => sqlite::failure(error),
        };
        let hint = match kind {
            Some(Failure::Duplicate) => "; rows have the same value there: change or remove those first",
            Some(Failure::Null) => "; rows have no value there: give the field a default or make it optional",
            Some(Failure::Reference) => "; rows refer to rows that are not there: correct or remove those first",
            Some(Failure::Busy) => "; others are using the table: wait until they are done, then start again",
            Some(Failure::Forbidden) => "; give the database user the right to do so, or migrate as its owner",
            None => "",
        };
        (super::error::words(error), hint)
    }
}

/// Failures with an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Two rows share what should be unique.
    Duplicate,
    /// A row has no value where it should have one.
    Null,
    /// A row refers to one that is not there.
    Reference,
    /// Somebody else holds a lock.
    Busy,
    /// The user may not do it.
    Forbidden,
}
