//! People who sign in.

use crate::Entity;

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "users", permissions = "user", grants_rights)]
pub struct User {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Given name.
    #[entity(length(1..=200), example = "Ada")]
    pub name: String,
    /// Family name.
    #[entity(length(1..=200), example = "Byron")]
    pub surname: String,
    /// Address, with which the user signs in; in lower case, so that no two differ in that alone.
    #[entity(email, lowercase, unique, length(..=254), example = "ada@example.com")]
    pub email: String,
    /// The password's hash; the default is the hash of no password.
    #[entity(hidden, default = "!")]
    pub hashed_password: String,
    /// Whether the user may sign in.
    #[entity(default = true)]
    pub is_active: bool,
}
