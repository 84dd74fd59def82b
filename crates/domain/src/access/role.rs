//! Bundles of permissions.

use crate::Entity;

/// A bundle of permissions that users hold.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "roles", permissions = "role", grants_rights)]
pub struct Role {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Name, in lower case.
    #[entity(unique, trim, lowercase, length(1..=200), example = "clerk", validate = super::single_line)]
    pub name: String,
    /// Whether the role grants anything.
    pub is_active: bool,
}
