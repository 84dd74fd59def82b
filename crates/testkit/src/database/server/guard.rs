//! The guard process of a run: the shell program `guard.sh` and the pipe to it.
//!
//! The guard outlives its owner by as long as clearing up takes, and no longer. It sits in a process
//! group of its own, so that a Ctrl-C in the terminal ends the tests and not what clears up after
//! them. It must not hold the standard output or error of its owner: a caller that waits for their
//! end would wait for the guard.

use super::super::error::ProvisionError;
use super::super::run::Run;
use super::installed;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

const PROGRAM: &str = include_str!("guard.sh");

/// Drops the databases of the run `$1` from the server in the environment, if psql is installed. First it
/// ends the sessions of the run: the server may still be making a database for one that was killed.
const PSQL: &str = "command -v psql && [ -n \"$KWIK_TEST_DATABASE_URL\" ] && \
    psql --no-psqlrc --quiet --dbname=\"$KWIK_TEST_DATABASE_URL\" <<END
select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'kwik_test_$1';
select format('drop database if exists %I with (force)', datname) from pg_database where starts_with(datname, 'kwik_test_$1_')\\gexec
END
";

/// What removes the databases of a run from a server that outlives the run.
#[derive(Debug)]
pub(crate) enum Sweeper {
    /// `psql`, if it is installed; if not, the next run that uses the server does it.
    Psql,
    /// A program that calls [`sweep`](crate::database::sweep) for its arguments `sweep RUN` and perhaps `docker`.
    Program(PathBuf),
    /// Nothing: there is no such server.
    Nothing,
}

/// A guard that waits for the end of its owner. Dropping it clears up and waits until that is done.
#[derive(Debug)]
pub(crate) struct Guard {
    run: Run,
    // Requests come from several threads of a test program.
    process: Mutex<GuardProcess>,
}

#[derive(Debug)]
struct GuardProcess {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Guard {
    /// Starts the guard of a run whose folder exists.
    pub(crate) fn start(run: &Run, sweeper: &Sweeper) -> Result<Self, ProvisionError> {
        let process =
            GuardProcess::start(run, sweeper).map_err(ProvisionError::file("the guard of the run cannot start"))?;
        Ok(Self { run: run.clone(), process: Mutex::new(process) })
    }

    /// Clears up after a run that has lost its owner and its guard.
    pub(crate) fn clear(run: &Run) {
        if let Ok(mut process) = GuardProcess::start(run, &Sweeper::Nothing) {
            process.end();
        }
    }

    /// Makes a request and waits for the answer: whether it was done.
    pub(crate) fn ask(&self, request: &str) -> io::Result<bool> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).ask(request)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let process = self.process.get_mut();
        process.unwrap_or_else(PoisonError::into_inner).end();
        // A guard that was killed has left the folder behind.
        if self.run.folder().exists() {
            Self::clear(&self.run);
        }
    }
}

impl GuardProcess {
    fn start(run: &Run, sweeper: &Sweeper) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", PROGRAM, "kwik-test-guard"]);
        command.arg(run.folder());
        match sweeper {
            Sweeper::Psql => {
                command.args(["/bin/sh", "-c", PSQL, "sweep", run.id()]);
            }
            Sweeper::Program(program) => {
                command.arg(program).args(["sweep", run.id()]);
            }
            Sweeper::Nothing => {}
        }
        let programs = installed::programs().ok();
        let account = programs.as_ref().and_then(|known| known.account.clone());
        let folder = programs.map(|known| known.folder).unwrap_or_default();
        let mut child = command
            .env("GUARD_BIN", folder)
            .env("GUARD_ACCOUNT", account.unwrap_or_default())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input: Some(input), output: BufReader::new(output) }),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn ask(&mut self, request: &str) -> io::Result<bool> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(input, "{request}")?;
        input.flush()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(io::Error::other("the guard of the run was killed"));
        }
        Ok(answer.trim() == "0")
    }

    /// Ends the input and waits until the guard has cleared up.
    fn end(&mut self) {
        drop(self.input.take());
        // Whether it succeeded is seen by what it left, not by its status.
        let _ = self.child.wait();
    }
}
