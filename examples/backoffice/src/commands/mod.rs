//! What clerks and accountants do beyond writing rows: each command is a value, carried out as a whole.
//!
//! All of them lock the order first, then the invoice, then the customer, so that no two wait for each other.

mod cancel_order;
mod confirm_order;
mod pay_invoice;

pub use cancel_order::CancelOrder;
pub use confirm_order::ConfirmOrder;
pub use pay_invoice::{PayInvoice, PaymentForm};

use crate::{invoice::Invoice, order::Order};
use kwik::prelude::*;

permission!(pub ConfirmOrders = "orders_confirm");
permission!(pub CancelOrders = "orders_cancel");
permission!(pub PayInvoices = "invoices_pay");

/// The commands over HTTP.
pub struct Commands {
    pub data: Data,
}

#[OpenApi]
impl Commands {
    /// Confirm an order
    ///
    /// It becomes binding: an invoice is written, and the customer gets a letter.
    #[oai(path = "/orders/:id/confirm", method = "post", operation_id = "confirmOrder")]
    async fn confirm(
        &self,
        ctx: Allow<ConfirmOrders>,
        once: Once,
        /// Key of the order.
        id: Path<i64>,
    ) -> ApiResult<Replayed<Json<Order>>> {
        once.run(&ctx, &self.data, &ConfirmOrder { id: id.0 }).await
    }

    /// Cancel an order
    ///
    /// An open one, or a confirmed one of which nothing has been paid: its invoice becomes void.
    #[oai(path = "/orders/:id/cancel", method = "post", operation_id = "cancelOrder")]
    async fn cancel(
        &self,
        ctx: Allow<CancelOrders>,
        once: Once,
        /// Key of the order.
        id: Path<i64>,
    ) -> ApiResult<Replayed<Json<Order>>> {
        once.run(&ctx, &self.data, &CancelOrder { id: id.0 }).await
    }

    /// Record a payment
    ///
    /// An invoice of which all is paid settles its order.
    #[oai(path = "/invoices/:id/pay", method = "post", operation_id = "payInvoice")]
    async fn pay(
        &self,
        ctx: Allow<PayInvoices>,
        once: Once,
        /// Key of the invoice.
        id: Path<i64>,
        payment: Body<PaymentForm>,
    ) -> ApiResult<Replayed<Json<Invoice>>> {
        once.run(&ctx, &self.data, &PayInvoice { id: id.0, payment: payment.0 }).await
    }
}

/// The order, locked, if the caller may read orders and this one is in reach.
async fn locked_order(ctx: &Ctx, work: &mut Work, id: i64) -> Result<Stored<Order>> {
    let found = work.repository::<Order>().find_for_update(ctx, id).await?;
    found.ok_or_else(|| Error::NotFound { entity: Order::META.collection, key: id.to_string() })
}

/// The invoice of an order, locked, if there is one.
async fn locked_invoice(ctx: &Ctx, work: &mut Work, order_id: i64) -> Result<Option<Stored<Invoice>>> {
    let of_order = Invoice::ORDER_ID.eq(order_id);
    Ok(work.repo().list_locked::<Invoice>(&ctx.elevated(), Action::Read, &of_order).await?.pop())
}
