//! What policies know of a user.

use kwik::prelude::*;

/// Where a user works. Its fields are the attributes of the user; administrators set them.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "profiles", profile(user_id))]
pub struct Profile {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub user_id: i64,
    #[entity(length(1..=80))]
    pub department: String,
    /// Whether the user is the head of the department.
    #[entity(default = "false")]
    pub head: bool,
}
