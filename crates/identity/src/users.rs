//! The people who sign in.

use crate::{
    Administrators, Grantor, Part, Ports, Sessions,
    links::{all_linked, page_of_linked, page_of_rows, rows_of},
    locked::locked,
    password_reset::void_all_of,
    rights,
};
use kwik_app::{MANY, Work};
use kwik_domain::{
    AccessEvent, Action, Conflict, Ctx, Entity, Error, Filter, Page, Repository, Result, RuleViolation, Secret, Stored,
    Value,
    access::{
        ADMIN_ROLE, Permission, Role, RoleCreate, RolePermission, RolePermissionCreate, User, UserCreate, UserRole,
        UserRoleCreate, UserUpdate, login,
    },
    authorize,
};

/// What a new user is made of.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Address, with which the user signs in.
    pub email: String,
    /// Given name.
    pub name: String,
    /// Family name.
    pub surname: String,
    /// Password.
    pub password: Secret,
    /// Names of the roles that the user holds.
    pub roles: Vec<String>,
}

/// The use cases around users.
#[derive(Clone)]
pub struct Users {
    pub(crate) ports: Ports,
}

impl Users {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Makes an active user who holds the roles.
    ///
    /// # Errors
    ///
    /// As [`Users::enrol`].
    pub async fn create(&self, ctx: &Ctx, new: NewUser) -> Result<Stored<User>> {
        self.enrol(ctx, new, true).await
    }

    /// Makes a user who holds the roles, and who may sign in or not.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] when the caller may not make users or does not hold what the roles grant,
    /// [`Error::Invalid`] for a password that is none, [`Error::NotFound`] for a role that does not exist,
    /// [`Error::Conflict`] for an email that is taken, in whatever case.
    pub async fn enrol(&self, ctx: &Ctx, new: NewUser, is_active: bool) -> Result<Stored<User>> {
        // Before a hash is made for somebody who may not make users.
        authorize(self.ports.data.policy(), ctx, Action::Create, User::META)?;
        self.ports.settings.passwords.check("password", new.password.expose())?;
        self.insert(ctx, new, is_active).await
    }

    /// The same, whatever the password.
    pub(crate) async fn insert(&self, ctx: &Ctx, new: NewUser, is_active: bool) -> Result<Stored<User>> {
        let email = address(&new.email);
        let create = UserCreate {
            name: new.name,
            surname: new.surname,
            login: login(&email),
            email,
            hashed_password: self.ports.hash(new.password).await?,
            must_change_password: false,
            is_active,
        };
        let mut work = self.ports.data.begin().await?;
        let user = work.repository::<User>().create(ctx, &create).await.map_err(taken_email)?;
        for name in new.roles {
            let found = work.repository::<Role>().list(ctx, &Role::NAME.eq(name.as_str()), &[], MANY).await?;
            let role = found.first().ok_or(Error::NotFound { entity: "roles", key: name })?;
            let role = locked::<Role>(ctx, &mut work, Action::Update, role.id, None).await?;
            give_role(ctx, &mut work, &role, &user).await?;
        }
        work.commit().await?;
        Ok(user)
    }

    /// Makes a role that grants permissions, which must exist.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a permission that does not exist, [`Error::Conflict`] for a taken name,
    /// [`Error::Denied`] for a permission that the caller does not hold.
    pub async fn create_role(&self, ctx: &Ctx, name: &str, permissions: &[&str]) -> Result<Stored<Role>> {
        let names: Vec<String> = permissions.iter().map(|name| (*name).to_owned()).collect();
        Grantor::may_grant(ctx, &names)?;
        let mut work = self.ports.data.begin().await?;
        let create = RoleCreate { name: name.to_owned(), is_active: true };
        let role = work.repository::<Role>().create(ctx, &create).await?;
        for name in names {
            let named = Permission::NAME.eq(name.as_str());
            let found = work.repository::<Permission>().list(ctx, &named, &[], MANY).await?;
            let permission = found.first().ok_or(Error::NotFound { entity: "permissions", key: name })?;
            let link = RolePermissionCreate { role_id: role.id, permission_id: permission.id };
            work.repository::<RolePermission>().create(&ctx.elevated(), &link).await?;
            work.record(ctx, &permission_event("grant", &role, permission)).await?;
        }
        work.commit().await?;
        Ok(role)
    }

    /// All users.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn list(&self, ctx: &Ctx) -> Result<Vec<Stored<User>>> {
        self.ports.data.single().repository::<User>().list(ctx, &Filter::All, &[], MANY).await
    }

    /// Gives the user with that email another password, and ends the user's sessions.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user, [`Error::Invalid`] for a password that is none.
    pub async fn set_password(&self, ctx: &Ctx, email: &str, password: Secret) -> Result<()> {
        let id = self.find(ctx, email).await?;
        self.ports.settings.passwords.check("password", password.expose())?;
        let hashed_password = Some(self.ports.hash(password).await?);
        let update = UserUpdate { hashed_password, must_change_password: Some(false), ..UserUpdate::default() };
        let mut work = self.ports.data.begin().await?;
        locked::<User>(ctx, &mut work, Action::Update, id, None).await?;
        work.repository::<User>().update(ctx, id, None, &update).await?;
        void_all_of(&ctx.elevated(), &mut work, id).await?;
        Sessions::end_all_of(ctx, &mut work, id, None, "password_changed").await?;
        work.record(ctx, &AccessEvent::new("password_changed").about(id)).await?;
        work.commit().await
    }

    /// Lets the user with that email sign in, or no longer.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user, [`Error::Rule`] for the last administrator.
    pub async fn set_active(&self, ctx: &Ctx, email: &str, is_active: bool) -> Result<()> {
        let id = self.find(ctx, email).await?;
        let update = UserUpdate { is_active: Some(is_active), ..UserUpdate::default() };
        self.update(ctx, id, None, update).await.map(drop)
    }

    async fn find(&self, ctx: &Ctx, email: &str) -> Result<i64> {
        let mut single = self.ports.data.single();
        let found = single.repository::<User>().list(ctx, &User::LOGIN.eq(login(email)), &[], MANY).await?;
        let missing = || Error::NotFound { entity: "users", key: email.to_owned() };
        found.first().map(|user| user.id).ok_or_else(missing)
    }

    /// Changes a user. Whoever is deactivated is signed out everywhere.
    ///
    /// # Errors
    ///
    /// Those of a repository. [`Error::Denied`] when the caller gives another email to, activates or
    /// deactivates somebody whose rights are not within their own, and for the end of one's own account by a
    /// key or in another's place; [`Error::Rule`] for the email of oneself, which takes
    /// one's password, and for the last administrator.
    pub async fn update(&self, ctx: &Ctx, id: i64, expected: Option<i64>, update: UserUpdate) -> Result<Stored<User>> {
        self.update_confirmed(ctx, id, expected, update, false).await
    }

    /// The same; of oneself, another email too if the password was asked for.
    pub(crate) async fn update_confirmed(
        &self,
        ctx: &Ctx,
        id: i64,
        expected: Option<i64>,
        mut update: UserUpdate,
        is_confirmed: bool,
    ) -> Result<Stored<User>> {
        let mut work = self.ports.data.begin().await?;
        if update.is_active == Some(false) {
            Administrators::lock(ctx, &mut work).await?;
        }
        let old = locked::<User>(ctx, &mut work, Action::Update, id, expected).await?;
        update.email = update.email.as_deref().map(address);
        let moves = update.email.as_ref().is_some_and(|email| *email != old.email);
        if moves && !is_confirmed && ctx.actor.user_id() == Some(id) {
            let detail = "one's own email takes one's password: change it at /users/me";
            return Err(RuleViolation::new("yourself", detail).into());
        }
        let switches = update.is_active.is_some_and(|is_active| is_active != old.is_active);
        if switches && ctx.actor.user_id() == Some(id) {
            ctx.actor.in_person().map_err(Error::Denied)?;
        }
        if moves || switches {
            Grantor::may_rule_locked(ctx, &mut work, id).await?;
        }
        if moves {
            update.login = update.email.as_deref().map(login);
        }
        let new = work.repository::<User>().update(ctx, id, expected, &update).await.map_err(taken_email)?;
        if moves {
            void_all_of(&ctx.elevated(), &mut work, id).await?;
        }
        if old.is_active && !new.is_active {
            Sessions::end_all_of(ctx, &mut work, id, None, "deactivated").await?;
            let held = rights::of_user(ctx, &mut work.repo(), id).await?.roles;
            verify(ctx, &mut work, &held).await?;
        }
        work.commit().await?;
        Ok(new)
    }

    /// The permissions that a user holds by active roles.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn permissions(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Permission>> {
        let mut single = self.ports.data.single();
        single.repository::<User>().get(ctx, id).await?;
        let roles = all_linked(ctx, &mut single.repo(), (UserRole::USER_ID, id), UserRole::ROLE_ID).await?;
        let roles = rows_of::<Role>(&ctx.elevated(), &mut single.repo(), &roles).await?;
        let active: Vec<_> = roles.iter().filter(|role| role.is_active).map(|role| role.id).collect();
        let held = rights::of_roles(ctx, &mut single.repo(), &active).await?;
        let held: Vec<_> = held.iter().map(|permission| permission.id).collect();
        Ok(page_of_rows(rows_of(ctx, &mut single.repo(), &held).await?, page))
    }

    /// The roles that a user holds, inactive ones, too.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn roles(&self, ctx: &Ctx, id: i64, page: Page) -> Result<Part<Role>> {
        self.ports.data.single().repository::<User>().get(ctx, id).await?;
        page_of_linked(&self.ports, ctx, (UserRole::USER_ID, id), UserRole::ROLE_ID, page).await
    }

    /// The permissions that the caller acts with: of a key, those of its scope alone.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn own_permissions(&self, ctx: &Ctx, page: Page) -> Result<Part<Permission>> {
        let names: Vec<_> = ctx.actor.grants.permissions.iter().map(|name| Value::Text(name.clone())).collect();
        let (mut rows, mut single) = (Vec::new(), self.ports.data.single());
        for names in names.chunks(500) {
            let named = Filter::In(Permission::NAME.index(), names.to_vec());
            rows.extend(single.repository::<Permission>().list(&ctx.elevated(), &named, &[], MANY).await?);
        }
        rows.sort_by_key(|permission| permission.id);
        Ok(page_of_rows(rows, page))
    }

    /// The roles that the caller holds, inactive ones, too.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn own_roles(&self, ctx: &Ctx, page: Page) -> Result<Part<Role>> {
        let Some(id) = ctx.actor.user_id() else { return Ok(Part::default()) };
        let near = (UserRole::USER_ID, id);
        page_of_linked(&self.ports, &ctx.elevated(), near, UserRole::ROLE_ID, page).await
    }
}

/// Gives a user a role, with what that leaves in the trail.
///
/// # Errors
///
/// [`Error::Denied`] when the caller does not hold what the role grants.
pub(crate) async fn give_role(ctx: &Ctx, work: &mut Work, role: &Stored<Role>, user: &Stored<User>) -> Result<()> {
    let permissions = rights::of_role(ctx, &mut work.repo(), role.id).await?;
    Grantor::may_give_role(&Grantor::as_of_now(ctx, work).await?, &role.name, &permissions)?;
    let link = UserRoleCreate { user_id: user.id, role_id: role.id };
    work.repository::<UserRole>().create(&ctx.elevated(), &link).await?;
    work.record(ctx, &user_event("grant", role, user)).await
}

/// Checks that there is an administrator, where one of these roles makes one.
pub(crate) async fn verify(ctx: &Ctx, work: &mut Work, held: &[Stored<Role>]) -> Result<()> {
    if held.iter().any(|role| role.name == ADMIN_ROLE) { Administrators::verify(ctx, work).await } else { Ok(()) }
}

/// A role came to a user, or went.
pub(crate) fn user_event(action: &'static str, role: &Stored<Role>, user: &Stored<User>) -> AccessEvent {
    AccessEvent::new(action).about(user.id).with("role", &role.name).with("user", &user.email)
}

/// A permission came to a role, or went.
pub(crate) fn permission_event(
    action: &'static str,
    role: &Stored<Role>,
    permission: &Stored<Permission>,
) -> AccessEvent {
    AccessEvent::new(action).about(role.id).with("role", &role.name).with("permission", &permission.name)
}

/// An address as it is kept: names of hosts know no case, what is before them might.
pub(crate) fn address(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, host)) => format!("{local}@{}", host.to_lowercase()),
        None => email.to_owned(),
    }
}

/// Nobody outside knows by what field addresses are told apart.
pub(crate) fn taken_email(error: Error) -> Error {
    match error {
        Error::Conflict(Conflict::Taken { entity: "users", .. }) => {
            Conflict::Taken { entity: "users", fields: vec!["email"] }.into()
        }
        other => other,
    }
}
