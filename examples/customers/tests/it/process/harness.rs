//! Starts the program, talks to it over sockets, stops it by signals.

use kwik_testkit::database::{Engine, TestDatabase};
use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread::JoinHandle,
};

pub const KEY: (&str, &str) = ("KWIK_SECRET_KEY", "a key for tests, which nobody else has");
pub const PASSWORD: (&str, &str) = ("KWIK_FIRST_SUPERUSER_PASSWORD", "administrator-of-the-test");
pub const FREE_PORT: (&str, &str) = ("KWIK_PORT", "0");
pub const PRODUCTION: (&str, &str) = ("KWIK_ENV", "production");
pub const JSON: &str = "content-type: application/json\r\n";

/// How many cases a soak asks for, else a few; and whether it is a soak.
pub fn soak_or(few: usize) -> (usize, bool) {
    #[expect(clippy::disallowed_methods, reason = "what a soak says to its tests")]
    let soak = std::env::var("KWIK_SOAK_CASES").ok().and_then(|text| text.parse().ok());
    (soak.unwrap_or(few), soak.is_some())
}

/// The address of the database as a setting.
pub fn at(url: &str) -> (&str, &str) {
    ("KWIK_DATABASE_URL", url)
}

/// A database without tables.
pub async fn empty(engine: Engine) -> TestDatabase {
    TestDatabase::from_template(engine, "nothing", async |_| Ok(())).await.unwrap()
}

/// A folder of a test's own, removed with what is in it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("kwik-customers-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The names of what is in it.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with these settings and no others.
pub fn command(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_customers"));
    command.env_clear().envs(settings.iter().copied()).args(arguments).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command that succeeds prints.
pub fn printed(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = command(folder, settings, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the program says when it does not start: one line, with status 1.
pub fn refusal(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> String {
    said_by(command(folder, settings, arguments))
}

/// The one line of a command that does not start.
pub fn said_by(mut command: Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{}{said}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(said.lines().count(), 1, "one line: {said}");
    let line = said.trim_end().strip_prefix("error: ");
    line.unwrap_or_else(|| panic!("it begins with what it is: {said}")).to_owned()
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads one from a connection that is closed after it.
    pub fn read(mut socket: impl Read) -> io::Result<Self> {
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends one request on a connection of its own.
pub fn ask(address: &str, (method, path): (&str, &str), headers: &str, body: &str) -> io::Result<Answer> {
    let mut socket = TcpStream::connect(address)?;
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}");
    socket.write_all(format!("{head}\r\n{headers}\r\n{body}").as_bytes())?;
    Answer::read(socket)
}

/// Everything that a process said, and how it ended.
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

/// A program that serves.
pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    err: Option<JoinHandle<String>>,
    pub address: String,
    /// Its standard output so far.
    pub said: String,
}

impl Running {
    /// Starts it with settings that are complete, and waits until it serves.
    pub fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let mut child = command(folder, settings, &[]).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let err = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut running = Self { child, out, err: Some(err), address: String::new(), said: String::new() };
        let line = running.wait_for("serving on   http://");
        running.address = line.trim_start_matches("serving on   http://").to_owned();
        running.wait_for("stop with");
        running
    }

    /// Starts it on a database, with a key and the administrator's password.
    pub fn on(folder: &Folder, url: &str) -> Self {
        Self::start(folder, &[at(url), FREE_PORT, KEY, PASSWORD])
    }

    /// Reads the standard output to a line that begins so.
    pub fn wait_for(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            if self.out.read_line(&mut line).unwrap() == 0 {
                let err = self.err.take().unwrap().join().unwrap();
                panic!("it ended before {beginning:?}: {}{err}", self.said);
            }
            self.said.push_str(&line);
            if line.starts_with(beginning) {
                return line.trim_end().to_owned();
            }
        }
    }

    pub fn ask(&self, request: (&str, &str), headers: &str, body: &str) -> Answer {
        ask(&self.address, request, headers, body).unwrap()
    }

    pub fn get(&self, path: &str, headers: &str) -> Answer {
        self.ask(("GET", path), headers, "")
    }

    /// Signs somebody in; the answer to it.
    pub fn sign_in(&self, email: &str, password: &str) -> Answer {
        let form = format!("username={}&password={password}", email.replace('@', "%40"));
        let content = "content-type: application/x-www-form-urlencoded\r\n";
        self.ask(("POST", "/api/v1/login/access-token"), content, &form)
    }

    /// The header of somebody who signs in now.
    pub fn signed_in(&self, email: &str, password: &str) -> String {
        let answer = self.sign_in(email, password);
        assert_eq!(answer.status, 200, "{}", answer.body);
        format!("authorization: Bearer {}\r\n", answer.json()["access_token"].as_str().unwrap())
    }

    /// The header of the first administrator.
    pub fn admin(&self) -> String {
        self.signed_in("admin@example.com", PASSWORD.1)
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Sends a signal and waits for the end.
    pub fn end(self, signal: &str) -> Ended {
        self.signal(signal);
        self.wait()
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Ended {
        self.out.read_to_string(&mut self.said).unwrap();
        let err = self.err.take().unwrap().join().unwrap();
        Ended { status: self.child.wait().unwrap(), out: std::mem::take(&mut self.said), err }
    }

    /// Asks it to stop, as a system does, and checks that it does so properly.
    pub fn stop(self) -> Ended {
        let ended = self.end("TERM");
        assert!(ended.status.success() && ended.out.ends_with("stopping …\nstopped\n"), "{}{}", ended.out, ended.err);
        ended
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
