//! What roles are made of, and what is linked with them.

use kwik_api::resource;
use kwik_domain::Entity;
use serde_json::{Value, json};

/// A role as it is given: with the number of its holders, since whoever sends back what was read has it.
#[derive(Clone, Debug, Entity)]
#[entity(plural = "RoleForms")]
pub(crate) struct RoleForm {
    /// Key.
    #[entity(key)]
    id: i64,
    /// Name, in lower case.
    #[entity(trim, lowercase, length(1..=200), validate = kwik_domain::access::single_line)]
    pub(crate) name: String,
    /// Whether the role grants anything.
    pub(crate) is_active: bool,
    #[entity(read_only)]
    user_count: Option<i64>,
}

/// The permission that a role is to grant.
#[derive(Clone, Debug, Entity)]
#[entity(plural = "RolePermissions", unaudited, unversioned)]
pub(crate) struct RolePermission {
    /// Key.
    #[entity(key)]
    id: i64,
    /// Key of the permission.
    pub(crate) permission_id: i64,
}

/// The user who is to hold a role.
#[derive(Clone, Debug, Entity)]
#[entity(plural = "RoleUsers", unaudited, unversioned)]
pub(crate) struct RoleUser {
    /// Key.
    #[entity(key)]
    id: i64,
    /// Key of the user.
    pub(crate) user_id: i64,
}

/// The schema of one of them.
pub(crate) fn schema<E: Entity>() -> Value {
    let mut schema = resource::schema::create(E::META);
    schema["description"] = json!(E::META.doc);
    resource::schema::named(E::META.name, schema)
}
