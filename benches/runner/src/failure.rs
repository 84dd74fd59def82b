//! Why a run ends early.

use std::{io, path::PathBuf};

/// Anything that keeps the bench from going on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("interrupted")]
    Interrupted,
    #[error("cannot run {program}: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} failed: {detail}")]
    Program { program: String, detail: String },
    #[error("wrk is not installed; it is the load generator: install it (on Debian: apt-get install -y wrk)")]
    NoWrk,
    #[error(
        "no PostgreSQL server programs found; install PostgreSQL (on Debian: apt-get install -y postgresql) \
         or give KWIK_BENCH_DATABASE_URL, the address of a superuser on a server of its own"
    )]
    NoPostgres,
    #[error("KWIK_BENCH_DATABASE_URL must look like postgres://user@host:port/database")]
    DatabaseUrl,
    #[error("{service} was not ready within {seconds} s; its output is in {log}", log = log.display())]
    NotReady { service: &'static str, seconds: u64, log: PathBuf },
    #[error("{service} answered {status} to {what}; its output is in {log}", log = log.display())]
    Answer { service: &'static str, what: &'static str, status: u16, log: PathBuf },
    #[error("the table customers of {0} cannot be seeded with the ids from 1 on")]
    Seed(&'static str),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("unexpected output of {0}")]
    Output(&'static str),
}
