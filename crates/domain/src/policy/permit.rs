//! The proof that a policy has been asked.

use super::{Action, Decision, PermissionPolicy, Scope};
use crate::{Ctx, EntityMeta, Error, Result};

/// The proof that a policy has allowed an action on an entity, with the scope that it set. Only
/// [`authorize`] makes one, and a [`Session`](crate::Session) takes nothing without one.
#[derive(Clone, Debug)]
pub struct Permit {
    action: Action,
    entity: &'static EntityMeta,
    scope: Scope,
}

impl Permit {
    /// What was allowed.
    pub fn action(&self) -> Action {
        self.action
    }

    /// On which entity.
    pub fn entity(&self) -> &'static EntityMeta {
        self.entity
    }

    /// To which rows and fields.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// Asks the policy. The program itself ([`Subject::System`](crate::Subject::System)) is not bounded
/// by any, and neither is a command that acts [elevated](Ctx::elevated).
///
/// # Errors
///
/// [`Error::Denied`] with the policy's reason.
pub fn authorize(
    policy: &dyn PermissionPolicy,
    ctx: &Ctx,
    action: Action,
    entity: &'static EntityMeta,
) -> Result<Permit> {
    let decision =
        if ctx.actor.elevated { Decision::Allow(Scope::all()) } else { policy.decide(&ctx.actor, action, entity) };
    match decision {
        Decision::Allow(scope) => Ok(Permit { action, entity, scope }),
        Decision::Deny(denial) => Err(Error::Denied(denial)),
    }
}
