//! Users who go: removed, or made nobody.

use crate::{
    Administrators, ApiKeys, Grantor, Sessions, Users,
    digest::random_text,
    links::{remaining, unlink},
    locked::locked,
    rights,
    users::{taken_email, user_event, verify},
};
use kwik_app::Work;
use kwik_domain::{
    Action, Ctx, Repository, Result, RuleViolation, Stored,
    access::{ApiKey, ApiKeyUse, PasswordReset, Role, User, UserRole, UserSession, UserUpdate},
};

/// What went with a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedUser {
    /// Roles that the user held.
    pub roles: u64,
    /// Sessions that had not ended.
    pub sessions: u64,
    /// Keys that had not been revoked.
    pub api_keys: u64,
}

impl Users {
    /// Removes a user with sessions, keys, letters and whatever links them to roles. The answer is the user
    /// as it was. What they did stands in the audit trail.
    ///
    /// # Errors
    ///
    /// Those of a repository; [`kwik_domain::Error::Denied`] for somebody whose rights are not within the
    /// caller's; [`kwik_domain::Error::Rule`] for oneself and for the last administrator.
    pub async fn remove(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<(Stored<User>, RemovedUser)> {
        let mut work = self.ports.data.begin().await?;
        let user = self.leaving(ctx, &mut work, id, expected).await?;
        let (removed, held) = self.strip(ctx, &mut work, &user, "user_removed").await?;
        let keys = remaining::<ApiKey>(ctx, &mut work, &ApiKey::USER_ID.eq(id)).await?;
        for key in keys {
            work.repository::<ApiKey>().delete(&ctx.elevated(), key.id, None).await?;
        }
        let user = work.repository::<User>().delete(ctx, id, expected).await?;
        verify(ctx, &mut work, &held).await?;
        work.commit().await?;
        Ok((user, removed))
    }

    /// Makes a user nobody in particular: no name, no address, no password, no roles, no sessions, no keys.
    /// The row stays, so that what refers to it still does; the audit trail keeps what was before.
    ///
    /// # Errors
    ///
    /// As [`Users::remove`].
    pub async fn anonymize(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<(Stored<User>, RemovedUser)> {
        let mut work = self.ports.data.begin().await?;
        let user = self.leaving(ctx, &mut work, id, expected).await?;
        let (removed, held) = self.strip(ctx, &mut work, &user, "user_anonymized").await?;
        // Nobody can take an address beforehand that nobody can foresee.
        let email = format!("anonymous-{id}-{}@user.invalid", random_text(&*self.ports.random));
        let update = UserUpdate {
            name: Some("anonymous".to_owned()),
            surname: Some("anonymous".to_owned()),
            login: Some(email.clone()),
            email: Some(email),
            hashed_password: Some("!".to_owned()),
            must_change_password: Some(false),
            is_active: Some(false),
        };
        let visible = user.visible;
        let user = work.repository::<User>().update(&ctx.elevated(), id, None, &update).await.map_err(taken_email)?;
        verify(ctx, &mut work, &held).await?;
        work.commit().await?;
        Ok((Stored { visible, ..user }, removed))
    }

    /// The user, locked, if the caller may make them go.
    async fn leaving(&self, ctx: &Ctx, work: &mut Work, id: i64, expected: Option<i64>) -> Result<Stored<User>> {
        Administrators::lock(ctx, work).await?;
        let user = locked::<User>(ctx, work, Action::Delete, id, expected).await?;
        if ctx.actor.user_id() == Some(id) {
            let detail = "nobody removes themselves; ask another administrator";
            return Err(RuleViolation::new("yourself", detail).into());
        }
        Grantor::may_rule_locked(ctx, work, id).await?;
        Ok(user)
    }

    /// Takes everything from a user that grants rights or tells from where they came. Also the roles that
    /// they held.
    async fn strip(
        &self,
        ctx: &Ctx,
        work: &mut Work,
        user: &Stored<User>,
        reason: &'static str,
    ) -> Result<(RemovedUser, Vec<Stored<Role>>)> {
        let (id, elevated) = (user.id, ctx.elevated());
        let held = rights::of_user(ctx, &mut work.repo(), id).await?.roles;
        for role in &held {
            work.record(ctx, &user_event("revoke", role, user)).await?;
        }
        let links = remaining::<UserRole>(ctx, work, &UserRole::USER_ID.eq(id)).await?;
        for link in &links {
            unlink::<UserRole>(ctx, work, link.id).await?;
        }
        let sessions = Sessions::end_all_of(ctx, work, id, None, reason).await?;
        for session in remaining::<UserSession>(ctx, work, &UserSession::USER_ID.eq(id)).await? {
            work.repository::<UserSession>().delete(&elevated, session.id, None).await?;
        }
        let api_keys = ApiKeys::new(self.ports.clone()).revoke_all_of(ctx, work, id).await?;
        let keys = remaining::<ApiKey>(ctx, work, &ApiKey::USER_ID.eq(id)).await?;
        for keys in keys.iter().map(|key| key.id).collect::<Vec<_>>().chunks(500) {
            let of_keys = ApiKeyUse::KEY_ID.one_of(keys.iter().copied());
            for used in remaining::<ApiKeyUse>(ctx, work, &of_keys).await? {
                work.repository::<ApiKeyUse>().delete(&elevated, used.id, None).await?;
            }
        }
        for letter in remaining::<PasswordReset>(ctx, work, &PasswordReset::USER_ID.eq(id)).await? {
            work.repository::<PasswordReset>().delete(&elevated, letter.id, None).await?;
        }
        Ok((RemovedUser { roles: links.len() as u64, sessions, api_keys }, held))
    }
}
