//! The framework's own entities: users, roles, permissions and what links them.

mod permission;
mod role;
mod role_permission;
mod user;
mod user_role;

pub use permission::{Permission, PermissionCreate, PermissionUpdate};
pub use role::{Role, RoleCreate, RoleUpdate};
pub use role_permission::{RolePermission, RolePermissionCreate, RolePermissionUpdate};
pub use user::{User, UserCreate, UserUpdate};
pub use user_role::{UserRole, UserRoleCreate, UserRoleUpdate};

use crate::{Entity, EntityMeta};

/// The entities that the framework brings along, in the order in which their tables are made.
pub const ENTITIES: [&EntityMeta; 5] = [User::META, Role::META, Permission::META, UserRole::META, RolePermission::META];

/// The permissions that are not an entity's (Kwik's names).
pub const PERMISSIONS: [&str; 14] = [
    "impersonification",
    "user_create",
    "user_read",
    "user_update",
    "user_delete",
    "password_reset",
    "permission_create",
    "permission_read",
    "permission_update",
    "permission_delete",
    "role_create",
    "role_read",
    "role_update",
    "role_delete",
];

/// The role that the first administrator holds and that new permissions are granted to.
pub const ADMIN_ROLE: &str = "admin";
