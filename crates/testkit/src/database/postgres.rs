//! Databases on PostgreSQL: `CREATE DATABASE … TEMPLATE …`.
//!
//! A template is migrated under another name and renamed when it is complete: what has the template's
//! name can be cloned. A session advisory lock keeps all but one process from making it; it ends with
//! its session, so that a killed process does not block the others. Nobody can connect to a
//! template, since a clone needs it to be idle.

use super::error::{BoxError, ProvisionError};
use super::run::{Run, random};
use super::server::{code, connect_as, is_leased, shared, with_database};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// How long a process waits for another one that makes the template.
const PATIENCE: Duration = Duration::from_mins(2);
/// The pause between two attempts at the lock. Waiting inside PostgreSQL instead would be a transaction
/// that hinders `CREATE INDEX CONCURRENTLY` in the migrations of others.
const PAUSE: Duration = Duration::from_millis(10);

/// Clones the template of the fingerprint, which is made first if need be; answers the address.
pub(super) async fn clone_template<M>(fingerprint: &str, migrate: M) -> Result<String, ProvisionError>
where
    M: AsyncFnOnce(String) -> Result<(), BoxError>,
{
    let server = shared()?;
    let mut connection = connect_as(&server.run.session(), &server.url)
        .await
        .map_err(ProvisionError::statement("the server of the tests does not answer"))?;
    let names = Names::new(&server.run, fingerprint);
    if !names.clone_in(&mut connection).await? {
        make_template(&mut connection, &server.url, &names, migrate).await?;
        if !names.clone_in(&mut connection).await? {
            return Err(ProvisionError::RunOver(server.run.id().to_owned()));
        }
    }
    let alive = is_leased(&mut connection, &server.run)
        .await
        .map_err(ProvisionError::statement("the run of tests cannot be seen"))?;
    if !alive {
        // Whoever cleared up after the run may not have seen the clone.
        for name in [&names.clone, &names.template] {
            let _ = execute(&mut connection, &dropping(name)).await;
        }
        return Err(ProvisionError::RunOver(server.run.id().to_owned()));
    }
    let _ = connection.close().await;
    Ok(with_database(&server.url, &names.clone))
}

/// Removes a clone, whoever is still connected to it.
pub(super) async fn drop_clone(url: &str) -> Result<(), ProvisionError> {
    let server = shared()?;
    let name = database_of(url);
    let attempt = || format!("the test database {name} cannot be dropped");
    let mut connection =
        connect_as(&server.run.session(), &server.url).await.map_err(ProvisionError::statement(attempt()))?;
    execute(&mut connection, &dropping(name)).await.map_err(ProvisionError::statement(attempt()))?;
    let _ = connection.close().await;
    Ok(())
}

/// Ends every session that listens for notifications of a database.
pub(super) async fn cut_listeners(url: &str) -> Result<(), ProvisionError> {
    let server = shared()?;
    let name = database_of(url);
    let attempt = || format!("the listeners of the test database {name} cannot be cut off");
    let mut connection =
        connect_as(&server.run.session(), &server.url).await.map_err(ProvisionError::statement(attempt()))?;
    // Names are made of letters, digits and `_`.
    let ending = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE '%kwik_access%' AND pid <> pg_backend_pid()"
    );
    execute(&mut connection, &ending).await.map_err(ProvisionError::statement(attempt()))?;
    let _ = connection.close().await;
    Ok(())
}

fn database_of(url: &str) -> &str {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    address.rsplit_once('/').map_or(address, |(_, name)| name)
}

/// The databases that one clone has to do with. All names are made of letters, digits and `_`.
struct Names {
    template: String,
    unfinished: String,
    clone: String,
    lock: i64,
}

impl Names {
    fn new(run: &Run, fingerprint: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        fingerprint.hash(&mut hasher);
        run.id().hash(&mut hasher);
        let hash = hasher.finish();
        let template = format!("{}template_{hash:016x}", run.prefix());
        Self {
            unfinished: format!("{template}_new"),
            template,
            clone: format!("{}{}", run.prefix(), random()),
            lock: hash.cast_signed(),
        }
    }

    /// Makes the clone; false when there is no template.
    async fn clone_in(&self, connection: &mut PgConnection) -> Result<bool, ProvisionError> {
        let attempt = || "the template cannot be cloned";
        let strategy = strategy(connection).await.map_err(ProvisionError::statement(attempt()))?;
        let (clone, template) = (&self.clone, &self.template);
        let statement = format!("create database {clone} template {template} {strategy}");
        match execute(connection, &statement).await {
            Ok(()) => Ok(true),
            Err(error) if code(&error).as_deref() == Some("3D000") => Ok(false),
            Err(error) => Err(ProvisionError::statement(attempt())(error)),
        }
    }
}

/// How the server clones fastest. Copying files needs two checkpoints, which cost nothing with `fsync`
/// off (half the time of the other strategy when processes clone side by side) and a lot otherwise.
/// Before PostgreSQL 15 there is no choice.
async fn strategy(connection: &mut PgConnection) -> sqlx::Result<&'static str> {
    let copies: bool = sqlx::query_scalar(
        "select current_setting('server_version_num')::int >= 150000 and current_setting('fsync') = 'off'",
    )
    .fetch_one(connection)
    .await?;
    Ok(if copies { "strategy file_copy" } else { "" })
}

/// Makes the template unless another process has made it in the meantime.
async fn make_template<M>(
    connection: &mut PgConnection,
    url: &str,
    names: &Names,
    migrate: M,
) -> Result<(), ProvisionError>
where
    M: AsyncFnOnce(String) -> Result<(), BoxError>,
{
    lock(connection, names.lock).await?;
    let made = match exists(connection, &names.template).await {
        Ok(true) => Ok(()),
        Ok(false) => migrate_template(connection, url, names, migrate).await,
        Err(error) => Err(error),
    };
    let unlocked = sqlx::query("select pg_advisory_unlock($1)").bind(names.lock).execute(connection).await;
    made?;
    unlocked.map_err(ProvisionError::statement("the template cannot be unlocked"))?;
    Ok(())
}

async fn migrate_template<M>(
    connection: &mut PgConnection,
    url: &str,
    names: &Names,
    migrate: M,
) -> Result<(), ProvisionError>
where
    M: AsyncFnOnce(String) -> Result<(), BoxError>,
{
    let (unfinished, template) = (&names.unfinished, &names.template);
    // A process that was killed half-way has left it.
    run(connection, &dropping(unfinished)).await?;
    // Not template1: that one may have sessions, and extensions that production does not have.
    run(connection, &format!("create database {unfinished} template template0 encoding 'UTF8'")).await?;
    let migrated = migrate(with_database(url, unfinished)).await;
    if let Err(error) = migrated {
        let _ = execute(connection, &dropping(unfinished)).await;
        return Err(ProvisionError::Migration(error));
    }
    run(connection, &format!("alter database {unfinished} with allow_connections false")).await?;
    run(
        connection,
        &format!("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{unfinished}'"),
    )
    .await?;
    run(connection, &format!("alter database {unfinished} rename to {template}")).await
}

/// Takes the advisory lock, or gives up after two minutes.
async fn lock(connection: &mut PgConnection, key: i64) -> Result<(), ProvisionError> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let taken: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(key)
            .fetch_one(&mut *connection)
            .await
            .map_err(ProvisionError::statement("the template cannot be locked"))?;
        if taken {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(ProvisionError::TemplateBusy(PATIENCE.as_secs()))
}

async fn exists(connection: &mut PgConnection, name: &str) -> Result<bool, ProvisionError> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .map_err(ProvisionError::statement("the template cannot be looked up"))
}

fn dropping(name: &str) -> String {
    format!("drop database if exists {name} with (force)")
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), ProvisionError> {
    execute(connection, statement).await.map_err(ProvisionError::statement("the template cannot be made"))
}

/// Executes a statement that is made of our own names only.
async fn execute(connection: &mut PgConnection, statement: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await.map(|_| ())
}
