//! What users and roles grant, read from the database as it is now.

use crate::links::{all_linked, rows_of};
use kwik_domain::{
    Ctx, Repo, Result, Stored,
    access::{Permission, Role, RolePermission, UserRole},
};
use std::collections::BTreeSet;

/// What somebody holds, or would hold as soon as everything is active.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    /// The roles, inactive ones, too.
    pub roles: Vec<Stored<Role>>,
    /// The names of the permissions that they grant.
    pub permissions: Vec<String>,
}

/// The rights of a user.
pub(crate) async fn of_user(ctx: &Ctx, repo: &mut Repo<'_>, user_id: i64) -> Result<Rights> {
    let roles = all_linked(ctx, repo, (UserRole::USER_ID, user_id), UserRole::ROLE_ID).await?;
    let permissions = names(&of_roles(ctx, repo, &roles).await?);
    Ok(Rights { roles: rows_of(&ctx.elevated(), repo, &roles).await?, permissions })
}

/// What a user's active roles give now.
pub(crate) async fn active_of_user(ctx: &Ctx, repo: &mut Repo<'_>, user_id: i64) -> Result<Rights> {
    let keys = all_linked(ctx, repo, (UserRole::USER_ID, user_id), UserRole::ROLE_ID).await?;
    let mut roles = rows_of::<Role>(&ctx.elevated(), repo, &keys).await?;
    roles.retain(|role| role.is_active);
    let keys: Vec<_> = roles.iter().map(|role| role.id).collect();
    Ok(Rights { permissions: names(&of_roles(ctx, repo, &keys).await?), roles })
}

/// The names of the permissions that a role grants.
pub(crate) async fn of_role(ctx: &Ctx, repo: &mut Repo<'_>, role_id: i64) -> Result<Vec<String>> {
    Ok(names(&of_roles(ctx, repo, &[role_id]).await?))
}

/// The permissions that some roles grant, each once, in the order of their keys.
pub(crate) async fn of_roles(ctx: &Ctx, repo: &mut Repo<'_>, roles: &[i64]) -> Result<Vec<Stored<Permission>>> {
    let mut keys = BTreeSet::new();
    for role in roles {
        let near = (RolePermission::ROLE_ID, *role);
        keys.extend(all_linked(ctx, repo, near, RolePermission::PERMISSION_ID).await?);
    }
    rows_of(&ctx.elevated(), repo, &keys.into_iter().collect::<Vec<_>>()).await
}

fn names(permissions: &[Stored<Permission>]) -> Vec<String> {
    permissions.iter().map(|permission| permission.name.clone()).collect()
}
