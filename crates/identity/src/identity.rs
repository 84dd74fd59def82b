//! All use cases of identity.

use crate::{
    ApiKeys, Impersonation, PasswordChange, PasswordResets, Permissions, Ports, Roles, Sessions, SignIn, Users,
};

/// All use cases of identity over the same ports. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    /// What they stand on.
    pub ports: Ports,
    /// Signing in.
    pub sign_in: SignIn,
    /// Sessions and their tokens.
    pub sessions: Sessions,
    /// Changing passwords.
    pub password_change: PasswordChange,
    /// Setting a new password by letter.
    pub password_resets: PasswordResets,
    /// Acting in another user's place.
    pub impersonation: Impersonation,
    /// Users.
    pub users: Users,
    /// Roles.
    pub roles: Roles,
    /// Permissions.
    pub permissions: Permissions,
    /// Keys for programs.
    pub api_keys: ApiKeys,
}

impl Identity {
    /// The use cases over these ports.
    pub fn new(ports: Ports) -> Self {
        Self {
            sign_in: SignIn::new(ports.clone()),
            sessions: Sessions::new(ports.clone()),
            password_change: PasswordChange::new(ports.clone()),
            password_resets: PasswordResets::new(ports.clone()),
            impersonation: Impersonation::new(ports.clone()),
            users: Users::new(ports.clone()),
            roles: Roles::new(ports.clone()),
            permissions: Permissions::new(ports.clone()),
            api_keys: ApiKeys::new(ports.clone()),
            ports,
        }
    }
}
