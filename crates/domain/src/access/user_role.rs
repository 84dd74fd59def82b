//! Who holds which role.

use crate::Entity;

/// A user holds a role.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "user_roles", unique(user_id, role_id), grants_rights(user_id))]
pub struct UserRole {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// The user.
    pub user_id: i64,
    /// The role.
    #[entity(indexed)]
    pub role_id: i64,
}
