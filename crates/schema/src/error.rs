//! Why a schema could not be made, compared or changed.

use super::dialect::Dialect;

/// Why a schema could not be made, compared or changed. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Two entities want the same table.
    #[error("{first} and {second} both want the table {table}; give one of them another `table` name")]
    DuplicateTable {
        /// The table.
        table: String,
        /// Who has it.
        first: String,
        /// Who wants it too.
        second: String,
    },
    /// A name that a database cannot keep.
    #[error("{owner}: the name {name:?} {why}")]
    Name {
        /// The entity or the field.
        owner: String,
        /// The name.
        name: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// A reference to what cannot be referred to.
    #[error("{field} refers to {target}, {why}")]
    Reference {
        /// The entity and its field.
        field: String,
        /// The entity that it refers to.
        target: &'static str,
        /// What is wrong, and what would be right.
        why: &'static str,
    },
    /// A default that is no value of its column.
    #[error("{table}.{column}: the default {why}")]
    Default {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What would be right.
        why: String,
    },
    /// Rows would have no value in a column that must have one.
    #[error(
        "{table}.{column} must have a value, but {table} has rows without one; give the field a default or make it \
         optional; nothing was changed"
    )]
    ValueMissing {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Rows that would refer to nothing.
    #[error(
        "{table}.{column} must refer to a row of {target}, but {rows} rows of {table} refer to one that is not there; \
         correct or remove those first; nothing was changed"
    )]
    Orphans {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The table that it refers to.
        target: String,
        /// How many.
        rows: i64,
    },
    /// Views that do not show what their entities have.
    #[error("{}; correct the query, or the entity; nothing was changed", .0.join("; "))]
    View(Vec<String>),
    /// A type that cannot be changed without a loss.
    #[error(
        "{table}.{column} cannot become {to} out of {from} without the risk of a loss; add a field of another name, \
         copy the values in a migration and drop the old field; nothing was changed"
    )]
    TypeChange {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        from: String,
        /// The type that it should have.
        to: String,
    },
    /// A primary key that should be another.
    #[error(
        "the primary key of {table} is {found}, but {wanted} is wanted; keys are not changed by the framework: give \
         the entity another table, or change the table by hand; nothing was changed"
    )]
    KeyChange {
        /// The table.
        table: String,
        /// The key's column and type.
        found: String,
        /// The column and type that the entity wants.
        wanted: String,
    },
    /// A statement failed.
    #[error("{reason} (in: {statement}){hint}; nothing was changed")]
    Statement {
        /// Its first line.
        statement: String,
        /// The database's own words.
        reason: String,
        /// What to do, beginning with a semicolon; may be empty.
        hint: &'static str,
    },
    /// A migration failed.
    #[error("migration {number:04}_{name} failed: {reason}{hint}; nothing of it was kept, so it can be run again")]
    Migration {
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// The database's own words.
        reason: String,
        /// What to do, beginning with a semicolon; may be empty.
        hint: &'static str,
    },
    /// A migration with COMMIT or ROLLBACK in it.
    #[error("{0} ends its own transaction; take COMMIT and ROLLBACK out of it, and undo by hand what it did")]
    EndsTransaction(String),
    /// Another instance is changing the schema.
    #[error("another process has been changing the schema for {seconds} s; wait until it ends, then start again")]
    Locked {
        /// How long this one waited.
        seconds: u64,
    },
    /// The database does not answer, or not sensibly.
    #[error("the database cannot be read: {0}")]
    Database(String),
    /// The program's list of migrations is no list of migrations.
    #[error("the migrations of this program are not in order: {0}; numbers must rise, each used once")]
    Numbers(String),
    /// Migrations that ran here had another text than now.
    #[error("{0} changed after it was applied; take the change back and make a new migration for it")]
    Edited(String),
    /// Migrations ran here that this program does not have.
    #[error("the database is newer than this program: {0} is not in it; start the newer program, or restore a backup")]
    Newer(String),
    /// A migration comes before one that ran already.
    #[error("{0} comes before migrations that are applied already; give it a number after them")]
    OutOfOrder(String),
    /// Migrations that have not run.
    #[error("{0} must be applied first; run `migrate up`")]
    Pending(String),
    /// Development made the tables that the migrations would make.
    #[error(
        "this database was made by development, not by migrations; use an empty one for `migrate up`, or keep to \
         development with this one"
    )]
    Developed,
    /// The database is not what the entities need.
    #[error(
        "the database is not what the entities need: {}; run `migrate new` for a change of entities, or take back what \
         was done by hand", .0.join("; ")
    )]
    Drift(Vec<String>),
    /// A name that a migration cannot have.
    #[error("{0:?} cannot be the name of a migration; use a-z, 0-9 and _, such as add_phone")]
    MigrationName(String),
    /// Nothing changed since the last migration.
    #[error("the entities did not change since the last migration; nothing was written")]
    NothingToDo,
    /// A file that cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl SchemaError {
    /// Reading or writing `path` failed.
    pub(super) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + use<'_> {
        move |error| Self::File { path: path.display().to_string(), reason: error.to_string() }
    }

    /// The statement or script `sql` failed.
    pub(super) fn statement(dialect: Dialect, sql: &str, error: &sqlx::Error) -> Self {
        let first = sql.lines().find(|line| !line.trim_start().starts_with("--") && !line.is_empty());
        let statement = first.unwrap_or_default().trim_end_matches(['(', ';']).trim_end().to_owned();
        let (reason, hint) = dialect.explain(error);
        Self::Statement { statement, reason, hint }
    }

    /// Reading from the database failed.
    pub(super) fn reading(error: &sqlx::Error) -> Self {
        Self::Database(words(error))
    }
}

/// The database's own words, without values of rows.
pub(super) fn words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}
