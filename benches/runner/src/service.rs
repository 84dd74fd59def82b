//! The services that are compared: how each is built, told its settings, started and asked whether it is ready.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{cluster::free_port, failure::Failure, http, workspace::Workspace};

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "a-password-for-the-bench";
const SECRET_KEY: &str = "only-for-the-bench-0123456789abcdefghij";

/// Database connections of each service (the framework's default and the yardsticks').
pub(crate) const POOL_SIZE: u64 = 10;

/// How long a service may take until it is ready, in seconds.
const START_LIMIT: u64 = 30;

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// The framework's example.
    Framework,
    /// The plain yardstick.
    Plain,
    /// The tuned yardstick.
    Tuned,
}

impl Kind {
    /// All, in the order of the report.
    pub(crate) const ALL: [Self; 3] = [Self::Framework, Self::Plain, Self::Tuned];

    /// The name on the command line and in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Plain => "plain",
            Self::Tuned => "tuned",
        }
    }

    /// The service of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The package, whose binary has the same name.
    pub(crate) const fn package(self) -> &'static str {
        match self {
            Self::Framework => "customers",
            Self::Plain => "yardstick-plain",
            Self::Tuned => "yardstick-tuned",
        }
    }

    /// The file that a user of it edits most, from the root of the workspace.
    pub(crate) const fn main_file(self) -> &'static str {
        match self {
            Self::Framework => "examples/customers/src/main.rs",
            Self::Plain => "benches/plain/src/main.rs",
            Self::Tuned => "benches/tuned/src/main.rs",
        }
    }

    /// Its database.
    pub(crate) const fn database(self) -> &'static str {
        match self {
            Self::Framework => "kwik_bench_framework",
            Self::Plain => "kwik_bench_plain",
            Self::Tuned => "kwik_bench_tuned",
        }
    }

    fn environment(self, database_url: &str, port: u16) -> Vec<(&'static str, String)> {
        let text = str::to_owned;
        match self {
            Self::Framework => vec![
                ("KWIK_DATABASE_URL", text(database_url)),
                ("KWIK_HOST", text("127.0.0.1")),
                ("KWIK_PORT", port.to_string()),
                ("KWIK_SECRET_KEY", text(SECRET_KEY)),
                ("KWIK_FIRST_SUPERUSER", text(EMAIL)),
                ("KWIK_FIRST_SUPERUSER_PASSWORD", text(PASSWORD)),
                ("KWIK_ENV", text("production")),
                ("KWIK_LOG", text("warn,kwik::access=info")),
            ],
            Self::Plain | Self::Tuned => vec![
                ("DATABASE_URL", text(database_url)),
                ("HOST", text("127.0.0.1")),
                ("PORT", port.to_string()),
                ("SECRET_KEY", text(SECRET_KEY)),
                ("ADMIN_EMAIL", text(EMAIL)),
                ("ADMIN_PASSWORD", text(PASSWORD)),
                ("POOL_SIZE", POOL_SIZE.to_string()),
            ],
        }
    }

    /// What to ask for readiness, and the status that says yes; a yardstick has no page for it, but refuses strangers.
    const fn readiness(self) -> (&'static str, u16) {
        match self {
            Self::Framework => ("/readyz", 200),
            Self::Plain | Self::Tuned => ("/api/v1/customers/", 401),
        }
    }
}

/// A running service, ended when it is dropped.
pub(crate) struct Service {
    /// Which one it is.
    pub(crate) kind: Kind,
    /// Its process.
    pub(crate) pid: u32,
    /// Where it listens on this machine.
    pub(crate) port: u16,
    /// From start to the first yes to readiness, in milliseconds.
    pub(crate) ready_ms: f64,
    log: PathBuf,
    _process: Child,
}

impl Service {
    /// Prepares the database of the framework, whose production mode never changes a schema by itself.
    pub(crate) async fn migrate(kind: Kind, workspace: &Workspace, database_url: &str) -> Result<(), Failure> {
        if kind != Kind::Framework {
            return Ok(());
        }
        let mut command = command(kind, workspace, database_url, free_port()?);
        let program = "customers migrate up";
        crate::workspace::output(command.args(["migrate", "up"]), program).await?;
        Ok(())
    }

    /// Starts the release binary and waits until it is ready.
    pub(crate) async fn start(kind: Kind, workspace: &Workspace, database_url: &str) -> Result<Self, Failure> {
        let port = free_port()?;
        let log = workspace.scratch().join(format!("{}.log", kind.name()));
        let file = fs::File::create(&log)?;
        let mut command = command(kind, workspace, database_url, port);
        if kind == Kind::Framework {
            command.arg("serve");
        }
        command.stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let started = Instant::now();
        let mut process =
            command.spawn().map_err(|source| Failure::Start { program: kind.package().to_owned(), source })?;
        let ready = ready(kind, port, &mut process).await?;
        match (process.id(), ready) {
            (Some(pid), true) => {
                Ok(Self { kind, pid, port, ready_ms: started.elapsed().as_secs_f64() * 1e3, log, _process: process })
            }
            _ => Err(Failure::NotReady { service: kind.name(), seconds: START_LIMIT, log }),
        }
    }

    /// Signs the administrator in and gives the token.
    pub(crate) async fn sign_in(&self) -> Result<String, Failure> {
        let form = format!("username={}&password={PASSWORD}", EMAIL.replace('@', "%40"));
        let answer = http::post_form(self.port, "/api/v1/login/access-token", &form).await?;
        let token = serde_json::from_str::<serde_json::Value>(&answer.body)
            .ok()
            .and_then(|body| Some(body["access_token"].as_str()?.to_owned()));
        match (answer.status, token) {
            (200, Some(token)) => Ok(token),
            (status, _) => Err(self.refused("the sign-in", status)),
        }
    }

    /// Looks once that the service does what it is measured for, by reading the first customer.
    pub(crate) async fn probe(&self, token: &str) -> Result<(), Failure> {
        let answer = http::get(self.port, "/api/v1/customers/1", Some(token)).await?;
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status == 200 && body["id"] == 1 && body["version"] == 1 {
            return Ok(());
        }
        Err(self.refused("a read of customer 1", answer.status))
    }

    /// An answer that was not what it should be.
    pub(crate) fn refused(&self, what: &'static str, status: u16) -> Failure {
        Failure::Answer { service: self.kind.name(), what, status, log: self.log.clone() }
    }
}

fn command(kind: Kind, workspace: &Workspace, database_url: &str, port: u16) -> Command {
    let mut command = Command::new(workspace.release_binary(kind.package()));
    for (name, _) in std::env::vars_os() {
        // Settings of the person who runs the bench must not change what is measured.
        if name.to_str().is_some_and(|name| name.starts_with("KWIK_") || name.starts_with("PG")) {
            command.env_remove(&name);
        }
    }
    command.envs(kind.environment(database_url, port)).current_dir(workspace.scratch()).stdin(Stdio::null());
    command
}

/// Asks until the answer is yes; no if the process ends or takes too long.
async fn ready(kind: Kind, port: u16, process: &mut Child) -> Result<bool, Failure> {
    let (path, status) = kind.readiness();
    let limit = Instant::now() + Duration::from_secs(START_LIMIT);
    while Instant::now() < limit {
        // Until it listens, connecting fails: that is a no.
        if http::get(port, path, None).await.is_ok_and(|answer| answer.status == status) {
            return Ok(true);
        }
        if process.try_wait()?.is_some() {
            return Ok(false);
        }
        sleep(Duration::from_millis(2)).await;
    }
    Ok(false)
}
