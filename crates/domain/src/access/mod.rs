//! The framework's own entities: users, roles, permissions and what links them; sessions, keys and
//! what else signing in needs.

mod api_key;
mod api_key_use;
mod audit_entry;
mod name;
mod password_reset;
mod permission;
mod role;
mod role_permission;
mod throttle_bucket;
mod user;
mod user_role;
mod user_session;

pub use api_key::{ApiKey, ApiKeyCreate, ApiKeyUpdate};
pub use api_key_use::{ApiKeyUse, ApiKeyUseCreate, ApiKeyUseUpdate};
pub use audit_entry::{ACCESS, AuditEntry};
pub use name::single_line;
pub use password_reset::{PasswordReset, PasswordResetCreate, PasswordResetUpdate};
pub use permission::{Permission, PermissionCreate, PermissionUpdate};
pub use role::{Role, RoleCreate, RoleUpdate};
pub use role_permission::{RolePermission, RolePermissionCreate, RolePermissionUpdate};
pub use throttle_bucket::ThrottleBucket;
pub use user::{User, UserCreate, UserUpdate, login};
pub use user_role::{UserRole, UserRoleCreate, UserRoleUpdate};
pub use user_session::{UserSession, UserSessionCreate, UserSessionUpdate};

use crate::{Entity, EntityMeta};

/// The entities that the framework brings along, in the order in which their tables are made.
pub const ENTITIES: [&EntityMeta; 10] = [
    User::META,
    Role::META,
    Permission::META,
    UserRole::META,
    RolePermission::META,
    UserSession::META,
    ApiKey::META,
    ApiKeyUse::META,
    PasswordReset::META,
    ThrottleBucket::META,
];

/// The permissions that are not an entity's: Kwik's names, then our own.
pub const PERMISSIONS: [&str; 19] = [
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
    "session_read",
    "session_delete",
    "api_key_read",
    "api_key_delete",
    AUDIT_READ,
];

/// The permission to see the audit trail.
pub const AUDIT_READ: &str = "audit_read";

/// The permission to act in another user's place (Kwik's name).
pub const IMPERSONATE: &str = "impersonification";

/// The role that the first administrator holds and that new permissions are granted to.
pub const ADMIN_ROLE: &str = "admin";
