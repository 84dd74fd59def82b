//! Why a test database could not be had.

use std::io;

/// The error of a migration that a test passes in.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A test database or the server for it could not be provided.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// None of the ways to a PostgreSQL server was open.
    #[error(
        "no PostgreSQL server for the tests; provide one of these three: \
         KWIK_TEST_DATABASE_URL=postgres://user:password@host:port/database with a user who may create databases ({url}); \
         a running Docker engine ({docker}); \
         or installed server programs `initdb` and `postgres` ({installed})"
    )]
    NoServer {
        /// Why there is no given server.
        url: String,
        /// Why Docker was no way.
        docker: String,
        /// Why the installed programs were no way.
        installed: String,
    },
    /// One way was asked for, or was the only one to try, and it failed.
    #[error("{0}")]
    Way(String),
    /// The server does not answer, or not as a usable PostgreSQL.
    #[error("PostgreSQL at {address} cannot be used: {reason}")]
    Unusable {
        /// The server's address without its password.
        address: String,
        /// What was wrong.
        reason: String,
    },
    /// The server refused a statement of the machinery.
    #[error("{attempt}: {source}")]
    Statement {
        /// What was being done.
        attempt: String,
        /// The server's or driver's answer.
        source: sqlx::Error,
    },
    /// A file or folder of the run could not be handled.
    #[error("{attempt}: {source}")]
    File {
        /// What was being done.
        attempt: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The migration of the template failed.
    #[error("the template could not be migrated: {0}")]
    Migration(BoxError),
    /// The template was being made by another process for longer than two minutes.
    #[error("another process has been making the template for {0} s; it may hang")]
    TemplateBusy(u64),
    /// The process that provided the server has ended, and the run with it.
    #[error("the run {0} of tests is over: its kwik-test-server has ended")]
    RunOver(String),
}

impl ProvisionError {
    /// For `map_err`: a statement failed while something was attempted.
    pub(super) fn statement(attempt: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Self {
        let attempt = attempt.into();
        move |source| Self::Statement { attempt, source }
    }

    /// For `map_err`: a file operation failed while something was attempted.
    pub(super) fn file(attempt: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let attempt = attempt.into();
        move |source| Self::File { attempt, source }
    }
}
