//! Setting a new password by a letter.

use crate::{
    Ports,
    digest::{random_text, sha256},
    password_change::{self, inactive},
    sessions::on_account,
    throttling::{Turns, network},
};
use kwik_app::{MANY, Work};
use kwik_domain::{
    AccessEvent, Action, Ctx, Error, Mail, Mailer, Repository, Result, RuleViolation, Secret, StoreError, Stored, Via,
    access::{PasswordReset, PasswordResetCreate, PasswordResetUpdate, User, UserSession, UserSessionCreate, login},
};

/// The use cases.
#[derive(Clone)]
pub struct PasswordResets {
    ports: Ports,
}

impl PasswordResets {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Sends a letter to that address, if it is that of an active user. Whether it is shows neither in the
    /// answer nor in its time: it is looked up and written after the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] where no letters are sent, [`Error::Throttled`] when the address of the network has
    /// asked too often.
    pub async fn request(&self, ctx: &Ctx, email: &str) -> Result<()> {
        let none = || StoreError::Unavailable("there is no mailer; set one to send letters".to_owned());
        let mailer = self.ports.mailer.clone().ok_or_else(none)?;
        if let Some(network) = network(ctx.address) {
            let rate = self.ports.settings.throttle.address;
            Turns::default().take(&self.ports, ctx, &format!("mail-from:{network}"), rate).await?;
        }
        let (resets, ctx, login) = (self.clone(), ctx.clone(), login(email));
        tokio::spawn(async move {
            if let Err(error) = resets.send(&ctx, &login, &*mailer).await {
                tracing::error!(%error, "a letter for a new password could not be sent");
            }
        });
        Ok(())
    }

    async fn send(&self, ctx: &Ctx, login: &str, mailer: &dyn Mailer) -> Result<()> {
        let rate = self.ports.settings.throttle.mail;
        match Turns::default().take(&self.ports, ctx, &format!("mail-to:{login}"), rate).await {
            Err(Error::Throttled(_)) => {
                tracing::info!("too many letters for a new password to one address; this one is not sent");
                return Ok(());
            }
            outcome => outcome?,
        }
        let system = ctx.elevated();
        let filter = User::LOGIN.eq(login) & User::IS_ACTIVE.eq(true);
        let found = self.ports.data.single().repository::<User>().list(&system, &filter, &[], MANY).await?;
        let Some(user) = found.into_iter().next() else { return Ok(()) };
        let Some((user, token)) = self.write(&on_account(ctx, user.id, Via::Nothing), user.id, login).await? else {
            return Ok(());
        };
        mailer.send(self.letter(&user, &token)).await.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Keeps a new token, and gives it with the user as they are now: whoever has got another address, or was
    /// made inactive meanwhile, gets no letter.
    async fn write(&self, ctx: &Ctx, user_id: i64, login: &str) -> Result<Option<(Stored<User>, Secret)>> {
        let random = &*self.ports.random;
        let token = random_text(random) + &random_text(random);
        let create = PasswordResetCreate {
            user_id,
            hash: sha256(&token),
            expires_at: self.ports.data.clock().now() + self.ports.settings.lifetimes.reset,
            used_at: None,
        };
        let mut work = self.ports.data.begin().await?;
        // Locked, so that whatever changes the address makes this token void, or is seen here.
        let user = work.repo().find_locked::<User>(ctx, Action::Update, &user_id).await?;
        let Some(user) = user.filter(|user| user.is_active && user.login == login) else { return Ok(None) };
        work.repository::<PasswordReset>().create(ctx, &create).await?;
        work.record(ctx, &AccessEvent::new("password_reset_requested").about(user_id)).await?;
        work.commit().await?;
        Ok(Some((user, Secret::new(token))))
    }

    fn letter(&self, user: &User, token: &Secret) -> Mail {
        let minutes = self.ports.settings.lifetimes.reset.as_secs().div_ceil(60);
        let way = match &self.ports.settings.reset_link {
            Some(link) => format!("Set it on this page:\n\n{}\n", link.replace("{token}", token.expose())),
            None => format!("Set it with this token:\n\n{}\n", token.expose()),
        };
        let text = format!(
            "Hello {},\n\nsomebody, probably you, wants to set a new password for {}.\n\n{way}\n\
             This works once, within {minutes} minutes. If it was not you, there is nothing to do: your password \
             stays as it is.\n",
            user.name, user.email
        );
        Mail { to: user.email.clone(), subject: "A new password".to_owned(), text: Secret::new(text) }
    }

    /// Sets the password of whoever was sent that token. It works once. All of the user's sessions end.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a password that the rules forbid, which leaves the token good; [`Error::Unfit`]
    /// for a token that is none, was used, is over or void, and for a user who is inactive.
    pub async fn reset(&self, ctx: &Ctx, token: &Secret, password: Secret) -> Result<()> {
        self.ports.settings.passwords.check("password", password.expose())?;
        let system = ctx.elevated();
        let filter = PasswordReset::HASH.eq(sha256(token.expose()));
        let found = self.ports.data.single().repository::<PasswordReset>().list(&system, &filter, &[], MANY).await?;
        // Looked at before the password is hashed, which is dear, and again when nobody else can use it.
        let reset = found.into_iter().find(|reset| self.is_good(reset)).ok_or_else(invalid)?;
        let hashed_password = self.ports.hash(password).await?;
        let ctx = on_account(ctx, reset.user_id, Via::Nothing);
        let mut work = self.ports.data.begin().await?;
        let user = work.repo().find_locked::<User>(&ctx, Action::Update, &reset.user_id).await?;
        let user = user.ok_or_else(invalid)?;
        let reset = work.repo().find_locked::<PasswordReset>(&ctx, Action::Update, &reset.id).await?;
        let reset = reset.filter(|reset| self.is_good(reset)).ok_or_else(invalid)?;
        if !user.is_active {
            return Err(inactive());
        }
        password_change::set(&ctx, &mut work, &user, hashed_password, false, None).await?;
        make_familiar(&ctx, &mut work, user.id).await?;
        work.record(&ctx, &AccessEvent::new("password_reset").about(reset.user_id)).await?;
        work.commit().await
    }

    fn is_good(&self, reset: &Stored<PasswordReset>) -> bool {
        reset.used_at.is_none() && self.ports.data.clock().now() < reset.expires_at
    }
}

/// Keeps, as a session that is over, that the user was here: signing in from this address no longer waits for
/// strangers who keep the account's turns.
async fn make_familiar(ctx: &Ctx, work: &mut Work, user_id: i64) -> Result<()> {
    let Some(address) = ctx.address else { return Ok(()) };
    let create = UserSessionCreate {
        user_id,
        impersonator_id: None,
        parent_id: None,
        started_at: ctx.now,
        last_used_at: ctx.now,
        expires_at: ctx.now,
        refresh_id: String::new(),
        former_refresh_id: String::new(),
        rotated_at: None,
        address: Some(address.to_string()),
        network: network(ctx.address),
        client: None,
        ended_at: Some(ctx.now),
        end_reason: Some("password_reset".to_owned()),
    };
    work.repository::<UserSession>().create(ctx, &create).await.map(drop)
}

/// Makes all letters to a user void.
pub(crate) async fn void_all_of(ctx: &Ctx, work: &mut Work, user_id: i64) -> Result<()> {
    let filter = PasswordReset::USER_ID.eq(user_id) & PasswordReset::USED_AT.is_null();
    let update = PasswordResetUpdate { used_at: Some(Some(ctx.now)), ..PasswordResetUpdate::default() };
    let good = work.repository::<PasswordReset>().list(ctx, &filter, &[], MANY).await?;
    for reset in good {
        work.repository::<PasswordReset>().update(ctx, reset.id, None, &update).await?;
    }
    Ok(())
}

fn invalid() -> Error {
    Error::Unfit(RuleViolation::new("invalid_token", "Invalid token"))
}
