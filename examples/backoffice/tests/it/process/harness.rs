//! Starts the program, talks to it over sockets, ends it by signals.

use kwik_testkit::database::{Engine, TestDatabase};
use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
};

pub const KEY: (&str, &str) = ("KWIK_SECRET_KEY", "a key for tests, which nobody else has");
pub const PASSWORD: (&str, &str) = ("KWIK_FIRST_SUPERUSER_PASSWORD", kwik_testkit::ADMIN_PASSWORD);
const FREE_PORT: (&str, &str) = ("KWIK_PORT", "0");
/// What is tested is not the hash.
const QUICK: [(&str, &str); 2] = [("KWIK_HASH_MEMORY", "64"), ("KWIK_HASH_PASSES", "1")];

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
        let folder = std::env::temp_dir().join(format!("kwik-backoffice-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with these settings and no others.
fn command(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backoffice"));
    command.env_clear().envs(QUICK).envs(settings.iter().copied()).args(arguments).current_dir(&folder.0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command that ends by itself says.
pub fn run(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(folder, settings, arguments).output().unwrap()
}

/// What a command that succeeds prints.
#[track_caller]
pub fn printed(folder: &Folder, settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = run(folder, settings, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An answer: its status and its body.
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Somebody who talks to a process over sockets.
#[derive(Clone)]
pub struct Caller {
    address: String,
    headers: String,
}

impl Caller {
    /// Sends one request on a connection of its own; an error when nobody is there to answer it whole.
    pub fn try_ask(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let Self { address, headers } = self;
        let mut socket = TcpStream::connect(address)?;
        let length = body.len();
        let head =
            format!("{method} /api/v1{path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}");
        socket.write_all(format!("{head}\r\n{headers}\r\n{body}").as_bytes())?;
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Answer { status, body: body.to_owned() })
    }

    /// Makes a row, or the test fails.
    #[track_caller]
    pub fn make(&self, path: &str, body: &Value) -> Value {
        let answer = self.try_ask("POST", path, &body.to_string()).unwrap();
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", answer.body);
        answer.json()
    }
}

/// A program that serves.
pub struct Running {
    child: Child,
    address: String,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts it on a database, with further settings, and waits until it serves.
    pub fn on(folder: &Folder, url: &str, settings: &[(&str, &str)]) -> Self {
        let settings = [&[at(url), FREE_PORT, KEY, PASSWORD], settings].concat();
        let mut child = command(folder, &settings, &[]).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let keep = |mut reader: BufReader<Box<dyn Read + Send>>, log: Arc<Mutex<String>>| {
            std::thread::spawn(move || {
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                    log.lock().unwrap().push_str(&line);
                    line.clear();
                }
            })
        };
        let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().unwrap());
        let mut readers = vec![keep(BufReader::new(stderr), log.clone())];
        let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let mut out = BufReader::new(stdout);
        let mut address = String::new();
        let mut line = String::new();
        while !line.starts_with("stop with") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "it ended: {}", log.lock().unwrap());
            if let Some(rest) = line.trim_end().strip_prefix("serving on   http://") {
                rest.clone_into(&mut address);
            }
        }
        readers.push(keep(out, log.clone()));
        Self { child, address, log, readers }
    }

    /// Somebody who has signed in as the first administrator.
    pub fn admin(&self) -> Caller {
        let form = format!("username=admin%40example.com&password={}", PASSWORD.1);
        let headers = "content-type: application/x-www-form-urlencoded\r\n".to_owned();
        let nobody = Caller { address: self.address.clone(), headers };
        let answer = nobody.try_ask("POST", "/login/access-token", &form).unwrap();
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Caller { headers: format!("content-type: application/json\r\nauthorization: Bearer {token}\r\n"), ..nobody }
    }

    /// Ends it without a warning; everything that it has said.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
