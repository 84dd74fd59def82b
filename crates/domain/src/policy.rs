//! Who may do what, to which rows and fields.

use crate::{Actor, Ctx, EntityMeta, Error, FieldSet, Filter, Result};
use std::borrow::Cow;

/// What is done to rows of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make rows.
    Create,
    /// See rows, their totals and their history.
    Read,
    /// Change rows.
    Update,
    /// Remove rows.
    Delete,
}

impl Action {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// The verb in the name of its permission: `customers_read`.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What an allowed actor reaches: a row filter, and the fields that may be seen and written.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The rows.
    pub rows: Filter,
    /// The fields that may be seen.
    pub read: FieldSet,
    /// The fields that may be written.
    pub write: FieldSet,
}

impl Scope {
    /// All rows, all fields.
    pub const fn all() -> Self {
        Self { rows: Filter::All, read: FieldSet::ALL, write: FieldSet::ALL }
    }

    /// The rows that satisfy a filter, all fields.
    pub const fn rows(rows: Filter) -> Self {
        Self { rows, read: FieldSet::ALL, write: FieldSet::ALL }
    }

    /// What both scopes reach.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self {
            rows: self.rows & other.rows,
            read: self.read.intersection(other.read),
            write: self.write.intersection(other.write),
        }
    }
}

/// Why something was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// A sentence for the log and the audit trail; the client sees it too.
    pub reason: Cow<'static, str>,
}

impl Denial {
    /// A denial with its reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }
}

/// A policy's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Yes, within this scope.
    Allow(Scope),
    /// No, for this reason.
    Deny(Denial),
}

/// Decides who may do what. Deciding is synchronous, from the actor's snapshot alone.
///
/// A policy of one's own is combined with [`RolePolicy`]: all must allow, row scopes are and-ed,
/// fields intersected.
pub trait PermissionPolicy: Send + Sync {
    /// May the actor do this to rows of the entity, and to which?
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision;

    /// Does the actor have this permission?
    ///
    /// # Errors
    ///
    /// The reason why not.
    fn permits(&self, actor: &Actor, permission: &str) -> Result<(), Denial>;
}

/// The default: what the actor's roles grant, by name of permission.
#[derive(Clone, Copy, Debug, Default)]
pub struct RolePolicy;

impl PermissionPolicy for RolePolicy {
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision {
        match self.permits(actor, &entity.permission(action.verb())) {
            Ok(()) => Decision::Allow(Scope::all()),
            Err(denial) => Decision::Deny(denial),
        }
    }

    fn permits(&self, actor: &Actor, permission: &str) -> Result<(), Denial> {
        if actor.grants.permissions.contains(permission) {
            Ok(())
        } else {
            Err(Denial::new(format!("the permission {permission} is needed")))
        }
    }
}

/// Several policies: all must allow.
impl PermissionPolicy for Vec<std::sync::Arc<dyn PermissionPolicy>> {
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision {
        let mut scope = Scope::all();
        for policy in self {
            match policy.decide(actor, action, entity) {
                Decision::Allow(other) => scope = scope.intersection(other),
                denied @ Decision::Deny(_) => return denied,
            }
        }
        Decision::Allow(scope)
    }

    fn permits(&self, actor: &Actor, permission: &str) -> Result<(), Denial> {
        self.iter().try_for_each(|policy| policy.permits(actor, permission))
    }
}

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
