//! Somebody who buys from us.

use crate::money::cents;
use kwik::prelude::*;
use serde_json::Value as Json;

/// Somebody who buys from us.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "customers")]
pub struct Customer {
    #[entity(key)]
    pub id: i64,
    #[entity(length(1..=200), search)]
    pub name: String,
    #[entity(email, unique, search)]
    pub email: String,
    /// The part of the country by which clerks are bounded.
    #[entity(length(1..=40), indexed)]
    pub region: String,
    #[entity(url)]
    pub website: Option<String>,
    #[entity(pattern = "[A-Z]{2}[0-9A-Z]{2,12}", example = "DE136695976")]
    pub vat_number: Option<String>,
    /// Not before this time of the day.
    pub deliver_from: Option<NaiveTime>,
    #[entity(length(..=20))]
    pub tags: Option<Vec<String>>,
    /// Whatever else a front end wants to keep.
    pub preferences: Option<Json>,
    /// How much the customer may owe at once.
    #[entity(default = "5000", range("0"..="1000000000"), validate = cents, guard = "credit")]
    pub credit_limit: Decimal,
    /// What the customer owes: open and confirmed orders, less what was paid.
    #[entity(read_only, default = "0")]
    pub owed: Decimal,
}
