//! An order comes to nothing.

use super::{locked_invoice, locked_order};
use crate::{
    credit::charge,
    events::OrderCancelled,
    invoice::{Invoice, InvoiceStatus, InvoiceUpdate},
    order::{Order, OrderStatus, OrderUpdate},
};
use kwik::prelude::*;

/// Cancels an order of which nothing has been paid; the customer owes it no longer.
#[derive(Debug)]
pub struct CancelOrder {
    pub id: i64,
}

#[async_trait]
impl Command for CancelOrder {
    type Answer = Stored<Order>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Order>> {
        let order = locked_order(&ctx.granted("orders_read"), work, self.id).await?;
        if !matches!(order.status, OrderStatus::Open | OrderStatus::Confirmed) {
            return Err(RuleViolation::new("order_closed", "a settled or cancelled order cannot be cancelled").into());
        }
        let ctx = &ctx.elevated();
        if let Some(invoice) = locked_invoice(ctx, work, order.id).await? {
            if invoice.outstanding != invoice.amount {
                return Err(RuleViolation::new("invoice_paid", "an order that was paid for cannot be cancelled").into());
            }
            let (status, outstanding) = (Some(InvoiceStatus::Void), Some(Decimal::ZERO));
            let change = InvoiceUpdate { status, outstanding, ..InvoiceUpdate::default() };
            work.repository::<Invoice>().update(ctx, invoice.id, None, &change).await?;
        }
        charge(ctx, work, order.customer_id, -order.total).await?;
        let change = OrderUpdate { status: Some(OrderStatus::Cancelled), ..OrderUpdate::default() };
        let order = work.repository::<Order>().update(ctx, order.id, None, &change).await?;
        work.raise(ctx, &order, OrderCancelled { order_id: order.id }).await?;
        Ok(order)
    }
}
