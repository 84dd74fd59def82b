//! Sessions: how they begin, go on and end.

use crate::{Ports, digest::random_text, refreshing::Refreshing, throttling::network};
use chrono::{DateTime, Utc};
use kwik_app::Work;
use kwik_domain::{
    AccessEvent, Action, Actor, AuthenticationError, Claims, Ctx, Denial, Entity, Error, Filter, Page, Purpose,
    Repository, Result, Secret, Stored, Via,
    access::{User, UserSession, UserSessionCreate, UserSessionUpdate},
    authorize,
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// What a session gives.
#[derive(Clone, Debug)]
pub struct Token {
    /// The access token.
    pub access_token: Secret,
    /// The token for the next ones; none where there are no next ones.
    pub refresh_token: Option<Secret>,
    /// How long the access token is valid.
    pub expires_in: Duration,
}

/// Whose session begins, and how.
pub(crate) struct NewSession {
    pub(crate) user_id: i64,
    /// The user who acts in that user's place, and the session from which.
    pub(crate) impersonator: Option<(i64, Uuid)>,
    pub(crate) expires_at: DateTime<Utc>,
    /// What the client calls itself.
    pub(crate) client: Option<String>,
}

/// More live sessions than this are not listed.
const LISTED: Page = Page { skip: 0, limit: 1000 };

/// So many sessions of one's own go on at once; the next one ends the oldest.
const MOST: u64 = 100;

/// So many places of others are taken from one session at once; the next one ends the oldest.
const MOST_PLACES: u64 = 10;

/// The longest name of a client that is kept.
const CLIENT_LENGTH: usize = 200;

/// The use cases around sessions.
#[derive(Clone)]
pub struct Sessions {
    pub(crate) ports: Ports,
    pub(crate) refreshing: Refreshing,
}

impl Sessions {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self { ports, refreshing: Refreshing::default() }
    }

    /// Ends the caller's own session: of somebody in another's place, that one alone.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever has none, such as a key.
    pub async fn sign_out(&self, ctx: &Ctx) -> Result<()> {
        let ctx = ctx.elevated();
        let id = current(&ctx)?;
        let mut work = self.ports.data.begin().await?;
        let session = live(&ctx, &mut work, id, self.now()).await?;
        let session = session.ok_or(AuthenticationError::InvalidToken)?;
        Self::end(&ctx, &mut work, &session, "signed_out").await?;
        work.commit().await
    }

    /// The caller's own live sessions, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever does not act in person.
    pub async fn list_own(&self, ctx: &Ctx) -> Result<Vec<Stored<UserSession>>> {
        let user_id = ctx.actor.in_person().map_err(Error::Denied)?;
        self.live_of(&ctx.elevated(), user_id).await
    }

    /// A user's live sessions, the newest first, as far as the caller may see them.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a user who does not exist, or whom the caller could not see.
    pub async fn list(&self, ctx: &Ctx, user_id: i64) -> Result<Vec<Stored<UserSession>>> {
        authorize(self.ports.data.policy(), ctx, Action::Read, UserSession::META)?;
        self.ports.data.single().repository::<User>().get(&ctx.granted("user_read"), user_id).await?;
        self.live_of(ctx, user_id).await
    }

    async fn live_of(&self, ctx: &Ctx, user_id: i64) -> Result<Vec<Stored<UserSession>>> {
        let filter = live_at(self.now()) & UserSession::USER_ID.eq(user_id);
        let order = [UserSession::STARTED_AT.desc(), UserSession::ID.desc()];
        self.ports.data.single().repository::<UserSession>().list(ctx, &filter, &order, LISTED).await
    }

    /// Ends one of the caller's own sessions, and gives it as it is then.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when it is another's, or has ended.
    pub async fn end_own(&self, ctx: &Ctx, id: Uuid) -> Result<Stored<UserSession>> {
        let user_id = ctx.actor.in_person().map_err(Error::Denied)?;
        self.end_one(ctx, &ctx.elevated(), user_id, id, "ended_by_user").await
    }

    /// Ends a session of a user, and gives it as it is then.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when that user has no such session that the caller may end, or it has ended.
    pub async fn end_of(&self, ctx: &Ctx, user_id: i64, id: Uuid) -> Result<Stored<UserSession>> {
        self.end_one(ctx, ctx, user_id, id, "ended_by_administrator").await
    }

    async fn end_one(
        &self,
        ctx: &Ctx,
        within: &Ctx,
        user_id: i64,
        id: Uuid,
        reason: &'static str,
    ) -> Result<Stored<UserSession>> {
        let mut work = self.ports.data.begin().await?;
        let found = live(within, &mut work, id, self.now()).await?.filter(|row| row.user_id == user_id);
        let session = found.ok_or_else(|| Error::NotFound { entity: "sessions", key: id.to_string() })?;
        let mut ended = Self::end(ctx, &mut work, &session, reason).await?;
        work.commit().await?;
        ended.visible = session.visible;
        Ok(ended)
    }

    /// Ends all of the caller's own sessions, this one too; how many those were.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever does not act in person.
    pub async fn end_all_own(&self, ctx: &Ctx) -> Result<u64> {
        let user_id = ctx.actor.in_person().map_err(Error::Denied)?;
        let mut work = self.ports.data.begin().await?;
        let ended = Self::end_all_of(ctx, &mut work, user_id, None, "signed_out_everywhere").await?;
        work.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions of a user that the caller may end; how many those were.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a user who does not exist.
    pub async fn end_all(&self, ctx: &Ctx, user_id: i64) -> Result<u64> {
        authorize(self.ports.data.policy(), ctx, Action::Delete, UserSession::META)?;
        let mut work = self.ports.data.begin().await?;
        work.repository::<User>().get(&ctx.granted("user_read"), user_id).await?;
        let filter = UserSession::USER_ID.eq(user_id);
        let ended = Self::end_each(ctx, ctx, &mut work, &filter, "ended_by_administrator").await?;
        work.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions on a user's account but `keep`, and those that others' places were taken from in
    /// them; how many on the account those were. The caller has asked already whether it may be done.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_all_of(
        ctx: &Ctx,
        work: &mut Work,
        user_id: i64,
        keep: Option<&str>,
        reason: &'static str,
    ) -> Result<u64> {
        let mut filter = UserSession::USER_ID.eq(user_id);
        if let Some(kept) = keep.and_then(|id| Uuid::try_parse(id).ok()) {
            filter = filter & UserSession::ID.ne(kept);
        }
        Self::end_each(ctx, &ctx.elevated(), work, &filter, reason).await
    }

    /// Ends the live sessions that satisfy a filter, those that `within` may end; how many those were.
    async fn end_each(ctx: &Ctx, within: &Ctx, work: &mut Work, filter: &Filter, reason: &'static str) -> Result<u64> {
        let filter = live_at(ctx.now) & filter.clone();
        let sessions = work.repo().list_locked::<UserSession>(within, Action::Delete, &filter).await?;
        for session in &sessions {
            Self::end_alone(ctx, work, session, reason).await?;
        }
        Self::end_children(ctx, work, sessions.iter().map(|session| session.id)).await?;
        Ok(sessions.len() as u64)
    }

    /// Ends a session, which is locked, and those in others' places that were begun from it.
    pub(crate) async fn end(
        ctx: &Ctx,
        work: &mut Work,
        session: &UserSession,
        reason: &'static str,
    ) -> Result<Stored<UserSession>> {
        let ended = Self::end_alone(ctx, work, session, reason).await?;
        Self::end_children(ctx, work, [session.id].into_iter()).await?;
        Ok(ended)
    }

    /// Ends the sessions in others' places that were begun from these.
    async fn end_children(ctx: &Ctx, work: &mut Work, parents: impl Iterator<Item = Uuid>) -> Result<()> {
        let filter = live_at(ctx.now) & UserSession::PARENT_ID.one_of(parents);
        let children = work.repo().list_locked::<UserSession>(&ctx.elevated(), Action::Delete, &filter).await?;
        for child in children {
            Self::end_alone(ctx, work, &child, "parent_ended").await?;
        }
        Ok(())
    }

    async fn end_alone(
        ctx: &Ctx,
        work: &mut Work,
        session: &UserSession,
        reason: &'static str,
    ) -> Result<Stored<UserSession>> {
        let update = UserSessionUpdate {
            ended_at: Some(Some(ctx.now)),
            end_reason: Some(Some(reason.to_owned())),
            ..UserSessionUpdate::default()
        };
        let ctx = &ctx.elevated();
        let ended = work.repository::<UserSession>().update(ctx, session.id, None, &update).await?;
        let event = AccessEvent::new("session_end").about(session.user_id).with("reason", reason);
        work.record(ctx, &event.with("session", &session.id.to_string())).await?;
        Ok(ended)
    }

    /// Ends the oldest of the sessions among which a new one is about to begin, where there are as many as there
    /// may be.
    async fn make_room(ctx: &Ctx, work: &mut Work, new: &NewSession) -> Result<()> {
        let (among, most) = match new.impersonator {
            Some((_, parent)) => (UserSession::PARENT_ID.eq(parent), MOST_PLACES),
            None => (UserSession::USER_ID.eq(new.user_id) & UserSession::IMPERSONATOR_ID.is_null(), MOST),
        };
        let order = [UserSession::STARTED_AT.desc(), UserSession::ID.desc()];
        let page = Page { skip: most - 1, ..LISTED };
        let filter = live_at(ctx.now) & among;
        let oldest = work.repository::<UserSession>().list(ctx, &filter, &order, page).await?;
        if !oldest.is_empty() {
            let filter = UserSession::ID.one_of(oldest.into_iter().map(|session| session.id));
            Self::end_each(ctx, ctx, work, &filter, "too_many").await?;
        }
        Ok(())
    }

    /// Begins a session. The caller has asked whether it may, and has locked the user, or the session from which
    /// it begins.
    pub(crate) async fn begin(&self, ctx: &Ctx, work: &mut Work, new: NewSession) -> Result<Stored<UserSession>> {
        let ctx = &ctx.elevated();
        Self::make_room(ctx, work, &new).await?;
        let now = self.now();
        let refresh_id = if new.impersonator.is_none() { random_text(&*self.ports.random) } else { String::new() };
        let create = UserSessionCreate {
            user_id: new.user_id,
            impersonator_id: new.impersonator.map(|(id, _)| id),
            parent_id: new.impersonator.map(|(_, session)| session),
            started_at: now,
            last_used_at: now,
            expires_at: new.expires_at,
            refresh_id,
            former_refresh_id: String::new(),
            rotated_at: None,
            address: ctx.address.map(|address| address.to_string()),
            network: network(ctx.address),
            client: new.client.map(|name| name.chars().filter(|c| !c.is_control()).take(CLIENT_LENGTH).collect()),
            ended_at: None,
            end_reason: None,
        };
        work.repository::<UserSession>().create(ctx, &create).await
    }

    /// The tokens of a session, as they are made now. None outlives the session.
    pub(crate) fn token(&self, session: &UserSession, now: DateTime<Utc>) -> Result<Token> {
        let lifetimes = &self.ports.settings.lifetimes;
        let sign = |purpose, id: &str, lifetime: Duration| {
            let expires_at = session.expires_at.min(now + lifetime);
            let claims = Claims {
                user_id: session.user_id,
                impersonator: session.impersonator_id,
                session: session.id.to_string().into(),
                id: id.into(),
                purpose,
                issued_at: now,
                expires_at,
            };
            let token = self.ports.signer.sign(&claims).map_err(|e| Error::Internal(e.to_string()))?;
            Ok::<_, Error>((Secret::new(token), (expires_at - now).to_std().unwrap_or_default()))
        };
        let (access_token, expires_in) = sign(Purpose::Access, &random_text(&*self.ports.random), lifetimes.access)?;
        let refresh = (!session.refresh_id.is_empty())
            .then(|| sign(Purpose::Refresh, &session.refresh_id, lifetimes.refresh))
            .transpose()?;
        Ok(Token { access_token, refresh_token: refresh.map(|(token, _)| token), expires_in })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.ports.data.clock().now()
    }
}

/// The same request on the account of a user who has shown who they are, bounded by no policy.
pub(crate) fn on_account(ctx: &Ctx, user_id: i64, via: Via) -> Ctx {
    let actor = Arc::new(Actor::user(user_id, via, Arc::default()));
    Ctx { actor, ..ctx.clone() }.elevated()
}

/// The caller's own session.
pub(crate) fn current(ctx: &Ctx) -> Result<Uuid> {
    let id = match &ctx.actor.via {
        Via::Session(id) => Uuid::try_parse(id).ok(),
        _ => None,
    };
    let denied = || Error::Denied(Denial::new("this takes a session").with_code("session_required"));
    id.ok_or_else(denied)
}

/// A session that has not ended, locked, if the caller may end it.
pub(crate) async fn live(
    ctx: &Ctx,
    work: &mut Work,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Stored<UserSession>>> {
    let found = work.repo().find_locked::<UserSession>(ctx, Action::Delete, &id).await?;
    Ok(found.filter(|row| is_live(row, now)))
}

pub(crate) fn is_live(session: &UserSession, now: DateTime<Utc>) -> bool {
    session.ended_at.is_none() && now < session.expires_at
}

fn live_at(now: DateTime<Utc>) -> Filter {
    UserSession::ENDED_AT.is_null() & UserSession::EXPIRES_AT.gt(now)
}
