//! How identity looks: the HTTP operations of sign-in, users, roles, permissions, keys, explanations and
//! the audit trail.
//!
//! Paths, parameters, bodies and permission names are Kwik's, where Kwik has them.
//!
//! # Invariants
//!
//! - Every operation declares who may call it; what more there is to ask, the use case asks.
//! - A secret is in an answer once: when it was made.
//!
//! # What this crate must not do
//!
//! Decide anything that a use case should decide.

mod access_explain;
mod api_key_form;
mod api_key_schema;
mod api_keys;
mod audit;
mod impersonation;
mod login;
mod managed;
mod me;
mod part;
mod passwords;
mod permissions;
mod role_forms;
mod roles;
mod sessions;
mod sign_in_form;
mod token_answer;
mod user_answer;
mod user_form;
mod users;

pub use access_explain::{ACCESS_EXPLAIN, register_access_explain};

use kwik_api::{Registrar, resource::Mount};
use kwik_identity::{Identity, Profiles};

/// Adds every operation of identity, and those of the audit trail.
pub fn register(registrar: &mut Registrar, identity: &Identity, mount: &Mount, profiles: Option<&Profiles>) {
    login::register_login(registrar, identity);
    impersonation::register_impersonation(registrar, identity);
    passwords::register_passwords(registrar, identity);
    me::register_me(registrar, identity, profiles);
    sessions::register_sessions(registrar, identity);
    users::register_users(registrar, identity, mount);
    roles::register_roles(registrar, identity, mount);
    permissions::register_permissions(registrar, identity, mount);
    api_keys::register_api_keys(registrar, &identity.api_keys);
    audit::register_audit(registrar, identity.ports.data.clone(), mount);
}
