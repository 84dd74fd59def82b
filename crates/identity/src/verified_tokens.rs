//! Tokens whose signature was found right.

use crate::bounded::slot;
use chrono::{DateTime, Utc};
use kwik_domain::{AuthenticationError, Claims, Purpose, TokenSigner};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Checks access tokens. A signature that was right once is right for ever, so it is checked once; the
/// token's time is looked at each time.
pub(crate) struct VerifiedTokens {
    signer: Arc<dyn TokenSigner>,
    seen: RwLock<HashMap<Box<str>, Option<Claims>>>,
}

impl VerifiedTokens {
    pub(crate) fn new(signer: Arc<dyn TokenSigner>) -> Self {
        Self { signer, seen: RwLock::default() }
    }

    /// What the token says, if it is good now.
    pub(crate) fn claims(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, AuthenticationError> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned().flatten();
        if let Some(claims) = seen {
            let valid = claims.issued_at <= now && now < claims.expires_at;
            return if valid { Ok(claims) } else { Err(AuthenticationError::InvalidToken) };
        }
        let claims = self.signer.verify(token, Purpose::Access, now).map_err(|reason| {
            tracing::debug!(%reason, "a token was refused");
            AuthenticationError::InvalidToken
        })?;
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        *slot(&mut seen, token.into()) = Some(claims.clone());
        Ok(claims)
    }
}
