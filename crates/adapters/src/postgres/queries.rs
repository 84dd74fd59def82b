//! Statements that are written by hand.

use super::{PostgresStore, bind, error::store_error, reader::PostgresRow};
use crate::sql::{Bound, Queries};
use async_trait::async_trait;
use kwik_domain::{Sink, StoreError};
use sqlx::AssertSqlSafe;

#[async_trait]
impl Queries for PostgresStore {
    const IS_ONE_OF: &'static str = "= ANY ($1)";
    const LARGER: &'static str = "greatest";
    const MICROSECONDS: &'static str = " * interval '1 microsecond'";

    async fn read(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError> {
        // Made of constants.
        let query = sqlx::query_with(AssertSqlSafe(sql.to_owned()), bind::values(values)?);
        let rows = query.fetch_all(&self.pool).await.map_err(|e| store_error(e, None))?;
        Ok(rows.iter().try_for_each(|row| sink(&PostgresRow(row)))?)
    }

    async fn change(&self, sql: &str, values: &[Bound<'_>], sink: Sink<'_>) -> Result<(), StoreError> {
        self.read(sql, values, sink).await
    }
}
