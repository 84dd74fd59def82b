//! The conformance suite of the port `PasswordHasher`, and what is this adapter's own.

use kwik_adapters::{
    argon2::{Argon2Hasher, HashSettings},
    system::SystemRandom,
};
use kwik_domain::{HashError, PasswordHasher, Secret};
use kwik_testkit::conformance::password_hasher;
use std::{sync::Arc, time::Duration};

fn hasher(settings: HashSettings) -> Arc<dyn PasswordHasher> {
    Arc::new(Argon2Hasher::new(settings, Arc::new(SystemRandom)).unwrap())
}

/// As weak as it may be, so that the tests are quick.
fn weak() -> HashSettings {
    HashSettings { memory_kib: 8, passes: 1, ..HashSettings::default() }
}

macro_rules! promises {
    ($($promise:ident)*) => {
        $(#[tokio::test]
        async fn $promise() {
            password_hasher::$promise(hasher(weak())).await;
        })*
    };
}

promises! {
    knows_the_password_and_no_other
    salts_each_hash
    nobody_has_no_password
    what_is_no_hash_fits_no_password
    a_changed_hash_does_not_fit
    a_dropped_call_does_no_harm
}

#[tokio::test]
async fn the_default_is_what_owasp_recommends() {
    let hash = hasher(HashSettings::default()).hash(Secret::new("correct horse")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[tokio::test]
async fn a_hash_made_with_other_settings_is_still_known() {
    let hash = hasher(weak()).hash(Secret::new("correct horse")).await.unwrap();
    let stronger = hasher(HashSettings { memory_kib: 64, passes: 3, ..HashSettings::default() });
    assert!(stronger.verify(Secret::new("correct horse"), Some(Secret::new(hash))).await.unwrap());
}

/// With one place and no patience, whoever comes second is told so, and nobody is kept out for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_that_it_is_busy() {
    let settings = HashSettings { memory_kib: 64 * 1024, passes: 8, at_once: 1, patience: Duration::ZERO };
    let hasher = hasher(settings);
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(Secret::new("correct horse")).await })
        })
        .collect();
    let (mut done, mut busy) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => done += 1,
            Err(HashError::Busy) => busy += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(done >= 1 && busy >= 1, "{done} done, {busy} busy");
    hasher.hash(Secret::new("correct horse")).await.unwrap();
}
