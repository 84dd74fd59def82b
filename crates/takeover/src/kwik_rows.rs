//! The rows of Kwik's tables.

use crate::{
    TakeoverError,
    layout::{API_KEYS, Layout, qualified},
};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, postgres::PgRow};

/// A user of Kwik's.
#[derive(Clone, Default)]
pub(crate) struct KwikUser {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) surname: String,
    pub(crate) email: String,
    pub(crate) hashed_password: String,
    pub(crate) is_active: Option<bool>,
    pub(crate) is_superuser: Option<bool>,
}

/// A role or a permission of Kwik's. Permissions are always active.
#[derive(Clone, Debug)]
pub(crate) struct KwikName {
    pub(crate) id: i64,
    pub(crate) name: Option<String>,
    pub(crate) is_active: bool,
}

/// A link of Kwik's: from a user to a role, or from a role to a permission.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KwikLink {
    pub(crate) id: i64,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

/// All that is taken over.
#[derive(Default)]
pub(crate) struct KwikRows {
    pub(crate) users: Vec<KwikUser>,
    pub(crate) roles: Vec<KwikName>,
    pub(crate) permissions: Vec<KwikName>,
    pub(crate) users_roles: Vec<KwikLink>,
    pub(crate) roles_permissions: Vec<KwikLink>,
    pub(crate) api_keys: usize,
}

type UserRow = (i64, String, String, String, String, Option<bool>, Option<bool>);

impl KwikRows {
    /// Reads them. Columns that only some versions of Kwik have are read by way of JSON: null where they
    /// are missing.
    pub(crate) async fn read(connection: &mut PgConnection, layout: &Layout) -> Result<Self, TakeoverError> {
        let users: Vec<UserRow> = rows(
            connection,
            layout,
            "id::bigint, coalesce(name::text, ''), coalesce(surname::text, ''), email::text, \
             coalesce(hashed_password::text, ''), (to_jsonb(t) ->> 'is_active')::boolean, \
             (to_jsonb(t) ->> 'is_superuser')::boolean",
            "users",
        )
        .await?;
        let users = users.into_iter().map(|(id, name, surname, email, hashed_password, is_active, is_superuser)| {
            KwikUser { id, name, surname, email, hashed_password, is_active, is_superuser }
        });
        let mut out = Self { users: users.collect(), ..Self::default() };
        let active = "coalesce((to_jsonb(t) ->> 'is_active')::boolean, false)";
        out.roles = names(connection, layout, active, "roles").await?;
        out.permissions = names(connection, layout, "true", "permissions").await?;
        out.users_roles = links(connection, layout, "user_id::bigint, role_id::bigint", "users_roles").await?;
        out.roles_permissions =
            links(connection, layout, "role_id::bigint, permission_id::bigint", "roles_permissions").await?;
        if layout.has_api_keys {
            let ask = format!("SELECT count(*) FROM {}", qualified(layout.schema(), API_KEYS));
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(ask)).fetch_one(connection).await?;
            out.api_keys = usize::try_from(count).unwrap_or_default();
        }
        Ok(out)
    }
}

async fn names(
    connection: &mut PgConnection,
    layout: &Layout,
    active: &str,
    table: &str,
) -> Result<Vec<KwikName>, TakeoverError> {
    let found: Vec<(i64, Option<String>, bool)> =
        rows(connection, layout, &format!("id::bigint, name::text, {active}"), table).await?;
    Ok(found.into_iter().map(|(id, name, is_active)| KwikName { id, name, is_active }).collect())
}

async fn links(
    connection: &mut PgConnection,
    layout: &Layout,
    ends: &str,
    table: &str,
) -> Result<Vec<KwikLink>, TakeoverError> {
    let found: Vec<(i64, Option<i64>, Option<i64>)> =
        rows(connection, layout, &format!("id::bigint, {ends}"), table).await?;
    Ok(found.into_iter().map(|(id, from, to)| KwikLink { id, from, to }).collect())
}

async fn rows<T>(
    connection: &mut PgConnection,
    layout: &Layout,
    columns: &str,
    table: &str,
) -> Result<Vec<T>, TakeoverError>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let ask = format!("SELECT {columns} FROM {} t ORDER BY id", qualified(layout.schema(), table));
    // Columns as they stand here, and a schema from the catalog, quoted.
    Ok(sqlx::query_as(AssertSqlSafe(ask)).fetch_all(connection).await?)
}
