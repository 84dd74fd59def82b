//! Nobody gives what they do not hold.

use crate::{Ports, rights};
use kwik_app::Work;
use kwik_domain::{
    AuthenticationError, Ctx, Denial, Error, Repository, Result,
    access::{ADMIN_ROLE, User},
};
use std::sync::Arc;

/// What callers may give to others, or take over from them: no more than they hold themselves.
/// Administrators, and the program itself, may give everything.
#[derive(Clone, Copy, Debug)]
pub struct Grantor;

impl Grantor {
    /// Whether the caller may give permissions of these names.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`], which names one that the caller does not hold.
    pub fn may_grant(ctx: &Ctx, names: &[String]) -> Result<()> {
        if Self::is_unbounded(ctx) {
            return Ok(());
        }
        let held = &ctx.actor.grants.permissions;
        match names.iter().find(|name| !held.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => Err(denied(format!("the permission {name} is involved, which you do not hold yourself"))),
        }
    }

    /// Whether the caller may give a role of this name, which grants permissions of those. To be an
    /// administrator is more than to hold what the role grants: only administrators make others.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`].
    pub fn may_give_role(ctx: &Ctx, role: &str, permissions: &[String]) -> Result<()> {
        if role == ADMIN_ROLE && !Self::is_unbounded(ctx) {
            return Err(denied(format!("the role {ADMIN_ROLE} is involved, which you do not hold yourself")));
        }
        Self::may_grant(ctx, permissions)
    }

    /// Whether the rights of a user are within the caller's, so that the caller may change by what means
    /// the user signs in.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] when they are not.
    pub async fn may_rule(ports: &Ports, ctx: &Ctx, user_id: i64) -> Result<()> {
        if Self::is_own(ctx, user_id) {
            return Ok(());
        }
        let mut single = ports.data.single();
        Self::may_rule_roles(ctx, &rights::of_user(ctx, &mut single.repo(), user_id).await?)
    }

    /// [`Grantor::may_rule`] within a unit of work that holds the user's row locked: nobody gives the user
    /// more rights meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`].
    pub async fn may_rule_locked(ctx: &Ctx, work: &mut Work, user_id: i64) -> Result<()> {
        if Self::is_own(ctx, user_id) {
            return Ok(());
        }
        let caller = Self::as_of_now(ctx, work).await?;
        Self::may_rule_roles(&caller, &rights::of_user(ctx, &mut work.repo(), user_id).await?)
    }

    /// The caller with the rights of the request, as far as the database still gives them: they may have been
    /// taken away while the unit of work waited for a lock.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::InvalidToken`] when the caller, or whoever acts in the caller's place, is active
    /// no longer.
    pub async fn as_of_now(ctx: &Ctx, work: &mut Work) -> Result<Ctx> {
        let Some(id) = ctx.actor.user_id().filter(|_| !ctx.actor.is_elevated()) else { return Ok(ctx.clone()) };
        let system = ctx.elevated();
        for id in [Some(id), ctx.actor.impersonator].into_iter().flatten() {
            let user = work.repository::<User>().find(&system, id).await?;
            user.filter(|user| user.is_active).ok_or(AuthenticationError::InvalidToken)?;
        }
        let held = rights::active_of_user(ctx, &mut work.repo(), id).await?;
        let mut grants = (*ctx.actor.grants).clone();
        grants.permissions.retain(|name| held.permissions.contains(name));
        grants.roles.retain(|name| held.roles.iter().any(|role| role.name == *name));
        let mut actor = (*ctx.actor).clone();
        actor.grants = Arc::new(grants);
        Ok(Ctx { actor: Arc::new(actor), ..ctx.clone() })
    }

    fn may_rule_roles(ctx: &Ctx, rights: &rights::Rights) -> Result<()> {
        let administers = rights.roles.iter().any(|role| role.name == ADMIN_ROLE);
        Self::may_give_role(ctx, if administers { ADMIN_ROLE } else { "" }, &rights.permissions)
    }

    /// Whether it is about the caller, in person: a key may do less than its owner.
    fn is_own(ctx: &Ctx, user_id: i64) -> bool {
        Self::is_unbounded(ctx) || ctx.actor.in_person().is_ok_and(|caller| caller == user_id)
    }

    /// Whether the caller holds everything there is to hold.
    fn is_unbounded(ctx: &Ctx) -> bool {
        ctx.actor.is_elevated() || ctx.actor.grants.is_administrator()
    }
}

fn denied(reason: String) -> Error {
    Error::Denied(Denial::new(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kwik_domain::{Actor, Grants, Via};

    fn caller(permissions: &[&str], roles: &[&str]) -> Ctx {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        let roles = roles.iter().map(|name| (*name).to_owned()).collect();
        let grants = Grants { permissions, roles, ..Grants::default() };
        let ctx = Ctx::system(Via::Job("test"), chrono::DateTime::UNIX_EPOCH);
        Ctx { actor: Arc::new(Actor::user(7, Via::Nothing, Arc::new(grants))), ..ctx }
    }

    #[test]
    fn nobody_gives_what_they_do_not_hold() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let clerk = caller(&["a", "b"], &["clerk"]);
        for (wanted, allowed) in [(&[][..], true), (&["a"], true), (&["b", "a"], true), (&["a", "c"], false)] {
            assert_eq!(Grantor::may_grant(&clerk, &names(wanted)).is_ok(), allowed, "{wanted:?}");
        }
        assert!(Grantor::may_grant(&caller(&[], &[ADMIN_ROLE]), &names(&["c"])).is_ok(), "an administrator");
        assert!(Grantor::may_grant(&clerk.elevated(), &names(&["c"])).is_ok(), "the program itself");
        assert!(Grantor::may_grant(&caller(&[], &["Admin", "administrators"]), &names(&["c"])).is_err());
    }

    #[test]
    fn only_administrators_make_administrators() {
        let all = ["a".to_owned()];
        assert!(Grantor::may_give_role(&caller(&["a"], &[]), "clerk", &all).is_ok());
        assert!(Grantor::may_give_role(&caller(&["a"], &[]), ADMIN_ROLE, &all).is_err());
        assert!(Grantor::may_give_role(&caller(&[], &[ADMIN_ROLE]), ADMIN_ROLE, &all).is_ok());
    }
}
