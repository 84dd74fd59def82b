//! The books are looked through: whether the money is right, and whether the audit trail and the events say what has
//! happened, no more and no less.

use backoffice::{
    customer::Customer,
    invoice::{Invoice, InvoiceStatus, Payment},
    order::{Order, OrderLine, OrderStatus},
};
use kwik::{
    domain::access::AuditEntry,
    events::{BusinessEvent, Delivery},
    prelude::*,
};
use kwik_testkit::TestApp;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that there is.
pub struct Books {
    pub customers: Vec<Stored<Customer>>,
    pub orders: Vec<Stored<Order>>,
    pub lines: Vec<Stored<OrderLine>>,
    pub invoices: Vec<Stored<Invoice>>,
    pub payments: Vec<Stored<Payment>>,
    pub trail: Vec<AuditEntry>,
    pub events: Vec<BusinessEvent>,
    pub deliveries: Vec<Delivery>,
}

async fn all<E: Entity>(app: &TestApp, order: kwik::domain::Order) -> Vec<Stored<E>> {
    let page = Page { skip: 0, limit: 1_000_000 };
    let mut single = app.service().services.data.single();
    single.repository::<E>().list(&app.system(), &Filter::All, &[order], page).await.unwrap()
}

fn bare<E>(rows: Vec<Stored<E>>) -> Vec<E> {
    rows.into_iter().map(|row| row.entity).collect()
}

impl Books {
    pub async fn read(app: &TestApp) -> Self {
        Self {
            customers: all(app, Customer::ID.asc()).await,
            orders: all(app, Order::ID.asc()).await,
            lines: all(app, OrderLine::ID.asc()).await,
            invoices: all(app, Invoice::ID.asc()).await,
            payments: all(app, Payment::ID.asc()).await,
            trail: bare(all(app, AuditEntry::ID.asc()).await),
            events: bare(all(app, BusinessEvent::ID.asc()).await),
            deliveries: bare(all(app, Delivery::ID.asc()).await),
        }
    }

    /// Fails where anything is not as it must be.
    #[track_caller]
    pub fn must_be_right(&self) {
        self.orders_cost_what_their_lines_cost();
        self.invoices_ask_for_what_was_not_paid();
        self.customers_owe_what_they_have_ordered();
        self.the_trail_has_every_version();
        self.orders_went_the_ways_that_there_are();
        self.events_are_the_transitions();
    }

    fn orders_cost_what_their_lines_cost(&self) {
        for order in &self.orders {
            let lines = self.lines.iter().filter(|line| line.order_id == order.id);
            let sum: Decimal = lines.map(|line| line.unit_price * Decimal::from(line.quantity)).sum();
            assert_eq!(order.total, sum, "order {}", order.id);
        }
        let orders: BTreeSet<_> = self.orders.iter().map(|order| order.id).collect();
        assert!(self.lines.iter().all(|line| orders.contains(&line.order_id)), "a line without an order");
    }

    fn invoices_ask_for_what_was_not_paid(&self) {
        for order in &self.orders {
            let mut invoices = self.invoices.iter().filter(|invoice| invoice.order_id == order.id);
            let invoice = invoices.next();
            assert!(invoices.next().is_none(), "order {} has two invoices", order.id);
            let status = invoice.map(|invoice| invoice.status);
            let expected: &[Option<InvoiceStatus>] = match order.status {
                OrderStatus::Open => &[None],
                OrderStatus::Confirmed => &[Some(InvoiceStatus::Open)],
                OrderStatus::Settled => &[Some(InvoiceStatus::Paid)],
                OrderStatus::Cancelled => &[None, Some(InvoiceStatus::Void)],
            };
            assert!(expected.contains(&status), "order {} is {:?}, its invoice {status:?}", order.id, order.status);
            let Some(invoice) = invoice else { continue };
            assert_eq!(
                (invoice.amount, invoice.customer_id),
                (order.total, order.customer_id),
                "invoice {}",
                invoice.id
            );
            let paid = self.paid(invoice);
            let outstanding = match invoice.status {
                InvoiceStatus::Void => Decimal::ZERO,
                _ => invoice.amount - paid,
            };
            assert_eq!(invoice.outstanding, outstanding, "invoice {}", invoice.id);
            assert_eq!(invoice.status == InvoiceStatus::Open, !outstanding.is_zero(), "invoice {}", invoice.id);
            assert!(invoice.status != InvoiceStatus::Void || paid.is_zero(), "invoice {} is void and paid", invoice.id);
        }
    }

    fn paid(&self, invoice: &Invoice) -> Decimal {
        self.payments.iter().filter(|payment| payment.invoice_id == invoice.id).map(|payment| payment.amount).sum()
    }

    fn customers_owe_what_they_have_ordered(&self) {
        for customer in &self.customers {
            let owes = |order: &&Stored<Order>| {
                order.customer_id == customer.id && matches!(order.status, OrderStatus::Open | OrderStatus::Confirmed)
            };
            let orders: Vec<_> = self.orders.iter().filter(owes).collect();
            let of_these = |invoice: &&Stored<Invoice>| orders.iter().any(|order| order.id == invoice.order_id);
            let paid: Decimal = self.invoices.iter().filter(of_these).map(|invoice| self.paid(invoice)).sum();
            let ordered: Decimal = orders.iter().map(|order| order.total).sum();
            assert_eq!(customer.owed, ordered - paid, "{}", customer.name);
            assert!(customer.owed <= customer.credit_limit, "{} owes {}", customer.name, customer.owed);
        }
    }

    /// The records of each row of these collections, in order.
    fn histories(&self, collections: &[&str]) -> BTreeMap<(&str, &str), Vec<&AuditEntry>> {
        let mut histories: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for record in self.trail.iter().filter(|record| collections.contains(&&*record.entity)) {
            histories.entry((&*record.entity, &*record.entity_key)).or_default().push(record);
        }
        histories
    }

    /// The versions that rows have now.
    fn versions(&self) -> BTreeMap<(&'static str, String), i64> {
        fn of<'a, E: Entity<Key = i64>>(
            rows: &'a [Stored<E>],
        ) -> impl Iterator<Item = ((&'static str, String), i64)> + 'a {
            rows.iter().map(|row| ((E::META.collection, row.entity.key().to_string()), row.version()))
        }
        let orders = of(&self.orders).chain(of(&self.lines));
        of(&self.customers).chain(orders).chain(of(&self.invoices)).chain(of(&self.payments)).collect()
    }

    fn the_trail_has_every_version(&self) {
        let mut versions = self.versions();
        for ((entity, key), records) in self.histories(&["customers", "orders", "order_lines", "invoices", "payments"])
        {
            let row = format!("{entity} {key}");
            assert_eq!((&*records[0].action, records[0].version), ("create", 1), "{row}");
            let (last, before) = records.split_last().unwrap();
            let (changes, end) = if last.action == "delete" { (before, Some(last)) } else { (&records[..], None) };
            assert!(changes.iter().skip(1).all(|record| record.action == "update"), "{row}");
            let seen: Vec<_> = changes.iter().map(|record| record.version).collect();
            assert_eq!(seen, (1..=i64::try_from(changes.len()).unwrap()).collect::<Vec<_>>(), "{row}");
            let is = versions.iter().find(|((e, k), _)| *e == entity && *k == key).map(|(_, version)| *version);
            assert_eq!(
                is,
                end.is_none().then(|| *seen.last().unwrap()),
                "{row}: what is there is what was written last"
            );
            versions.retain(|(e, k), _| !(*e == entity && *k == key));
        }
        assert!(versions.is_empty(), "rows without a record: {versions:?}");
    }

    /// The states of each order, one after the other, by the audit trail.
    pub fn ways(&self) -> BTreeMap<i64, Vec<String>> {
        let histories = self.histories(&["orders"]);
        histories.into_iter().map(|((_, key), records)| (key.parse().unwrap(), way(&records))).collect()
    }

    fn orders_went_the_ways_that_there_are(&self) {
        for (order, way) in self.ways() {
            let way: Vec<_> = way.iter().map(String::as_str).collect();
            let ways: [&[&str]; 6] = [
                &["open"],
                &["open", "deleted"],
                &["open", "cancelled"],
                &["open", "confirmed"],
                &["open", "confirmed", "cancelled"],
                &["open", "confirmed", "settled"],
            ];
            assert!(ways.contains(&&*way), "order {order} went {way:?}");
        }
    }

    /// The keys of the rows of which an event tells, one for each time.
    pub fn told(&self, name: &str) -> Vec<i64> {
        let events = self.events.iter().filter(|event| event.name == name);
        let mut keys: Vec<_> = events.map(|event| event.entity_key.parse().unwrap()).collect();
        keys.sort_unstable();
        keys
    }

    fn events_are_the_transitions(&self) {
        let ways = self.ways();
        let through = |state: &str| -> Vec<i64> {
            ways.iter().filter(|(_, way)| way.iter().any(|at| at == state)).map(|(order, _)| *order).collect()
        };
        assert_eq!(self.told("order_confirmed"), through("confirmed"));
        assert_eq!(self.told("order_cancelled"), through("cancelled"));
        let paid = self.invoices.iter().filter(|invoice| invoice.status == InvoiceStatus::Paid);
        assert_eq!(self.told("invoice_paid"), paid.map(|invoice| invoice.id).collect::<Vec<_>>());
    }

    /// How many records there are of an action on a collection.
    pub fn records(&self, entity: &str, action: &str) -> usize {
        self.trail.iter().filter(|record| record.entity == entity && record.action == action).count()
    }
}

/// The states that the records of an order tell of.
fn way(records: &[&AuditEntry]) -> Vec<String> {
    let mut way: Vec<String> = Vec::new();
    for record in records {
        if record.action == "delete" {
            way.push("deleted".to_owned());
            continue;
        }
        let after: Json = serde_json::from_str(record.after.as_deref().unwrap()).unwrap();
        if let Some(status) = after["status"].as_str().filter(|status| way.last().is_none_or(|last| last != status)) {
            way.push(status.to_owned());
        }
    }
    way
}
