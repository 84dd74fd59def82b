//! Commands that are carried out at most once for a key that their caller chose: the header
//! `Idempotency-Key`.
//!
//! An endpoint takes [`Once`] and carries its command out by [`Once::run`]. With the header, the key and
//! the answer are written in the unit of work of the command: after a crash both are there or neither.
//! A second request with the same key gets the first one's answer. See the chapter "Commands" of the
//! documentation.
//!
//! ```
//! use async_trait::async_trait;
//! use kwik_api::{ApiResult, SignedIn};
//! use kwik_app::{Command, Data, Work};
//! use kwik_domain::{Ctx, Result};
//! use kwik_idempotency::{Once, Replayed};
//! use poem_openapi::{OpenApi, payload::Json};
//!
//! #[derive(Debug)]
//! struct Ring {
//!     times: i64,
//! }
//!
//! #[async_trait]
//! impl Command for Ring {
//!     type Answer = i64;
//!     async fn run(&self, _: &Ctx, _work: &mut Work) -> Result<i64> {
//!         Ok(self.times)
//!     }
//! }
//!
//! struct Bells {
//!     data: Data,
//! }
//!
//! #[OpenApi]
//! impl Bells {
//!     /// Ring three times.
//!     #[oai(path = "/bells/ring", method = "post", operation_id = "ringBells")]
//!     async fn ring(&self, ctx: SignedIn, once: Once) -> ApiResult<Replayed<Json<i64>>> {
//!         once.run(&ctx, &self.data, &Ring { times: 3 }).await
//!     }
//! }
//! ```
//!
//! # Invariants
//!
//! - The key's row is written in the same unit of work as what the command does, before it: of two
//!   requests at once, one waits for the other.
//! - An answer is given again to the caller who got it, and to no one else: not to other users, not to
//!   the same user by another API key, not to somebody who acts in the user's place.
//! - What has failed leaves no row, and may be tried again with the same key.
//!
//! # What this crate must not do
//!
//! Decide who may call: that is declared, and checked before.

mod caller;
mod kept_answer;
mod keyed;
mod once;
mod reply;

pub use kept_answer::{KeptAnswer, KeptAnswerCreate, KeptAnswerUpdate};
pub use once::{HEADER, Once};
pub use reply::{REPLAYED, Replayed, Reply};

use kwik_domain::{Entity, EntityMeta};

/// The entities that a program needs for this. Nobody reaches them but this crate.
pub const ENTITIES: [&EntityMeta; 1] = [KeptAnswer::META];
