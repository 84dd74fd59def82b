//! What the use cases of identity stand on.

use crate::IdentitySettings;
use kwik_app::Data;
use kwik_domain::{
    AccessDirectory, Error, HashError, Mailer, PasswordHasher, Random, Result, Secret, StoreError, Throttle,
    TokenSigner, Verdict,
};
use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

/// Passwords of so many bytes are looked at, whatever the rules say: they may have been others once.
const LONG: usize = 1024;

/// The ports and settings that all use cases of identity share. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// The database behind the policy, with the clock.
    pub data: Data,
    /// Reads users and rights.
    pub directory: Arc<dyn AccessDirectory>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Signs tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Counts tries.
    pub throttle: Arc<dyn Throttle>,
    /// Sends letters; none where none are sent.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What can be set.
    pub settings: Arc<IdentitySettings>,
    /// The permissions that the program declares, once it is put together: they are neither renamed nor
    /// removed.
    pub declared: Arc<OnceLock<BTreeSet<String>>>,
}

impl Ports {
    /// Whether the program declares a permission of that name.
    pub(crate) fn is_declared(&self, permission: &str) -> bool {
        self.declared.get().is_some_and(|declared| declared.contains(permission))
    }

    /// Whether a password is longer than any that was ever set: it would only keep the hasher busy.
    pub(crate) fn is_nobodys(&self, password: &Secret) -> bool {
        let most = self.settings.passwords.most.saturating_mul(char::MAX.len_utf8());
        password.expose().len() > most.max(LONG)
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String> {
        self.hasher.hash(password).await.map_err(hash_error)
    }

    /// Whether a password has that hash. Longer ones than any that was ever set are wrong, and take no time.
    pub(crate) async fn verify(&self, password: Secret, hash: Option<Secret>) -> Result<Verdict> {
        if self.is_nobodys(&password) {
            return Ok(Verdict::Wrong);
        }
        self.hasher.verify(password, hash).await.map_err(hash_error)
    }
}

/// A hasher that is busy is a part of the service that is not to be had right now.
pub(crate) fn hash_error(error: HashError) -> Error {
    match error {
        HashError::Busy => StoreError::Unavailable(error.to_string()).into(),
        HashError::Other(reason) => Error::Internal(reason),
    }
}
