//! What has happened, and what is done about it.

use crate::{customer::Customer, invoice::Invoice, settings::Shop};
use kwik::{
    domain::{Mail, Mailer, Secret},
    prelude::*,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An order has become binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderConfirmed {
    pub order_id: i64,
    pub invoice_id: i64,
    pub total: Decimal,
}

impl Event for OrderConfirmed {
    const NAME: &'static str = "order_confirmed";
}

/// An order has come to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderCancelled {
    pub order_id: i64,
}

impl Event for OrderCancelled {
    const NAME: &'static str = "order_cancelled";
}

/// All of an invoice has been paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoicePaid {
    pub invoice_id: i64,
    pub amount: Decimal,
}

impl Event for InvoicePaid {
    const NAME: &'static str = "invoice_paid";
}

/// Sends the customer the confirmation of an order.
pub async fn send_confirmation(ctx: Ctx, data: Data, event: Arc<Delivered<OrderConfirmed>>) -> Result<()> {
    let OrderConfirmed { order_id, invoice_id, total } = &event.event;
    let mut single = data.single();
    let invoice = single.repository::<Invoice>().get(&ctx, *invoice_id).await?;
    let customer = single.repository::<Customer>().get(&ctx, invoice.customer_id).await?;
    let shop = data.state::<Shop>().map_or("The shop", |shop| &shop.name);
    let text = format!(
        "Dear {},\n\nwe have your order {order_id}. Please pay {total} by {}.\n\n{shop}\n",
        customer.name, invoice.due
    );
    let mail = Mail { to: customer.email.clone(), subject: format!("Order {order_id}"), text: Secret::new(text) };
    match data.state::<Arc<dyn Mailer>>() {
        Some(mailer) => mailer.send(mail).await.map_err(|error| Error::Internal(error.to_string())),
        None => Err(Error::Internal("no letters can be sent; set KWIK_SMTP_URL".to_owned())),
    }
}
