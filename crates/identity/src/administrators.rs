//! There is always somebody who can repair everything.

use crate::links::{CHUNK, linked};
use kwik_app::Work;
use kwik_domain::{
    Action, Comparison, Ctx, Filter, Repository, Result, RuleViolation, Stored, Value,
    access::{ADMIN_ROLE, Role, User, UserRole},
};

/// Keeps the last administrator. An administrator is an active user who holds the active role
/// [`ADMIN_ROLE`].
///
/// A change that could end one locks first, changes, and verifies before it commits: of two
/// administrators who strip each other at once, the second sees what the first has done.
#[derive(Clone, Copy, Debug)]
pub struct Administrators;

impl Administrators {
    /// Waits for other changes of administrators, and makes others wait until the unit of work ends. It
    /// must be the first thing that the unit of work locks.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`].
    pub async fn lock(ctx: &Ctx, work: &mut Work) -> Result<()> {
        if let Some(role) = Self::role(ctx, work).await? {
            work.repo().find_locked::<Role>(&ctx.elevated(), Action::Read, &role.id).await?;
        }
        Ok(())
    }

    /// Whether there still is an administrator.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Rule`], `last_administrator`, when there is none.
    pub async fn verify(ctx: &Ctx, work: &mut Work) -> Result<()> {
        let Some(role) = Self::role(ctx, work).await?.filter(|role| role.is_active) else {
            return Err(last());
        };
        let (elevated, mut after) = (ctx.elevated(), i64::MIN);
        loop {
            let holders = linked(ctx, &mut work.repo(), (UserRole::ROLE_ID, role.id), UserRole::USER_ID, after).await?;
            let Some(end) = holders.last().copied() else { return Err(last()) };
            let among = Filter::In(0, holders.into_iter().map(Value::Int).collect());
            let active = Filter::Compare(User::IS_ACTIVE.index(), Comparison::Eq, Value::Bool(true));
            let found = work.repository::<User>().list(&elevated, &(among & active), &[], CHUNK).await?;
            if !found.is_empty() {
                return Ok(());
            }
            after = end;
        }
    }

    async fn role(ctx: &Ctx, work: &mut Work) -> Result<Option<Stored<Role>>> {
        let named = Role::NAME.eq(ADMIN_ROLE);
        let found = work.repository::<Role>().list(&ctx.elevated(), &named, &[], CHUNK).await?;
        Ok(found.into_iter().next())
    }
}

fn last() -> kwik_domain::Error {
    let detail = "there would be no administrator any more; make another user one first";
    RuleViolation::new("last_administrator", detail).into()
}
