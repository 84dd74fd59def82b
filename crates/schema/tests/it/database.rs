//! Databases for these tests: one for each test, removed afterwards. The one file to change when they
//! come from elsewhere.

use kwik_adapters::{Database, database::PoolSettings};
use kwik_domain::Secret;
use kwik_schema::{Schema, develop, drift};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// Makes `name::sqlite` and `name::postgres` of each test.
macro_rules! each_engine {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident) $body:block)*) => {$(
        #[allow(unused_imports, unused_qualifications)]
        mod $name {
            use super::*;

            async fn test($database: std::sync::Arc<crate::database::TestDatabase>) $body

            #[test]
            $(#[$attribute])*
            fn sqlite() {
                crate::database::run(crate::database::Engine::Sqlite, test);
            }

            #[test]
            $(#[$attribute])*
            fn postgres() {
                crate::database::run(crate::database::Engine::Postgres, test);
            }
        }
    )*};
}
pub(crate) use each_engine;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database.
pub(crate) struct TestDatabase {
    pub(crate) engine: Engine,
    name: String,
    folder: PathBuf,
}

/// Runs a test on a database of its own, which is removed whatever comes of the test.
pub(crate) fn run<F: Future<Output = ()> + Send + 'static>(engine: Engine, test: impl FnOnce(Arc<TestDatabase>) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let database = Arc::new(TestDatabase::create(engine).await);
        let outcome = tokio::spawn(test(database.clone())).await;
        database.remove().await;
        outcome
    });
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

impl TestDatabase {
    pub(crate) async fn create(engine: Engine) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("kwik_schema_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        if engine == Engine::Postgres {
            administrate(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            administrate(&format!("CREATE DATABASE {name}")).await;
        }
        Self { engine, name, folder }
    }

    pub(crate) async fn remove(&self) {
        if self.engine == Engine::Postgres {
            administrate(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
        std::fs::remove_dir_all(&self.folder).unwrap();
    }

    /// A folder of the test's own.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    fn file(&self) -> PathBuf {
        self.folder.join("test.db")
    }

    pub(crate) fn postgres_url(&self) -> String {
        self.url()
    }

    fn url(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite://{}", self.file().display()),
            Engine::Postgres => format!("{}/{}", server().rsplit_once('/').unwrap().0, self.name),
        }
    }

    /// A pool, as an instance of a service has one.
    pub(crate) async fn open(&self) -> Database {
        Database::connect(&Secret::new(self.url()), PoolSettings::default()).await.unwrap()
    }

    /// Runs [`develop`] on an instance of its own.
    pub(crate) async fn develop(&self, schema: &Schema) -> Vec<String> {
        self.try_develop(schema, false).await.unwrap()
    }

    pub(crate) async fn try_develop(&self, schema: &Schema, drop: bool) -> Result<Vec<String>, String> {
        let database = self.open().await;
        let outcome = develop(&database, schema, drop).await;
        database.close().await;
        outcome.map_err(|error| error.to_string())
    }

    /// Runs [`drift`] on an instance of its own.
    pub(crate) async fn drift(&self, schema: &Schema) -> Vec<String> {
        let database = self.open().await;
        let outcome = drift(&database, schema).await;
        database.close().await;
        outcome.unwrap()
    }

    /// Runs SQL on a connection of its own.
    pub(crate) async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap();
    }

    pub(crate) async fn try_run(&self, sql: &str) -> Result<(), String> {
        let script = sqlx::raw_sql(AssertSqlSafe(sql));
        let outcome = match self.engine {
            Engine::Sqlite => script.execute(&mut self.sqlite().await).await.map(drop),
            Engine::Postgres => script.execute(&mut self.postgres().await).await.map(drop),
        };
        outcome.map_err(|error| error.to_string())
    }

    /// The texts in the first column of a query.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<Option<String>> {
        let query = AssertSqlSafe(sql);
        match self.engine {
            Engine::Sqlite => sqlx::query_scalar(query).fetch_all(&mut self.sqlite().await).await.unwrap(),
            Engine::Postgres => sqlx::query_scalar(query).fetch_all(&mut self.postgres().await).await.unwrap(),
        }
    }

    /// The one text that a query gives.
    pub(crate) async fn text(&self, sql: &str) -> String {
        let texts = self.texts(sql).await;
        assert_eq!(texts.len(), 1, "{sql}");
        texts.into_iter().next().unwrap().unwrap()
    }

    pub(crate) async fn sqlite(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new()
            .filename(self.file())
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .collation("decimal", Ord::cmp);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    pub(crate) async fn postgres(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }
}

async fn administrate(sql: &str) {
    let mut connection = PgConnection::connect(&server()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn server() -> String {
    let default = || "postgres://postgres@127.0.0.1:5432/postgres".to_owned();
    #[allow(clippy::disallowed_methods, reason = "tests have no settings")]
    std::env::var("KWIK_TEST_DATABASE_URL").unwrap_or_else(|_| default())
}
