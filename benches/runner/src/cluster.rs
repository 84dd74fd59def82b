//! The `PostgreSQL` server of the run: the one that was given, or a throwaway cluster that is removed at the end.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::failure::Failure;

/// A server that accepts connections.
pub(crate) struct Cluster {
    /// An address of a superuser, without the database: `postgres://user@host:port`.
    address: String,
    _throwaway: Option<Throwaway>,
}

impl Cluster {
    /// Takes the given server, or starts a cluster.
    pub(crate) async fn find(given: Option<&str>) -> Result<Self, Failure> {
        if let Some(url) = given {
            return Ok(Self { address: without_database(url)?.to_owned(), _throwaway: None });
        }
        let throwaway = Throwaway::start().await?;
        Ok(Self { address: format!("postgres://postgres@127.0.0.1:{}", throwaway.port), _throwaway: Some(throwaway) })
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.address)
    }
}

fn without_database(url: &str) -> Result<&str, Failure> {
    let (scheme, rest) = url.split_once("://").ok_or(Failure::DatabaseUrl)?;
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    if !scheme.starts_with("postgres") || authority.is_empty() {
        return Err(Failure::DatabaseUrl);
    }
    Ok(&url[..scheme.len() + 3 + authority.len()])
}

/// A cluster in a temporary folder, on a free port, with the default settings.
struct Throwaway {
    port: u16,
    server: Child,
    programs: Programs,
    folder: TempDir,
}

impl Throwaway {
    async fn start() -> Result<Self, Failure> {
        let programs = Programs::find()?;
        let folder = tempfile::Builder::new().prefix("kwik-bench-").tempdir()?;
        if let Some((user, group)) = programs.run_as {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group))?;
        }
        let data = folder.path().join("data");
        programs.initdb(&data)?;
        // The extension counts statements; a server without it does as well.
        let preloads = ["-cshared_preload_libraries=pg_stat_statements"];
        if let Some((server, port)) = programs.serve(folder.path(), &preloads).await? {
            return Ok(Self::new(port, server, programs, folder));
        }
        match programs.serve(folder.path(), &[]).await? {
            Some((server, port)) => Ok(Self::new(port, server, programs, folder)),
            None => Err(Failure::Program {
                program: "postgres".to_owned(),
                detail: fs::read_to_string(folder.path().join("log")).unwrap_or_default(),
            }),
        }
    }

    fn new(port: u16, server: Child, programs: Programs, folder: TempDir) -> Self {
        Self { port, server, programs, folder }
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = self.programs.command("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]).arg(&data);
        let stopped = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !stopped.is_ok_and(|status| status.success()) {
            // The folder goes away next, so a server that does not listen has to go too.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// The server's programs and who runs them.
struct Programs {
    folder: PathBuf,
    /// `PostgreSQL` refuses to run as root: then it is another user and group.
    run_as: Option<(u32, u32)>,
}

impl Programs {
    fn find() -> Result<Self, Failure> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path)
            .map(|folder| folder.join("initdb"))
            .find_map(|program| fs::canonicalize(program).ok())
            .and_then(|program| Some(program.parent()?.to_owned()));
        let folder = in_path.or_else(installed).ok_or(Failure::NoPostgres)?;
        Ok(Self { folder, run_as: other_user()? })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.stdin(Stdio::null()).current_dir("/").process_group(0);
        if let Some((user, group)) = self.run_as {
            command.uid(user).gid(group);
        }
        command
    }

    fn initdb(&self, data: &Path) -> Result<(), Failure> {
        let mut command = self.command("initdb");
        command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        let output = command
            .arg("-D")
            .arg(data)
            .output()
            .map_err(|source| Failure::Start { program: "initdb".to_owned(), source })?;
        if output.status.success() {
            return Ok(());
        }
        Err(Failure::Program {
            program: "initdb".to_owned(),
            detail: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// Starts the server and waits until it accepts connections; none if it ended before.
    async fn serve(&self, folder: &Path, options: &[&str]) -> Result<Option<(Child, u16)>, Failure> {
        let port = free_port()?;
        let log = fs::File::create(folder.join("log"))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(folder.join("data")).args(options);
        command.args(["-clisten_addresses=127.0.0.1", &format!("-cport={port}")]);
        command.arg(format!("-cunix_socket_directories={}", folder.display()));
        command.stdout(log.try_clone()?).stderr(log);
        let mut server = command.spawn().map_err(|source| Failure::Start { program: "postgres".to_owned(), source })?;
        loop {
            let mut ask = self.command("pg_isready");
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(Some((server, port)));
            }
            if server.try_wait()?.is_some() {
                return Ok(None);
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Where Debian puts the programs, the newest version first.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder)
}

/// The user `postgres`, else `nobody`, when this process is root's.
fn other_user() -> Result<Option<(u32, u32)>, Failure> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            match fields.as_slice() {
                [name, _, user, group, ..] if *name == wanted => Some((user.parse().ok()?, group.parse().ok()?)),
                _ => None,
            }
        })
    };
    Ok(find("postgres").or_else(|| find("nobody")))
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_database_of_the_address_is_left_out() {
        for url in ["postgres://me@host:5432/mine?x=1", "postgres://me@host:5432"] {
            assert_eq!(without_database(url).unwrap(), "postgres://me@host:5432");
        }
        assert!(without_database("mysql://host").is_err());
    }
}
