//! The way over installed server programs: a throwaway cluster in the run's folder.
//!
//! The cluster trades durability for speed (nothing is flushed to the disk) and listens on the
//! loopback address alone, with a password that only the run knows. The guard is its parent and ends
//! it. PostgreSQL refuses to run as root, so root hands it to an account that may do less.

use super::super::environment;
use super::super::run::{OwnedRun, random};
use super::connection;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Who may run the cluster when root asks for it, best first.
const ACCOUNTS: [&str; 2] = ["postgres", "nobody"];
/// How often a port is chosen anew when another program took it first.
const ATTEMPTS: u32 = 5;
/// How long the server may take to accept connections.
const START: Duration = Duration::from_mins(1);

/// The programs of an installed PostgreSQL, and who runs them.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// The folder of `initdb` and `postgres`.
    pub(crate) folder: PathBuf,
    /// The account that runs them; nothing when this process may.
    pub(crate) account: Option<String>,
}

/// Finds the server programs, or says where they were looked for.
pub(crate) fn programs() -> Result<Programs, String> {
    let mut folders = environment::program_folders();
    folders.extend(packaged(Path::new("/usr/lib/postgresql"), ""));
    folders.extend(packaged(Path::new("/usr"), "pgsql-"));
    let found = folders.into_iter().find_map(|folder| complete(&folder));
    let folder = found
        .or_else(|| complete(Path::new(&output("pg_config", &["--bindir"])?)))
        .ok_or("`initdb` and `postgres` are neither on the PATH nor where packages and `pg_config` put them")?;
    Ok(Programs { folder, account: account()? })
}

/// The program folders of packages under a folder, the latest version first.
fn packaged(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in parent.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
        if let Some(version) = version.and_then(|version| version.parse().ok()) {
            found.push((version, entry.path().join("bin")));
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The real folder of both programs, if both are there.
fn complete(folder: &Path) -> Option<PathBuf> {
    let real = folder.join("postgres").canonicalize().ok()?;
    let real = real.parent()?;
    real.join("initdb").is_file().then(|| real.to_owned())
}

/// Nothing when this process may run PostgreSQL, else the account that shall.
fn account() -> Result<Option<String>, String> {
    if output("id", &["-u"]).as_deref() != Some("0") {
        return Ok(None);
    }
    ACCOUNTS
        .iter()
        .find(|account| output("id", &["-u", account]).is_some())
        .map(|account| Some((*account).to_owned()))
        .ok_or_else(|| format!("PostgreSQL refuses to run as root, and there is none of the accounts {ACCOUNTS:?}"))
}

/// What a program writes, without the end of the line; nothing when it is missing or fails.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Makes and starts the cluster of a run; answers its address.
pub(super) async fn start(own: &OwnedRun) -> Result<String, String> {
    let programs = programs()?;
    let cluster = own.run.folder().join("cluster");
    let password = format!("{}{}", random(), random());
    prepare(&cluster, &password, programs.account.as_deref())
        .map_err(|error| format!("the folder of the cluster cannot be made: {error}"))?;
    if !ask(own, "initdb")? {
        return Err(said(&cluster, "initdb failed"));
    }
    for _ in 0..ATTEMPTS {
        let port = free_port()?;
        ask(own, &format!("start {port}"))?;
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        let alive = || own.guard.ask("alive").unwrap_or(false);
        if connection::ready(&url, START, alive).await.is_ok() {
            return Ok(url);
        }
    }
    Err(said(&cluster, "the server does not start"))
}

fn prepare(cluster: &Path, password: &str, account: Option<&str>) -> std::io::Result<()> {
    fs::create_dir(cluster)?;
    fs::set_permissions(cluster, fs::Permissions::from_mode(0o700))?;
    let secret = cluster.join("password");
    fs::write(&secret, password)?;
    if let Some(account) = account {
        let id = |flag| output("id", &[flag, account]).and_then(|id| id.parse().ok());
        chown(&secret, id("-u"), id("-g"))?;
        chown(cluster, id("-u"), id("-g"))?;
    }
    Ok(())
}

/// A port that was free a moment ago. Another program may take it before the server does.
fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port on the loopback address: {error}"))
}

fn ask(own: &OwnedRun, request: &str) -> Result<bool, String> {
    own.guard.ask(request).map_err(|error| error.to_string())
}

/// What failed, and the last lines that the programs wrote.
fn said(cluster: &Path, what: &str) -> String {
    let log = fs::read_to_string(cluster.join("log")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().rev().take(5).collect();
    let last: Vec<&str> = lines.into_iter().rev().collect();
    format!("{what}: {}", last.join(" / "))
}
