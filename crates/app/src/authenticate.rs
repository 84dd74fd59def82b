//! From a token to an actor, without a query as long as nobody's rights have changed.

use crate::Profiles;
use kwik_domain::{
    AccessDirectory, Actor, AuthenticationError, Claims, Clock, Grants, Notifier, Purpose, Result, TokenSigner, Via,
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// How many users' rights, and how many tokens, are kept; the next one empties the whole.
const CAPACITY: usize = 10_000;

/// Turns tokens into actors. Rights are read once and kept until the [`Notifier`] says that some
/// may have changed; while it cannot say, they are read each time.
pub struct Authenticator {
    directory: Arc<dyn AccessDirectory>,
    signer: Arc<dyn TokenSigner>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    profiles: Option<Profiles>,
    kept: RwLock<Kept>,
    seen: RwLock<HashMap<Box<str>, Claims>>,
}

#[derive(Default)]
struct Kept {
    epoch: u64,
    grants: HashMap<i64, Arc<Grants>>,
}

impl Authenticator {
    /// An authenticator over these ports.
    pub fn new(
        directory: Arc<dyn AccessDirectory>,
        signer: Arc<dyn TokenSigner>,
        notifier: Arc<dyn Notifier>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { directory, signer, notifier, clock, profiles: None, kept: RwLock::default(), seen: RwLock::default() }
    }

    /// The same; what users' profiles say is part of their rights.
    #[must_use]
    pub fn with_profiles(self, profiles: Option<Profiles>) -> Self {
        Self { profiles, ..self }
    }

    /// The clock by which tokens are judged.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// The actor of an access token.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::InvalidToken`] when the token is not valid now, or its user is gone or
    /// inactive; [`kwik_domain::Error::Store`] when rights must be read and cannot be.
    pub async fn actor(&self, token: &str) -> Result<Actor> {
        let claims = self.claims(token)?;
        // Impersonation comes with its own checks; until then such a token is not one of ours.
        if claims.impersonator.is_some() {
            return Err(AuthenticationError::InvalidToken.into());
        }
        let grants = self.grants(claims.user_id).await?.ok_or(AuthenticationError::InvalidToken)?;
        Ok(Actor::user(claims.user_id, Via::Session(claims.session), grants))
    }

    /// What the token says. A signature that was right once is right for ever, so it is checked once;
    /// the token's time is looked at each time.
    fn claims(&self, token: &str) -> Result<Claims, AuthenticationError> {
        let now = self.clock.now();
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned();
        if let Some(claims) = seen {
            let valid = claims.issued_at <= now && now < claims.expires_at;
            return if valid { Ok(claims) } else { Err(AuthenticationError::InvalidToken) };
        }
        let claims = self.signer.verify(token, Purpose::Access, now).map_err(|reason| {
            tracing::debug!(%reason, "a token was refused");
            AuthenticationError::InvalidToken
        })?;
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= CAPACITY {
            seen.clear();
        }
        seen.insert(token.into(), claims.clone());
        Ok(claims)
    }

    /// The rights of an active user; none when there is no such user, or it is not active.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::Store`] when they must be read and cannot be.
    pub async fn grants(&self, user_id: i64) -> Result<Option<Arc<Grants>>> {
        // Before the query: what changes while it runs makes its answer void.
        let epoch = self.notifier.epoch();
        if let Some(epoch) = epoch {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.epoch == epoch
                && let Some(grants) = kept.grants.get(&user_id)
            {
                return Ok(Some(grants.clone()));
            }
        }
        let mut grants = self.directory.find_grants(user_id).await?;
        if let (Some(profiles), Some(grants)) = (&self.profiles, &mut grants) {
            profiles.describe(user_id, grants).await?;
        }
        let grants = grants.map(Arc::new);
        if let (Some(epoch), Some(grants)) = (epoch, &grants) {
            self.keep(epoch, user_id, grants.clone());
        }
        Ok(grants)
    }

    fn keep(&self, epoch: u64, user_id: i64, grants: Arc<Grants>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.epoch > epoch {
            return;
        }
        if kept.epoch < epoch || kept.grants.len() >= CAPACITY {
            kept.grants.clear();
            kept.epoch = epoch;
        }
        kept.grants.insert(user_id, grants);
    }
}
