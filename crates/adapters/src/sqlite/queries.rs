//! Statements that are written by hand.

use super::{SqliteStore, bind, error::store_error, reader::SqliteRow};
use crate::sql::{Bound, Queries};
use async_trait::async_trait;
use kwik_domain::{Sink, StoreError};
use sqlx::{AssertSqlSafe, query::Query, sqlite::SqliteArguments};

#[async_trait]
impl Queries for SqliteStore {
    const IS_ONE_OF: &'static str = "IN (SELECT value FROM json_each($1))";
    const LARGER: &'static str = "max";
    const MICROSECONDS: &'static str = "";

    async fn read(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError> {
        let query = query(sql, values)?;
        let mut reader = self.readers.acquire().await.map_err(|e| store_error(e, None))?;
        let rows = query.fetch_all(&mut *reader).await;
        reader.release();
        let rows = rows.map_err(|e| store_error(e, None))?;
        Ok(rows.iter().try_for_each(|row| sink(&SqliteRow(row)))?)
    }

    async fn change(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError> {
        let query = query(sql, values)?;
        let mut writer = self.writer.acquire().await.map_err(|e| store_error(e, None))?;
        let _limited = self.limit.hold();
        // All rows, so that the statement has run to its end.
        let rows = query.fetch_all(&mut *writer).await.map_err(|e| store_error(e, None))?;
        Ok(rows.iter().try_for_each(|row| sink(&SqliteRow(row)))?)
    }
}

fn query(sql: &str, values: &[Bound<'_>]) -> Result<Query<'static, sqlx::Sqlite, SqliteArguments>, StoreError> {
    // Made of constants.
    Ok(sqlx::query_with(AssertSqlSafe(sql.to_owned()), bind::values(values)?))
}
