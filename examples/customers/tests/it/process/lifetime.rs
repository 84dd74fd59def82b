//! From the first start to the second, and how it ends.

use super::harness::{Answer, FREE_PORT, Folder, JSON, PASSWORD, Running, empty};
use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

kwik_testkit::on_each_engine! {
    async fn the_second_start_finds_the_data_and_greets_nobody(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let first = Running::on(&folder, database.url());
        assert!(first.said.contains("the first administrator:\n  email:    admin@example.com\n"), "{}", first.said);
        assert!(!first.said.contains(PASSWORD.1), "a given password is not shown");
        let headers = first.admin() + JSON;
        let body = json!({ "name": "Acme", "email": "acme@example.com", "credit_limit": 0.10 }).to_string();
        assert_eq!(first.ask(("POST", "/api/v1/customers/"), &headers, &body).status, 201);
        first.stop();
        let second = Running::on(&folder, database.url());
        assert!(!second.said.contains("administrator"), "{}", second.said);
        // The token outlives the process: the key is the same.
        let read = second.get("/api/v1/customers/1", &headers);
        assert_eq!((read.status, &read.json()["credit_limit"]), (200, &json!("0.1")));
        second.stop();
    }

    async fn a_request_in_flight_is_answered_before_the_end(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let mut running = Running::on(&folder, database.url());
        let headers = running.admin() + JSON;
        let body = json!({ "name": "Acme", "email": "acme@example.com" }).to_string();
        let mut socket = TcpStream::connect(&running.address).unwrap();
        let length = body.len();
        let head = format!("POST /api/v1/customers/ HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n{headers}");
        write!(socket, "{head}content-length: {length}\r\n\r\n").unwrap();
        // The service says so when it begins to read the body: it works on the request.
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
        reader.read_line(&mut line).unwrap();
        running.signal("TERM");
        running.wait_for("stopping");
        socket.write_all(body.as_bytes()).unwrap();
        let answer = Answer::read(reader).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.body);
        let ended = running.wait();
        assert!(ended.status.success() && ended.out.ends_with("stopped\n"), "{}{}", ended.out, ended.err);
    }
}

#[test]
fn without_settings_it_makes_its_file_and_shows_a_generated_password_once() {
    let folder = Folder::new();
    let first = Running::start(&folder, &[FREE_PORT]);
    assert!(first.said.contains(&format!("documents at http://{}/docs\n", first.address)), "{}", first.said);
    assert_eq!(first.said.matches("the first administrator:").count(), 1);
    let password = first.said.lines().find_map(|line| line.trim().strip_prefix("password: ")).unwrap();
    let password = password.split_whitespace().next().unwrap().to_owned();
    let token = first.signed_in("admin@example.com", &password);
    let ended = first.stop();
    assert!(!ended.err.contains(&password), "not in the log: {}", ended.err);
    let second = Running::start(&folder, &[FREE_PORT]);
    assert!(!second.said.contains("administrator") && !second.said.contains("password"), "{}", second.said);
    assert_eq!(second.get("/api/v1/customers/", &token).status, 200, "the key was kept");
    assert_eq!(second.sign_in("admin@example.com", &password).status, 200);
    assert_eq!(folder.names(), ["data"]);
    second.stop();
}

#[test]
fn ctrl_c_and_sigterm_end_it_with_status_0() {
    let folder = Folder::new();
    for signal in ["INT", "TERM"] {
        let ended = Running::start(&folder, &[FREE_PORT]).end(signal);
        assert_eq!(ended.status.code(), Some(0), "{signal}");
        assert!(ended.out.ends_with("\nstopping …\nstopped\n"), "{signal}: {}", ended.out);
        assert!(!ended.err.contains("ERROR") && !ended.err.contains("panic"), "{signal}: {}", ended.err);
    }
}
