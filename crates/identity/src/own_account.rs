//! What users change of themselves.

use crate::{PasswordChange, Ports, Users, users::address};
use kwik_domain::{
    Ctx, Error, FieldError, Issue, Repository, Result, Secret, Stored, Via,
    access::{User, UserUpdate},
};

/// The use cases.
#[derive(Clone)]
pub struct OwnAccount {
    ports: Ports,
    users: Users,
    passwords: PasswordChange,
}

impl OwnAccount {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { users: Users::new(ports.clone()), passwords: PasswordChange::new(ports.clone()), ports }
    }

    /// The caller, whatever else the caller may see.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever is no user.
    pub async fn get(&self, ctx: &Ctx) -> Result<Stored<User>> {
        self.user(ctx, own(ctx)?).await
    }

    /// Who acts in the caller's place, if anybody does.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn impersonator(&self, ctx: &Ctx) -> Result<Option<Stored<User>>> {
        match ctx.actor.impersonator {
            Some(id) => self.user(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    async fn user(&self, ctx: &Ctx, id: i64) -> Result<Stored<User>> {
        self.ports.data.single().repository::<User>().get(&ctx.elevated(), id).await
    }

    /// Changes the caller, who must have the version `expected` if one is given. Another email takes the
    /// password, and like the end of the account is for users in person alone.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] by a key, and in another's place for what takes the user in person;
    /// [`Error::Invalid`] for another email without the password,
    /// [`kwik_domain::AuthenticationError::IncorrectCredentials`] with a wrong one; else see [`Users::update`].
    pub async fn update(
        &self,
        ctx: &Ctx,
        expected: Option<i64>,
        update: UserUpdate,
        password: Option<Secret>,
    ) -> Result<Stored<User>> {
        let id = own(ctx)?;
        let in_person = || ctx.actor.in_person().map(drop).map_err(Error::Denied);
        if !matches!(ctx.actor.via, Via::Session(_)) {
            in_person()?;
        }
        let user = self.user(ctx, id).await?;
        let moves = update.email.as_deref().is_some_and(|email| address(email) != user.email);
        if moves || update.is_active == Some(false) {
            in_person()?;
        }
        if moves {
            // A change that cannot be made asks for no password.
            if expected.is_some_and(|version| version != user.version()) {
                return Err(Error::VersionConflict { current: user.version() });
            }
            self.passwords.confirm_own(ctx, password.ok_or_else(missing)?).await?;
        }
        self.users.update_confirmed(&ctx.elevated(), id, expected, update, moves).await
    }
}

fn own(ctx: &Ctx) -> Result<i64> {
    // Only the program itself is no user here, and it has no account.
    ctx.actor.user_id().ok_or_else(|| Error::Internal("an account was asked for that is no user's".to_owned()))
}

fn missing() -> Error {
    let issue = Issue::new("required", "is required for another email");
    Error::Invalid(vec![FieldError::new("current_password", issue)])
}
