//! Acting in another user's place.

use crate::{
    Grantor, Ports, Sessions, Token,
    password_change::inactive,
    sessions::{NewSession, current, live},
};
use kwik_domain::{
    AccessEvent, AuthenticationError, Ctx, Error, Repository, Result, RuleViolation,
    access::{IMPERSONATE, User, UserSession},
};
use std::time::Duration;

/// Nobody acts in another's place for longer, whatever is set.
const LONGEST: Duration = Duration::from_hours(1);

/// The use cases.
#[derive(Clone)]
pub struct Impersonation {
    ports: Ports,
    sessions: Sessions,
}

impl Impersonation {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { sessions: Sessions::new(ports.clone()), ports }
    }

    /// Begins to act in a user's place, from a session of one's own: for a short while, and not beyond that
    /// session. There is no refresh token.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] without the permission, by a key, in another's place already, and of somebody with
    /// rights that the caller lacks; [`Error::NotFound`]; [`Error::Unfit`] of oneself and of somebody inactive.
    pub async fn start(&self, ctx: &Ctx, user_id: i64, client: Option<String>) -> Result<Token> {
        let caller = ctx.actor.in_person().map_err(Error::Denied)?;
        self.ports.data.policy().permits(&ctx.actor, IMPERSONATE).map_err(Error::Denied)?;
        let system = ctx.elevated();
        let user = self.ports.data.single().repository::<User>().get(&ctx.granted("user_read"), user_id).await?;
        if user_id == caller {
            let detail = "nobody acts in their own place; name another user";
            return Err(Error::Unfit(RuleViolation::new("own_place", detail)));
        }
        if !user.is_active {
            return Err(inactive());
        }
        Grantor::may_rule(&self.ports, ctx, user_id).await?;
        let mut work = self.ports.data.begin().await?;
        // Locked, so that it cannot end without ending what begins here.
        let parent = live(&system, &mut work, current(ctx)?, self.sessions.now()).await?;
        let parent = parent.ok_or(AuthenticationError::InvalidToken)?;
        let now = self.sessions.now();
        let expires_at = parent.expires_at.min(now + self.ports.settings.lifetimes.impersonation.min(LONGEST));
        let new = NewSession { user_id, impersonator: Some((caller, parent.id)), expires_at, client };
        let session = self.sessions.begin(&system, &mut work, new).await?;
        let event = AccessEvent::new("impersonate").about(user_id).with("email", &user.email);
        work.record(ctx, &event.with("session", &session.id.to_string())).await?;
        let token = self.sessions.token(&session, now)?;
        work.commit().await?;
        Ok(token)
    }

    /// Stops acting in another's place, and gives an access token of the session from which it began.
    ///
    /// # Errors
    ///
    /// [`Error::Unfit`] for whoever acts in nobody's place; [`AuthenticationError::InvalidToken`] when either
    /// session is over.
    pub async fn stop(&self, ctx: &Ctx) -> Result<Token> {
        if ctx.actor.impersonator.is_none() {
            let detail = "the token is one's own; there is nothing to stop";
            return Err(Error::Unfit(RuleViolation::new("not_impersonating", detail)));
        }
        let refused = || Error::from(AuthenticationError::InvalidToken);
        let (system, now) = (ctx.elevated(), self.sessions.now());
        // Parents are locked before their children, here as where they end.
        let own = current(ctx)?;
        let mut work = self.ports.data.begin().await?;
        let found = work.repository::<UserSession>().find(&system, own).await?;
        let parent = found.and_then(|session| session.parent_id).ok_or_else(refused)?;
        let mut parent = live(&system, &mut work, parent, now).await?.ok_or_else(refused)?;
        let session = live(&system, &mut work, own, now).await?.ok_or_else(refused)?;
        Sessions::end(ctx, &mut work, &session, "stopped").await?;
        work.record(ctx, &AccessEvent::new("stop_impersonating").about(session.user_id)).await?;
        work.commit().await?;
        // Its refresh token stays the one that it has.
        parent.entity.refresh_id.clear();
        self.sessions.token(&parent, now)
    }
}
