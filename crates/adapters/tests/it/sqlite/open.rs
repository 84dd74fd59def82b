//! Opening a file.

use crate::process::{Folder, Mounted, skipped, start, variable};
use kwik_adapters::{ConnectError, Database, database::PoolSettings};
use kwik_domain::Secret;
use kwik_schema::{Schema, develop};
use std::{
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
};

async fn open(url: &str) -> Result<Database, ConnectError> {
    Database::connect(&Secret::new(url), PoolSettings::default()).await
}

/// Why it does not open; one line.
async fn refused(url: &str) -> ConnectError {
    let Err(error) = open(url).await else { panic!("it opens") };
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

#[tokio::test]
async fn a_second_handle_is_refused_until_the_first_is_gone() {
    let folder = Folder::new();
    let url = folder.sqlite("a.db");
    let first = open(&url).await.unwrap();
    let clone = first.clone();
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("a.db is in use by another process"), "{error}");
    first.close().await;
    drop(first);
    assert!(matches!(refused(&url).await, ConnectError::InUse { .. }), "a clone still holds it");
    drop(clone);
    open(&url).await.unwrap().close().await;
}

/// The variable that tells a second process which file to hold.
const HELD: &str = "KWIK_TEST_HELD_FILE";

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_is_killed() {
    let folder = Folder::new();
    let url = folder.sqlite("a.db");
    let mut holder = start("sqlite::open::holds_a_file", HELD, &url);
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::InUse { .. }), "{error}");
    // Killed without a chance to clear up, it leaves no lock behind.
    holder.kill().unwrap();
    holder.wait().unwrap();
    open(&url).await.unwrap().close().await;
}

#[tokio::test]
#[ignore = "the other process of another test"]
async fn holds_a_file() {
    let _database = open(&variable(HELD).unwrap()).await.unwrap();
    writeln!(std::io::stdout(), "ready:").unwrap();
    let _ = std::io::stdin().read(&mut [0]);
}

/// Two names of one file are one file.
#[tokio::test]
async fn a_link_to_the_file_is_the_file() {
    let folder = Folder::new();
    let first = open(&folder.sqlite("a.db")).await.unwrap();
    std::os::unix::fs::symlink(folder.0.join("a.db"), folder.0.join("b.db")).unwrap();
    let error = refused(&folder.sqlite("b.db")).await;
    assert!(matches!(error, ConnectError::InUse { .. }), "{error}");
    first.close().await;
}

#[tokio::test]
async fn missing_folders_are_made() {
    let folder = Folder::new();
    let url = folder.sqlite("deep/er/a.db");
    let database = open(&url).await.unwrap();
    develop(&database, &Schema::of(&[]).unwrap(), false).await.unwrap();
    crate::roles::make_in(&database, "clerk").await.unwrap();
    database.close().await;
    assert!(folder.0.join("deep/er/a.db").is_file());
}

#[tokio::test]
async fn what_is_no_database_is_told() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("text.db"), "no database at all\n".repeat(100)).unwrap();
    std::fs::create_dir(folder.0.join("folder.db")).unwrap();
    for name in ["text.db", "folder.db", "text.db/below.db"] {
        let error = refused(&folder.sqlite(name)).await;
        assert!(matches!(error, ConnectError::File { .. }), "{name}: {error}");
        assert!(error.to_string().contains("cannot be opened"), "{error}");
    }
}

#[tokio::test]
async fn a_file_system_that_is_read_only_is_told() {
    let Some(mounted) = Mounted::new("8m") else { return skipped("this process may not mount") };
    let url = mounted.folder.sqlite("a.db");
    open(&url).await.unwrap().close().await;
    mounted.remount("ro");
    let error = refused(&url).await;
    assert!(error.to_string().contains("ead-only"), "{error}");
    let error = refused(&mounted.folder.sqlite("new/b.db")).await;
    assert!(error.to_string().contains("ead-only"), "{error}");
    mounted.remount("rw");
    open(&url).await.unwrap().close().await;
}

#[tokio::test]
async fn a_file_and_a_folder_without_write_permission_are_told() {
    let folder = Folder::new();
    let url = folder.sqlite("a.db");
    open(&url).await.unwrap().close().await;
    let mode = |name: &str, mode| {
        std::fs::set_permissions(folder.0.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("a.db", 0o444);
    if std::fs::OpenOptions::new().write(true).open(folder.0.join("a.db")).is_ok() {
        return skipped("permissions do not hold this account back");
    }
    let error = refused(&url).await;
    assert!(matches!(error, ConnectError::File { .. }), "{error}");
    mode("a.db", 0o644);
    mode("", 0o555);
    let error = refused(&folder.sqlite("b.db")).await;
    mode("", 0o755);
    assert!(matches!(error, ConnectError::File { .. }), "{error}");
}
