//! From credentials to an actor, without a query as long as nobody's rights have changed.

use crate::{
    ApiKeyText, Profiles, denials::Denials, epoch_cache::EpochCache, key_uses::KeyUses, verified_tokens::VerifiedTokens,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kwik_app::Data;
use kwik_domain::{
    AccessDirectory, Actor, Authenticate, AuthenticationError, Ctx, Grants, KeyState, Notifier, Presented, Result,
    SessionState, TokenSigner, Via, access::IMPERSONATE,
};
use std::sync::Arc;
use uuid::Uuid;

/// Turns credentials into actors. Rights, sessions and keys are read once and kept until the [`Notifier`]
/// says that those of their user may have changed; while it cannot say, they are read each time.
///
/// Denials are on the audit trail, and so is the use of an API key from a new address.
pub struct Authenticator {
    directory: Arc<dyn AccessDirectory>,
    notifier: Arc<dyn Notifier>,
    data: Data,
    key_uses: KeyUses,
    denials: Denials,
    profiles: Option<Profiles>,
    tokens: VerifiedTokens,
    grants: EpochCache<i64, Arc<Grants>>,
    sessions: EpochCache<(i64, Uuid), SessionState>,
    keys: EpochCache<String, Arc<KnownKey>>,
}

/// A key with what it may do at present.
struct KnownKey {
    state: KeyState,
    grants: Arc<Grants>,
}

impl Authenticator {
    /// An authenticator over these ports. Credentials are judged by the clock of the data, and what is noted
    /// is written by way of them.
    pub fn new(
        data: Data,
        directory: Arc<dyn AccessDirectory>,
        signer: Arc<dyn TokenSigner>,
        notifier: Arc<dyn Notifier>,
    ) -> Self {
        Self {
            directory,
            key_uses: KeyUses::new(data.clone()),
            denials: Denials::new(data.clone()),
            data,
            profiles: None,
            tokens: VerifiedTokens::new(signer),
            grants: EpochCache::new(notifier.clone()),
            sessions: EpochCache::new(notifier.clone()),
            keys: EpochCache::new(notifier.clone()),
            notifier,
        }
    }

    /// The same; what users' profiles say is part of their rights.
    #[must_use]
    pub fn with_profiles(self, profiles: Option<Profiles>) -> Self {
        Self { profiles, ..self }
    }

    /// The actor of an access token.
    async fn by_token(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Actor>> {
        let claims = self.tokens.claims(token, now)?;
        let Ok(id) = Uuid::try_parse(&claims.session) else { return Ok(None) };
        let Some(session) = self.session(id, claims.user_id, now).await? else { return Ok(None) };
        if session.impersonator != claims.impersonator {
            return Ok(None);
        }
        let Some(grants) = self.grants(claims.user_id).await? else { return Ok(None) };
        let actor = Actor::user(claims.user_id, Via::Session(claims.session), grants);
        let Some(impersonator) = session.impersonator else { return Ok(Some(actor)) };
        let allowed = self.impersonates(impersonator, session.parent, &actor.grants, now).await?;
        Ok(allowed.then(|| actor.impersonated_by(impersonator)))
    }

    /// The user's session of that identifier, if it goes on.
    async fn session(&self, id: Uuid, user_id: i64, now: DateTime<Utc>) -> Result<Option<SessionState>> {
        let question = async { Ok(self.directory.find_session(id).await?) };
        let found = self.sessions.find(user_id, (user_id, id), question).await?;
        Ok(found.filter(|session| session.user_id == user_id && now < session.expires_at))
    }

    /// Whether somebody may still act in the place of a user with these rights: from a session of their
    /// own that goes on, by a permission that they still hold, without gaining any.
    async fn impersonates(
        &self,
        impersonator: i64,
        parent: Option<Uuid>,
        target: &Grants,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let Some(parent) = parent else { return Ok(false) };
        if self.session(parent, impersonator, now).await?.is_none_or(|parent| parent.impersonator.is_some()) {
            return Ok(false);
        }
        let grants = self.grants(impersonator).await?;
        Ok(grants.is_some_and(|grants| {
            !grants.must_change_password
                && grants.permissions.contains(IMPERSONATE)
                && target.permissions.is_subset(&grants.permissions)
                // Administrators may give what they do not hold: it takes another one to act for one.
                && (grants.is_administrator() || !target.is_administrator())
        }))
    }

    /// The actor of an API key.
    async fn by_key(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Actor>> {
        // A wrong checksum costs no query.
        let Some(text) = ApiKeyText::parse(text) else { return Ok(None) };
        let Some(key) = self.key(text.hash()).await? else { return Ok(None) };
        let KeyState { id, user_id, expires_at, .. } = key.state;
        let valid = expires_at.is_none_or(|end| now < end);
        Ok(valid.then(|| Actor::user(user_id, Via::Key(id), key.grants.clone())))
    }

    /// The key with that hash. It is kept under the epoch of its owner, who is known only when it has
    /// been found; so the first time, it is read once more to be kept.
    async fn key(&self, hash: String) -> Result<Option<Arc<KnownKey>>> {
        let owner = match self.keys.peek(&hash) {
            Some(key) => key.state.user_id,
            None => match self.directory.find_key(&hash).await? {
                None => return Ok(None),
                Some(state) if self.notifier.epoch(state.user_id).is_none() => return self.with_grants(state).await,
                Some(state) => state.user_id,
            },
        };
        let again = async {
            match self.directory.find_key(&hash).await? {
                Some(state) if state.user_id == owner => self.with_grants(state).await,
                _ => Ok(None),
            }
        };
        self.keys.find(owner, hash.clone(), again).await
    }

    /// The key with what it may do: what it was made for, as far as its owner may do that. It has no
    /// roles, so that nothing is reached by a role's name.
    async fn with_grants(&self, state: KeyState) -> Result<Option<Arc<KnownKey>>> {
        let owner = self.grants(state.user_id).await?.filter(|grants| !grants.must_change_password);
        Ok(owner.map(|owner| {
            let held = |scope: &&str| owner.permissions.contains(*scope);
            let permissions = state.scopes.split_whitespace().filter(held).map(str::to_owned).collect();
            let attributes = owner.attributes.clone();
            let grants = Grants { permissions, attributes, ..Grants::default() };
            Arc::new(KnownKey { state, grants: Arc::new(grants) })
        }))
    }

    /// The rights of an active user; none when there is no such user, or it is not active.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when they must be read and cannot be.
    pub async fn grants(&self, user_id: i64) -> Result<Option<Arc<Grants>>> {
        let question = async {
            let mut grants = self.directory.find_grants(user_id).await?;
            if let (Some(profiles), Some(grants)) = (&self.profiles, &mut grants) {
                profiles.describe(user_id, grants).await?;
            }
            Ok(grants.map(Arc::new))
        };
        self.grants.find(user_id, user_id, question).await
    }
}

#[async_trait]
impl Authenticate for Authenticator {
    async fn actor(&self, presented: Presented<'_>) -> Result<Actor> {
        let now = self.data.clock().now();
        let (token, key) = told_apart(presented)?;
        let by_token = match token {
            Some(token) => Some(self.by_token(token, now).await?.ok_or(AuthenticationError::InvalidToken)?),
            None => None,
        };
        let by_key = match key {
            Some(key) => Some(self.by_key(key, now).await?.ok_or(AuthenticationError::InvalidToken)?),
            None => None,
        };
        match (by_token, by_key) {
            (Some(actor), None) | (None, Some(actor)) => Ok(actor),
            (Some(one), Some(other)) if one.subject == other.subject && one.impersonator.is_none() => Ok(other),
            (Some(_), Some(_)) => Err(AuthenticationError::InvalidToken.into()),
            (None, None) => Err(AuthenticationError::Missing.into()),
        }
    }

    async fn note_key(&self, ctx: &Ctx) {
        self.key_uses.write(ctx).await;
    }

    async fn note_denial(&self, ctx: &Ctx, operation: &str, code: &str, reason: &str) {
        self.denials.write(ctx, operation, code, reason).await;
    }
}

/// The token and the key among credentials.
fn told_apart(presented: Presented<'_>) -> Result<(Option<&str>, Option<&str>), AuthenticationError> {
    match (presented.bearer, presented.api_key) {
        (None, None) => Err(AuthenticationError::Missing),
        (Some(bearer), None) if ApiKeyText::is_meant(bearer) => Ok((None, Some(bearer))),
        // A key beside another key is read as a token, which it never is: of two keys, none counts.
        both => Ok(both),
    }
}
