//! The ports of authentication, with what a test turns, and a count of what is asked.

use crate::trail_store::TrailStore;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kwik_app::Data;
use kwik_domain::{
    AccessDirectory, Actor, Authenticate, AuthenticationError, Claims, Clock, Credentials, Error, Grants, KeyState,
    KeyUse, Notifier, Presented, Purpose, Random, RolePolicy, SessionState, StoreError, TokenError, TokenSigner,
};
use kwik_identity::{ApiKeyText, Authenticator};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicUsize, Ordering::SeqCst},
    },
};
use uuid::Uuid;

/// Every port.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) seconds: AtomicI64,
    /// Whether changes cannot be heard of.
    pub(crate) is_deaf: AtomicBool,
    pub(crate) is_down: AtomicBool,
    pub(crate) epochs: Mutex<HashMap<i64, u64>>,
    pub(crate) queries: AtomicUsize,
    pub(crate) signatures: AtomicUsize,
    pub(crate) tokens: Mutex<HashMap<String, Claims>>,
    pub(crate) grants: Mutex<HashMap<i64, Grants>>,
    pub(crate) sessions: Mutex<HashMap<Uuid, SessionState>>,
    pub(crate) keys: Mutex<HashMap<String, KeyState>>,
    /// Whose epoch moves while the next question is answered.
    pub(crate) meanwhile: Mutex<Option<i64>>,
    bytes: AtomicU8,
}

impl World {
    /// A world in which these users are there, with these permissions.
    pub(crate) fn of(users: &[(i64, &[&str])]) -> Arc<Self> {
        let world = Self::default();
        for (id, permissions) in users {
            world.grant(*id, permissions);
        }
        Arc::new(world)
    }

    /// From now on, the user has these permissions and no others.
    pub(crate) fn grant(&self, user_id: i64, permissions: &[&str]) {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        let grants = Grants { permissions, roles: vec!["clerk".to_owned()], ..Grants::default() };
        self.grants.lock().unwrap().insert(user_id, grants);
        self.changed(user_id);
    }

    /// Something about the user has changed.
    pub(crate) fn changed(&self, user_id: i64) {
        *self.epochs.lock().unwrap().entry(user_id).or_default() += 1;
    }

    /// A session of the user until second 1000, and a token of it until second 100.
    pub(crate) fn token(&self, user_id: i64) -> (String, Uuid) {
        self.token_of(user_id, None)
    }

    /// The same for somebody who acts in the user's place, from that session.
    pub(crate) fn token_of(&self, user_id: i64, impersonator: Option<(i64, Uuid)>) -> (String, Uuid) {
        let id = Uuid::from_bytes(self.bytes());
        let (impersonator, parent) = impersonator.unzip();
        let session = SessionState { user_id, impersonator, parent, expires_at: at(1000) };
        self.sessions.lock().unwrap().insert(id, session);
        let token = format!("token of {id}");
        let claims = Claims {
            user_id,
            impersonator,
            session: id.to_string().into(),
            id: "1".into(),
            purpose: Purpose::Access,
            issued_at: at(0),
            expires_at: at(100),
        };
        self.tokens.lock().unwrap().insert(token.clone(), claims);
        (token, id)
    }

    /// A key of the user with these scopes.
    pub(crate) fn key(&self, user_id: i64, scopes: &str) -> ApiKeyText {
        let key = ApiKeyText::generate(self);
        let mut keys = self.keys.lock().unwrap();
        let id = 100 + i64::try_from(keys.len()).unwrap();
        keys.insert(key.hash(), KeyState { id, user_id, scopes: scopes.to_owned(), expires_at: None });
        key
    }

    pub(crate) fn authenticator(self: &Arc<Self>) -> Authenticator {
        self.authenticator_over(&TrailStore::default())
    }

    /// The same, which notes there what is to be noted.
    pub(crate) fn authenticator_over(self: &Arc<Self>, store: &TrailStore) -> Authenticator {
        let data = Data::new(Arc::new(store.clone()), Arc::new(RolePolicy), self.clone(), self.clone(), &[]);
        Authenticator::new(data, self.clone(), self.clone(), self.clone())
    }

    pub(crate) fn queries(&self) -> usize {
        self.queries.load(SeqCst)
    }

    fn ask<T>(&self, answer: impl FnOnce() -> T) -> Result<T, StoreError> {
        self.queries.fetch_add(1, SeqCst);
        if self.is_down.load(SeqCst) {
            return Err(StoreError::Timeout);
        }
        let answer = answer();
        let changed = self.meanwhile.lock().unwrap().take();
        if let Some(user_id) = changed {
            self.changed(user_id);
        }
        Ok(answer)
    }
}

impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        at(self.seconds.load(SeqCst))
    }
}

impl Random for World {
    fn bytes(&self) -> [u8; 16] {
        std::array::from_fn(|_| self.bytes.fetch_add(1, SeqCst))
    }
}

impl Notifier for World {
    fn epoch(&self, user_id: i64) -> Option<u64> {
        let epoch = self.epochs.lock().unwrap().get(&user_id).copied().unwrap_or_default();
        (!self.is_deaf.load(SeqCst)).then_some(epoch)
    }
}

#[async_trait]
impl AccessDirectory for World {
    async fn find_credentials(
        &self,
        _: &str,
        _: Option<&str>,
        _: DateTime<Utc>,
    ) -> Result<Option<Credentials>, StoreError> {
        Ok(None)
    }

    async fn find_grants(&self, user_id: i64) -> Result<Option<Grants>, StoreError> {
        self.ask(|| self.grants.lock().unwrap().get(&user_id).cloned())
    }

    async fn find_session(&self, id: Uuid) -> Result<Option<SessionState>, StoreError> {
        self.ask(|| self.sessions.lock().unwrap().get(&id).cloned())
    }

    async fn find_key(&self, hash: &str) -> Result<Option<KeyState>, StoreError> {
        self.ask(|| self.keys.lock().unwrap().get(hash).cloned())
    }

    async fn count_holders(&self, _: &[i64]) -> Result<Vec<(i64, u64)>, StoreError> {
        Ok(Vec::new())
    }

    async fn last_uses(&self, _: &[i64]) -> Result<Vec<KeyUse>, StoreError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }
}

impl TokenSigner for World {
    fn sign(&self, _: &Claims) -> Result<String, TokenError> {
        Err(TokenError::Malformed)
    }

    fn verify(&self, token: &str, purpose: Purpose, _: DateTime<Utc>) -> Result<Claims, TokenError> {
        self.signatures.fetch_add(1, SeqCst);
        assert_eq!(purpose, Purpose::Access);
        self.tokens.lock().unwrap().get(token).cloned().ok_or(TokenError::Signature)
    }
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// What an authenticator makes of a bearer token, or of a key in that place.
pub(crate) async fn bearer(authenticator: &Authenticator, token: &str) -> Option<Actor> {
    present(authenticator, Presented { bearer: Some(token), api_key: None }).await
}

/// What an authenticator makes of these credentials; nothing when they are not good.
pub(crate) async fn present(authenticator: &Authenticator, presented: Presented<'_>) -> Option<Actor> {
    match authenticator.actor(presented).await {
        Ok(actor) => Some(actor),
        Err(Error::Authentication(AuthenticationError::InvalidToken)) => None,
        Err(error) => panic!("{error}"),
    }
}
