//! A run that is killed leaves nothing behind, whichever process of it is killed, and when.

use crate::database::{databases_of, execute, notes, number};
use crate::process::{Folder, eventually, server, signal, until_ready, variable};
use kwik_testkit::database::{Engine, block_on};
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

/// The test that a killed run is running.
const COMMAND: &str = "aborted::holds_databases";

/// A run that has a database of each engine, and the folder for all its files.
struct Run {
    folder: Folder,
    server: Child,
    id: String,
    url: String,
    command: u32,
}

impl Run {
    fn start(name: &str) -> Self {
        let folder = Folder::new(name);
        let (server, words) = until_ready(&mut server(&folder.0, &[], COMMAND));
        let [id, url, command] = &words[..] else { panic!("{words:?}") };
        Self { server, id: id.clone(), url: url.clone(), command: command.parse().unwrap(), folder }
    }

    fn guard(&self) -> u32 {
        self.folder.processes("kwik-test-guard")[0]
    }

    /// Waits until no file, process or database of the run is left.
    fn is_gone(&self) {
        eventually("the files are gone", || self.folder.is_empty());
        eventually("the processes are gone", || self.folder.processes("").is_empty());
        if let Some(given) = given() {
            eventually("the databases are gone", || block_on(databases_of(&given, &self.id)) == 0);
        } else {
            let closed = || block_on(number(&self.url, "select 1")).is_err();
            eventually("the server is gone", closed);
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The server that outlives the run, where the tests have been given one.
fn given() -> Option<String> {
    Some(variable("KWIK_TEST_DATABASE_URL")).filter(|url| !url.is_empty())
}

#[test]
#[ignore = "runs under the kwik-test-server that another test starts, until that is killed"]
fn holds_databases() {
    let databases = block_on(async { (notes(Engine::Sqlite).await, notes(Engine::Postgres).await) });
    let words = [variable("KWIK_TEST_RUN"), variable("KWIK_TEST_DATABASE_URL"), std::process::id().to_string()];
    writeln!(std::io::stdout(), "ready: {}", words.join(" ")).unwrap();
    let _ = std::io::stdin().read(&mut [0]);
    drop(databases);
}

/// A run on a server that outlives it.
fn other_run_on(url: &str) {
    let folder = Folder::new("other");
    let status =
        server(&folder.0, &["--only", "url"], "aborted::does_nothing").env("KWIK_TEST_DATABASE_URL", url).status();
    assert!(status.unwrap().success());
}

#[test]
#[ignore = "what a run does that is only there to begin and to end"]
fn does_nothing() {}

/// What needs PostgreSQL; the name lets a run on SQLite leave it out.
mod postgres {
    use super::*;

    mod killed {
        use super::{COMMAND, Run, server, signal, until_ready};

        #[test]
        fn owner_leaves_nothing() {
            let run = Run::start("owner");
            signal("-KILL", run.server.id());
            run.is_gone();
        }

        #[test]
        fn command_leaves_nothing() {
            let mut run = Run::start("command");
            signal("-KILL", run.command);
            assert_eq!(run.server.wait().unwrap().code(), Some(137));
            run.is_gone();
        }

        #[test]
        fn guard_leaves_nothing_when_the_run_ends() {
            let mut run = Run::start("guard");
            signal("-KILL", run.guard());
            drop(run.server.stdin.take());
            assert!(run.server.wait().unwrap().success());
            run.is_gone();
        }

        #[test]
        fn owner_and_guard_leave_nothing_after_the_next_run() {
            let mut run = Run::start("both");
            signal("-KILL", run.guard());
            signal("-KILL", run.server.id());
            signal("-KILL", run.command);
            run.server.wait().unwrap();
            let (mut next, _) = until_ready(&mut server(&run.folder.0, &[], COMMAND));
            drop(next.stdin.take());
            assert!(next.wait().unwrap().success());
            run.is_gone();
        }

        #[test]
        fn everything_leaves_nothing() {
            let mut run = Run::start("group");
            signal("-KILL", run.command);
            signal("-KILL", run.server.id());
            run.server.wait().unwrap();
            run.is_gone();
        }
    }

    #[tokio::test]
    async fn living_runs_are_left_alone_and_dead_ones_are_not() {
        let living = notes(Engine::Postgres).await;
        let url = living.url().to_owned();
        let dead = "kwik_test_000000000000_dead";
        execute(&url, &format!("create database {dead}")).await.unwrap();
        tokio::task::spawn_blocking(move || other_run_on(&url)).await.unwrap();
        assert_eq!(number(living.url(), "select count(*) from notes").await.unwrap(), 0);
        assert_eq!(databases_of(living.url(), "000000000000").await, 0);
    }

    #[test]
    fn an_interrupted_run_leaves_nothing() {
        let mut run = Run::start("interrupt");
        signal("-INT", run.server.id());
        signal("-INT", run.command);
        assert_eq!(run.server.wait().unwrap().code(), Some(130));
        run.is_gone();
    }

    #[test]
    fn a_terminated_run_leaves_nothing() {
        let mut run = Run::start("terminate");
        signal("-TERM", run.server.id());
        assert_eq!(run.server.wait().unwrap().code(), Some(143));
        run.is_gone();
    }

    #[test]
    fn a_run_killed_while_it_starts_leaves_nothing() {
        for moment in 0..16 {
            let folder = Folder::new(&format!("moment-{moment}"));
            let mut server = server(&folder.0, &[], COMMAND);
            let server = server.stdin(Stdio::piped()).stdout(Stdio::null());
            let mut server = server.stderr(Stdio::null()).spawn().unwrap();
            // The moment itself is what varies here; nothing waits for it.
            std::thread::sleep(Duration::from_millis(moment * 50));
            server.kill().unwrap();
            server.wait().unwrap();
            eventually("files and processes are gone", || folder.is_empty() && folder.processes("").is_empty());
        }
    }
}
