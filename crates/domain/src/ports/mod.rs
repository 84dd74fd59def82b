//! The ports: what the domain needs from the world, as object-safe traits.
//!
//! # How to add a port
//!
//! 1. Ask whether an existing one, or a plain value in [`Ctx`](crate::Ctx), serves.
//! 2. One file, one concern. Methods take and give the domain's types only; an error is an enum of
//!    the port. `find_*` gives an `Option`; not finding is no error.
//! 3. The trait is object-safe (`Arc<dyn Port>`), `Send + Sync`, and documents each method's errors.
//! 4. A conformance suite in `kwik-testkit` says what every adapter must do; run it on each.
//!
//! # How to write an adapter
//!
//! Implement the trait in a folder named after the technology, turn the driver's errors into the
//! port's in one place, run the conformance suite in the crate's `tests/it`, and give the adapter to
//! the wiring (`kwik::App`).

mod access;
mod audit_sink;
mod authenticate;
mod clock;
mod mailer;
mod notifier;
mod password;
mod row;
mod store;
mod throttle;
mod token;

pub use access::{AccessDirectory, Credentials, KeyState, KeyUse, SessionState};
pub use audit_sink::{AuditSink, SinkError};
pub use authenticate::{Authenticate, Presented};
pub use clock::{Clock, Random};
pub use mailer::{Mail, MailError, Mailer};
pub use notifier::Notifier;
pub use password::{HashError, PasswordHasher, Verdict};
pub use row::{DecodeError, RowReader};
pub use store::{
    Change, Isolation, Lock, Order, Page, Select, Session, Sink, Store, StoreError, UnitOfWork, Verb, Write,
    WriteOutcome,
};
pub use throttle::{Rate, Throttle};
pub use token::{Claims, Purpose, TokenError, TokenSigner};
