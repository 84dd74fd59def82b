//! A server of a test's own, which it can stop and start, and which asks for a password.

use crate::process::{Folder, output, run};
use std::{
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What the server asks for.
pub(super) const PASSWORD: &str = "hunter2";

/// Runs the server `$0` on the folder `$1` and the port `$2` until its input ends, with this program
/// if need be.
const RUN: &str =
    "\"$0\" -D \"$1\" -p \"$2\" -k '' -h 127.0.0.1 -F >\"$1/log\" 2>&1 <&- & read -r _; kill -QUIT $!; wait $!";

/// A server of a test's own.
pub(super) struct Cluster {
    folder: Folder,
    programs: PathBuf,
    account: Option<(u32, u32)>,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// One that runs; nothing where no server is installed.
    pub(super) fn start() -> Option<Self> {
        let programs = programs()?;
        let root = output("id", &["-u"])? == "0";
        let account = if root { Some((id("-u")?, id("-g")?)) } else { None };
        let folder = Folder::new();
        std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o711)).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut cluster = Self { folder, programs, account, port, server: None };
        cluster.make();
        cluster.run();
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.0.join("data")
    }

    fn make(&self) {
        let (data, secret) = (self.data(), self.folder.0.join("password"));
        std::fs::create_dir(&data).unwrap();
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::write(&secret, PASSWORD).unwrap();
        if let Some((user, group)) = self.account {
            chown(&data, Some(user), Some(group)).unwrap();
            chown(&secret, Some(user), Some(group)).unwrap();
        }
        let made = self
            .command(&self.programs.join("initdb"))
            .args(["-U", "postgres", "-A", "scram-sha-256", "-N", "-E", "UTF8", "--locale", "C", "--pwfile"])
            .args([&secret, Path::new("-D"), &data])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// Starts the server and waits until it accepts connections.
    pub(super) fn run(&mut self) {
        let mut command = self.command(Path::new("sh"));
        command.args(["-c", RUN]).arg(self.programs.join("postgres")).arg(self.data()).arg(self.port.to_string());
        self.server = Some(command.stdin(Stdio::piped()).spawn().unwrap());
        let ready = self.programs.join("pg_isready");
        let (ready, port) = (ready.to_str().unwrap(), self.port.to_string());
        let begin = std::time::Instant::now();
        while !run(ready, &["-h", "127.0.0.1", "-p", &port]) {
            assert!(begin.elapsed().as_secs() < 60, "the server does not start");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Stops it at once, as a crash would.
    pub(super) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(server.stdin.take());
            let _ = server.wait();
        }
    }

    /// Its address with that password.
    pub(super) fn url(&self, password: &str) -> String {
        format!("postgres://postgres:{password}@127.0.0.1:{}/postgres", self.port)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Some((user, group)) = self.account {
            // PostgreSQL refuses to run as root.
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn id(flag: &str) -> Option<u32> {
    output("id", &[flag, "postgres"])?.parse().ok()
}

/// The folder of the server's programs.
fn programs() -> Option<PathBuf> {
    let told = output("pg_config", &["--bindir"]).map(PathBuf::from);
    let packaged = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    told.into_iter()
        .chain(packaged.map(|entry| entry.path().join("bin")))
        .find(|folder| folder.join("initdb").is_file())
}
