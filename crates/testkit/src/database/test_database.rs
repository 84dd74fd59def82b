//! A database of a test's own.

use super::engine::Engine;
use super::error::{BoxError, ProvisionError};
use super::{postgres, sqlite};
use std::fs;
use std::path::PathBuf;

/// A database that one test has for itself. Dropping it removes it, with whoever is still connected.
#[derive(Debug)]
pub struct TestDatabase {
    engine: Engine,
    url: String,
    /// Where a SQLite database lies.
    folder: Option<PathBuf>,
}

impl TestDatabase {
    /// Clones a database from the template with this fingerprint.
    ///
    /// The first call in a run for a fingerprint makes the template: `migrate` gets the address of an
    /// empty database, and must have closed its connections when it returns. Other calls, in this
    /// process and in others, wait for it. The fingerprint stands for everything that `migrate` does:
    /// give different templates different fingerprints.
    ///
    /// # Errors
    ///
    /// When there is no PostgreSQL server and no way to start one ([`ProvisionError::NoServer`]), when
    /// `migrate` fails, and when the server or the file system refuses.
    pub async fn from_template<M>(engine: Engine, fingerprint: &str, migrate: M) -> Result<Self, ProvisionError>
    where
        M: AsyncFnOnce(String) -> Result<(), BoxError>,
    {
        let (url, folder) = match engine {
            Engine::Sqlite => {
                let (url, folder) = sqlite::clone_template(fingerprint, migrate).await?;
                (url, Some(folder))
            }
            Engine::Postgres => (postgres::clone_template(fingerprint, migrate).await?, None),
        };
        Ok(Self { engine, url, folder })
    }

    /// The address: `sqlite:///…` or `postgres://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts off every connection on which somebody listens for notifications, as a network does. On SQLite
    /// nobody listens.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub async fn cut_listeners(&self) -> Result<(), ProvisionError> {
        match self.engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => postgres::cut_listeners(&self.url).await,
        }
    }

    /// The engine that keeps it.
    pub fn engine(&self) -> Engine {
        self.engine
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What cannot be removed now goes with the run's folder.
            let _ = fs::remove_dir_all(folder);
            return;
        }
        let url = std::mem::take(&mut self.url);
        // A test ends inside a runtime, which cannot be entered a second time: hence the thread. It is
        // waited for, since the process may end next. What it cannot drop goes with the run.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.is_ok_and(|runtime| runtime.block_on(postgres::drop_clone(&url)).is_ok())
        });
        let _ = dropping.join();
    }
}
