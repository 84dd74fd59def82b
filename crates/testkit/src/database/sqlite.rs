//! Databases on SQLite: copies of a template file.
//!
//! The template is migrated under another name and renamed when it is complete. A lock on a file keeps
//! all but one process from making it. Each clone has a folder of its own, so that what SQLite and an
//! adapter put beside the file goes with it.

use super::error::{BoxError, ProvisionError};
use super::run::{Run, random};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a process waits for another one that makes the template.
const PATIENCE: Duration = Duration::from_mins(2);
/// The pause between two attempts at the lock. Blocking instead would stop the runtime whose other task
/// may be the one that makes the template.
const PAUSE: Duration = Duration::from_millis(5);

/// Clones the template of the fingerprint, which is made first if need be; answers the address and the
/// folder to remove.
pub(super) async fn clone_template<M>(fingerprint: &str, migrate: M) -> Result<(String, PathBuf), ProvisionError>
where
    M: AsyncFnOnce(String) -> Result<(), BoxError>,
{
    let run = Run::current()?;
    let mut hasher = DefaultHasher::new();
    fingerprint.hash(&mut hasher);
    let name = format!("template-{:016x}", hasher.finish());
    let template = run.folder().join(format!("{name}.db"));
    if !template.exists() {
        make_template(&run.folder().join(name), &template, migrate).await?;
    }
    let folder = run.folder().join(random());
    let file = folder.join("database.db");
    fs::create_dir(&folder)
        .and_then(|()| fs::copy(&template, &file))
        .map_err(ProvisionError::file("the template cannot be copied"))?;
    Ok((address(&file), folder))
}

/// Makes the template unless another process has made it in the meantime.
async fn make_template<M>(workshop: &Path, template: &Path, migrate: M) -> Result<(), ProvisionError>
where
    M: AsyncFnOnce(String) -> Result<(), BoxError>,
{
    let attempt = || "the template cannot be made";
    // Held until the end; it ends with the process that is killed.
    let _lock = lock(&workshop.with_extension("lock")).await?;
    if template.exists() {
        return Ok(());
    }
    // A process that was killed half-way has left it.
    if workshop.exists() {
        fs::remove_dir_all(workshop).map_err(ProvisionError::file(attempt()))?;
    }
    let file = workshop.join("database.db");
    // An empty file is an empty database, and an address need not ask for its creation.
    fs::create_dir(workshop).and_then(|()| File::create(&file)).map_err(ProvisionError::file(attempt()))?;
    migrate(address(&file)).await.map_err(ProvisionError::Migration)?;
    fold(&file).await.map_err(ProvisionError::statement(attempt()))?;
    fs::rename(&file, template).and_then(|()| fs::remove_dir_all(workshop)).map_err(ProvisionError::file(attempt()))
}

/// Moves what is in the write-ahead log into the file itself, which is all that is copied.
async fn fold(file: &Path) -> sqlx::Result<()> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection: SqliteConnection = options.disable_statement_logging().connect().await?;
    let busy: i64 = sqlx::query_scalar("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
    connection.close().await?;
    if busy == 0 {
        return Ok(());
    }
    let open = "the migration must close its connections before it returns";
    Err(sqlx::Error::Io(io::Error::other(open)))
}

async fn lock(path: &Path) -> Result<File, ProvisionError> {
    let attempt = || "the template cannot be locked";
    let file = File::create(path).map_err(ProvisionError::file(attempt()))?;
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(error)) => {
                return Err(ProvisionError::file(attempt())(error));
            }
        }
    }
    Err(ProvisionError::TemplateBusy(PATIENCE.as_secs()))
}

/// The address of a file. What has a meaning in addresses is escaped.
fn address(file: &Path) -> String {
    let mut address = "sqlite://".to_owned();
    for character in file.to_string_lossy().chars() {
        match character {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3F"),
            '#' => address.push_str("%23"),
            ' ' => address.push_str("%20"),
            other => address.push(other),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::str::FromStr;

    #[test]
    fn an_address_leads_to_its_file() {
        for path in ["/a/b.db", "/a b/50%?#.db"] {
            let options = SqliteConnectOptions::from_str(&address(Path::new(path))).unwrap();
            assert_eq!(options.get_filename(), Path::new(path));
        }
    }
}
