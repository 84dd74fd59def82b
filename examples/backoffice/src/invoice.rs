//! What is to be paid, and what was.

use crate::{customer::Customer, order::Order};
use kwik::prelude::*;

/// Where an invoice stands: open → paid, or open → void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FieldType)]
pub enum InvoiceStatus {
    Open,
    Paid,
    Void,
}

/// What a customer has to pay for an order. Commands make and change it.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "invoices")]
pub struct Invoice {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Order, unique)]
    pub order_id: i64,
    #[entity(references = Customer)]
    pub customer_id: i64,
    pub amount: Decimal,
    /// What has not been paid yet.
    pub outstanding: Decimal,
    pub due: NaiveDate,
    #[entity(default = "open")]
    pub status: InvoiceStatus,
}

/// Money that has come in for an invoice.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "payments")]
pub struct Payment {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Invoice)]
    pub invoice_id: i64,
    #[entity(range("0.01"..))]
    pub amount: Decimal,
    /// What the bank says about it.
    #[entity(length(1..=140), search)]
    pub reference: String,
}

/// Invoices that somebody still has to pay, with who it is: a view.
#[derive(Clone, Debug, Entity)]
#[entity(
    collection = "open_invoices",
    view = "SELECT i.id, i.order_id, i.outstanding, i.due, c.name AS customer, c.region \
            FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE i.status = 'open'"
)]
pub struct OpenInvoice {
    #[entity(key)]
    pub id: i64,
    pub order_id: i64,
    #[entity(search)]
    pub customer: String,
    pub region: String,
    pub outstanding: Decimal,
    pub due: NaiveDate,
}
