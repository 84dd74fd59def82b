//! Rights are read once, and again only when they may have changed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kwik_app::Authenticator;
use kwik_domain::{
    AccessDirectory, AuthenticationError, Claims, Clock, Credentials, Error, Grants, Notifier, Purpose, StoreError,
    TokenError, TokenSigner,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst},
};

/// Every port, with what the test turns.
#[derive(Default)]
struct World {
    seconds: AtomicI64,
    epoch: Mutex<Option<u64>>,
    queries: AtomicUsize,
    signatures: AtomicUsize,
    is_gone: Mutex<bool>,
}

impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        at(self.seconds.load(SeqCst))
    }
}

impl Notifier for World {
    fn epoch(&self) -> Option<u64> {
        *self.epoch.lock().unwrap()
    }
}

#[async_trait]
impl AccessDirectory for World {
    async fn find_credentials(&self, _: &str) -> Result<Option<Credentials>, StoreError> {
        Ok(None)
    }

    async fn find_grants(&self, _: i64) -> Result<Option<Grants>, StoreError> {
        self.queries.fetch_add(1, SeqCst);
        Ok((!*self.is_gone.lock().unwrap()).then(Grants::default))
    }
}

impl TokenSigner for World {
    fn sign(&self, _: &Claims) -> Result<String, TokenError> {
        Ok(String::new())
    }

    fn verify(&self, token: &str, purpose: Purpose, _: DateTime<Utc>) -> Result<Claims, TokenError> {
        self.signatures.fetch_add(1, SeqCst);
        if token != "right" {
            return Err(TokenError::Signature);
        }
        Ok(Claims {
            user_id: 7,
            impersonator: None,
            session: "s".into(),
            purpose,
            issued_at: at(0),
            expires_at: at(100),
        })
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn authenticator(world: &Arc<World>) -> Authenticator {
    Authenticator::new(world.clone(), world.clone(), world.clone(), world.clone())
}

fn world(epoch: Option<u64>) -> Arc<World> {
    let world = World::default();
    *world.epoch.lock().unwrap() = epoch;
    Arc::new(world)
}

#[tokio::test]
async fn a_steady_request_makes_no_query() {
    let world = world(Some(1));
    let authenticator = authenticator(&world);
    for _ in 0..10 {
        assert_eq!(authenticator.actor("right").await.unwrap().user_id(), Some(7));
    }
    assert_eq!((world.queries.load(SeqCst), world.signatures.load(SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_change_of_rights_makes_what_was_read_void() {
    let world = world(Some(1));
    let authenticator = authenticator(&world);
    authenticator.actor("right").await.unwrap();
    *world.is_gone.lock().unwrap() = true;
    *world.epoch.lock().unwrap() = Some(2);
    assert!(matches!(
        authenticator.actor("right").await,
        Err(Error::Authentication(AuthenticationError::InvalidToken))
    ));
}

#[tokio::test]
async fn without_a_listener_each_request_asks() {
    let world = world(None);
    let authenticator = authenticator(&world);
    for _ in 0..3 {
        authenticator.actor("right").await.unwrap();
    }
    assert_eq!(world.queries.load(SeqCst), 3);
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over_though_its_signature_was_checked() {
    let world = world(Some(1));
    let authenticator = authenticator(&world);
    authenticator.actor("right").await.unwrap();
    world.seconds.store(100, SeqCst);
    assert!(authenticator.actor("right").await.is_err());
    assert!(authenticator.actor("wrong").await.is_err());
}
