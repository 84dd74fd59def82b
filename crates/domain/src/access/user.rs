//! People who sign in.

use crate::Entity;

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "users", permissions = "user", grants_rights(id))]
pub struct User {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Given name.
    #[entity(length(1..=200), example = "Ada", validate = super::single_line)]
    pub name: String,
    /// Family name.
    #[entity(length(1..=200), example = "Byron", validate = super::single_line)]
    pub surname: String,
    /// Address, with which the user signs in, whatever the case of its letters.
    #[entity(email, length(..=254), example = "ada@example.com")]
    pub email: String,
    /// The address in lower case: no two users differ in case alone.
    #[entity(hidden, unique, default = "", fill = "lower(email)")]
    pub login: String,
    /// The password's hash; the default is the hash of no password.
    #[entity(hidden, default = "!")]
    pub hashed_password: String,
    /// Whether the password was set by somebody else and must be changed before anything else.
    #[entity(hidden, default = false)]
    pub must_change_password: bool,
    /// Whether the user may sign in.
    #[entity(default = true)]
    pub is_active: bool,
}

/// The form of an address by which users are told apart.
pub fn login(email: &str) -> String {
    email.trim().to_lowercase()
}
