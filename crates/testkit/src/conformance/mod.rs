//! What every adapter of a port must do: one suite for each port, for adapters that others write too.
//!
//! A suite is a set of functions, each of which checks one promise and panics when it is broken.
//! [`store`] wants an empty database whose tables are those of [`store::ENTITIES`]; the others want
//! the adapter itself. A test of an adapter is then one line:
//!
//! ```
//! # struct Machine;
//! # impl kwik_domain::Random for Machine {
//! #     fn bytes(&self) -> [u8; 16] {
//! #         use std::hash::{BuildHasher, RandomState};
//! #         let half = || RandomState::new().hash_one(0).to_ne_bytes();
//! #         std::array::from_fn(|n| half()[n % 8])
//! #     }
//! # }
//! kwik_testkit::conformance::clock_random::bytes_cannot_be_foreseen(&Machine);
//! ```
//!
//! Properties try a few random cases, as many as `KWIK_SOAK_CASES` says if that is set.
//!
//! # Invariants
//!
//! - A suite knows the port and the domain, never an adapter.
//! - A promise that stands in the port's documentation has a function here, and the other way round.
//!
//! # What this module must not do
//!
//! Measure speed, or use anything that is not in `kwik-domain` and not a library of everybody's.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a suite says that a promise is broken by a panic, as every test does"
)]
#![expect(clippy::missing_panics_doc, reason = "every function here panics when the promise in its name is broken")]

pub mod clock_random;
pub mod password_hasher;
mod property;
pub mod store;
pub mod token_signer;

pub use property::soak_cases;
