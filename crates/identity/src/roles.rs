//! Bundles of permissions, and who holds them.

use crate::{
    Administrators, Grantor, Part, Ports,
    links::{page_of_linked, page_of_others, remaining, unlink},
    locked::locked,
    rights,
    users::{give_role, permission_event, user_event, verify},
};
use kwik_app::Work;
use kwik_domain::{
    Action, Ctx, Entity, EntityMeta, Error, Page, Repository, Result, RuleViolation, Stored,
    access::{ADMIN_ROLE, Permission, Role, RolePermission, RolePermissionCreate, RoleUpdate, User, UserRole},
    authorize,
};
use std::collections::HashMap;

/// What went with a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedRole {
    /// Users who held it.
    pub users: u64,
    /// Permissions that it granted.
    pub permissions: u64,
}

/// The use cases around roles.
#[derive(Clone)]
pub struct Roles {
    ports: Ports,
}

impl Roles {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// How many users hold each of these roles now.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn count_holders(&self, roles: &[i64]) -> Result<HashMap<i64, u64>> {
        if roles.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.ports.directory.count_holders(roles).await?.into_iter().collect())
    }

    /// Changes a role.
    ///
    /// # Errors
    ///
    /// Those of a repository; [`Error::Denied`] for activating or renaming what grants more than the caller
    /// holds,
    /// [`Error::Rule`] for the administrators' role.
    pub async fn update(&self, ctx: &Ctx, id: i64, expected: Option<i64>, update: RoleUpdate) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let old = locked::<Role>(ctx, &mut work, Action::Update, id, expected).await?;
        let renames = update.name.as_ref().is_some_and(|name| *name != old.name);
        if renames || (update.is_active == Some(false) && old.is_active) {
            not_of_administrators(&old, "neither renamed nor deactivated")?;
        }
        // By its name, too, a role may mean something to a policy.
        if renames || (update.is_active == Some(true) && !old.is_active) {
            let granted = rights::of_role(ctx, &mut work.repo(), id).await?;
            let caller = self.still_may(ctx, &mut work, &[Role::META]).await?;
            Grantor::may_give_role(&caller, &old.name, &granted)?;
        }
        let new = work.repository::<Role>().update(ctx, id, expected, &update).await?;
        work.commit().await?;
        Ok(new)
    }

    /// Removes a role. Whoever held it holds it no more. The answer is the role as it was.
    ///
    /// # Errors
    ///
    /// Those of a repository; [`Error::Rule`] for the administrators' role.
    pub async fn remove(&self, ctx: &Ctx, id: i64, expected: Option<i64>) -> Result<(Stored<Role>, RemovedRole)> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Delete, id, expected).await?;
        not_of_administrators(&role, "not removed")?;
        let users = self.clear_users(ctx, &ctx.elevated(), &mut work, &role).await?;
        let permissions = self.clear_permissions(ctx, &ctx.elevated(), &mut work, &role).await?;
        let role = work.repository::<Role>().delete(ctx, id, expected).await?;
        work.commit().await?;
        Ok((role, RemovedRole { users, permissions }))
    }

    /// The permissions that a role grants.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn permissions(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Permission>> {
        self.seen(ctx, id).await?;
        page_of_linked(&self.ports, ctx, (RolePermission::ROLE_ID, id), RolePermission::PERMISSION_ID, page).await
    }

    /// The permissions that a role does not grant.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn available_permissions(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Permission>> {
        self.seen(ctx, id).await?;
        page_of_others(&self.ports, ctx, (RolePermission::ROLE_ID, id), RolePermission::PERMISSION_ID, page).await
    }

    /// The users who hold a role.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn users(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<User>> {
        self.seen(ctx, id).await?;
        page_of_linked(&self.ports, ctx, (UserRole::ROLE_ID, id), UserRole::USER_ID, page).await
    }

    /// The users who do not hold a role.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn available_users(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<User>> {
        self.seen(ctx, id).await?;
        page_of_others(&self.ports, ctx, (UserRole::ROLE_ID, id), UserRole::USER_ID, page).await
    }

    async fn seen(&self, ctx: &Ctx, id: i64) -> Result<Stored<Role>> {
        self.ports.data.single().repository::<Role>().get(ctx, id).await
    }

    /// Lets a role grant a permission; nothing happens if it does.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for either; [`Error::Denied`] for a permission that the caller does not hold.
    pub async fn grant_permission(&self, ctx: &Ctx, id: i64, permission_id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Update, id, None).await?;
        let permission = locked::<Permission>(ctx, &mut work, Action::Update, permission_id, None).await?;
        let caller = self.still_may(ctx, &mut work, &[Role::META, Permission::META]).await?;
        Grantor::may_grant(&caller, std::slice::from_ref(&permission.name))?;
        let between = RolePermission::ROLE_ID.eq(id) & RolePermission::PERMISSION_ID.eq(permission_id);
        if remaining::<RolePermission>(ctx, &mut work, &between).await?.is_empty() {
            let link = RolePermissionCreate { role_id: id, permission_id };
            work.repository::<RolePermission>().create(&ctx.elevated(), &link).await?;
            work.record(ctx, &permission_event("grant", &role, &permission)).await?;
            work.commit().await?;
        }
        Ok(role)
    }

    /// Lets a role grant a permission no more; nothing happens if it does not.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for either; [`Error::Rule`] for what the program declares, of the administrators'
    /// role.
    pub async fn revoke_permission(&self, ctx: &Ctx, id: i64, permission_id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Update, id, None).await?;
        let permission = locked::<Permission>(ctx, &mut work, Action::Update, permission_id, None).await?;
        if self.ports.is_declared(&permission.name) {
            not_of_administrators(&role, "not without what the program declares")?;
        }
        let between = RolePermission::ROLE_ID.eq(id) & RolePermission::PERMISSION_ID.eq(permission_id);
        for link in remaining::<RolePermission>(ctx, &mut work, &between).await? {
            unlink::<RolePermission>(ctx, &mut work, link.id).await?;
            work.record(ctx, &permission_event("revoke", &role, &permission)).await?;
        }
        work.commit().await?;
        Ok(role)
    }

    /// Lets a role grant nothing any more, as far as the caller reaches permissions.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Rule`] for the administrators' role.
    pub async fn revoke_permissions(&self, ctx: &Ctx, id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Delete, id, None).await?;
        not_of_administrators(&role, "not without what the program declares")?;
        self.clear_permissions(ctx, ctx, &mut work, &role).await?;
        work.commit().await?;
        Ok(role)
    }

    /// Gives a user a role; nothing happens if the user holds it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for either; [`Error::Denied`] for a role that grants more than the caller holds.
    pub async fn give(&self, ctx: &Ctx, id: i64, user_id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Update, id, None).await?;
        let user = locked::<User>(ctx, &mut work, Action::Update, user_id, None).await?;
        self.still_may(ctx, &mut work, &[Role::META, User::META]).await?;
        let between = UserRole::ROLE_ID.eq(id) & UserRole::USER_ID.eq(user_id);
        if remaining::<UserRole>(ctx, &mut work, &between).await?.is_empty() {
            give_role(ctx, &mut work, &role, &user).await?;
            work.commit().await?;
        }
        Ok(role)
    }

    /// Takes a role from a user; nothing happens if the user does not hold it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for either; [`Error::Rule`] for the last administrator.
    pub async fn take(&self, ctx: &Ctx, id: i64, user_id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        // The administrators' role is this one, or of no account.
        let role = locked::<Role>(ctx, &mut work, Action::Update, id, None).await?;
        let user = locked::<User>(ctx, &mut work, Action::Update, user_id, None).await?;
        let between = UserRole::ROLE_ID.eq(id) & UserRole::USER_ID.eq(user_id);
        let links = remaining::<UserRole>(ctx, &mut work, &between).await?;
        for link in &links {
            unlink::<UserRole>(ctx, &mut work, link.id).await?;
            work.record(ctx, &user_event("revoke", &role, &user)).await?;
        }
        if !links.is_empty() {
            verify(ctx, &mut work, std::slice::from_ref(&role)).await?;
        }
        work.commit().await?;
        Ok(role)
    }

    /// Takes a role from all users whom the caller reaches.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Rule`] for the last administrator.
    pub async fn take_from_all(&self, ctx: &Ctx, id: i64) -> Result<Stored<Role>> {
        let mut work = self.ports.data.begin().await?;
        let role = locked::<Role>(ctx, &mut work, Action::Delete, id, None).await?;
        if self.clear_users(ctx, ctx, &mut work, &role).await? > 0 && role.name == ADMIN_ROLE {
            Administrators::verify(ctx, &mut work).await?;
        }
        work.commit().await?;
        Ok(role)
    }

    /// The caller with the rights that are left after waiting for locks, if they still allow to change these.
    async fn still_may(&self, ctx: &Ctx, work: &mut Work, changed: &[&'static EntityMeta]) -> Result<Ctx> {
        let caller = Grantor::as_of_now(ctx, work).await?;
        for meta in changed {
            authorize(self.ports.data.policy(), &caller, Action::Update, meta)?;
        }
        Ok(caller)
    }

    /// Takes a role from the users whom `reach` may remove; how many there were.
    async fn clear_users(&self, ctx: &Ctx, reach: &Ctx, work: &mut Work, role: &Stored<Role>) -> Result<u64> {
        let mut links = remaining::<UserRole>(ctx, work, &UserRole::ROLE_ID.eq(role.id)).await?;
        links.sort_by_key(|link| link.user_id);
        let mut count = 0;
        for link in &links {
            if let Some(user) = work.repo().find_locked::<User>(reach, Action::Delete, &link.user_id).await? {
                unlink::<UserRole>(ctx, work, link.id).await?;
                work.record(ctx, &user_event("revoke", role, &user)).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Takes from a role the permissions that `reach` may remove; how many there were.
    async fn clear_permissions(&self, ctx: &Ctx, reach: &Ctx, work: &mut Work, role: &Stored<Role>) -> Result<u64> {
        let mut links = remaining::<RolePermission>(ctx, work, &RolePermission::ROLE_ID.eq(role.id)).await?;
        links.sort_by_key(|link| link.permission_id);
        let mut count = 0;
        for link in &links {
            let key = &link.permission_id;
            if let Some(permission) = work.repo().find_locked::<Permission>(reach, Action::Delete, key).await? {
                unlink::<RolePermission>(ctx, work, link.id).await?;
                work.record(ctx, &permission_event("revoke", role, &permission)).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Refuses what would take from administrators what they need.
pub(crate) fn not_of_administrators(role: &Stored<Role>, what: &str) -> Result<(), Error> {
    if role.name != ADMIN_ROLE {
        return Ok(());
    }
    let detail = format!("the role {ADMIN_ROLE} is {what}: administrators must be able to do everything");
    Err(RuleViolation::new("protected_role", detail).into())
}
