//! What every [`PasswordHasher`] must do.

use kwik_domain::{PasswordHasher, Secret, Verdict};
use std::sync::Arc;

/// Passwords that are hard to get right: nothing, spaces, other scripts, very long, NUL.
fn passwords() -> Vec<String> {
    let mut all = ["", " ", "correct horse", "correct horse ", "Correct horse", "пароль", "пароль́", "p\0q", "p"]
        .map(str::to_owned)
        .to_vec();
    all.extend(["x".repeat(1000), "x".repeat(1001), format!("{}é", "x".repeat(71))]);
    all
}

async fn hash(hasher: &dyn PasswordHasher, password: &str) -> Secret {
    Secret::new(hasher.hash(Secret::new(password)).await.expect("a hash"))
}

async fn verify(hasher: &dyn PasswordHasher, password: &str, hash: Option<&Secret>) -> Verdict {
    hasher.verify(Secret::new(password), hash.cloned()).await.expect("an answer")
}

/// A password has its hash and no other's, to the last character.
pub async fn knows_the_password_and_no_other(hasher: Arc<dyn PasswordHasher>) {
    let passwords = passwords();
    for (n, password) in passwords.iter().enumerate() {
        let own = hash(&*hasher, password).await;
        for (m, other) in passwords.iter().enumerate() {
            let verdict = if n == m { Verdict::Right } else { Verdict::Wrong };
            assert_eq!(verify(&*hasher, other, Some(&own)).await, verdict, "password {m} against the hash of {n}");
        }
    }
}

/// One password has another hash each time, in the PHC string format, without the password in it.
pub async fn salts_each_hash(hasher: Arc<dyn PasswordHasher>) {
    let (one, other) = (hash(&*hasher, "correct horse").await, hash(&*hasher, "correct horse").await);
    assert_ne!(one.expose(), other.expose());
    for hash in [&one, &other] {
        assert!(hash.expose().starts_with('$') && hash.expose().is_ascii(), "no PHC string");
        assert!(!hash.expose().contains("horse"));
        assert_eq!(verify(&*hasher, "correct horse", Some(hash)).await, Verdict::Right);
    }
}

/// Without a hash the answer is no, whatever the password.
pub async fn nobody_has_no_password(hasher: Arc<dyn PasswordHasher>) {
    for password in ["", "!", "correct horse"] {
        assert_eq!(verify(&*hasher, password, None).await, Verdict::Wrong);
    }
}

/// What is no hash is nobody's: the answer is no, not an error that tells such users apart.
pub async fn what_is_no_hash_fits_no_password(hasher: Arc<dyn PasswordHasher>) {
    let whole = hash(&*hasher, "correct horse").await;
    let cut = &whole.expose()[..whole.expose().len() / 2];
    for garbage in ["", "!", "$", "correct horse", "$2b$12$", cut] {
        let garbage = Secret::new(garbage);
        assert_eq!(verify(&*hasher, garbage.expose(), Some(&garbage)).await, Verdict::Wrong);
        assert_eq!(verify(&*hasher, "correct horse", Some(&garbage)).await, Verdict::Wrong);
    }
}

/// A changed hash fits no more, wherever it was changed.
pub async fn a_changed_hash_does_not_fit(hasher: Arc<dyn PasswordHasher>) {
    let hash = hash(&*hasher, "correct horse").await;
    let last = hash.expose().rfind('$').expect("a PHC string");
    for at in (last + 1..hash.expose().len()).step_by(7) {
        let mut changed = hash.expose().as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = Secret::new(String::from_utf8(changed).expect("ASCII"));
        assert_eq!(verify(&*hasher, "correct horse", Some(&changed)).await, Verdict::Wrong, "changed at {at}");
    }
}

/// A hash of other settings is known, and outdated; whoever made it takes none of the other's for its own.
pub async fn a_hash_of_other_settings_is_outdated(hasher: Arc<dyn PasswordHasher>, other: Arc<dyn PasswordHasher>) {
    for (one, two) in [(&hasher, &other), (&other, &hasher)] {
        let own = hash(&**one, "correct horse").await;
        assert_eq!(verify(&**one, "correct horse", Some(&own)).await, Verdict::Right);
        assert_eq!(verify(&**two, "correct horse", Some(&own)).await, Verdict::Outdated);
        assert_eq!(verify(&**two, "correct horsf", Some(&own)).await, Verdict::Wrong);
    }
}

/// A caller that goes away does not use up a place: afterwards it hashes as before.
pub async fn a_dropped_call_does_no_harm(hasher: Arc<dyn PasswordHasher>) {
    for _ in 0..64 {
        let mut call = Box::pin(hasher.hash(Secret::new("correct horse")));
        // Begun, and dropped before it is ready.
        let begun =
            std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending())).await;
        drop(call);
        let _ = begun;
        tokio::task::yield_now().await;
    }
    let own = hash(&*hasher, "correct horse").await;
    assert_eq!(verify(&*hasher, "correct horse", Some(&own)).await, Verdict::Right);
}
