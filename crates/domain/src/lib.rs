//! What is true in Kwik: entities and their metadata, values, filters, errors, the actor,
//! policies, and the ports through which the rest of the world is reached.
//!
//! # Invariants
//!
//! - Everything that is known about an entity is in its [`EntityMeta`], once, as static data.
//! - A [`Permit`] can only be made by [`authorize`], and a [`Session`] takes nothing without one:
//!   there is no read and no write that a policy has not seen.
//! - Values cross every seam as [`ValueRef`], and rows as [`RowReader`]; no driver's and no
//!   framework's type appears in a public signature.
//!
//! # What this crate must not do
//!
//! Know a database, a network, an asynchronous runtime, the environment, or the time of day.
//! Those are ports here and adapters elsewhere.
//!
//! # Adding a port, writing an adapter
//!
//! See [`ports`].
//!
//! # An entity without the derive
//!
//! The derive writes nothing that a person could not have written; with it, the least is:
//!
//! ```
//! use kwik_domain::{Entity, Fields, ValueRef};
//!
//! #[derive(Clone, Debug, Entity)]
//! #[entity(collection = "notes")]
//! struct Note {
//!     #[entity(key)]
//!     id: i64,
//!     #[entity(length(1..=80))]
//!     title: String,
//! }
//!
//! let note = Note { id: 7, title: "hello".into() };
//! assert_eq!(Note::META.collection, "notes");
//! assert_eq!(note.get(1), ValueRef::Text("hello"));
//! ```

// The derives name this crate by its own name, here as everywhere else.
extern crate self as kwik_domain;

pub mod access;
mod actor;
mod audit;
pub mod entity;
mod error;
mod filter;
pub mod json;
mod list;
mod policy;
pub mod ports;
mod repository;
mod secret;
mod value;

pub use actor::{Actor, Ctx, Grants, Subject, Via};
pub use audit::{AccessEvent, AuditAction, AuditRecord};
pub use entity::{
    Bound, Child, ChildAccess, ChildVisitor, Children, Column, Entity, EntityMeta, FieldError, FieldMeta, FieldSet,
    FieldType, Fields, Form, Format, Input, Issue, Item, KeyRef, KeySource, KeyType, Kind, ObjectReader, OnDelete,
    Reference, RightsOf, Stored, SystemFields, View,
};
pub use error::{AuthenticationError, Conflict, Error, Malformed, ParameterError, Result, RuleViolation};
pub use filter::{Comparison, Filter, TextMatch};
pub use json::{JsonRef, WriteJson};
pub use list::{Count, Cursor, ListQuery, Listing};
// A derive and a trait of one name live side by side, in different namespaces.
pub use kwik_macros::{Entity, FieldType, Form};
pub use policy::{
    Action, Decision, Denial, Opinion, PermissionPolicy, Permit, Reason, RolePolicy, Rows, Scope, authorize,
};
pub use ports::{
    AccessDirectory, AuditSink, Authenticate, Change, Claims, Clock, Credentials, DecodeError, HashError, Isolation,
    KeyState, KeyUse, Lock, Mail, MailError, Mailer, Notifier, Order, Page, PasswordHasher, Presented, Purpose, Random,
    Rate, RowReader, Select, Session, SessionState, Sink, SinkError, Store, StoreError, Throttle, TokenError,
    TokenSigner, UnitOfWork, Verb, Verdict, Write, WriteOutcome,
};
pub use repository::{Repo, Repository, dependents};
pub use secret::Secret;
pub use value::{Value, ValueRef};
