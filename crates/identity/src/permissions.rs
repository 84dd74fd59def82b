//! What may be done, by name.

use crate::{
    Grantor, Part, Ports,
    links::{linked, page_of_linked, page_of_others, remaining, rows_of, unlink},
    locked::locked,
    roles::not_of_administrators,
    users::permission_event,
};
use kwik_app::Work;
use kwik_domain::{
    Action, Ctx, Page, Repository, Result, RuleViolation, Stored,
    access::{Permission, PermissionUpdate, Role, RolePermission},
};
use std::collections::HashMap;

/// The use cases around permissions.
#[derive(Clone)]
pub struct Permissions {
    ports: Ports,
}

impl Permissions {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Renames a permission. What roles grant by it, they grant under its new name.
    ///
    /// # Errors
    ///
    /// Those of a repository; [`kwik_domain::Error::Rule`] for a permission that the program declares, [`kwik_domain::Error::Denied`]
    /// for one that a role grants and the caller does not hold.
    pub async fn update(
        &self,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        update: PermissionUpdate,
    ) -> Result<Stored<Permission>> {
        let mut work = self.ports.data.begin().await?;
        let old = locked::<Permission>(ctx, &mut work, Action::Update, id, expected).await?;
        if let Some(name) = update.name.as_ref().filter(|name| **name != old.name) {
            self.not_declared(&old, "renamed")?;
            let near = (RolePermission::PERMISSION_ID, id);
            let granting = linked(ctx, &mut work.repo(), near, RolePermission::ROLE_ID, i64::MIN).await?;
            // Of one that no role grants, nobody has anything to lose.
            let mut involved = if granting.is_empty() { Vec::new() } else { vec![old.name.clone()] };
            // A name that means something to the program must not come about by renaming another.
            involved.extend(self.ports.is_declared(name).then(|| name.clone()));
            Grantor::may_grant(&Grantor::as_of_now(ctx, &mut work).await?, &involved)?;
        }
        let new = work.repository::<Permission>().update(ctx, id, expected, &update).await?;
        work.commit().await?;
        Ok(new)
    }

    /// Removes a permission; no role grants it any more. Also how many did.
    ///
    /// # Errors
    ///
    /// Those of a repository; [`kwik_domain::Error::Rule`] for a permission that the program declares.
    pub async fn remove(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<(Stored<Permission>, u64)> {
        let mut work = self.ports.data.begin().await?;
        let permission = locked::<Permission>(ctx, &mut work, Action::Delete, id, expected).await?;
        self.not_declared(&permission, "removed")?;
        let roles = self.clear(ctx, &mut work, &permission).await?;
        let permission = work.repository::<Permission>().delete(ctx, id, expected).await?;
        work.commit().await?;
        Ok((permission, roles))
    }

    /// The roles that grant a permission.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::NotFound`].
    pub async fn roles(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Role>> {
        self.seen(ctx, id).await?;
        page_of_linked(&self.ports, ctx, (RolePermission::PERMISSION_ID, id), RolePermission::ROLE_ID, page).await
    }

    /// The roles that do not grant a permission.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::NotFound`].
    pub async fn available_roles(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Role>> {
        self.seen(ctx, id).await?;
        page_of_others(&self.ports, ctx, (RolePermission::PERMISSION_ID, id), RolePermission::ROLE_ID, page).await
    }

    /// Takes a permission from all roles.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::NotFound`]; [`kwik_domain::Error::Rule`] for what the program declares, while
    /// the administrators' role grants it.
    pub async fn revoke_from_all(&self, ctx: &Ctx, id: i64) -> Result<Stored<Permission>> {
        let mut work = self.ports.data.begin().await?;
        let permission = locked::<Permission>(ctx, &mut work, Action::Delete, id, None).await?;
        self.clear(ctx, &mut work, &permission).await?;
        work.commit().await?;
        Ok(permission)
    }

    async fn seen(&self, ctx: &Ctx, id: i64) -> Result<Stored<Permission>> {
        self.ports.data.single().repository::<Permission>().get(ctx, id).await
    }

    /// Takes a permission from all roles; how many there were.
    async fn clear(&self, ctx: &Ctx, work: &mut Work, permission: &Stored<Permission>) -> Result<u64> {
        let links = remaining::<RolePermission>(ctx, work, &RolePermission::PERMISSION_ID.eq(permission.id)).await?;
        let keys: Vec<_> = links.iter().map(|link| link.role_id).collect();
        let roles = rows_of::<Role>(&ctx.elevated(), &mut work.repo(), &keys).await?;
        let roles: HashMap<_, _> = roles.iter().map(|role| (role.id, role)).collect();
        for link in &links {
            unlink::<RolePermission>(ctx, work, link.id).await?;
            if let Some(role) = roles.get(&link.role_id) {
                if self.ports.is_declared(&permission.name) {
                    not_of_administrators(role, "not without what the program declares")?;
                }
                work.record(ctx, &permission_event("revoke", role, permission)).await?;
            }
        }
        Ok(links.len() as u64)
    }

    fn not_declared(&self, permission: &Stored<Permission>, what: &str) -> Result<()> {
        if !self.ports.is_declared(&permission.name) {
            return Ok(());
        }
        let detail = format!("the permission {} is declared by the program and cannot be {what}", permission.name);
        Err(RuleViolation::new("permission_declared", detail).into())
    }
}
