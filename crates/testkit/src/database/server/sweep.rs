//! Removing what runs left behind in a server that outlives them.

use super::super::environment;
use super::super::error::ProvisionError;
use super::super::run::{LEASE, PREFIX, Run};
use super::{connect, container};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::time::{Duration, Instant};

/// How long the server may take to notice that the owner of a run is gone.
const NOTICE: Duration = Duration::from_secs(10);

/// Removes what the run with this id left: its databases on the server at `KWIK_TEST_DATABASE_URL` and
/// with `docker` also its container. For the program given to
/// [`TestServer::provide`](super::TestServer::provide).
///
/// # Errors
///
/// When the id is none, the server does not answer or it refuses to drop a database.
pub async fn sweep(run: &str, docker: bool) -> Result<(), ProvisionError> {
    let run = Run::from_id(run).ok_or_else(|| ProvisionError::Way(format!("{run:?} is not the id of a run")))?;
    let dropped = match environment::database_url() {
        Some(url) => drop_databases(&url, &run).await,
        None => Ok(()),
    };
    if docker {
        container::clear(&run).await;
    }
    dropped
}

/// Drops the databases of a run once its lease has ended, so that nobody makes another.
pub(super) async fn drop_databases(url: &str, run: &Run) -> Result<(), ProvisionError> {
    let attempt = || format!("the databases of the run {} cannot be dropped", run.id());
    let mut connection = connect(url).await.map_err(ProvisionError::statement(attempt()))?;
    let begin = Instant::now();
    while is_leased(&mut connection, run).await.map_err(ProvisionError::statement(attempt()))?
        && begin.elapsed() < NOTICE
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    end_sessions(&mut connection, run).await.map_err(ProvisionError::statement(attempt()))?;
    drop_with_prefix(&mut connection, &run.prefix()).await.map_err(ProvisionError::statement(attempt()))
}

/// Ends the sessions in which processes of a run make databases: the server would finish what a killed
/// process has asked for, after the databases were counted.
async fn end_sessions(connection: &mut PgConnection, run: &Run) -> sqlx::Result<()> {
    let ending = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1";
    let ending = sqlx::query(ending).bind(run.session());
    ending.execute(connection).await.map(|_| ())
}

/// Whether the owner of a run still lives, as the server sees it.
pub(in crate::database) async fn is_leased(connection: &mut PgConnection, run: &Run) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from pg_stat_activity where application_name = $1)")
        .bind(run.lease())
        .fetch_one(connection)
        .await
}

/// Drops the databases of all runs of this user whose lease has ended. A run whose owner and guard were
/// both killed leaves some. Failing is no harm: the next run tries again.
pub(super) async fn sweep_dead(url: &str) {
    let Ok(mut connection) = connect(url).await else {
        return;
    };
    let dead: Vec<String> = sqlx::query_scalar(
        "select distinct substr(d.datname, 1, length($1) + 13) from pg_database d \
         where starts_with(d.datname, $1) \
         and d.datdba = (select oid from pg_roles where rolname = current_user) \
         and not exists (select from pg_stat_activity a \
             where a.application_name = $2 || substr(d.datname, length($1) + 1, 12))",
    )
    .bind(PREFIX)
    .bind(LEASE)
    .fetch_all(&mut connection)
    .await
    .unwrap_or_default();
    for prefix in dead {
        let _ = drop_with_prefix(&mut connection, &prefix).await;
    }
    let _ = connection.close().await;
}

async fn drop_with_prefix(connection: &mut PgConnection, prefix: &str) -> sqlx::Result<()> {
    let statements: Vec<String> = sqlx::query_scalar(
        "select format('drop database if exists %I with (force)', datname) \
         from pg_database where starts_with(datname, $1)",
    )
    .bind(prefix)
    .fetch_all(&mut *connection)
    .await?;
    for statement in statements {
        // The server quoted the name itself.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}
