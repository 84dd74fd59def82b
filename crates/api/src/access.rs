//! Who may call an operation, as declared.

use crate::resource::schema::words;
use kwik_domain::{Action, Ctx, Denial, EntityMeta, Error, PermissionPolicy, Result, authorize};

/// Who may call an operation. Every route declares one.
#[derive(Clone, Debug)]
pub enum Access {
    /// Everybody; credentials are not looked at.
    Public,
    /// Everybody; whoever presents credentials acts by them, so that wrong ones are refused.
    Optional,
    /// Everybody who has signed in, also while the password must be changed before anything else.
    Account,
    /// Everybody who has signed in.
    SignedIn,
    /// Whoever has all of these permissions.
    Permissions(Vec<&'static str>),
    /// Whoever the policy allows this action on this entity.
    Entity(Action, &'static EntityMeta),
    /// Whoever the policy allows all of these actions on these entities.
    Entities(Vec<(Action, &'static EntityMeta)>),
}

impl Access {
    /// Whether the context's actor may call it. Somebody who must change the password may do nothing before.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`].
    pub(crate) fn check(&self, policy: &dyn PermissionPolicy, ctx: &Ctx) -> Result<()> {
        if ctx.actor.grants.must_change_password && !matches!(self, Self::Public | Self::Optional | Self::Account) {
            let denial = Denial::new("the password must be changed first; PUT /users/me/password");
            return Err(Error::Denied(denial.with_code("password_change_required")));
        }
        match self {
            Self::Public | Self::Optional | Self::Account | Self::SignedIn => Ok(()),
            Self::Permissions(names) => {
                names.iter().try_for_each(|name| policy.permits(&ctx.actor, name)).map_err(Error::Denied)
            }
            Self::Entity(action, meta) => authorize(policy, ctx, *action, meta).map(drop),
            Self::Entities(all) => {
                all.iter().try_for_each(|(action, meta)| authorize(policy, ctx, *action, meta).map(drop))
            }
        }
    }

    /// The permissions by name, as scopes of the document.
    pub fn scopes(&self) -> Vec<String> {
        match self {
            Self::Public | Self::Optional | Self::Account | Self::SignedIn => Vec::new(),
            Self::Permissions(names) => names.iter().map(|name| (*name).to_owned()).collect(),
            Self::Entity(action, meta) => vec![meta.permission(action.verb())],
            Self::Entities(all) => all.iter().map(|(action, meta)| meta.permission(action.verb())).collect(),
        }
    }

    /// The sets of permissions of which each is enough.
    pub fn alternatives(&self) -> Vec<Vec<String>> {
        let own = match self {
            Self::Entity(action, meta) => meta.own_permission(*action),
            _ => None,
        };
        std::iter::once(self.scopes()).chain(own.map(|(own, _)| vec![own])).collect()
    }

    /// The permissions by name, with what each allows in words.
    pub(crate) fn described(&self) -> Vec<(String, String)> {
        let described = |name: String| {
            let words = match self {
                Self::Entity(action, meta) => {
                    let own = if name.ends_with("_own") { "one's own " } else { "" };
                    format!("{} {own}{}", action.verb(), words(meta.plural))
                }
                _ => name.replace('_', " "),
            };
            let mut letters = words.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            (name, first.into_iter().chain(letters).collect())
        };
        self.alternatives().into_iter().flatten().map(described).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kwik_domain::{Actor, Entity as _, Grants, RolePolicy, Via, access::Role};
    use std::sync::Arc;

    /// The word with which each kind of access is refused, if it is.
    fn refused(permissions: &[&str], must_change_password: bool) -> Vec<&'static str> {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        let grants = Grants { permissions, must_change_password, ..Grants::default() };
        let actor = Arc::new(Actor::user(7, Via::Nothing, Arc::new(grants)));
        let ctx = Ctx { actor, ..Ctx::system(Via::Job("test"), std::time::SystemTime::UNIX_EPOCH.into()) };
        let both = Access::Permissions(vec!["role_read", "user_read"]);
        [
            Access::Public,
            Access::Optional,
            Access::Account,
            Access::SignedIn,
            both,
            Access::Entity(Action::Read, Role::META),
        ]
        .iter()
        .map(|access| match access.check(&RolePolicy, &ctx) {
            Err(Error::Denied(denial)) => denial.code,
            _ => "",
        })
        .collect()
    }

    #[test]
    fn a_password_that_must_be_changed_comes_before_all_else() {
        let must = "password_change_required";
        assert_eq!(refused(&["role_read", "user_read"], false), ["", "", "", "", "", ""]);
        assert_eq!(refused(&["role_read"], false), ["", "", "", "", "forbidden", ""]);
        assert_eq!(refused(&[], false), ["", "", "", "", "forbidden", "forbidden"]);
        assert_eq!(refused(&["role_read", "user_read"], true), ["", "", "", must, must, must]);
    }
}
