//! What keeps it from starting is one line that says what to do, with status 1, and changes nothing.

use super::harness::{FREE_PORT, Folder, KEY, PASSWORD, PRODUCTION, Running, at, command, empty, refusal, said_by};
use kwik_testkit::database::{Engine, block_on};
use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

kwik_testkit::on_each_engine! {
    async fn a_taken_port_is_named_and_the_database_left_alone(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port().to_string();
        let said = refusal(&folder, &[at(database.url()), ("KWIK_PORT", &port), KEY], &[]);
        assert!(said.contains(&format!("cannot listen on 127.0.0.1:{port}")) && said.contains("KWIK_PORT"), "{said}");
        assert_eq!(folder.names(), [""; 0]);
        let first = Running::on(&folder, database.url());
        assert!(first.said.contains("the first administrator:"), "nothing was in it: {}", first.said);
        first.stop();
    }
}

#[test]
fn a_taken_port_makes_no_files() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    refusal(&folder, &[("KWIK_PORT", &port)], &[]);
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn a_second_process_on_a_file_is_refused_and_the_first_goes_on() {
    let folder = Folder::new();
    let first = Running::start(&folder, &[FREE_PORT, PASSWORD]);
    for arguments in [&[][..], &["user", "list"], &["migrate", "status"]] {
        let said = refusal(&folder, &[FREE_PORT], arguments);
        assert!(said.contains("kwik.db is in use by another process; stop that one first"), "{said}");
    }
    let token = first.admin();
    assert_eq!(first.get("/api/v1/customers/", &token).status, 200);
    first.stop();
}

#[test]
fn a_wrong_setting_is_one_clear_line() {
    let folder = Folder::new();
    for (settings, line) in [
        (&[("KWIK_PORT", "x")][..], "KWIK_PORT must be a port from 0 to 65535"),
        (&[("KWIK_PROT", "1")], "KWIK_PROT is not a setting; did you mean KWIK_PORT?"),
        (&[("KWIK_ENV", "prod")], "KWIK_ENV must be development or production"),
        (&[("KWIK_DATABASE_URL", "mysql://u:hunter2@h/d"), KEY, FREE_PORT], "the database address must begin with"),
        (&[("KWIK_DATABASE_URL", "postgres://u:hunter2@:x/d"), KEY, FREE_PORT], "the database address is not valid"),
        (&[PRODUCTION, KEY], "KWIK_DATABASE_URL must be set in production"),
        (&[PRODUCTION, at("sqlite://x.db")], "KWIK_SECRET_KEY must be set in production"),
        (&[PRODUCTION, at("sqlite://x.db"), ("KWIK_SECRET_KEY", "short")], "KWIK_SECRET_KEY must be at least 32 bytes"),
    ] {
        let said = refusal(&folder, settings, &[]);
        assert!(said.starts_with(line), "{settings:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("hunter2"), "{said}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn an_unreachable_server_is_given_up_soon_and_its_password_not_shown() {
    let folder = Folder::new();
    // A socket that accepts and never answers, and a port that nobody listens on.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().port();
    for port in [1, silent] {
        let url = format!("postgres://kwik:hunter2@127.0.0.1:{port}/kwik");
        let begin = Instant::now();
        let said = refusal(&folder, &[at(&url), FREE_PORT, KEY], &[]);
        assert!(begin.elapsed() < Duration::from_secs(6), "{port}: {:?}", begin.elapsed());
        assert!(said.starts_with("the database cannot be reached"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let said = said_by(powerless(&folder, &[FREE_PORT, KEY, at("sqlite://kwik.db")]));
    assert!(said.contains("kwik.db") && said.contains("Permission denied"), "{said}");
    let said = said_by(powerless(&folder, &[FREE_PORT]));
    assert!(said.contains("data") && said.contains("Permission denied"), "{said}");
}

#[test]
fn a_database_in_a_folder_that_cannot_be_written_is_named_and_kept() {
    block_on(async {
        let database = empty(Engine::Sqlite).await;
        let folder = Folder::new();
        Running::on(&folder, database.url()).stop();
        let file = Path::new(database.url().trim_start_matches("sqlite://"));
        let before = std::fs::read(file).unwrap();
        let home = file.parent().unwrap();
        std::fs::set_permissions(home, Permissions::from_mode(0o555)).unwrap();
        let said = said_by(powerless(&folder, &[FREE_PORT, KEY, at(database.url())]));
        std::fs::set_permissions(home, Permissions::from_mode(0o755)).unwrap();
        assert!(said.contains("database.db") && said.contains("Permission denied"), "{said}");
        assert_eq!(std::fs::read(file).unwrap(), before);
    });
}

/// The program as an account that may not write everywhere, as the superuser may.
fn powerless(folder: &Folder, settings: &[(&str, &str)]) -> Command {
    const NOBODY: u32 = 65534;
    let mut command = command(folder, settings, &[]);
    if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
