//! Who somebody is, and what they were given: the [`Authenticator`] of requests; the use cases of sign-in,
//! sessions, passwords, users, roles, permissions, impersonation and API keys; and why they may do something.
//!
//! # Invariants
//!
//! - Nobody gives what they do not hold: see [`Grantor`].
//! - There is always an administrator: see [`Administrators`].
//! - Secrets are kept as hashes alone, and are compared by what cannot tell anything by its time.
//! - Rights, sessions and keys are read from the database once, and again only when they may have changed.
//! - What happens to access stands in the audit trail, in the unit of work in which it happens.
//!
//! # What this crate must not do
//!
//! Know HTTP, a database, or a cryptographic algorithm: it sees ports only.

mod administrators;
mod api_key_text;
mod api_keys;
mod authenticate;
mod bootstrap;
mod bounded;
mod denials;
mod digest;
mod epoch_cache;
mod explain;
mod grantor;
mod identity;
mod impersonation;
mod key_uses;
mod links;
mod locked;
mod opening;
mod own_account;
mod password_change;
mod password_reset;
mod password_rules;
mod permissions;
mod ports;
mod profiles;
mod refresh;
mod refreshing;
mod rights;
mod roles;
mod sessions;
mod settings;
mod sign_in;
mod throttling;
mod user_removal;
mod users;
mod verified_tokens;

pub use administrators::Administrators;
pub use api_key_text::ApiKeyText;
pub use api_keys::{ApiKeyChange, ApiKeys, NewApiKey, UsedApiKey};
pub use authenticate::Authenticator;
pub use bootstrap::{Bootstrap, FirstAdministrator, Welcome};
pub use explain::{Explain, Explanation, Ground, Judgement, Question};
pub use grantor::Grantor;
pub use identity::Identity;
pub use impersonation::Impersonation;
pub use links::Part;
pub use opening::{OpenTo, Opening};
pub use own_account::OwnAccount;
pub use password_change::PasswordChange;
pub use password_reset::PasswordResets;
pub use password_rules::{PasswordRules, lines};
pub use permissions::Permissions;
pub use ports::Ports;
pub use profiles::Profiles;
pub use roles::{RemovedRole, Roles};
pub use sessions::{Sessions, Token};
pub use settings::{IdentitySettings, Lifetimes, ThrottleSettings};
pub use sign_in::{Attempt, SignIn};
pub use user_removal::RemovedUser;
pub use users::{NewUser, Users};
