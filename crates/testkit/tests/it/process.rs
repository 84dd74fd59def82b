//! Processes that these tests start: `kwik-test-server` and parts of this test program.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder for temporary files of a test's own, so that what is left in it is known to be the test's.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("kwik-it-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.read_dir().unwrap().next().is_none()
    }

    /// The ids of the processes that have this folder and a word in their command lines.
    pub(crate) fn processes(&self, word: &str) -> Vec<u32> {
        let listing = Command::new("ps").args(["-axww", "-o", "pid=,args="]).output().unwrap();
        let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
        let folder = self.0.to_str().unwrap();
        let ours = listing.lines().filter(|line| line.contains(folder) && line.contains(word));
        ours.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `kwik-test-server` with a folder for temporary files; its command is this program with one test.
pub(crate) fn server(folder: &Path, options: &[&str], test: &str) -> Command {
    let mut server = Command::new(env!("CARGO_BIN_EXE_kwik-test-server"));
    server.args(options).arg("--").args(this(test)).env("TMPDIR", folder).env_remove("KWIK_TEST_RUN");
    server
}

/// The words that run an ignored test of this program.
pub(crate) fn this(test: &str) -> Vec<String> {
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    [&program, test, "--exact", "--ignored", "--nocapture"].map(|word| (*word).to_owned()).into()
}

/// Starts a command and waits for the line in which its test says what it has; answers the words.
pub(crate) fn until_ready(command: &mut Command) -> (Child, Vec<String>) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("ready:") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended before it was ready");
    }
    // Nobody may be stopped by a full pipe.
    std::thread::spawn(move || output.read_to_end(&mut Vec::new()));
    let words = line.split("ready:").nth(1).unwrap();
    (child, words.split_whitespace().map(str::to_owned).collect())
}

pub(crate) fn signal(signal: &str, process: u32) {
    let _ = Command::new("kill").arg(signal).arg(process.to_string()).status().unwrap();
}

/// Waits until something holds, for half a minute at most.
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(30), "not after 30 s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The value of a variable, for the tests that run inside another one.
pub(crate) fn variable(name: impl AsRef<OsStr>) -> String {
    std::env::var(name).unwrap_or_default()
}
