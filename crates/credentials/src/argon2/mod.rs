//! Passwords by Argon2id (RFC 9106), with the parameters that OWASP's password storage cheat sheet
//! recommends: 19 MiB, two passes, one lane. Hashes with other parameters, by Argon2's other kinds and, with
//! the feature `bcrypt`, by bcrypt are known as well, and outdated.
//!
//! A password without a hash takes as long as one with a hash of today's. One with a bcrypt hash takes as
//! long as that takes, until its user signs in.

#[cfg(feature = "bcrypt")]
mod bcrypt;
mod engine;
mod memory;

use async_trait::async_trait;
use engine::Engine;
use kwik_domain::{HashError, PasswordHasher, Random, Secret, Verdict};
use std::{sync::Arc, time::Duration};
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
    engine: Arc<Engine>,
    permits: Arc<Semaphore>,
    patience: Duration,
    random: Arc<dyn Random>,
}

impl Argon2Hasher {
    /// A hasher with these settings.
    ///
    /// # Errors
    ///
    /// [`HashError::Other`] when the parameters are outside of what Argon2 allows.
    pub fn new(settings: HashSettings, random: Arc<dyn Random>) -> Result<Self, HashError> {
        Ok(Self {
            engine: Arc::new(Engine::new(settings.memory_kib, settings.passes)?),
            permits: Arc::new(Semaphore::new(settings.at_once)),
            patience: settings.patience,
            random,
        })
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

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Secret) -> Result<String, HashError> {
        let (engine, salt) = (Arc::clone(&self.engine), self.random.bytes());
        self.run(move || engine.hash(&password, salt)).await
    }

    async fn verify(&self, password: Secret, hash: Option<Secret>) -> Result<Verdict, HashError> {
        let (engine, salt) = (Arc::clone(&self.engine), self.random.bytes());
        self.run(move || engine.verify(&password, hash.as_ref().map_or("", Secret::expose), salt)).await
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use kwik_adapters::system::SystemRandom;

    fn hasher() -> Argon2Hasher {
        let settings = HashSettings { memory_kib: 64, passes: 1, ..HashSettings::default() };
        Argon2Hasher::new(settings, Arc::new(SystemRandom)).unwrap()
    }

    #[tokio::test]
    async fn knows_the_password_and_no_other() {
        let hasher = hasher();
        let hash = Secret::new(hasher.hash(Secret::new("correct horse")).await.unwrap());
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        for (password, hash, verdict) in [
            ("correct horse", Some(hash.clone()), Verdict::Right),
            ("correct horsf", Some(hash), Verdict::Wrong),
            ("", None, Verdict::Wrong),
            ("!", Some(Secret::new("!")), Verdict::Wrong),
        ] {
            assert_eq!(hasher.verify(Secret::new(password), hash).await.unwrap(), verdict, "{password}");
        }
    }
    /// However many calls there are on however many threads: there is memory for as many as hash at once.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_does_not_grow_with_the_number_of_calls() {
        let settings = HashSettings { memory_kib: 64, passes: 1, at_once: 3, patience: Duration::from_mins(1) };
        let hasher = Arc::new(Argon2Hasher::new(settings, Arc::new(SystemRandom)).unwrap());
        let calls: Vec<_> = (0..300)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.verify(Secret::new("correct horse"), None).await.unwrap() })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), Verdict::Wrong);
        }
        assert!((1..=3).contains(&hasher.engine.memory.kept()));
    }
}
