//! The queries of the access directory.

use kwik_domain::{Credentials, Grants, Secret};

/// The credentials by email, which is kept in lower case: bind it so.
pub(crate) const CREDENTIALS: &str = "SELECT id, hashed_password, is_active FROM users WHERE email = $1";

/// One row for each permission of an active user's active roles, at least one: bind the user.
pub(crate) const GRANTS: &str = "SELECT r.name, p.name FROM users u \
     LEFT JOIN user_roles ur ON ur.user_id = u.id \
     LEFT JOIN roles r ON r.id = ur.role_id AND r.is_active \
     LEFT JOIN role_permissions rp ON rp.role_id = r.id \
     LEFT JOIN permissions p ON p.id = rp.permission_id \
     WHERE u.id = $1 AND u.is_active";

/// Reads a row of [`CREDENTIALS`].
pub(crate) fn credentials((user_id, hash, is_active): (i64, String, bool)) -> Credentials {
    Credentials { user_id, hash: Secret::new(hash), is_active }
}

/// Reads the rows of [`GRANTS`].
pub(crate) fn grants(rows: Vec<(Option<String>, Option<String>)>) -> Option<Grants> {
    if rows.is_empty() {
        return None;
    }
    let mut grants = Grants::default();
    for (role, permission) in rows {
        grants.permissions.extend(permission);
        grants.roles.extend(role.filter(|role| !grants.roles.contains(role)));
    }
    Some(grants)
}
