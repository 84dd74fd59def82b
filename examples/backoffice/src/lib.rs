//! A whole business in an afternoon's reading: customers order products, orders become invoices, invoices are
//! paid.
//!
//! | What holds | Where |
//! |---|---|
//! | What there is: entities, references, lines of orders, links, a view | [`customer`], [`product`], [`order`], [`invoice`] |
//! | An order costs what its lines cost, and nobody owes more than they may | a rule: [`credit`] |
//! | Orders are confirmed and cancelled, invoices paid, each as a whole or not at all | commands: [`commands`] |
//! | A confirmed order is told to the customer, however often the program is killed meanwhile | an event: [`events`] |
//! | Whoever sells in a region reaches what belongs there | a policy: [`regions`] |
//! | The catalogue is everybody's to read | `public`, below |
//! | Payments and invoices are made by commands alone | `only`, below |
//!
//! To try it:
//!
//! ```sh
//! cargo run -p backoffice -- seed
//! cargo run -p backoffice
//! ```
//!
//! The first start prints the administrator's password. `http://127.0.0.1:8000/docs` shows the interface.

pub mod commands;
pub mod credit;
pub mod customer;
pub mod events;
pub mod invoice;
pub mod money;
pub mod order;
pub mod product;
pub mod regions;
pub mod seed;
pub mod settings;

use commands::Commands;
use credit::Credit;
use customer::Customer;
use events::{InvoicePaid, OrderCancelled, OrderConfirmed, send_confirmation};
use invoice::{Invoice, OpenInvoice, Payment};
use kwik::prelude::*;
use order::{Order, OrderLine};
use product::{Category, Product, ProductCategory};
use regions::{Profile, Regions};
use settings::Shop;

/// What commands alone make and change is only looked at.
const LOOK: [Operations; 3] = [Operations::List, Operations::Get, Operations::History];

/// The whole program.
pub fn app() -> App {
    App::new()
        .title("Backoffice")
        .settings::<Shop>()
        .resource::<Customer>()
        .resource_with::<Product>(|products| products.public([Operations::List, Operations::Get]))
        .resource_with::<Category>(|categories| categories.public([Operations::List, Operations::Get]))
        .entity::<ProductCategory>()
        .linked(ProductCategory::PRODUCT_ID, ProductCategory::CATEGORY_ID)
        .linked(ProductCategory::CATEGORY_ID, ProductCategory::PRODUCT_ID)
        .resource::<Order>()
        .entity::<OrderLine>()
        .rule::<Order>(Credit)
        .resource_with::<Invoice>(|invoices| invoices.only(LOOK))
        .resource_with::<Payment>(|payments| payments.only(LOOK))
        .resource::<OpenInvoice>()
        .resource::<Profile>()
        .policy(Regions)
        .idempotent_commands()
        .api(|services| Commands { data: services.data.clone() })
        .on::<OrderConfirmed>("order-confirmation", send_confirmation)
        .event::<OrderCancelled>()
        .event::<InvoicePaid>()
        .seed(seed::seed)
}
