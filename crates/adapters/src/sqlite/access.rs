//! Users and their rights, one query each.

use super::{SqliteStore, error::store_error};
use crate::sql::access;
use async_trait::async_trait;
use kwik_domain::{AccessDirectory, Credentials, Grants, StoreError};

#[async_trait]
impl AccessDirectory for SqliteStore {
    async fn find_credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        let mut reader = self.readers.acquire().await.map_err(|e| store_error(e, None))?;
        let row = sqlx::query_as(access::CREDENTIALS).bind(email.to_lowercase()).fetch_optional(&mut *reader).await;
        reader.release();
        Ok(row.map_err(|e| store_error(e, None))?.map(access::credentials))
    }

    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError> {
        let mut reader = self.readers.acquire().await.map_err(|e| store_error(e, None))?;
        let rows = sqlx::query_as(access::GRANTS).bind(user_id).fetch_all(&mut *reader).await;
        reader.release();
        Ok(access::grants(rows.map_err(|e| store_error(e, None))?))
    }
}
