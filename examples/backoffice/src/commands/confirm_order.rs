//! An order becomes binding.

use super::locked_order;
use crate::{
    events::OrderConfirmed,
    invoice::{Invoice, InvoiceCreate, InvoiceStatus},
    order::{Order, OrderStatus, OrderUpdate},
    settings::Shop,
};
use kwik::prelude::*;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes an open order binding, and writes its invoice.
#[derive(Debug)]
pub struct ConfirmOrder {
    pub id: i64,
}

#[async_trait]
impl Command for ConfirmOrder {
    type Answer = Stored<Order>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Order>> {
        let order = locked_order(&ctx.granted("orders_read"), work, self.id).await?;
        if order.status != OrderStatus::Open {
            return Err(RuleViolation::new("order_not_open", "only an open order can be confirmed").into());
        }
        if order.total == Decimal::ZERO {
            return Err(RuleViolation::new("order_empty", "an order of nothing cannot be confirmed").into());
        }
        // From here on the program acts: the caller may confirm, not write invoices.
        let ctx = &ctx.elevated();
        let days = work.state::<Shop>().map_or(30, |shop| shop.due_days);
        let invoice = InvoiceCreate {
            order_id: order.id,
            customer_id: order.customer_id,
            amount: order.total,
            outstanding: order.total,
            due: (ctx.now + DAY * days).date_naive(),
            status: InvoiceStatus::Open,
        };
        let invoice = work.create::<Invoice>(ctx, invoice).await?;
        let change = OrderUpdate { status: Some(OrderStatus::Confirmed), ..OrderUpdate::default() };
        let order = work.repository::<Order>().update(ctx, order.id, None, &change).await?;
        work.raise(ctx, &order, OrderConfirmed { order_id: order.id, invoice_id: invoice.id, total: order.total })
            .await?;
        Ok(order)
    }
}
