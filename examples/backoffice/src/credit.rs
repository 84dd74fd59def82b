//! The rule of orders: their prices come from the products, and nobody owes more than they may.

use crate::{
    customer::{Customer, CustomerUpdate},
    order::{Order, OrderCreate, OrderLine, OrderLineCreate, OrderStatus, OrderUpdate},
    product::Product,
};
use kwik::prelude::*;

/// An order costs what its lines cost, and may not exceed the customer's open credit. Only open orders change.
pub struct Credit;

#[async_trait]
impl Rule<Order> for Credit {
    async fn before_create(&self, ctx: &Ctx, work: &mut Work, order: &mut OrderCreate) -> Result<()> {
        order.total = priced(ctx, work, &[], order.lines.iter_mut().map(|line| (None, line))).await?;
        charge(ctx, work, order.customer_id, order.total).await
    }

    async fn before_update(
        &self,
        ctx: &Ctx,
        work: &mut Work,
        old: &Stored<Order>,
        new: &mut OrderUpdate,
    ) -> Result<()> {
        must_be_open(old)?;
        let Some(lines) = &mut new.lines else { return Ok(()) };
        let there = OrderLine::ORDER_ID.eq(old.id);
        let there = work.repo().list_locked::<OrderLine>(&ctx.elevated(), Action::Read, &there).await?;
        let lines = lines.iter_mut().map(|line| (line.key, &mut line.values));
        let total = priced(ctx, work, &there, lines).await?;
        new.total = Some(total);
        charge(ctx, work, old.customer_id, total - old.total).await
    }

    async fn before_delete(&self, ctx: &Ctx, work: &mut Work, old: &Stored<Order>) -> Result<()> {
        must_be_open(old)?;
        charge(ctx, work, old.customer_id, -old.total).await
    }
}

fn must_be_open(order: &Order) -> Result<()> {
    if order.status == OrderStatus::Open {
        return Ok(());
    }
    Err(RuleViolation::new("order_not_open", "only an open order can be changed").into())
}

/// Gives new lines the prices that products have now, and leaves those that are there theirs; the sum of them all.
async fn priced<'a>(
    ctx: &Ctx,
    work: &mut Work,
    there: &[Stored<OrderLine>],
    lines: impl Iterator<Item = (Option<i64>, &'a mut OrderLineCreate)> + Send,
) -> Result<Decimal> {
    let mut total = Decimal::ZERO;
    for (place, (key, line)) in lines.enumerate() {
        let old = there.iter().find(|old| key == Some(old.id) && old.product_id == line.product_id);
        let price = match old {
            Some(old) => Some(old.unit_price),
            None => work.repository::<Product>().find(ctx, line.product_id).await?.map(|product| product.price),
        };
        let there_is_none = || missing("product_id", "a product").within("lines", place);
        let price = price.ok_or_else(|| Error::Invalid(vec![there_is_none()]))?;
        line.unit_price = price;
        total += price * Decimal::from(line.quantity);
    }
    Ok(total)
}

/// Adds to what the customer owes, within the credit limit. The customer stays locked until the end of the unit
/// of work: of two orders at once, one sees what the other has added.
pub(crate) async fn charge(ctx: &Ctx, work: &mut Work, customer_id: i64, amount: Decimal) -> Result<()> {
    let customer = work.repository::<Customer>().find_for_update(ctx, customer_id).await?;
    let customer = customer.ok_or_else(|| Error::Invalid(vec![missing("customer_id", "a customer")]))?;
    let owed = customer.owed + amount;
    if amount > Decimal::ZERO && owed > customer.credit_limit {
        return Err(RuleViolation::new("credit_exceeded", "the order exceeds the customer's open credit").into());
    }
    let change = CustomerUpdate { owed: Some(owed), ..CustomerUpdate::default() };
    // Clerks who may not change customers change this by ordering.
    work.repository::<Customer>().update(&ctx.elevated(), customer_id, None, &change).await?;
    Ok(())
}

/// A reference to what is not there, or out of reach, in the framework's words.
fn missing(field: &'static str, what: &str) -> FieldError {
    FieldError::new(field, Issue::new("reference", format!("must be the key of {what} that exists")))
}
