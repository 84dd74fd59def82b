//! Proof for the users of Kwik: test databases and an identity-aware client.
//!
//! ```no_run
//! use kwik_testkit::{TestApp, on_each_engine};
//!
//! fn app() -> kwik::App {
//!     kwik::App::new() // .resource::<Customer>()
//! }
//!
//! on_each_engine! {
//!     async fn nobody_sees_customers(engine) {
//!         let app = TestApp::start(engine, app).await;
//!         app.anonymous().get("/customers/").await.refused(401, "not_authenticated");
//!         app.admin().await.get("/customers/").await.ok();
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! # Invariants
//!
//! - Each test has a database of its own ([`database`]), and an app of its own over it.
//! - A client is somebody: nobody, the administrator, or a user. It speaks to the app in the same
//!   process, through all of its layers but the socket.
//!
//! # What this crate must not do
//!
//! Be a dependency of a program that serves: it is for `[dev-dependencies]`.

mod access_matrix;
mod app;
mod client;
pub mod conformance;
pub mod database;
mod response;

pub use access_matrix::AccessMatrix;
pub use app::{ADMIN_EMAIL, ADMIN_PASSWORD, TestApp, TestUser};
pub use client::Client;
pub use response::TestResponse;
