//! Password hashing with argon2id and its standard parameters.

use argon2::{
    Argon2,
    password_hash::{Error, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Hashes a password with a random salt, as a PHC string.
///
/// # Errors
/// That the system gives no randomness.
pub fn hash(password: &str) -> Result<String, Error> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
}

/// Whether the password is the one of the PHC string.
pub fn matches(password: &str, hashed: &str) -> bool {
    PasswordHash::new(hashed).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn only_the_right_password_matches() {
        let hashed = super::hash("correct").unwrap();
        assert!(super::matches("correct", &hashed));
        assert!(!super::matches("Correct", &hashed));
        assert!(!super::matches("correct", "not a hash"));
    }
}
