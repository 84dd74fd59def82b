//! A command: several entities in one unit of work, with a permission of its own.

use super::entity::{Customer, CustomerUpdate, Order, OrderUpdate, Status};
use kwik::prelude::*;

permission!(pub ConfirmOrders = "orders_confirm");

pub struct Orders {
    pub data: Data,
}

#[OpenApi]
impl Orders {
    /// Confirm an order: it takes up the customer's credit.
    #[oai(path = "/orders/:id/confirm", method = "post", operation_id = "confirmOrder")]
    async fn confirm_order(&self, ctx: Allow<ConfirmOrders>, id: Path<i64>) -> ApiResult<Json<Order>> {
        Ok(Json(self.confirm(&ctx, id.0).await?))
    }
}

impl Orders {
    /// Callable without HTTP, too. The policy hides confirmed orders from people, not from the
    /// command that makes them so: it acts elevated.
    pub async fn confirm(&self, ctx: &Ctx, id: i64) -> Result<Stored<Order>> {
        let mut work = self.data.begin().await?;
        let order = work.repository::<Order>().get(ctx, id).await?;
        let ctx = &ctx.elevated();
        let customer = work.repository::<Customer>().get(ctx, order.customer_id).await?;
        let credit_limit = Some(customer.credit_limit - order.total);
        let change = CustomerUpdate { credit_limit, ..CustomerUpdate::default() };
        work.repository::<Customer>().update(ctx, customer.id, Some(customer.version()), &change).await?;
        let change = OrderUpdate { status: Some(Status::Confirmed), ..OrderUpdate::default() };
        let order = work.repository::<Order>().update(ctx, id, Some(order.version()), &change).await?;
        work.commit().await?;
        Ok(order)
    }
}
