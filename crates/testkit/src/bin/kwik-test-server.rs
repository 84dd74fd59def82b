//! `kwik-test-server -- COMMAND`: provides PostgreSQL for one run of tests and clears up after it.
//!
//! The exit status is that of the command; 128 and the signal's number when a signal ended it; 1 when
//! there is no server; 2 for wrong arguments.

use kwik_testkit::database::{ProvisionError, TestServer, Way, sweep};
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::time::Instant;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: kwik-test-server [--only url|docker|installed | --sqlite] -- COMMAND [ARGUMENT]...

Provides a PostgreSQL server for COMMAND in KWIK_TEST_DATABASE_URL, by the first way that is open:
the server at KWIK_TEST_DATABASE_URL, a Docker engine, the installed server programs. Removes
everything that the run leaves, also when it is killed.

  --only WAY  goes this way alone
  --sqlite    provides no server, for tests on SQLite
";

/// What the arguments ask for.
enum Task {
    Help,
    /// The guard of a run asks to clear up after it.
    Sweep {
        run: String,
        docker: bool,
    },
    Run(Option<Way>, Vec<String>),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Task::Help) => {
            let _ = io::stdout().write_all(USAGE.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Task::Sweep { run, docker }) => match sweep(&run, docker).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string(), 1),
        },
        Ok(Task::Run(way, command)) => match run(way, &command).await {
            Ok(code) => ExitCode::from(code),
            Err(error) => fail(&error, 1),
        },
        Err(error) => fail(&format!("{error}\n{USAGE}"), 2),
    }
}

fn fail(error: &str, code: u8) -> ExitCode {
    say(error);
    ExitCode::from(code)
}

fn say(line: &str) {
    let _ = writeln!(io::stderr(), "kwik-test-server: {line}");
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut way = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Task::Help),
            "sweep" => {
                let run = arguments.next().ok_or("sweep needs the id of a run")?;
                let docker = arguments.next().is_some_and(|word| word == "docker");
                return Ok(Task::Sweep { run, docker });
            }
            "--sqlite" => way = Some(Way::Nothing),
            "--only" => way = Some(way_of(&arguments.next().unwrap_or_default())?),
            "--" => {
                let command: Vec<String> = arguments.collect();
                return if command.is_empty() {
                    Err("there is no command after --".to_owned())
                } else {
                    Ok(Task::Run(way, command))
                };
            }
            other => return Err(format!("{other:?} is not known; put -- before the command")),
        }
    }
    Err("there is no command".to_owned())
}

fn way_of(name: &str) -> Result<Way, String> {
    match name {
        "url" => Ok(Way::Url),
        "docker" => Ok(Way::Docker),
        "installed" => Ok(Way::Installed),
        other => Err(format!("--only takes url, docker or installed, not {other:?}")),
    }
}

/// Provides the server, runs the command and clears up; answers the exit status.
async fn run(way: Option<Way>, command: &[String]) -> Result<u8, String> {
    let begin = Instant::now();
    let program = std::env::current_exe().ok();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    // A signal drops what has been provided so far, and that clears up.
    let server = tokio::select! {
        server = TestServer::provide(way, program) => server.map_err(|error| error.to_string())?,
        _ = interrupt.recv() => return Ok(130),
        _ = terminate.recv() => return Ok(143),
    };
    if let Some(reason) = server.passed_over() {
        say(&format!("Docker is passed over: {reason}"));
    }
    if server.url().is_some() {
        say(&format!(
            "PostgreSQL {} from {}, ready in {:.1} s",
            server.version(),
            server.way(),
            begin.elapsed().as_secs_f64()
        ));
    }
    let status = attend(&server, command).await;
    let stopped = server.stop().await;
    let code = status.map(code_of)?;
    report(stopped);
    Ok(code)
}

/// Starts the command and waits for its end. A Ctrl-C reaches it by itself, and is waited out here;
/// being asked to terminate is passed on to it.
async fn attend(server: &TestServer, command: &[String]) -> Result<ExitStatus, String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let mut started = Command::new(program);
    started.args(arguments);
    if server.url().is_none() {
        started.env_remove("KWIK_TEST_DATABASE_URL");
    }
    let mut child =
        started.envs(server.environment()).spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
    // Should the guard be gone, clearing up notices it.
    let _ = server.command_started(child.id());
    let status = wait(&mut child).await;
    let _ = server.command_started(None);
    status.map_err(|error| format!("{program} cannot be waited for: {error}"))
}

async fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            status = child.wait() => return status,
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
            _ = terminate.recv() => if let Some(id) = child.id() {
                let _ = Command::new("kill").arg(id.to_string()).status().await;
            },
        }
    }
}

fn code_of(status: ExitStatus) -> u8 {
    let signal = status.signal().map(|signal| 128 + signal);
    let code = status.code().or(signal).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

fn report(stopped: Result<(), ProvisionError>) {
    if let Err(error) = stopped {
        say(&format!("not everything could be removed: {error}"));
    }
}
