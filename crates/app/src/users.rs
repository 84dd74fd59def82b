//! Making users and giving them roles, for the command line and for tests.

use crate::{Data, sign_in::hash_error};
use kwik_domain::{
    Ctx, Error, Filter, Page, PasswordHasher, Repository, Result, Secret, Stored,
    access::{
        Permission, Role, RoleCreate, RolePermission, RolePermissionCreate, User, UserCreate, UserRole, UserRoleCreate,
        UserUpdate,
    },
};
use std::sync::Arc;

/// More roles, users or permissions than this are not looked through by name.
pub(crate) const MANY: Page = Page { skip: 0, limit: 100_000 };

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
    data: Data,
    hasher: Arc<dyn PasswordHasher>,
}

impl Users {
    /// The use cases over the data and a hasher.
    pub fn new(data: Data, hasher: Arc<dyn PasswordHasher>) -> Self {
        Self { data, hasher }
    }

    /// Makes a user who holds the roles.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a role that does not exist, [`Error::Conflict`] for a taken email.
    pub async fn create(&self, ctx: &Ctx, new: NewUser) -> Result<Stored<User>> {
        let hashed_password = self.hasher.hash(new.password).await.map_err(hash_error)?;
        let mut work = self.data.begin().await?;
        let create = UserCreate {
            name: new.name,
            surname: new.surname,
            email: new.email.to_lowercase(),
            hashed_password,
            is_active: true,
        };
        let user = work.repository::<User>().create(ctx, &create).await?;
        for name in new.roles {
            let filter = Role::NAME.eq(name.as_str());
            let found = work.repository::<Role>().list(ctx, &filter, &[], MANY).await?;
            let role = found.first().ok_or(Error::NotFound { entity: "roles", key: name })?;
            let link = UserRoleCreate { user_id: user.id, role_id: role.id };
            work.repository::<UserRole>().create(ctx, &link).await?;
        }
        work.commit().await?;
        Ok(user)
    }

    /// Makes a role that grants permissions, which must exist.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a permission that does not exist, [`Error::Conflict`] for a taken name.
    pub async fn create_role(&self, ctx: &Ctx, name: &str, permissions: &[&str]) -> Result<Stored<Role>> {
        let mut work = self.data.begin().await?;
        let create = RoleCreate { name: name.to_owned(), is_active: true };
        let role = work.repository::<Role>().create(ctx, &create).await?;
        for name in permissions {
            let filter = Permission::NAME.eq(*name);
            let found = work.repository::<Permission>().list(ctx, &filter, &[], MANY).await?;
            let missing = || Error::NotFound { entity: "permissions", key: (*name).to_owned() };
            let permission = found.first().ok_or_else(missing)?;
            let link = RolePermissionCreate { role_id: role.id, permission_id: permission.id };
            work.repository::<RolePermission>().create(ctx, &link).await?;
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
        self.data.single().repository::<User>().list(ctx, &Filter::All, &[], MANY).await
    }

    /// Gives the user with that email another password.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user.
    pub async fn set_password(&self, ctx: &Ctx, email: &str, password: Secret) -> Result<()> {
        let hashed_password = self.hasher.hash(password).await.map_err(hash_error)?;
        let update = UserUpdate { hashed_password: Some(hashed_password), ..UserUpdate::default() };
        self.change(ctx, email, update).await
    }

    /// Lets the user with that email sign in, or no longer.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user.
    pub async fn set_active(&self, ctx: &Ctx, email: &str, is_active: bool) -> Result<()> {
        let update = UserUpdate { is_active: Some(is_active), ..UserUpdate::default() };
        self.change(ctx, email, update).await
    }

    async fn change(&self, ctx: &Ctx, email: &str, update: UserUpdate) -> Result<()> {
        let mut work = self.data.begin().await?;
        let found = work.repository::<User>().list(ctx, &User::EMAIL.eq(email.to_lowercase()), &[], MANY).await?;
        let user = found.first().ok_or(Error::NotFound { entity: "users", key: email.to_owned() })?;
        work.repository::<User>().update(ctx, user.id, None, &update).await?;
        work.commit().await
    }
}
