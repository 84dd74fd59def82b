//! Passwords and tokens: adapters for two ports of `kwik-domain`, one folder a technology.
//!
//! - [`argon2`]: [`PasswordHasher`](kwik_domain::PasswordHasher) by Argon2id. With the feature `bcrypt`, which
//!   is on by default, hashes by bcrypt are known as well.
//! - [`jwt`]: [`TokenSigner`](kwik_domain::TokenSigner) by JSON Web Tokens.
//!
//! # Alone
//!
//! ```
//! use kwik_credentials::jwt::JwtSigner;
//! use kwik_domain::{Claims, Purpose, Secret, TokenSigner};
//!
//! let signer = JwtSigner::new(&Secret::new("thirty-two bytes that nobody knows"), &[]).unwrap();
//! let issued_at = chrono::DateTime::UNIX_EPOCH;
//! let expires_at = issued_at + chrono::TimeDelta::hours(1);
//! let (session, id) = ("s".into(), "t".into());
//! let claims = Claims { user_id: 7, impersonator: None, session, id, purpose: Purpose::Access, issued_at, expires_at };
//! let token = signer.sign(&claims).unwrap();
//! assert_eq!(signer.verify(&token, Purpose::Access, issued_at), Ok(claims));
//! assert!(signer.verify(&token, Purpose::Access, expires_at).is_err());
//! ```
//!
//! Salts come from a source of randomness that one brings along, here the machine's, from `kwik-adapters`:
//!
//! ```
//! use kwik_adapters::system::SystemRandom;
//! use kwik_credentials::argon2::{Argon2Hasher, HashSettings};
//! use kwik_domain::{HashError, PasswordHasher, Secret, Verdict};
//! use std::sync::Arc;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), HashError> {
//! let hasher = Argon2Hasher::new(HashSettings::default(), Arc::new(SystemRandom))?;
//! let hash = Secret::new(hasher.hash(Secret::new("correct horse")).await?);
//! assert_eq!(hasher.verify(Secret::new("correct horse"), Some(hash.clone())).await?, Verdict::Right);
//! assert_eq!(hasher.verify(Secret::new("battery staple"), Some(hash)).await?, Verdict::Wrong);
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! - Hashing never holds up a thread that serves others, and its memory is bounded, however many ask.
//! - Somebody without a password takes as long as somebody with a hash of today's.
//! - A token of another key, purpose, maker, time or spelling is refused; what a library leaves open is
//!   closed here.
//! - Passwords, keys and tokens are in no error and in no `Debug` text.
//!
//! # What this crate must not do
//!
//! Know a database or HTTP. Decide who may sign in, how long a token is good, or which password is good
//! enough. Read the clock or the environment, or make randomness of its own.

pub mod argon2;
pub mod jwt;
