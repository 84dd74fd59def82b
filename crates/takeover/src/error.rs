//! Why a database cannot be taken over.

use crate::KWIK_SCHEMA;
use kwik_domain::StoreError;
use kwik_schema::SchemaError;

/// Why a database cannot be taken over. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TakeoverError {
    /// The program's database is of another kind.
    #[error("Kwik's tables are on PostgreSQL; let KWIK_DATABASE_URL name the database that they are in")]
    OtherEngine,
    /// There are no tables of Kwik's.
    #[error(
        "there is nothing to take over: the database has no table `users` as Kwik in Python makes it; look at \
         KWIK_DATABASE_URL"
    )]
    Nothing,
    /// One of Kwik's tables is missing.
    #[error("the table {0} is missing beside Kwik's users; restore it, and begin again; nothing was changed")]
    Incomplete(&'static str),
    /// Kwik's tables are there twice.
    #[error(
        "Kwik's tables are there, and in the schema {KWIK_SCHEMA}, too; rename or drop the schema that is not wanted, \
         and begin again; nothing was changed"
    )]
    Twice,
    /// What was found cannot be taken over.
    #[error("this cannot be taken over as it is; nothing was changed:\n  {}", .0.join("\n  "))]
    Refused(Vec<String>),
    /// Somebody else does the same.
    #[error("another takeover of this database is going on; wait until it has ended")]
    Busy,
    /// A production program without migrations has no tables.
    #[error("the program has no migrations that make its tables; write them with `migrate new`, and begin again")]
    NoTables,
    /// The program has made rows of its own before the copy.
    #[error(
        "the program has been started before the takeover had ended, and has made rows of its own; empty the tables \
         users, roles, permissions, user_roles and role_permissions, and begin again"
    )]
    Started,
    /// Our tables could not be made.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Rows could not be written.
    #[error("the rows could not be copied: {0}; none of them was kept; begin again")]
    Store(#[from] StoreError),
    /// The policy refused, which it does not to the program itself.
    #[error(transparent)]
    Domain(#[from] kwik_domain::Error),
    /// The database refused or does not answer.
    #[error("the database refused: {0}; the step was undone; begin again")]
    Database(String),
}

impl From<sqlx::Error> for TakeoverError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(match error {
            // Without details: they may hold values of rows.
            sqlx::Error::Database(error) => error.message().to_owned(),
            other => other.to_string(),
        })
    }
}
