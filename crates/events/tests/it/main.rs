//! Events and audit sinks in whole programs, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unused_async, missing_docs, unreachable_pub)]

mod conformance;
mod declarations;
mod failures;
mod instances;
mod order;
mod outbox;
mod page;
mod sinks;
mod world;
