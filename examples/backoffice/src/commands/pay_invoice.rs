//! Money comes in.

use super::{locked_invoice, locked_order};
use crate::{
    credit::charge,
    events::InvoicePaid,
    invoice::{Invoice, InvoiceStatus, InvoiceUpdate, Payment, PaymentCreate},
    money::cents,
    order::{Order, OrderStatus, OrderUpdate},
};
use kwik::prelude::*;

/// What has come in.
#[derive(Clone, Debug, Form)]
pub struct PaymentForm {
    /// How much; at most what is outstanding.
    #[entity(range("0.01"..), validate = cents)]
    pub amount: Decimal,
    /// What the bank says about it.
    #[entity(length(1..=140))]
    pub reference: String,
}

/// Records a payment of an invoice, in part or in whole.
#[derive(Debug)]
pub struct PayInvoice {
    pub id: i64,
    pub payment: PaymentForm,
}

#[async_trait]
impl Command for PayInvoice {
    type Answer = Stored<Invoice>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Invoice>> {
        // In reach? Then the order is locked first, and the invoice read again.
        let order_id = work.repository::<Invoice>().get(&ctx.granted("invoices_read"), self.id).await?.order_id;
        let ctx = &ctx.elevated();
        let order = locked_order(ctx, work, order_id).await?;
        let Some(invoice) = locked_invoice(ctx, work, order.id).await? else {
            return Err(Error::NotFound { entity: Invoice::META.collection, key: self.id.to_string() });
        };
        if invoice.status != InvoiceStatus::Open {
            return Err(RuleViolation::new("invoice_not_open", "only an open invoice can be paid").into());
        }
        if self.payment.amount > invoice.outstanding {
            return Err(RuleViolation::new("overpaid", "more than is outstanding cannot be paid").into());
        }
        let payment = PaymentCreate {
            invoice_id: invoice.id,
            amount: self.payment.amount,
            reference: self.payment.reference.clone(),
        };
        work.create::<Payment>(ctx, payment).await?;
        charge(ctx, work, order.customer_id, -self.payment.amount).await?;
        let outstanding = invoice.outstanding - self.payment.amount;
        let status = (outstanding == Decimal::ZERO).then_some(InvoiceStatus::Paid);
        let change = InvoiceUpdate { outstanding: Some(outstanding), status, ..InvoiceUpdate::default() };
        let invoice = work.repository::<Invoice>().update(ctx, invoice.id, None, &change).await?;
        if status.is_some() {
            let change = OrderUpdate { status: Some(OrderStatus::Settled), ..OrderUpdate::default() };
            work.repository::<Order>().update(ctx, order.id, None, &change).await?;
            work.raise(ctx, &invoice, InvoicePaid { invoice_id: invoice.id, amount: invoice.amount }).await?;
        }
        Ok(invoice)
    }
}
