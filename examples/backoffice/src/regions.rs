//! Who reaches which customers, and what belongs to them.

use crate::{
    customer::Customer,
    invoice::{Invoice, OpenInvoice, Payment},
    order::{Order, OrderLine},
};
use kwik::{domain::Value, prelude::*};

/// Where somebody sells. Its fields are the attributes of the user; administrators set them.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "profiles", profile(user_id))]
pub struct Profile {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub user_id: i64,
    /// The one region; whoever has none, or no profile, reaches all.
    #[entity(length(1..=40))]
    pub region: Option<String>,
}

/// Whoever sells in a region reaches the customers there, their orders and their invoices.
pub struct Regions;

impl PermissionPolicy for Regions {
    fn decide(&self, actor: &Actor, _: Action, entity: &'static EntityMeta) -> Decision {
        let Some(Value::Text(region)) = actor.attribute("region") else { return Decision::Allow(Scope::all()) };
        let there = Customer::REGION.eq(region);
        let of_order = || Order::CUSTOMER_ID.related::<Customer>(Customer::REGION.eq(region));
        let of_invoice = || Invoice::CUSTOMER_ID.related::<Customer>(Customer::REGION.eq(region));
        let rows = [
            (Customer::META, there),
            (Order::META, of_order()),
            (OrderLine::META, OrderLine::ORDER_ID.related::<Order>(of_order())),
            (Invoice::META, of_invoice()),
            (Payment::META, Payment::INVOICE_ID.related::<Invoice>(of_invoice())),
            (OpenInvoice::META, OpenInvoice::REGION.eq(region)),
        ];
        let rows = rows.into_iter().find(|(of, _)| entity.is(of)).map(|(_, rows)| rows);
        Decision::Allow(Scope::rows(rows.unwrap_or(Filter::All)))
    }

    fn reason(&self, _: &Actor, _: Action, _: &'static EntityMeta) -> Reason {
        Reason::new("whoever sells in a region reaches the customers there and what is theirs")
    }
}
