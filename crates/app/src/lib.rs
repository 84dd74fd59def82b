//! What we do: the application services of Kwik, one use case a file.
//!
//! # Invariants
//!
//! - Every use case takes the [`Ctx`](kwik_domain::Ctx) first, and everything that it reads or
//!   writes passes the policy by way of a [`Repository`](kwik_domain::Repository).
//! - A use case that writes more than one row opens one [`Work`] and commits it once.
//!
//! # What this crate must not do
//!
//! Know HTTP, a database, or a cryptographic algorithm: it sees ports only.
//!
//! # Alone
//!
//! ```
//! use kwik_adapters::{Database, system::{SystemClock, SystemRandom}};
//! use kwik_app::{CrudService, Data};
//! use kwik_domain::{Entity, RolePolicy, Secret, Via};
//! use kwik_schema::{Schema, develop};
//! use std::sync::Arc;
//!
//! #[derive(Clone, Debug, Entity)]
//! struct Note {
//!     #[entity(key)]
//!     id: i64,
//!     title: String,
//! }
//!
//! # async fn run(folder: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let url = Secret::new(format!("sqlite://{folder}/notes.db"));
//! let database = Database::connect(&url, Default::default()).await?;
//! develop(&database, &Schema::of(&[Note::META])?, false).await?;
//! let data = Data::new(database.store(), Arc::new(RolePolicy), Arc::new(SystemRandom), Arc::new(SystemClock), &[Note::META]);
//! let notes = CrudService::<Note>::new(data.clone());
//! let ctx = data.system(Via::Job("example"));
//! let note = notes.create(&ctx, NoteCreate { title: "hello".into() }).await?;
//! assert_eq!((note.value.title.as_str(), note.value.version()), ("hello", 1));
//! # Ok(())
//! # }
//! # let folder = std::env::temp_dir().join(format!("kwik-app-doc-{}", std::process::id()));
//! # tokio::runtime::Runtime::new().unwrap().block_on(run(folder.to_str().unwrap())).unwrap();
//! # std::fs::remove_dir_all(folder).unwrap();
//! ```

mod any_row;
mod command;
mod crud;
mod crud_command;
mod data;
mod parts;
mod rule;
mod rule_book;
mod state;
mod work;

pub use any_row::{AnyRow, AnyRows};
pub use command::Command;
pub use crud::{CrudService, Shown};
pub use data::{Data, MANY};
pub use rule::{Committed, Rule};
pub use rule_book::RuleBook;
pub use state::State;
pub use work::Work;
