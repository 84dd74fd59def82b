//! `bench`: loads the framework's example and the two yardsticks in turn with the same tool and prints what each
//! operation costs, side by side.
//!
//! Invariants: nothing outlives the run (services, the throwaway cluster, databases); no measurement counts the
//! tool's own statements; an answer that is not a success is said loudly and makes the exit status 1.

mod builds;
mod cluster;
mod database;
mod failure;
mod http;
mod keep_alive;
mod lists;
mod load;
mod operation;
mod pgbench;
mod proc;
mod report;
mod run;
mod service;
mod settings;
mod table;
mod workspace;
mod wrk;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use crate::{failure::Failure, settings::Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = Settings::from_arguments();
    let outcome = tokio::select! {
        outcome = run(&settings) => outcome,
        () = interrupted() => Err(Failure::Interrupted),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            // There is nobody left to tell when standard error is closed.
            let _ = writeln!(stderr(), "bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: &Settings) -> Result<bool, Failure> {
    match settings.lists {
        Some(rows) => lists::run(settings, rows).await,
        None => run::run(settings).await,
    }
}

/// Until the run is told to end; it ends by dropping what it started.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
