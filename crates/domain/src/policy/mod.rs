//! Who may do what, to which rows and fields.

mod permit;
mod reach;
mod role_policy;
mod rows;

pub use permit::{Permit, authorize};
pub(crate) use reach::within_reach;
pub use role_policy::RolePolicy;
pub use rows::Rows;

use crate::{Actor, EntityMeta, FieldSet, Filter};
use std::{borrow::Cow, sync::Arc};

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

    /// The action of that verb.
    pub fn from_verb(verb: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.verb() == verb)
    }

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
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for the log and the audit trail; the client sees it too.
    pub reason: Cow<'static, str>,
}

impl Denial {
    /// A denial with its reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code: "forbidden", reason: reason.into() }
    }

    /// The same with another word for programs.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
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
/// fields intersected. Only [`PermissionPolicy::decide`] has to be written:
///
/// ```
/// use kwik_domain::{Action, Actor, Decision, Denial, EntityMeta, PermissionPolicy};
///
/// /// Nobody changes anything by an API key.
/// struct KeysOnlyRead;
///
/// impl PermissionPolicy for KeysOnlyRead {
///     fn decide(&self, actor: &Actor, action: Action, _: &'static EntityMeta) -> Decision {
///         match (&actor.via, action) {
///             (kwik_domain::Via::Key(_), Action::Create | Action::Update | Action::Delete) => {
///                 Decision::Deny(Denial::new("an API key may only read"))
///             }
///             _ => Decision::Allow(kwik_domain::Scope::all()),
///         }
///     }
/// }
/// ```
pub trait PermissionPolicy: Send + Sync {
    /// May the actor do this to rows of the entity, and to which?
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision;

    /// May the actor do what needs this permission, apart from actions on entities? A policy of one's
    /// own says yes unless it is written otherwise, and leaves it to the others.
    ///
    /// # Errors
    ///
    /// The reason why not.
    fn permits(&self, _actor: &Actor, _permission: &str) -> Result<(), Denial> {
        Ok(())
    }

    /// The fields of the entity that it keeps from somebody: representations may lack them, and the
    /// document says so.
    fn guarded(&self, _entity: &'static EntityMeta) -> FieldSet {
        FieldSet::NONE
    }

    /// Names of permissions that it looks for, apart from those that entities declare. They are there
    /// from the start, for roles to grant.
    fn permissions(&self) -> Vec<Cow<'static, str>> {
        Vec::new()
    }

    /// What it is called when decisions are explained: by default the name of its type.
    fn name(&self) -> Cow<'static, str> {
        let name = std::any::type_name::<Self>();
        Cow::Borrowed(name.rsplit("::").next().unwrap_or(name))
    }

    /// Why it allows, as a sentence for administrators, and which permissions it looked at. A denial
    /// has its reason already.
    fn reason(&self, _actor: &Actor, _action: Action, _entity: &'static EntityMeta) -> Reason {
        Reason::default()
    }

    /// What each policy in it says: one line for each that decides by itself.
    fn explain(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Vec<Opinion> {
        let (decision, reason) = (self.decide(actor, action, entity), self.reason(actor, action, entity));
        vec![Opinion { policy: self.name(), decision, reason }]
    }
}

/// Why a policy allows something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// A sentence for administrators.
    pub text: Cow<'static, str>,
    /// The permissions that made the difference.
    pub permissions: Vec<String>,
}

impl Reason {
    /// A sentence alone.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), permissions: Vec::new() }
    }
}

/// What one policy says, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// The policy.
    pub policy: Cow<'static, str>,
    /// What it decides.
    pub decision: Decision,
    /// Why it allows, if it does.
    pub reason: Reason,
}

/// Several policies: all must allow.
impl PermissionPolicy for Vec<Arc<dyn PermissionPolicy>> {
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

    fn guarded(&self, entity: &'static EntityMeta) -> FieldSet {
        self.iter().fold(FieldSet::NONE, |set, policy| set.union(policy.guarded(entity)))
    }

    fn permissions(&self) -> Vec<Cow<'static, str>> {
        self.iter().flat_map(|policy| policy.permissions()).collect()
    }

    fn explain(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Vec<Opinion> {
        self.iter().flat_map(|policy| policy.explain(actor, action, entity)).collect()
    }
}
