//! Operations that are for others than whoever has their entity's permission.

use kwik_domain::{Action, Actor, Denial, EntityMeta, PermissionPolicy, Reason};

/// For whom an operation of an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    /// Whoever has the entity's permission.
    Holders,
    /// Everybody.
    Everybody,
    /// Whoever has signed in.
    SignedIn,
    /// Whoever has this permission.
    Permission(&'static str),
}

/// An operation of an entity of which some are for others than whoever has the entity's permission.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The entity.
    pub entity: &'static EntityMeta,
    /// What the operation does.
    pub action: Action,
    /// Its method and path: `GET /products/{id}`.
    pub operation: String,
    /// For whom it is.
    pub to: OpenTo,
}

impl Opening {
    /// The permission that it needs in place of the entity's.
    pub fn permission(&self) -> Option<&'static str> {
        match self.to {
            OpenTo::Permission(name) => Some(name),
            _ => None,
        }
    }

    /// For whom it is, in words.
    pub fn access(&self) -> String {
        match self.to {
            OpenTo::Holders => format!("whoever has {}", self.entity.permission(self.action.verb())),
            OpenTo::Everybody => "everybody".to_owned(),
            OpenTo::SignedIn => "whoever has signed in".to_owned(),
            OpenTo::Permission(name) => format!("whoever has {name}"),
        }
    }

    pub(crate) fn concerns(&self, action: Action, entity: &'static EntityMeta) -> bool {
        self.action == action && std::ptr::eq(self.entity, entity)
    }

    /// Whether the gate lets the actor through, if it is no matter of the entity's permission.
    pub(crate) fn admits(&self, policy: &dyn PermissionPolicy, actor: &Actor) -> Result<(), Denial> {
        if self.to != OpenTo::Everybody && actor.grants.must_change_password {
            return Err(Denial::new("the password must be changed first"));
        }
        self.permission().map_or(Ok(()), |name| policy.permits(actor, name))
    }

    /// Why the actor is let through.
    pub(crate) fn reason(&self) -> Reason {
        let permissions = self.permission().map(str::to_owned).into_iter().collect();
        Reason { permissions, ..Reason::new(format!("{} is for {}", self.operation, self.access())) }
    }
}
