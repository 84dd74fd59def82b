//! Passwords by Argon2id (RFC 9106), with the parameters that OWASP's password storage cheat sheet
//! recommends: 19 MiB, two passes, one lane.

use ::argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use async_trait::async_trait;
use kwik_domain::{HashError, PasswordHasher, Random, Secret};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How slow hashing is.
#[derive(Clone, Copy, Debug)]
pub struct HashSettings {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// How many are hashed at once at the most; bounds memory.
    pub at_once: usize,
    /// How long one may wait for its turn.
    pub patience: Duration,
}

impl Default for HashSettings {
    /// 19 MiB, two passes, as many at once as there are processors (at least two), five seconds.
    fn default() -> Self {
        let at_once = std::thread::available_parallelism().map_or(2, |n| n.get().max(2));
        Self { memory_kib: 19 * 1024, passes: 2, at_once, patience: Duration::from_secs(5) }
    }
}

/// Hashes on threads of their own, some at once.
pub struct Argon2Hasher {
    params: Params,
    permits: Arc<Semaphore>,
    patience: Duration,
    random: Arc<dyn Random>,
    nobody: Arc<OnceLock<String>>,
}

impl Argon2Hasher {
    /// A hasher with these settings.
    ///
    /// # Errors
    ///
    /// [`HashError::Other`] when the parameters are outside of what Argon2 allows.
    pub fn new(settings: HashSettings, random: Arc<dyn Random>) -> Result<Self, HashError> {
        let params =
            Params::new(settings.memory_kib, settings.passes, 1, None).map_err(|e| HashError::Other(e.to_string()))?;
        Ok(Self {
            params,
            permits: Arc::new(Semaphore::new(settings.at_once)),
            patience: settings.patience,
            random,
            nobody: Arc::default(),
        })
    }

    fn argon2(params: &Params) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, HashError> {
        match tokio::time::timeout(self.patience, self.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(HashError::Busy),
        }
    }

    /// Runs `work` on a thread for blocking work; the permit moves along, so that it is given back
    /// only when the work is done, whatever becomes of the caller.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let permit = self.turn().await?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| HashError::Other(e.to_string()))?
    }
}

fn hash(params: &Params, password: &Secret, salt: [u8; 16]) -> Result<String, HashError> {
    let hash: Result<PasswordHash, _> =
        Argon2Hasher::argon2(params).hash_password_with_salt(password.expose().as_bytes(), &salt);
    hash.map(|h| h.to_string()).map_err(|e| HashError::Other(e.to_string()))
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Secret) -> Result<String, HashError> {
        let (params, salt) = (self.params.clone(), self.random.bytes());
        self.run(move || hash(&params, &password, salt)).await
    }

    async fn verify(&self, password: Secret, against: Option<Secret>) -> Result<bool, HashError> {
        let (params, salt, nobody) = (self.params.clone(), self.random.bytes(), self.nobody.clone());
        self.run(move || {
            let known = against.as_ref().and_then(|h| PasswordHash::new(h.expose()).ok());
            let verifier = Argon2Hasher::argon2(&params);
            if let Some(hash) = known {
                return Ok(verifier.verify_password(password.expose().as_bytes(), &hash).is_ok());
            }
            // Nobody's hash: it takes as long as somebody's.
            if nobody.get().is_none() {
                let made = hash(&params, &Secret::new(""), salt)?;
                let _ = nobody.set(made);
            }
            if let Some(Ok(hash)) = nobody.get().map(|h| PasswordHash::new(h)) {
                let _ = verifier.verify_password(password.expose().as_bytes(), &hash);
            }
            Ok(false)
        })
        .await
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::system::SystemRandom;

    fn hasher() -> Argon2Hasher {
        let settings = HashSettings { memory_kib: 64, passes: 1, ..HashSettings::default() };
        Argon2Hasher::new(settings, Arc::new(SystemRandom)).unwrap()
    }

    #[tokio::test]
    async fn knows_the_password_and_no_other() {
        let hasher = hasher();
        let hash = Secret::new(hasher.hash(Secret::new("correct horse")).await.unwrap());
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(hasher.verify(Secret::new("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(Secret::new("correct horsf"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(Secret::new(""), None).await.unwrap());
        assert!(!hasher.verify(Secret::new("!"), Some(Secret::new("!"))).await.unwrap());
    }
}
