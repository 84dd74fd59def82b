//! A rule: part of the unit of work that makes the order.

use super::entity::{Customer, Order, OrderCreate, Status};
use kwik::prelude::*;

/// Open orders together do not exceed the customer's credit limit.
pub struct CreditLimit;

#[async_trait]
impl Rule<Order> for CreditLimit {
    async fn before_create(&self, ctx: &Ctx, work: &mut Work, order: &mut OrderCreate) -> Result<()> {
        // Locked, so that two orders of one customer are looked at one after the other.
        let customer = work.repository::<Customer>().find_for_update(ctx, order.customer_id).await?;
        let customer = customer.ok_or(RuleViolation::new("no_customer", "there is no such customer"))?;
        let open = Order::CUSTOMER_ID.eq(customer.id) & Order::STATUS.eq(Status::Open);
        let orders = work.repository::<Order>().list(ctx, &open, &[], PAGE).await?;
        let owed: Decimal = orders.iter().map(|order| order.total).sum();
        if owed + order.total > customer.credit_limit {
            return Err(RuleViolation::new("credit_exceeded", "the order exceeds the customer's credit limit").into());
        }
        Ok(())
    }
}

const PAGE: Page = Page { skip: 0, limit: 1000 };
