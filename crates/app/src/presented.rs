//! Credentials as they were sent.

use crate::ApiKeyText;
use kwik_domain::AuthenticationError;

/// The credentials of a request, as they were sent: nothing about them is known yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Presented<'a> {
    /// What stood after `Bearer`: a token, or an API key.
    pub bearer: Option<&'a str>,
    /// What `X-API-Key` held.
    pub api_key: Option<&'a str>,
}

impl<'a> Presented<'a> {
    /// Whether none were sent.
    pub fn is_nothing(&self) -> bool {
        self.bearer.is_none() && self.api_key.is_none()
    }

    /// The token and the key among them.
    pub(crate) fn told_apart(self) -> Result<(Option<&'a str>, Option<&'a str>), AuthenticationError> {
        match (self.bearer, self.api_key) {
            (None, None) => Err(AuthenticationError::Missing),
            (Some(bearer), None) if ApiKeyText::is_meant(bearer) => Ok((None, Some(bearer))),
            // A key beside another key is read as a token, which it never is: of two keys, none counts.
            both => Ok(both),
        }
    }
}
