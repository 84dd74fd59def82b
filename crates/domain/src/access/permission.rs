//! What may be done.

use crate::Entity;

/// Something that may be done, by name.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "permissions", permissions = "permission", grants_rights)]
pub struct Permission {
    /// Identity, given by the database.
    #[entity(key)]
    pub id: i64,
    /// Name, in lower case: `customers_read`.
    #[entity(unique, trim, lowercase, length(1..=200), example = "customers_read", validate = super::single_line)]
    pub name: String,
}
