//! Which role grants what.

use crate::Entity;

/// A role grants a permission.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "role_permissions", unique(role_id, permission_id), grants_rights)]
pub struct RolePermission {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// The role.
    pub role_id: i64,
    /// The permission.
    #[entity(indexed)]
    pub permission_id: i64,
}
