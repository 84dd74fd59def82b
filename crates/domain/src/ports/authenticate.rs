//! Who makes a request.

use crate::{Actor, Ctx, Result};
use async_trait::async_trait;

/// The credentials of a request, as they were sent: nothing about them is known yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Presented<'a> {
    /// What stood after `Bearer`: a token, or an API key.
    pub bearer: Option<&'a str>,
    /// What `X-API-Key` held.
    pub api_key: Option<&'a str>,
}

impl Presented<'_> {
    /// Whether none were sent.
    pub fn is_nothing(&self) -> bool {
        self.bearer.is_none() && self.api_key.is_none()
    }
}

/// Turns credentials into actors, for whatever lets requests in, and keeps what is to be known of requests
/// later.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// The actor of these credentials. Of a token and a key together, both must be good and of the same
    /// user; what the key may do counts.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::Missing`](crate::AuthenticationError::Missing) without credentials;
    /// [`AuthenticationError::InvalidToken`](crate::AuthenticationError::InvalidToken) when one of them is
    /// not good now, whatever the reason; [`Error::Store`](crate::Error::Store) when something must be read
    /// and cannot be.
    async fn actor(&self, presented: Presented<'_>) -> Result<Actor>;

    /// Notes that a request is made by an API key. That it cannot be noted changes nothing.
    async fn note_key(&self, ctx: &Ctx);

    /// Notes that this was denied: the operation as `GET /customers/{id}`, the word for programs, and the
    /// reason. That it cannot be noted changes nothing: it is denied anyway.
    async fn note_denial(&self, ctx: &Ctx, operation: &str, code: &str, reason: &str);
}
