//! Signing in by email and password.

use crate::{
    Ports, Sessions, Token,
    sessions::{NewSession, on_account},
    throttling::{Turns, network},
};
use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::{
    AccessEvent, Action, AuthenticationError, Credentials, Ctx, Error, Repository, Result, Secret, Verdict, Via,
    access::{User, UserUpdate, login},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Somebody who says who they are.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Address, whatever the case of its letters.
    pub email: String,
    /// Password.
    pub password: Secret,
    /// What the client calls itself.
    pub client: Option<String>,
}

/// Longer addresses are nobody's.
const MAX_EMAIL_BYTES: usize = 1024;

/// For how long an address stays familiar, and what is over is kept.
const MEMORY: TimeDelta = TimeDelta::days(30);

/// How often is forgotten what is over.
const FORGETTING: TimeDelta = TimeDelta::hours(1);

/// The use case.
#[derive(Clone)]
pub struct SignIn {
    ports: Ports,
    sessions: Sessions,
    forgotten_at: Arc<AtomicI64>,
}

impl SignIn {
    /// The use case over these ports.
    pub fn new(ports: Ports) -> Self {
        let forgotten_at = Arc::new(AtomicI64::new(ports.data.clock().now().timestamp()));
        Self { sessions: Sessions::new(ports.clone()), ports, forgotten_at }
    }

    /// Checks email and password and begins a session. Unknown, inactive and wrong are one answer, and
    /// take as long.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::IncorrectCredentials`]; [`Error::Throttled`] when it was tried too often;
    /// [`Error::Store`] when the database cannot be reached or too many sign in at once.
    pub async fn run(&self, ctx: &Ctx, attempt: Attempt) -> Result<Token> {
        let refused = || Error::from(AuthenticationError::IncorrectCredentials);
        if self.ports.is_nobodys(&attempt.password) || attempt.email.len() > MAX_EMAIL_BYTES {
            return Err(refused());
        }
        self.forget(ctx.now);
        let login = login(&attempt.email);
        let network = network(ctx.address);
        let mut turns = Turns::default();
        if let Some(network) = &network {
            // Before anything is looked up for it.
            turns.take(&self.ports, ctx, &format!("address:{network}"), self.ports.settings.throttle.address).await?;
        }
        let found = self.find(ctx, &login, network.as_deref()).await?;
        let bucket = bucket(&login, network.as_deref().filter(|_| found.as_ref().is_some_and(|user| user.is_familiar)));
        turns.take(&self.ports, ctx, &bucket, self.ports.settings.throttle.account).await?;
        let hash = found.as_ref().map(|credentials| credentials.hash.clone());
        let verdict = turns.verify(&self.ports, attempt.password.clone(), hash).await?;
        let Some(user) = found.as_ref().filter(|user| user.is_active && verdict != Verdict::Wrong) else {
            self.ports.data.record(ctx, &failure(&login, found.as_ref(), verdict)).await?;
            return Err(refused());
        };
        turns.give_back(&self.ports).await;
        let rehashed = match verdict {
            Verdict::Outdated => self.rehash(attempt.password).await,
            Verdict::Right | Verdict::Wrong => None,
        };
        self.begin(ctx, user, rehashed, attempt.client).await?.ok_or_else(refused)
    }

    /// One query, always.
    async fn find(&self, ctx: &Ctx, login: &str, network: Option<&str>) -> Result<Option<Credentials>> {
        // No address has NUL in it, and not every database can be asked for one.
        let asked = if login.contains('\0') { "" } else { login };
        Ok(self.ports.directory.find_credentials(asked, network, ctx.now - MEMORY).await?)
    }

    /// A new hash of a password whose hash is not of today. Signing in does not hang on it.
    async fn rehash(&self, password: Secret) -> Option<String> {
        let hashed = self.ports.hash(password).await;
        hashed.inspect_err(|error| tracing::warn!(%error, "a password could not be hashed anew")).ok()
    }

    /// Begins the session. None when the password or the user has changed since it was looked at: sessions
    /// of the old password must not come after it.
    async fn begin(
        &self,
        ctx: &Ctx,
        user: &Credentials,
        rehashed: Option<String>,
        client: Option<String>,
    ) -> Result<Option<Token>> {
        let ctx = on_account(ctx, user.user_id, Via::Nothing);
        let mut work = self.ports.data.begin().await?;
        let row = work.repo().find_locked::<User>(&ctx, Action::Update, &user.user_id).await?;
        if !row.is_some_and(|row| row.is_active && row.hashed_password == user.hash.expose()) {
            return Ok(None);
        }
        if rehashed.is_some() {
            let update = UserUpdate { hashed_password: rehashed, ..UserUpdate::default() };
            work.repository::<User>().update(&ctx, user.user_id, None, &update).await?;
        }
        let now = self.sessions.now();
        let expires_at = now + self.ports.settings.lifetimes.session;
        let new = NewSession { user_id: user.user_id, impersonator: None, expires_at, client };
        let session = self.sessions.begin(&ctx, &mut work, new).await?;
        let ctx = on_account(&ctx, user.user_id, Via::Session(session.id.to_string().into()));
        work.record(&ctx, &AccessEvent::new("sign_in").about(user.user_id)).await?;
        let token = self.sessions.token(&session, now)?;
        work.commit().await?;
        Ok(Some(token))
    }

    /// Forgets what is long over: in the background, and now and then.
    fn forget(&self, now: DateTime<Utc>) {
        let last = self.forgotten_at.load(Ordering::Relaxed);
        let is_due = now.timestamp() - last >= FORGETTING.num_seconds();
        let claimed =
            || self.forgotten_at.compare_exchange(last, now.timestamp(), Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_due && claimed() {
            let directory = self.ports.directory.clone();
            tokio::spawn(async move {
                if let Err(error) = directory.forget(now - MEMORY, now).await {
                    tracing::warn!(%error, "what is over could not be forgotten");
                }
            });
        }
    }
}

/// The bucket of an account. Whoever tries passwords from elsewhere takes none of the turns that the owner has
/// in a network from which the owner has signed in.
fn bucket(login: &str, familiar: Option<&str>) -> String {
    match familiar {
        Some(network) => format!("familiar:{network} {login}"),
        None => format!("account:{login}"),
    }
}

/// What the trail says of a try that has failed. Of logins that nobody has, it does not say which: people
/// type passwords there.
fn failure(login: &str, found: Option<&Credentials>, verdict: Verdict) -> AccessEvent {
    let event = AccessEvent::new("sign_in_failed");
    match found {
        None => event.with("reason", "unknown"),
        Some(user) => {
            let reason = if verdict == Verdict::Wrong { "wrong password" } else { "inactive" };
            event.about(user.user_id).with("reason", reason).with("login", login)
        }
    }
}
