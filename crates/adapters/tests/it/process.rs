//! What only some machines let a test do, and other processes.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder of a test's own, removed with what is in it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("kwik-adapters-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// The address of a database file in it.
    pub(crate) fn sqlite(&self, name: &str) -> String {
        format!("sqlite://{}", self.0.join(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file system in memory, mounted on a folder as long as this lives.
pub(crate) struct Mounted {
    pub(crate) folder: Folder,
}

impl Mounted {
    /// One of a size, such as `2m`; nothing where this process may not mount.
    pub(crate) fn new(size: &str) -> Option<Self> {
        let folder = Folder::new();
        let options = format!("size={size}");
        run("mount", &["-t", "tmpfs", "-o", &options, "kwik-test", path(&folder.0)]).then_some(Self { folder })
    }

    pub(crate) fn remount(&self, options: &str) {
        assert!(run("mount", &["-o", &format!("remount,{options}"), path(&self.folder.0)]), "remount with {options}");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", path(&self.folder.0)]);
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Whether a program could be run and succeeded.
pub(crate) fn run(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// What a program writes, without the end of the line; nothing when it is missing or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Says why a test did nothing.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Starts this program with one ignored test and an environment variable, and waits for its `ready:`.
pub(crate) fn start(test: &str, variable: &str, value: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(variable, value)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("ready:") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended before it was ready");
    }
    // Nobody may be stopped by a full pipe.
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    child
}

/// A variable of the environment; nothing when it is not set.
#[allow(clippy::disallowed_methods, reason = "tests have no settings")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
