//! The server as the bench sees it: databases of the services, their rows, and how many statements ran in them.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{cluster::Cluster, failure::Failure, proc, service::Kind};

/// A connection to a database that no service uses, so that its own statements are not counted.
pub(crate) struct Server {
    connection: PgConnection,
    counts_statements: bool,
    /// The server's first process, when it runs on this machine.
    pub(crate) postmaster: Option<u32>,
    /// What the server says it is.
    pub(crate) version: String,
}

impl Server {
    /// Connects and finds out how to count.
    pub(crate) async fn connect(cluster: &Cluster) -> Result<Self, Failure> {
        let mut connection = PgConnection::connect(&cluster.url("postgres")).await?;
        let counts_statements = counts_statements(&mut connection).await;
        let (pid, version): (i32, String) =
            sqlx::query_as("SELECT pg_backend_pid(), current_setting('server_version')")
                .fetch_one(&mut connection)
                .await?;
        Ok(Self { connection, counts_statements, postmaster: postmaster(pid), version })
    }

    /// Makes the service's database anew.
    pub(crate) async fn create(&mut self, kind: Kind) -> Result<(), Failure> {
        self.remove(kind).await?;
        let create = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", kind.database());
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Removes the service's database, if there is one.
    pub(crate) async fn remove(&mut self, kind: Kind) -> Result<(), Failure> {
        let remove = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", kind.database());
        sqlx::raw_sql(AssertSqlSafe(remove)).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Statements that have run in the service's database so far, those that begin and end transactions included.
    ///
    /// None without `pg_stat_statements`: the server's own counters of transactions come up to ten seconds late.
    pub(crate) async fn statements(&mut self, kind: Kind) -> Result<Option<f64>, Failure> {
        if !self.counts_statements {
            return Ok(None);
        }
        let count = "SELECT coalesce(sum(s.calls), 0)::float8 FROM pg_stat_statements s \
                     JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1";
        let count = sqlx::query_scalar(count).bind(kind.database()).fetch_one(&mut self.connection).await?;
        Ok(Some(count))
    }
}

/// The extension counts only where the server loaded it at its start.
async fn counts_statements(connection: &mut PgConnection) -> bool {
    let loaded = "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'";
    let loaded = sqlx::query_scalar(loaded).fetch_one(&mut *connection).await;
    let create = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";
    loaded.unwrap_or(false) && sqlx::query(create).execute(connection).await.is_ok()
}

/// The parent of the connection's process, if that process is the server's and on this machine.
fn postmaster(backend: i32) -> Option<u32> {
    let backend = u32::try_from(backend).ok()?;
    let is_server = |pid| proc::name(pid).is_some_and(|name| name == "postgres");
    proc::parent(backend).filter(|&parent| is_server(backend) && is_server(parent))
}

/// Fills the table with `rows` customers, ids from 1 on, and brings the server to rest.
pub(crate) async fn seed(cluster: &Cluster, kind: Kind, rows: i64) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(&cluster.url(kind.database())).await?;
    sqlx::query("TRUNCATE customers RESTART IDENTITY").execute(&mut connection).await?;
    sqlx::query(
        "INSERT INTO customers (name, email, credit_limit, version, creation_time, creator_user_id) \
         SELECT 'Customer number ' || i, 'customer' || i || '@example.com', (i % 100) * 100, 1, now(), 1 \
         FROM generate_series(1, $1) i",
    )
    .bind(rows)
    .execute(&mut connection)
    .await?;
    let (first, last): (i64, i64) =
        sqlx::query_as("SELECT min(id), max(id) FROM customers").fetch_one(&mut connection).await?;
    if (first, last) != (1, rows) {
        return Err(Failure::Seed(kind.name()));
    }
    for statement in ["VACUUM (ANALYZE) customers", "CHECKPOINT"] {
        sqlx::query(statement).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(())
}
