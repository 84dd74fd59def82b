//! Somebody who works for us.

use kwik::prelude::*;

/// Somebody who works for us.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "employees")]
pub struct Employee {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=200))]
    pub name: String,
    #[entity(email, unique)]
    pub email: String,
    #[entity(length(1..=80), indexed)]
    pub department: String,
    /// A month's pay.
    #[entity(guard = "salary", range("0"..))]
    pub salary: Option<Decimal>,
    /// What a good year adds.
    #[entity(guard = "salary", range("0"..), default = "0")]
    pub bonus: Decimal,
}
