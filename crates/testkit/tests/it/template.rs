//! The template is made once in a run, whoever asks for it first.

use crate::database::{execute, migrate, notes, number};
use crate::process::{Folder, server, signal, this, until_ready, variable};
use kwik_testkit::database::{Engine, TestDatabase};
use kwik_testkit::on_each_engine;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

const PROCESSES: usize = 8;

on_each_engine! {
    async fn is_made_once_by_many_processes(engine) {
        let folder = Folder::new(&format!("template-{engine}"));
        let log = folder.0.join("log");
        let status = server(&folder.0, options(engine), "template::clones_in_processes")
            .env("ENGINE", engine.scheme())
            .env("LOG", &log)
            .status()
            .unwrap();
        assert!(status.success());
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "migrated\n");
        std::fs::remove_file(log).unwrap();
        assert!(folder.is_empty());
    }

    async fn half_made_is_made_again(engine) {
        let folder = Folder::new(&format!("half-{engine}"));
        let status = server(&folder.0, options(engine), "template::is_killed_half_way")
            .env("ENGINE", engine.scheme())
            .status()
            .unwrap();
        assert!(status.success());
        assert!(folder.is_empty());
    }
}

fn options(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &["--sqlite"],
        Engine::Postgres => &[],
    }
}

fn engine() -> Engine {
    let name = variable("ENGINE");
    Engine::ALL.into_iter().find(|engine| engine.scheme() == name).unwrap()
}

#[test]
#[ignore = "runs under the kwik-test-server that another test starts"]
fn clones_in_processes() {
    let start = || {
        let words = this("template::clones_with_log");
        Command::new(&words[0]).args(&words[1..]).spawn().unwrap()
    };
    let processes: Vec<_> = (0..PROCESSES).map(|_| start()).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
}

#[tokio::test]
#[ignore = "one of the processes of clones_in_processes"]
async fn clones_with_log() {
    let migrating = async |url: String| {
        let mut log = OpenOptions::new().create(true).append(true).open(variable("LOG"))?;
        log.write_all(b"migrated\n")?;
        migrate(&url).await
    };
    let database = TestDatabase::from_template(engine(), "logged", migrating).await.unwrap();
    assert_eq!(number(database.url(), "select count(*) from notes").await.unwrap(), 0);
}

#[tokio::test]
#[ignore = "runs under the kwik-test-server that another test starts"]
async fn is_killed_half_way() {
    let words = this("template::hangs_half_way");
    let (mut process, _) = until_ready(Command::new(&words[0]).args(&words[1..]));
    signal("-KILL", process.id());
    process.wait().unwrap();
    let database = notes(engine()).await;
    execute(database.url(), "insert into notes values ('whole')").await.unwrap();
}

#[tokio::test]
#[ignore = "the process that is_killed_half_way kills"]
async fn hangs_half_way() {
    let hanging = async |url: String| {
        execute(&url, "create table half (way integer)").await?;
        migrate(&url).await?;
        let _ = writeln!(std::io::stdout(), "ready:");
        std::future::pending().await
    };
    TestDatabase::from_template(engine(), "notes", hanging).await.unwrap();
}
