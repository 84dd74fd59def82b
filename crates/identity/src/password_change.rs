//! Changing passwords: one's own, another's by the old one, and another's by an administrator.

use crate::{Grantor, Ports, Sessions, password_reset, throttling::Turns};
use kwik_app::Work;
use kwik_domain::{
    AccessEvent, Action, AuthenticationError, Ctx, Error, FieldError, Issue, Repository, Result, RuleViolation, Secret,
    Stored, Verdict, Via,
    access::{User, UserUpdate},
};

/// Where the new password stands in bodies.
const FIELD: &str = "new_password";

/// The use cases.
#[derive(Clone)]
pub struct PasswordChange {
    ports: Ports,
}

/// How a password is set.
struct Setting<'a> {
    user_id: i64,
    hashed_password: String,
    /// The hash that the old password was compared with.
    replaced: Option<&'a str>,
    /// Whether it must be changed before anything else.
    temporary: bool,
    /// The session that goes on.
    keep: Option<&'a str>,
}

impl PasswordChange {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Changes the caller's own password, and ends the caller's other sessions.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever does not act in person; else see [`PasswordChange::change`].
    pub async fn change_own(&self, ctx: &Ctx, old: Secret, new: Secret) -> Result<Stored<User>> {
        let user_id = ctx.actor.in_person().map_err(Error::Denied)?;
        self.replace(ctx, &ctx.elevated(), user_id, old, new).await
    }

    /// Changes the password of a user whom the caller may change, by the old one. The user's sessions end;
    /// if it is the caller, the others.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a new password that the rules forbid, or that is the old one;
    /// [`Error::NotFound`]; [`AuthenticationError::IncorrectCredentials`] for a wrong old password;
    /// [`Error::Throttled`] when those were too many; [`Error::Denied`] for whoever acts in another's place.
    pub async fn change(&self, ctx: &Ctx, user_id: i64, old: Secret, new: Secret) -> Result<Stored<User>> {
        may_set_passwords(ctx, user_id)?;
        self.replace(ctx, ctx, user_id, old, new).await
    }

    async fn replace(&self, ctx: &Ctx, within: &Ctx, user_id: i64, old: Secret, new: Secret) -> Result<Stored<User>> {
        self.ports.settings.passwords.check(FIELD, new.expose())?;
        if old == new {
            let issue = Issue::new("unchanged", "must be another one than the old password");
            return Err(Error::Invalid(vec![FieldError::new(FIELD, issue)]));
        }
        let user = self.reached(within, user_id).await?;
        let hash = self.checked(ctx, &user, old).await?;
        let hashed_password = self.ports.hash(new).await?;
        let keep = match &ctx.actor.via {
            Via::Session(id) if ctx.actor.user_id() == Some(user_id) => Some(&**id),
            _ => None,
        };
        let setting = Setting { user_id, hashed_password, replaced: Some(&hash), temporary: false, keep };
        let mut changed = self.set(ctx, setting).await?;
        changed.visible = user.visible;
        Ok(changed)
    }

    /// The user, if the caller may change it.
    async fn reached(&self, ctx: &Ctx, user_id: i64) -> Result<Stored<User>> {
        let mut work = self.ports.data.begin().await?;
        let found = work.repo().find_locked::<User>(ctx, Action::Update, &user_id).await?;
        found.ok_or_else(|| not_found(user_id))
    }

    /// The hash that the old password has. Tries are counted apart from those of signing in, and for each
    /// caller: nobody else can keep anybody from this.
    async fn checked(&self, ctx: &Ctx, user: &User, old: Secret) -> Result<String> {
        let mut turns = Turns::default();
        let bucket = format!("change:{}:{}", caller(ctx), user.id);
        turns.take(&self.ports, ctx, &bucket, self.ports.settings.throttle.account).await?;
        let hash = user.hashed_password.clone();
        if turns.verify(&self.ports, old, Some(Secret::new(hash.clone()))).await? == Verdict::Wrong {
            let event = AccessEvent::new("sign_in_failed").about(user.id).with("reason", "wrong old password");
            self.ports.data.record(ctx, &event).await?;
            return Err(AuthenticationError::IncorrectCredentials.into());
        }
        turns.give_back(&self.ports).await;
        Ok(hash)
    }

    /// Checks the caller's own password, which a change of the caller's email asks for.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::IncorrectCredentials`] for a wrong one, [`Error::Throttled`] when those were too
    /// many.
    pub async fn confirm_own(&self, ctx: &Ctx, password: Secret) -> Result<()> {
        let user_id = ctx.actor.in_person().map_err(Error::Denied)?;
        let user = self.ports.data.single().repository::<User>().get(&ctx.elevated(), user_id).await?;
        self.checked(ctx, &user, password).await.map(drop)
    }

    /// Gives a user a password for the next sign-in, which must then be changed, and ends the user's
    /// sessions. Not one's own: that takes the old one, so that whoever finds a session cannot keep it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a password that the rules forbid, [`Error::NotFound`], [`Error::Denied`] when the
    /// user may do what the caller may not, [`Error::Unfit`] when the user is inactive or the caller.
    pub async fn reset_by_administrator(&self, ctx: &Ctx, user_id: i64, new: Secret) -> Result<Stored<User>> {
        may_set_passwords(ctx, user_id)?;
        self.ports.data.policy().permits(&ctx.actor, "password_reset").map_err(Error::Denied)?;
        self.ports.settings.passwords.check(FIELD, new.expose())?;
        let user = self.reached(&ctx.granted("user_update"), user_id).await?;
        if !user.is_active {
            return Err(inactive());
        }
        if ctx.actor.user_id() == Some(user_id) {
            let detail = "one's own password is changed at /users/me/password, by the old one";
            return Err(Error::Unfit(RuleViolation::new("own_password", detail)));
        }
        Grantor::may_rule(&self.ports, ctx, user_id).await?;
        let hashed_password = self.ports.hash(new).await?;
        let setting = Setting { user_id, hashed_password, replaced: None, temporary: true, keep: None };
        self.set(ctx, setting).await
    }

    async fn set(&self, ctx: &Ctx, setting: Setting<'_>) -> Result<Stored<User>> {
        let mut work = self.ports.data.begin().await?;
        let system = ctx.elevated();
        let found = work.repo().find_locked::<User>(&system, Action::Update, &setting.user_id).await?;
        let user = found.ok_or_else(|| not_found(setting.user_id))?;
        if setting.replaced.is_some_and(|hash| hash != user.hashed_password) {
            return Err(AuthenticationError::IncorrectCredentials.into());
        }
        if setting.temporary && !user.is_active {
            return Err(inactive());
        }
        if setting.temporary {
            // Again, since hashing took its time: nobody gives the user more rights while the row is locked.
            Grantor::may_rule_locked(ctx, &mut work, user.id).await?;
        }
        // What somebody else set is known to somebody else: only the user ends that it must be changed.
        let is_own = ctx.actor.user_id() == Some(user.id);
        let must_change = setting.temporary || (user.must_change_password && !is_own);
        let user = set(&system, &mut work, &user, setting.hashed_password, must_change, setting.keep).await?;
        let by = if setting.temporary { "administrator" } else { "old password" };
        work.record(ctx, &AccessEvent::new("password_changed").about(user.id).with("by", by)).await?;
        work.commit().await?;
        Ok(user)
    }
}

/// Sets the password of a user who is locked; with it, the user's sessions end but `keep`, and letters that
/// let somebody set a password are void.
pub(crate) async fn set(
    ctx: &Ctx,
    work: &mut Work,
    user: &User,
    hashed_password: String,
    temporary: bool,
    keep: Option<&str>,
) -> Result<Stored<User>> {
    let update = UserUpdate {
        hashed_password: Some(hashed_password),
        must_change_password: Some(temporary),
        ..UserUpdate::default()
    };
    let changed = work.repository::<User>().update(ctx, user.id, None, &update).await?;
    password_reset::void_all_of(ctx, work, user.id).await?;
    Sessions::end_all_of(ctx, work, user.id, keep, "password_changed").await?;
    Ok(changed)
}

/// Nobody sets a password in another's place, and nobody the password of a key's owner by the key.
fn may_set_passwords(ctx: &Ctx, user_id: i64) -> Result<()> {
    if ctx.actor.impersonator.is_some() || ctx.actor.user_id() == Some(user_id) {
        ctx.actor.in_person().map_err(Error::Denied)?;
    }
    Ok(())
}

/// Whose tries are counted.
fn caller(ctx: &Ctx) -> i64 {
    // No user has the key 0.
    ctx.actor.user_id().unwrap_or_default()
}

pub(crate) fn inactive() -> Error {
    Error::Unfit(RuleViolation::new("inactive_user", "Inactive user"))
}

fn not_found(user_id: i64) -> Error {
    Error::NotFound { entity: "users", key: user_id.to_string() }
}
