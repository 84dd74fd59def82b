//! The policy of the whole: roles, and whatever the program adds.

use kwik_domain::{Action, Actor, Decision, Denial, EntityMeta, PermissionPolicy, RolePolicy, Scope};
use std::{borrow::Cow, sync::Arc};

/// All of them must allow. One that replaces roles does so for entities alone.
pub(crate) fn combined(
    replaced: Option<Arc<dyn PermissionPolicy>>,
    own: Vec<Arc<dyn PermissionPolicy>>,
) -> Arc<dyn PermissionPolicy> {
    let mut all: Vec<Arc<dyn PermissionPolicy>> = match replaced {
        Some(policy) => vec![Arc::new(NamedPermissions), policy],
        None if own.is_empty() => return Arc::new(RolePolicy),
        None => vec![Arc::new(RolePolicy)],
    };
    all.extend(own);
    Arc::new(all)
}

/// Permissions that operations name are those that roles grant, whatever decides on entities.
struct NamedPermissions;

impl PermissionPolicy for NamedPermissions {
    fn decide(&self, _: &Actor, _: Action, _: &'static EntityMeta) -> Decision {
        Decision::Allow(Scope::all())
    }

    fn permits(&self, actor: &Actor, permission: &str) -> Result<(), Denial> {
        RolePolicy.permits(actor, permission)
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("named permissions")
    }
}
