//! The program itself, as a process: it starts, serves, stops, and finds its data again. What keeps it from
//! starting is one clear line and a status that is not 0.

use kwik_testkit::database::{Engine, TestDatabase};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
};

/// The program with no settings but these, in the folder of its database.
fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_customers"));
    command.env_clear().envs(settings.iter().copied()).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

const KEY: (&str, &str) = ("KWIK_SECRET_KEY", "a key for tests, which nobody else has");
const PASSWORD: (&str, &str) = ("KWIK_FIRST_SUPERUSER_PASSWORD", "administrator-of-the-test");

/// A program that serves.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
    said: String,
}

impl Running {
    fn start(url: &str) -> Self {
        let settings = [("KWIK_DATABASE_URL", url), ("KWIK_PORT", "0"), KEY, PASSWORD];
        let mut child = command(&settings).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut address) = (String::new(), None);
        while address.is_none() {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended after:\n{said}");
            address = line.strip_prefix("serving on").map(|rest| rest.trim().trim_start_matches("http://").to_owned());
            said.push_str(&line);
        }
        Self { child, out, address: address.unwrap(), said }
    }

    /// Status and body of an answer.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(socket, "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    fn token(&self) -> String {
        let form = "username=admin%40example.com&password=administrator-of-the-test";
        let content = "content-type: application/x-www-form-urlencoded\r\n";
        let (status, body) = self.ask("POST", "/api/v1/login/access-token", content, form);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    /// Asks it to stop, as a system does, and gives everything that it said.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.out.read_to_string(&mut self.said).unwrap();
        assert!(self.child.wait().unwrap().success());
        std::mem::take(&mut self.said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program says when it does not start.
fn refusal(settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = command(settings).args(arguments).output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    said.trim_end().to_owned()
}

async fn empty(engine: Engine) -> TestDatabase {
    TestDatabase::from_template(engine, "nothing", async |_| Ok(())).await.unwrap()
}

kwik_testkit::on_each_engine! {
    async fn it_serves_stops_and_finds_its_data_again(engine) {
        let database = empty(engine).await;
        let first = Running::start(database.url());
        assert!(first.said.contains("the first administrator:") && first.said.contains("admin@example.com"), "{}", first.said);
        assert!(!first.said.contains(PASSWORD.1), "a given password is not shown");
        assert_eq!(first.ask("GET", "/livez", "", "").0, 200);
        assert_eq!(first.ask("GET", "/readyz", "", "").0, 200);
        let headers = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", first.token());
        let body = json!({ "name": "Acme", "email": "acme@example.com", "credit_limit": 0.10 }).to_string();
        assert_eq!(first.ask("POST", "/api/v1/customers/", &headers, &body).0, 201);
        let said = first.stop();
        assert!(said.ends_with("stopping …\nstopped\n"), "{said}");
        let second = Running::start(database.url());
        assert!(!second.said.contains("administrator"), "{}", second.said);
        // The token outlives the process: the key is the same.
        let (status, body) = second.ask("GET", "/api/v1/customers/1", &headers, "");
        assert_eq!((status, &serde_json::from_str::<Value>(&body).unwrap()["credit_limit"]), (200, &json!("0.1")));
        second.stop();
    }

    async fn it_says_which_port_is_taken_and_leaves_the_database_alone(engine) {
        let database = empty(engine).await;
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port().to_string();
        let said = refusal(&[("KWIK_DATABASE_URL", database.url()), ("KWIK_PORT", &port), KEY], &[]);
        assert!(said.contains(&format!("cannot listen on 127.0.0.1:{port}")) && said.contains("KWIK_PORT"), "{said}");
    }
}

#[test]
fn a_second_process_on_an_sqlite_file_is_refused() {
    kwik_testkit::database::block_on(async {
        let database = empty(Engine::Sqlite).await;
        let first = Running::start(database.url());
        let said = refusal(&[("KWIK_DATABASE_URL", database.url()), ("KWIK_PORT", "0"), KEY], &[]);
        assert!(said.starts_with("error: ") && said.contains("another process"), "{said}");
        first.stop();
    });
}

#[test]
fn a_wrong_setting_is_one_clear_line() {
    for (settings, line) in [
        (&[("KWIK_PORT", "http")][..], "error: KWIK_PORT must be a port from 0 to 65535"),
        (&[("KWIK_PROT", "80")], "error: KWIK_PROT is not a setting; did you mean KWIK_PORT?"),
        (&[("KWIK_ENV", "prod")], "error: KWIK_ENV must be development or production"),
    ] {
        assert_eq!(refusal(settings, &[]), line);
    }
    let said = refusal(&[("KWIK_ENV", "production"), KEY], &[]);
    assert!(said.starts_with("error: KWIK_DATABASE_URL must be set in production"), "{said}");
    let unreachable = refusal(&[("KWIK_DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x"), ("KWIK_PORT", "0"), KEY], &[]);
    assert!(unreachable.starts_with("error: ") && !unreachable.contains("hunter2"), "{unreachable}");
}
