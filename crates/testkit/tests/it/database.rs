//! The database that these tests clone, and statements on it.

use kwik_testkit::database::{BoxError, Engine, TestDatabase};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

/// A database with the empty table `notes`.
pub(crate) async fn notes(engine: Engine) -> TestDatabase {
    TestDatabase::from_template(engine, "notes", async |url: String| migrate(&url).await).await.unwrap()
}

/// Makes the table `notes`.
pub(crate) async fn migrate(url: &str) -> Result<(), BoxError> {
    execute(url, "create table notes (text varchar(100) not null)").await?;
    Ok(())
}

pub(crate) async fn execute(url: &str, statement: &str) -> sqlx::Result<()> {
    let statement = AssertSqlSafe(statement.to_owned());
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await
    } else {
        let mut connection = SqliteConnection::connect(url).await?;
        sqlx::raw_sql(statement).execute(&mut connection).await?;
        connection.close().await
    }
}

/// The one number that a statement answers.
pub(crate) async fn number(url: &str, statement: &str) -> sqlx::Result<i64> {
    let statement = AssertSqlSafe(statement.to_owned());
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::query_scalar(statement).fetch_one(&mut connection).await
    } else {
        let mut connection = SqliteConnection::connect(url).await?;
        sqlx::query_scalar(statement).fetch_one(&mut connection).await
    }
}

/// How many databases of a run a server has.
pub(crate) async fn databases_of(url: &str, run: &str) -> i64 {
    let statement = format!("select count(*) from pg_database where datname like 'kwik_test_{run}%'");
    number(url, &statement).await.unwrap()
}
