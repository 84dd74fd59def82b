//! The rights of users in memory, dropped when a notification says that a table behind them changed.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use yardstick_plain::{
    problem::Problem,
    schema::{PERMISSIONS, Permission},
};

/// Every change to a table behind the rights notifies this channel when it commits.
const TRIGGERS: &str = "
CREATE OR REPLACE FUNCTION access_changed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('access_changed', ''); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON roles
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON permissions
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON user_roles
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE OR REPLACE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON role_permissions
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
";

const GRANTED: &str = "\
SELECT array(
    SELECT p.name FROM user_roles ur
    JOIN roles r ON r.id = ur.role_id AND r.is_active
    JOIN role_permissions rp ON rp.role_id = r.id
    JOIN permissions p ON p.id = rp.permission_id
    WHERE ur.user_id = u.id
) FROM users u WHERE u.id = $1 AND u.is_active";

/// The permissions of one user, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granted(u8);

impl Granted {
    /// Whether the permission is among them.
    pub(crate) fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    fn from_names(names: &[String]) -> Self {
        let bits = PERMISSIONS.iter().enumerate().map(|(bit, known)| {
            let granted = names.iter().any(|name| name == known);
            u8::from(granted) << bit
        });
        Self(bits.sum())
    }
}

/// What is known, and since which change.
#[derive(Default)]
struct Memory {
    /// Whether the listener is up; nothing is remembered while it is down.
    heard: bool,
    /// How many changes were heard: what was read before the last one is not remembered.
    changes: u64,
    by_user: HashMap<i64, Granted>,
}

/// The rights of users; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Rights(Arc<RwLock<Memory>>);

impl Rights {
    /// Makes the triggers and listens for as long as the process lives.
    pub(crate) async fn watch(pool: &PgPool, database_url: &str) -> Result<Self, sqlx::Error> {
        sqlx::raw_sql(TRIGGERS).execute(pool).await?;
        let rights = Self::default();
        tokio::spawn(rights.clone().listen(database_url.to_owned()));
        Ok(rights)
    }

    /// The user's rights; none for a user who is gone or inactive.
    pub(crate) async fn of(&self, pool: &PgPool, user_id: i64) -> Result<Option<Granted>, Problem> {
        let changes = {
            let memory = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(granted) = memory.by_user.get(&user_id) {
                return Ok(Some(*granted));
            }
            memory.changes
        };
        let names: Option<Vec<String>> = sqlx::query_scalar(GRANTED).bind(user_id).fetch_optional(pool).await?;
        let granted = names.as_deref().map(Granted::from_names);
        if let Some(granted) = granted {
            self.remember(user_id, granted, changes);
        }
        Ok(granted)
    }

    fn remember(&self, user_id: i64, granted: Granted, read_at: u64) {
        let mut memory = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if memory.heard && memory.changes == read_at {
            memory.by_user.insert(user_id, granted);
        }
    }

    fn forget(&self, heard: bool) {
        let mut memory = self.0.write().unwrap_or_else(PoisonError::into_inner);
        memory.heard = heard;
        memory.changes += 1;
        memory.by_user.clear();
    }

    async fn listen(self, database_url: String) {
        loop {
            // An error only means that the database is away: rights are asked for each time until it is back.
            let _away = self.listen_once(&database_url).await;
            self.forget(false);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn listen_once(&self, database_url: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect(database_url).await?;
        listener.eager_reconnect(false);
        listener.listen("access_changed").await?;
        self.forget(true);
        while listener.try_recv().await?.is_some() {
            self.forget(true);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn granted_names_become_bits() {
        let granted = Granted::from_names(&["customers_update".to_owned(), "other".to_owned()]);
        assert!(granted.has(Permission::Update));
        assert!(!granted.has(Permission::Read));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered() {
        let rights = Rights::default();
        rights.forget(true);
        rights.remember(1, Granted(1), 0);
        rights.remember(2, Granted(1), 1);
        let memory = rights.0.read().unwrap_or_else(PoisonError::into_inner);
        assert!(!memory.by_user.contains_key(&1));
        assert!(memory.by_user.contains_key(&2));
    }
}
