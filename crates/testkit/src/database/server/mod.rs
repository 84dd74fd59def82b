//! The PostgreSQL server of a run: where it comes from and how it goes.

mod connection;
mod container;
pub(super) mod guard;
mod installed;
mod shared;
mod sweep;

use super::environment;
use super::error::ProvisionError;
use super::run::{OwnedRun, Run};
use connection::connect;
pub(super) use connection::{code, connect_as, with_database};
use container::Container;
use guard::Sweeper;
pub(super) use shared::shared;
use sqlx::postgres::PgConnection;
use std::fmt;
use std::io;
use std::path::PathBuf;
pub(super) use sweep::is_leased;
pub use sweep::sweep;

/// Where the PostgreSQL server of a run comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// The server at `KWIK_TEST_DATABASE_URL`.
    Url,
    /// A container in a Docker engine.
    Docker,
    /// A throwaway cluster of the server programs installed on this machine.
    Installed,
    /// No server: for runs on SQLite alone.
    Nothing,
}

impl fmt::Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Url => "the given address",
            Self::Docker => "a Docker container",
            Self::Installed => "the installed programs",
            Self::Nothing => "nowhere",
        })
    }
}

/// The server that a run of tests shares, and the run itself.
///
/// Dropping it ends the run: its databases, its server if it has one of its own, and its files go.
/// When the process dies instead, a guard process does the same. The guard is a small shell program
/// that waits for the end of a pipe from this process; it needs nothing but a POSIX shell, and for
/// the databases on a server that was given by address also `psql` or `kwik-test-server`.
/// Where guard and owner were both killed, the next run clears up.
#[derive(Debug)]
pub struct TestServer {
    // The order matters: the lease ends first, so that no process of the run makes anything any more.
    lease: Option<PgConnection>,
    container: Option<Container>,
    own: Held,
    url: Option<String>,
    way: Way,
    version: String,
    passed_over: Option<String>,
}

/// A run that ends with its server, or with the process.
#[derive(Debug)]
enum Held {
    Run(OwnedRun),
    Process(&'static OwnedRun),
}

impl Held {
    fn run(&self) -> &OwnedRun {
        match self {
            Self::Run(own) => own,
            Self::Process(own) => own,
        }
    }
}

/// A server that answers, before the run takes it over.
struct Found {
    way: Way,
    url: Option<String>,
    container: Option<Container>,
    passed_over: Option<String>,
}

impl TestServer {
    /// Provides a server: by the way asked for, or by the first that is open of address, Docker and
    /// installed programs.
    ///
    /// `program` is started with the arguments `sweep RUN` when this process was killed, and shall then
    /// call [`sweep`]; without it, `psql` is used if it is installed.
    ///
    /// # Errors
    ///
    /// When no way is open, with the reason for each; when the server is too old or its user may not
    /// create databases.
    pub async fn provide(way: Option<Way>, program: Option<PathBuf>) -> Result<Self, ProvisionError> {
        let sweeper = program.map_or(Sweeper::Psql, Sweeper::Program);
        Self::provide_for(way, Held::Run(OwnedRun::begin(&sweeper)?)).await
    }

    /// The server of a process that runs without `kwik-test-server`.
    pub(super) async fn provide_for_process() -> Result<Self, ProvisionError> {
        Self::provide_for(None, Held::Process(super::run::own()?)).await
    }

    async fn provide_for(way: Option<Way>, own: Held) -> Result<Self, ProvisionError> {
        let found = match way {
            Some(way) => find(way, own.run()).await.map_err(ProvisionError::Way)?,
            None => find_first(own.run()).await?,
        };
        let mut server = Self {
            lease: None,
            container: found.container,
            own,
            url: found.url,
            way: found.way,
            version: String::new(),
            passed_over: found.passed_over,
        };
        if let Some(url) = server.url.clone() {
            server.version = connection::check(&url).await?;
            let lease = connect_as(&server.run().lease(), &url).await;
            let refused = ProvisionError::statement("the lease of the run cannot be opened");
            server.lease = Some(lease.map_err(refused)?);
            sweep::sweep_dead(&url).await;
        }
        Ok(server)
    }

    /// The variables that make a process take part in this run.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let run = (environment::RUN, self.run().id().to_owned());
        let url = self.url.clone().map(|url| (environment::DATABASE_URL, url));
        std::iter::once(run).chain(url).collect()
    }

    /// The server's address; nothing with [`Way::Nothing`].
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Where the server came from.
    pub fn way(&self) -> Way {
        self.way
    }

    /// The server's version, such as `15.14`; empty with [`Way::Nothing`].
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Why Docker was passed over, when the installed programs were taken in its place.
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }

    /// Tells the guard to end a process, by its id, should this process die before it;
    /// nothing takes that back.
    ///
    /// # Errors
    ///
    /// When the guard was killed.
    pub fn command_started(&self, process: Option<u32>) -> io::Result<()> {
        let request = process.map_or_else(|| "finished".to_owned(), |process| format!("command {process}"));
        self.own.run().guard.ask(&request).map(|_| ())
    }

    /// Ends the run in order and waits until nothing of it is left.
    ///
    /// # Errors
    ///
    /// When the server refuses to drop a database of the run.
    pub async fn stop(mut self) -> Result<(), ProvisionError> {
        let run = self.run().clone();
        drop(self.lease.take());
        let swept = match (self.way, self.url.as_deref()) {
            (Way::Url, Some(url)) => sweep::drop_databases(url, &run).await,
            _ => Ok(()),
        };
        if let Some(container) = self.container.take() {
            // The engine may have begun to remove it by itself.
            let _ = container.rm().await;
        }
        if swept.is_ok() {
            // A guard that was killed has nothing to be told.
            let _ = self.own.run().guard.ask("swept");
        }
        swept
    }

    fn run(&self) -> &Run {
        &self.own.run().run
    }
}

/// Goes one way.
async fn find(way: Way, own: &OwnedRun) -> Result<Found, String> {
    let (url, container) = match way {
        Way::Url => {
            let url = environment::database_url();
            (Some(url.ok_or("KWIK_TEST_DATABASE_URL is not set")?), None)
        }
        Way::Docker => {
            // Should we die now, the guard looks for the container.
            let _ = own.guard.ask("docker");
            let (container, url) = container::start(own).await?;
            (Some(url), Some(container))
        }
        Way::Installed => (Some(installed::start(own).await?), None),
        Way::Nothing => (None, None),
    };
    Ok(Found { way, url, container, passed_over: None })
}

/// Goes the ways in their order until one is open. An address that is given is the only way.
async fn find_first(own: &OwnedRun) -> Result<Found, ProvisionError> {
    let url = match find(Way::Url, own).await {
        Ok(found) => return Ok(found),
        Err(reason) => reason,
    };
    let docker = match find(Way::Docker, own).await {
        Ok(found) => return Ok(found),
        Err(reason) => reason,
    };
    match find(Way::Installed, own).await {
        Ok(found) => Ok(Found { passed_over: Some(docker), ..found }),
        Err(installed) => Err(ProvisionError::NoServer { url, docker, installed }),
    }
}
