//! The access directory.

use super::{Bound, queries::Queries};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kwik_domain::{
    AccessDirectory, Credentials, DecodeError, Grants, KeyState, KeyUse, Kind, RowReader, Secret, SessionState,
    StoreError, Value, ValueRef, access::login,
};
use uuid::Uuid;

/// One row, whether there is such a user or not, and the sessions are looked for in either case: bind
/// login, network, since.
const CREDENTIALS: &str = "SELECT u.id, u.hashed_password, u.is_active, EXISTS (SELECT 1 FROM sessions s \
     WHERE s.user_id = coalesce(u.id, 0) AND s.network = $2 AND s.impersonator_id IS NULL AND s.started_at >= $3) \
     FROM (SELECT 1 AS one) AS o LEFT JOIN users u ON u.login = $1";

/// One row for each permission of an active user's active roles, at least one: bind the user.
const GRANTS: &str = "SELECT r.name, p.name, u.must_change_password FROM users u \
     LEFT JOIN user_roles ur ON ur.user_id = u.id AND NOT u.must_change_password \
     LEFT JOIN roles r ON r.id = ur.role_id AND r.is_active \
     LEFT JOIN role_permissions rp ON rp.role_id = r.id \
     LEFT JOIN permissions p ON p.id = rp.permission_id \
     WHERE u.id = $1 AND u.is_active";

/// Bind the session.
const SESSION: &str =
    "SELECT user_id, impersonator_id, parent_id, expires_at FROM sessions WHERE id = $1 AND ended_at IS NULL";

/// Bind the hash.
const KEY: &str = "SELECT id, user_id, scopes, expires_at FROM api_keys WHERE hash = $1 AND revoked_at IS NULL";

/// So many rows are forgotten by one statement, so that it takes no longer than statements may.
const BATCH: usize = 1_000;

/// Tables in which rows are forgotten that were over before some moment, and which: bind that moment.
const REMEMBERED: [(&str, &str); 2] =
    [("sessions", "expires_at < $1 OR ended_at < $1"), ("password_resets", "expires_at < $1")];

/// A bucket that is free is as good as none: bind now.
const FREE: (&str, &str) = ("throttle_buckets", "free_at < $1");

/// The access directory of a database.
pub(crate) struct Directory<Q>(pub(crate) Q);

impl<Q: Queries> Directory<Q> {
    /// What is read of each row.
    async fn all<T: Send>(
        &self,
        sql: &str,
        values: &[Bound<'_>],
        read: impl Fn(&dyn RowReader) -> Result<T, DecodeError> + Send + Sync,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut sink = |row: &dyn RowReader| {
            found.push(read(row)?);
            Ok(())
        };
        self.0.read(sql, values, &mut sink).await?;
        Ok(found)
    }
}

#[async_trait]
impl<Q: Queries> AccessDirectory for Directory<Q> {
    async fn find_credentials(
        &self,
        email: &str,
        network: Option<&str>,
        since: DateTime<Utc>,
    ) -> Result<Option<Credentials>, StoreError> {
        let login = login(email);
        let network = network.map_or(ValueRef::Null, ValueRef::Text);
        let values = [text(&login), Bound::One(Kind::Text, network), moment(since)];
        Ok(self.all(CREDENTIALS, &values, credentials).await?.pop().flatten())
    }

    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError> {
        let id = Bound::One(Kind::I64, ValueRef::Int(user_id));
        let mut grants: Option<Grants> = None;
        let mut sink = |row: &dyn RowReader| {
            let grants = grants.get_or_insert_default();
            grants.must_change_password = row.bool(2)? == Some(true);
            grants.permissions.extend(row.text(1)?.map(str::to_owned));
            let role = row.text(0)?.filter(|role| !grants.roles.iter().any(|held| held == role));
            grants.roles.extend(role.map(str::to_owned));
            Ok(())
        };
        self.0.read(GRANTS, &[id], &mut sink).await?;
        Ok(grants)
    }

    async fn find_session(&self, id: Uuid) -> Result<Option<SessionState>, StoreError> {
        Ok(self.all(SESSION, &[Bound::One(Kind::Uuid, ValueRef::Uuid(id))], session).await?.pop())
    }

    async fn find_key(&self, hash: &str) -> Result<Option<KeyState>, StoreError> {
        Ok(self.all(KEY, &[text(hash)], key).await?.pop())
    }

    async fn count_holders(&self, roles: &[i64]) -> Result<Vec<(i64, u64)>, StoreError> {
        let sql = format!("SELECT role_id, count(*) FROM user_roles WHERE role_id {} GROUP BY role_id", Q::IS_ONE_OF);
        let read = |row: &dyn RowReader| Ok((int(row, 0)?, u64::try_from(int(row, 1)?).unwrap_or(0)));
        self.all(&sql, &[Bound::Many(Kind::I64, &keys(roles))], read).await
    }

    async fn last_uses(&self, keys_of_keys: &[i64]) -> Result<Vec<KeyUse>, StoreError> {
        let sql = format!(
            "SELECT key_id, last_used_at, address FROM (SELECT key_id, last_used_at, address, \
             row_number() OVER (PARTITION BY key_id ORDER BY last_used_at DESC, id DESC) AS place \
             FROM api_key_uses WHERE key_id {}) AS uses WHERE place = 1",
            Q::IS_ONE_OF
        );
        self.all(&sql, &[Bound::Many(Kind::I64, &keys(keys_of_keys))], key_use).await
    }

    async fn forget(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let forgotten = REMEMBERED.into_iter().map(|which| (which, before)).chain([(FREE, now)]);
        for ((table, over), at) in forgotten {
            let sql = format!(
                "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {over} LIMIT {BATCH}) RETURNING 1"
            );
            loop {
                let mut gone = 0;
                let mut sink = |_: &dyn RowReader| {
                    gone += 1;
                    Ok(())
                };
                self.0.change(&sql, &[moment(at)], &mut sink).await?;
                if gone < BATCH {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn text(value: &str) -> Bound<'_> {
    Bound::One(Kind::Text, ValueRef::Text(value))
}

fn moment(value: DateTime<Utc>) -> Bound<'static> {
    Bound::One(Kind::Timestamp, ValueRef::Timestamp(value))
}

fn keys(keys: &[i64]) -> Vec<Value> {
    keys.iter().copied().map(Value::Int).collect()
}

fn credentials(row: &dyn RowReader) -> Result<Option<Credentials>, DecodeError> {
    let Some(user_id) = row.int(0)? else { return Ok(None) };
    let hash = Secret::new(required_text(row, 1)?);
    let [is_active, is_familiar] = [2, 3].map(|index| row.bool(index).map(|value| value == Some(true)));
    Ok(Some(Credentials { user_id, hash, is_active: is_active?, is_familiar: is_familiar? }))
}

fn session(row: &dyn RowReader) -> Result<SessionState, DecodeError> {
    let (impersonator, parent) = (row.int(1)?, row.uuid(2)?);
    Ok(SessionState { user_id: int(row, 0)?, impersonator, parent, expires_at: required_moment(row, 3)? })
}

fn key(row: &dyn RowReader) -> Result<KeyState, DecodeError> {
    let (scopes, expires_at) = (required_text(row, 2)?, row.timestamp(3)?);
    Ok(KeyState { id: int(row, 0)?, user_id: int(row, 1)?, scopes, expires_at })
}

fn key_use(row: &dyn RowReader) -> Result<KeyUse, DecodeError> {
    Ok(KeyUse { key_id: int(row, 0)?, at: required_moment(row, 1)?, address: required_text(row, 2)? })
}

fn int(row: &dyn RowReader, index: usize) -> Result<i64, DecodeError> {
    row.int(index)?.ok_or_else(|| DecodeError::null(index))
}

fn required_text(row: &dyn RowReader, index: usize) -> Result<String, DecodeError> {
    row.text(index)?.map(str::to_owned).ok_or_else(|| DecodeError::null(index))
}

fn required_moment(row: &dyn RowReader, index: usize) -> Result<DateTime<Utc>, DecodeError> {
    row.timestamp(index)?.ok_or_else(|| DecodeError::null(index))
}
