//! The conformance suite of the port `PasswordHasher`, and what is this adapter's own.

use kwik_adapters::system::SystemRandom;
use kwik_credentials::argon2::{Argon2Hasher, HashSettings};
use kwik_domain::{HashError, PasswordHasher, Secret, Verdict};
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

/// Weaker, stronger, or merely other: it is not today's.
#[tokio::test]
async fn a_hash_of_other_settings_is_outdated() {
    for other in [
        HashSettings { memory_kib: 64, ..weak() },
        HashSettings { passes: 3, ..weak() },
        HashSettings { memory_kib: 64, passes: 3, ..weak() },
    ] {
        password_hasher::a_hash_of_other_settings_is_outdated(hasher(weak()), hasher(other)).await;
    }
}

async fn verdict(hasher: &dyn PasswordHasher, password: &str, hash: &str) -> Verdict {
    hasher.verify(Secret::new(password), Some(Secret::new(hash))).await.unwrap()
}

/// Test vectors of the reference implementation: another kind, two versions of it, and shorter outputs.
#[tokio::test]
async fn other_kinds_of_argon2_are_known() {
    let hasher = hasher(weak());
    for hash in [
        "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ] {
        assert_eq!(verdict(&*hasher, "password", hash).await, Verdict::Outdated, "{hash}");
        assert_eq!(verdict(&*hasher, "passwore", hash).await, Verdict::Wrong, "{hash}");
    }
    for hash in [
        "$argon2x$v=19$m=8,t=1,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweA",
        "$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweA",
    ] {
        assert_eq!(verdict(&*hasher, "password", hash).await, Verdict::Wrong, "{hash}");
    }
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

/// Hashes that Python's bcrypt 4.0.1 made, as Kwik's passlib uses it.
#[cfg(feature = "bcrypt")]
mod bcrypt {
    use super::*;

    const OF_CORRECT_HORSE: [&str; 6] = [
        "$2a$04$xGkJhMTZS6SOBW2bXtWEJuF1ML/vragu5MNK45qkDxufRPRJyCyue",
        "$2b$04$detxsHKWoEOuaAmWLbnM5.rn6VWul8hX7kpa4B05dTbOmRV.vAZq2",
        "$2y$04$w6uamG/RgiDfHB3BGYnKput/eBEZJUXpMan6/KMv6hm5Lf2HEUDK6",
        "$2a$12$6akte2r/UYoADC1fidTFwOpA6dXr7nMVMXTbMAmDXz5qgUeEltOO.",
        "$2b$12$mxgzMocvDMywWGL3Khu7T.9VRInq0wZsvTe7NVdePPhmCt5wFM7u6",
        // By passlib.
        "$2b$12$0KWAOFRTs2Ol2PbqxvCUcOsuiaopxrRa9mTNlYGbfXhCitBU6hmma",
    ];

    #[tokio::test]
    async fn a_hash_of_kwiks_is_known_and_outdated() {
        let hasher = hasher(weak());
        for hash in OF_CORRECT_HORSE {
            assert_eq!(verdict(&*hasher, "correct horse", hash).await, Verdict::Outdated, "{hash}");
            assert_eq!(verdict(&*hasher, "correct horsf", hash).await, Verdict::Wrong, "{hash}");
        }
        for (password, hash) in [
            ("", "$2b$04$IEwp5CbnOoK7JNmgLytO7upLZMrnuYbeYy/BOxDHRnXZVvxUvf.Vq"),
            ("пароль", "$2b$04$4uuPvzIyXT4bNmMD884Cmuv5flE1W3s8eQXNTNnMkv5f4m0WHgr0y"),
        ] {
            assert_eq!(verdict(&*hasher, password, hash).await, Verdict::Outdated, "{hash}");
            assert_eq!(verdict(&*hasher, "x", hash).await, Verdict::Wrong, "{hash}");
        }
    }

    /// The first 72 bytes count, though they end within a character.
    #[tokio::test]
    async fn a_long_password_is_cut_as_it_was() {
        let hasher = hasher(weak());
        let cut_in_two = "$2b$04$OF7WRhwrWF4tqtOARfGFn.5SbV22e9l9X/3YS405ZQ.7D9ur6BmbC";
        let password = format!("{}étail", "x".repeat(71));
        assert_eq!(verdict(&*hasher, &password, cut_in_two).await, Verdict::Outdated);
        assert_eq!(verdict(&*hasher, &"x".repeat(71), cut_in_two).await, Verdict::Wrong);
        let eighty = "$2b$12$9F9c4NqaJzMiMPTaLyfA7e0oKOP67.SWZYmKmoC/lhV39/WgvEjgS";
        for (length, verdict_of_it) in
            [(71, Verdict::Wrong), (72, Verdict::Outdated), (73, Verdict::Outdated), (80, Verdict::Outdated)]
        {
            assert_eq!(verdict(&*hasher, &"y".repeat(length), eighty).await, verdict_of_it, "{length}");
        }
    }

    /// For bcrypt itself `p`, NUL, `p` and `p` are the same.
    #[tokio::test]
    async fn a_nul_does_not_end_a_password() {
        let hasher = hasher(weak());
        let hash = "$2b$04$0cc5aYSr0T3lNMmqdw9PsuG8tQBKYc.W5OBvHium.f5rmIiSw214a";
        assert_eq!(verdict(&*hasher, "p", hash).await, Verdict::Outdated);
        for password in ["p\0", "p\0p", "p\0q", "p\0p\0p", "\0p"] {
            assert_eq!(verdict(&*hasher, password, hash).await, Verdict::Wrong, "{password:?}");
        }
        let of_72 = "$2b$04$FU7ZU3oHdtxCMcaCx57CsepRgd6CPRK5sFIKmb/QSf19OaliXqQmm";
        assert_eq!(verdict(&*hasher, &"y".repeat(72), of_72).await, Verdict::Outdated);
        assert_eq!(verdict(&*hasher, &format!("{}\0", "y".repeat(72)), of_72).await, Verdict::Wrong);
    }

    /// Changed, cut, lengthened, of the version with the bug, or so dear that it would hold a place for minutes.
    #[tokio::test]
    async fn what_is_no_hash_fits_no_password() {
        let (hasher, hash) = (hasher(weak()), OF_CORRECT_HORSE[1]);
        let mut others = vec![hash[..59].to_owned(), format!("{hash}="), format!(" {hash}"), format!("{hash}é")];
        for (from, to) in [
            ("$2b$", "$2x$"),
            ("$2b$", "$2$"),
            ("$04$", "$03$"),
            ("$04$", "$17$"),
            ("$04$", "$31$"),
            ("$04$", "$4$"),
            ("$04$", "$+4$"),
        ] {
            others.push(hash.replace(from, to));
        }
        for at in [30, 45, 58] {
            let mut changed = hash.to_owned();
            changed.replace_range(at..=at, if &hash[at..=at] == "x" { "y" } else { "x" });
            others.push(changed);
        }
        for other in others {
            assert_eq!(verdict(&*hasher, "correct horse", &other).await, Verdict::Wrong, "{other}");
        }
    }
}

/// What is no hash takes as long as one of today's, so that nobody learns by the clock which accounts are
/// there. The quickest of many: whatever else the machine does only makes a call slower.
#[tokio::test]
async fn no_hash_takes_as_long() {
    let hasher = hasher(HashSettings { memory_kib: 512, passes: 1, at_once: 1, ..HashSettings::default() });
    let own = hasher.hash(Secret::new("correct horse")).await.unwrap();
    let hashes = [Some(Secret::new(own)), None, Some(Secret::new("!"))];
    let mut quickest = [Duration::MAX; 3];
    for _ in 0..40 {
        for (quickest, hash) in quickest.iter_mut().zip(&hashes) {
            let begun = std::time::Instant::now();
            assert_eq!(hasher.verify(Secret::new("wrong"), hash.clone()).await.unwrap(), Verdict::Wrong);
            *quickest = begun.elapsed().min(*quickest);
        }
    }
    let [known, none, unknown] = quickest;
    for other in [none, unknown] {
        assert!(other > known / 2 && known > other / 2, "{known:?} with a hash, {other:?} without");
    }
}
