//! Signing in by email and password.

use kwik_domain::{
    AccessDirectory, AuthenticationError, Claims, Clock, Error, HashError, PasswordHasher, Purpose, Random, Result,
    Secret, StoreError, TokenSigner,
};
use std::{fmt::Write as _, sync::Arc, time::Duration};

/// How long a sign-in lasts.
#[derive(Clone, Copy, Debug)]
pub struct SignInSettings {
    /// How long an access token is valid.
    pub lifetime: Duration,
}

impl Default for SignInSettings {
    /// Eight hours.
    fn default() -> Self {
        Self { lifetime: Duration::from_hours(8) }
    }
}

/// What signing in gives.
#[derive(Clone, Debug)]
pub struct Token {
    /// The access token.
    pub access_token: Secret,
    /// How long it is valid.
    pub expires_in: Duration,
}

/// The use case.
pub struct SignIn {
    directory: Arc<dyn AccessDirectory>,
    hasher: Arc<dyn PasswordHasher>,
    signer: Arc<dyn TokenSigner>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    settings: SignInSettings,
}

/// Longer passwords are nobody's; they would only keep the hasher busy.
const MAX_PASSWORD_BYTES: usize = 1024;

impl SignIn {
    /// The use case over these ports.
    pub fn new(
        directory: Arc<dyn AccessDirectory>,
        hasher: Arc<dyn PasswordHasher>,
        signer: Arc<dyn TokenSigner>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: SignInSettings,
    ) -> Self {
        Self { directory, hasher, signer, clock, random, settings }
    }

    /// Checks email and password and gives a token. Unknown, inactive and wrong are one answer, and
    /// take as long.
    ///
    /// # Errors
    ///
    /// [`AuthenticationError::IncorrectCredentials`]; [`Error::Store`] when the database cannot be
    /// reached or too many sign in at once.
    pub async fn run(&self, email: &str, password: Secret) -> Result<Token> {
        if password.expose().len() > MAX_PASSWORD_BYTES {
            return Err(AuthenticationError::IncorrectCredentials.into());
        }
        // No address has NUL in it, and not every database can be asked for one.
        let found = if email.contains('\0') { None } else { self.directory.find_credentials(email).await? };
        let hash = found.as_ref().map(|c| c.hash.clone());
        let matches = self.hasher.verify(password, hash).await.map_err(hash_error)?;
        let user = found.filter(|c| matches && c.is_active).ok_or(AuthenticationError::IncorrectCredentials)?;
        self.token(user.user_id)
    }

    fn token(&self, user_id: i64) -> Result<Token> {
        let issued_at = self.clock.now();
        let mut session = String::with_capacity(32);
        for byte in self.random.bytes() {
            // Writing into a string cannot fail.
            let _ = write!(session, "{byte:02x}");
        }
        let claims = Claims {
            user_id,
            impersonator: None,
            session: session.into(),
            purpose: Purpose::Access,
            issued_at,
            expires_at: issued_at + self.settings.lifetime,
        };
        let token = self.signer.sign(&claims).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Token { access_token: Secret::new(token), expires_in: self.settings.lifetime })
    }
}

/// A hasher that is busy is a part of the service that is not to be had right now.
pub(crate) fn hash_error(error: HashError) -> Error {
    match error {
        HashError::Busy => StoreError::Unavailable(error.to_string()).into(),
        HashError::Other(reason) => Error::Internal(reason),
    }
}
