//! Filters that reach into other entities.

use crate::sample::{cases, pairs, tokens};
use kwik_domain::{Entity, EntityMeta, Error, FieldSet, Fields, Filter, TextMatch, Value, ValueRef};
use kwik_query::{ListRequest, MAX_FILTER_TERMS, Visible, describe, parse_filter};
use proptest::prelude::*;

#[derive(Clone, Debug, Entity)]
struct Region {
    #[entity(key)]
    id: i64,
    name: String,
}

#[derive(Clone, Debug, Entity)]
struct Customer {
    #[entity(key)]
    id: i64,
    name: String,
    email: Option<String>,
    #[entity(sensitive)]
    tax_number: String,
    #[entity(guard = "price")]
    discount: i64,
    #[entity(references = Region)]
    region_id: Option<i64>,
    #[entity(references = Customer)]
    parent_id: Option<i64>,
}

/// Nobody here may read it.
#[derive(Clone, Debug, Entity)]
struct Seller {
    #[entity(key)]
    id: i64,
    name: String,
}

#[derive(Clone, Debug, Entity)]
struct Order {
    #[entity(key)]
    id: i64,
    total: i64,
    #[entity(references = Customer)]
    customer_id: i64,
    #[entity(references = Customer, relation = "payer")]
    paid_by: Option<i64>,
    #[entity(references = Seller)]
    seller_id: Option<i64>,
    #[entity(references = Customer, relation = "broker", guard = "deals")]
    broker_id: Option<i64>,
}

/// Discounts are not seen, sellers not at all.
fn others(entity: &'static EntityMeta) -> Option<FieldSet> {
    let seen =
        if Customer::META.is(entity) { FieldSet::ALL.without(Customer::DISCOUNT.index()) } else { FieldSet::ALL };
    (!Seller::META.is(entity)).then_some(seen)
}

fn parse(text: &str) -> Result<Filter, kwik_query::FilterError> {
    let own = FieldSet::ALL.without(Order::BROKER_ID.index());
    parse_filter(Order::META, Visible::with_others(own, &others), text)
}

fn of_customer(condition: Filter) -> Filter {
    Order::CUSTOMER_ID.related::<Customer>(condition)
}

#[test]
fn paths_lead_to_fields_of_other_entities() {
    let region = |condition| of_customer(Customer::REGION_ID.related::<Region>(condition));
    let cases = [
        ("customer.name = \"Acme\"", of_customer(Customer::NAME.eq("Acme"))),
        ("customer.region.name:x", region(Region::NAME.contains("x"))),
        ("customer.region.id >= 7", region(Region::ID.ge(7))),
        ("customer.id IN (1, 2)", of_customer(Customer::ID.one_of([1, 2]))),
        ("customer.email = null", of_customer(Customer::EMAIL.is_null())),
        ("customer.email != null", of_customer(!Customer::EMAIL.is_null())),
        ("customer.email:*", of_customer(!Customer::EMAIL.is_null())),
        ("customer.name = \"A*\"", of_customer(Customer::NAME.starts_with("A"))),
        ("customer.name != \"*A\"", of_customer(!Customer::NAME.ends_with("A"))),
        ("NOT customer.name = b", !of_customer(Customer::NAME.eq("b"))),
        ("payer.name < b", Order::PAID_BY.related::<Customer>(Customer::NAME.lt("b"))),
        (
            "NOT (customer.name = a OR total = 1) AND payer.parent.parent.name = c",
            !Filter::Or(vec![of_customer(Customer::NAME.eq("a")), Order::TOTAL.eq(1)])
                & Order::PAID_BY.related::<Customer>(
                    Customer::PARENT_ID
                        .related::<Customer>(Customer::PARENT_ID.related::<Customer>(Customer::NAME.eq("c"))),
                ),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).unwrap_or_else(|error| panic!("{text}: {error}")), expected, "{text}");
    }
}

/// Every way to follow a reference, or to name what is beyond it.
const WAYS: [&str; 7] =
    ["NAME = 1", "NAME:*", "NAME IN (1)", "NAME", "NAME = 'x", "total = 1 AND (NOT NAME > 3)", "NAME ~"];

#[test]
fn what_cannot_be_read_is_as_unknown_as_what_does_not_exist() {
    let same: [(&[&str], &str); 3] = [
        (
            &[
                "seller.name",
                "seller.id",
                "broker.name",
                "customer_id.name",
                "total.name",
                "Customer.name",
                "broker_id",
            ],
            "colour.name",
        ),
        (&["customer.discount", "customer.tax_number", "customer.region", "customer.name1"], "customer.colour"),
        (&["customer.name.id", "customer.discount.id", "customer.seller.id"], "customer.colour.id"),
    ];
    for (names, unknown) in same {
        for way in WAYS {
            let expected = parse(&way.replace("NAME", unknown)).unwrap_err();
            assert_eq!(expected.code, "unknown", "{way}");
            for name in names {
                assert_eq!(parse(&way.replace("NAME", name)).unwrap_err(), expected, "{name} {way}");
            }
        }
    }
    let own = |text: &str| parse_filter(Order::META, FieldSet::ALL, text).unwrap_err();
    let without = own("customer.name = 1");
    assert_eq!(without, own("colour.name = 1"));
    assert!(!without.message.contains("beyond"), "{without}");
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let customer = "expected a field of Customer: id, name, email, region_id, parent_id, version, creation_time, \
                    creator_user_id, last_modification_time, last_modifier_user_id; or a field beyond a reference, \
                    such as region.id: region, parent";
    let order = "expected a field of Order: id, total, customer_id, paid_by, seller_id, version, creation_time, \
                 creator_user_id, last_modification_time, last_modifier_user_id; or a field beyond a reference, such \
                 as customer.id: customer, payer";
    let cases = [
        ("total = 1 AND colour = 2", 15, "unknown", order),
        ("customer = 1", 1, "unknown", order),
        ("customer.colour = 1", 10, "unknown", customer),
        ("customer. = 1", 11, "unknown", customer),
        ("customer.parent.name1:*", 17, "unknown", customer),
        ("customer.region.parent.id = 1", 17, "unknown", "expected a field of Region: id, name"),
        ("customer.id = x", 15, "type", "the value must be"),
        ("customer.id:1", 12, "type", "expected = or !="),
        ("customer.id", 12, "syntax", "expected one of: ="),
        ("customer .id = 1", 1, "unknown", order),
        ("customer.parent.parent.parent.id = 1", 24, "limit", "expected at most 3 references before a field"),
    ];
    for (text, position, code, message) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!((error.position, error.code), (position, code), "{text}: {error}");
        assert!(error.message.starts_with(message), "{text}: {error}");
    }
}

#[test]
fn comparisons_beyond_references_count() {
    let listed = |n: usize| format!("total = 1 OR customer.id IN ({})", vec!["1"; n - 1].join(","));
    parse(&listed(MAX_FILTER_TERMS)).unwrap();
    assert_eq!(parse(&listed(MAX_FILTER_TERMS + 1)).unwrap_err().code, "limit");
}

#[test]
fn other_parameters_stay_with_their_own_fields() {
    for parameters in [&[("sorting", "customer.name")][..], &[("filter_key", "customer.name"), ("value", "Acme")]] {
        let visible = Visible::with_others(FieldSet::ALL, &others);
        let Err(Error::InvalidQuery(errors)) = ListRequest::parse(Order::META, visible, pairs(parameters), &tokens())
        else {
            panic!("{parameters:?}")
        };
        assert_eq!((errors[0].parameter.as_ref(), errors[0].issue.code), (parameters[0].0, "unknown"));
        assert!(!errors[0].issue.message.contains("beyond"), "{errors:?}");
    }
}

/// A row with the rows that its fields refer to.
#[derive(Clone, Debug)]
struct Linked(Vec<Value>, Vec<(usize, Linked)>);

impl Fields for Linked {
    fn get(&self, index: usize) -> ValueRef<'_> {
        self.0.get(index).map_or(ValueRef::Null, Value::as_ref)
    }

    fn related(&self, index: usize) -> Option<&dyn Fields> {
        self.1.iter().find(|(field, _)| *field == index).map(|(_, row)| row as &dyn Fields)
    }
}

const TEXTS: &[&str] = &["", "a", "ab", "A", "*", "\""];

fn key() -> BoxedStrategy<Value> {
    (0..3i64).prop_map(Value::Int).boxed()
}

fn text() -> BoxedStrategy<Value> {
    prop::sample::select(TEXTS).prop_map(|text| Value::Text(text.to_owned())).boxed()
}

fn or_null(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop_oneof![3 => value, 1 => Just(Value::Null)].boxed()
}

/// A customer with a region and parents, or without.
fn customer(depth: usize) -> BoxedStrategy<Linked> {
    let own = (key(), text(), or_null(text()), key(), or_null(text()));
    let parent = if depth == 0 { Just(None).boxed() } else { prop::option::of(customer(depth - 1)).boxed() };
    let region = prop::option::of((key(), text()));
    let linked = (own, region, parent).prop_map(|((id, name, email, discount, tax), region, parent)| {
        let reference = |there: bool| if there { Value::Int(1) } else { Value::Null };
        let values = vec![id, name, email, tax, discount, reference(region.is_some()), reference(parent.is_some())];
        let region = region.map(|(id, name)| (5, Linked(vec![id, name], Vec::new())));
        Linked(values, region.into_iter().chain(parent.map(|parent| (6, parent))).collect())
    });
    linked.boxed()
}

/// A condition on one field of a customer, or of what is beyond so many references.
fn restriction(depth: usize) -> BoxedStrategy<Filter> {
    use kwik_domain::Comparison::{Eq, Ge, Lt, Ne};
    let comparison = || prop::sample::select(&[Eq, Ne, Lt, Ge][..]);
    let text_match = prop::sample::select(&[TextMatch::Contains, TextMatch::StartsWith, TextMatch::EndsWith][..]);
    let own = prop_oneof![
        (comparison(), key()).prop_map(|(by, value)| Filter::Compare(0, by, value)),
        (1..3usize, comparison(), text()).prop_map(|(field, by, value)| Filter::Compare(field, by, value)),
        (1..3usize, text_match, text()).prop_map(|(field, by, text)| Filter::Text(field, by, text.as_ref().to_text())),
        prop::collection::vec(key(), 0..3).prop_map(|values| Filter::In(0, values)),
        prop::sample::select(&[2, 5, 6][..]).prop_map(Filter::IsNull),
        Just(Filter::All),
        Just(Filter::Nothing),
    ];
    if depth == 0 {
        return own.boxed();
    }
    let region = (comparison(), key()).prop_map(|(by, value)| Filter::Compare(0, by, value));
    prop_oneof![
        2 => own,
        1 => region.prop_map(|part| Filter::Related(5, Box::new(part))),
        2 => condition(depth - 1).prop_map(|part| Filter::Related(6, Box::new(part))),
    ]
    .boxed()
}

fn condition(depth: usize) -> BoxedStrategy<Filter> {
    let deep = restriction(depth).prop_recursive(3, 12, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            parts.clone().prop_map(Filter::And),
            parts.prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    });
    deep.boxed()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_is_described_means_the_same(
        filter in condition(3),
        rows in prop::collection::vec(customer(3), 1..6),
    ) {
        let text = describe(&filter, Customer::META);
        let read = match text.as_str() {
            "TRUE" => Filter::All,
            "FALSE" => Filter::Nothing,
            text => match parse_filter(Customer::META, Visible::with_others(FieldSet::ALL, &others), text) {
                Err(error) if error.code == "limit" => return Ok(()),
                read => read.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?,
            },
        };
        for row in &rows {
            prop_assert_eq!(read.matches(row), filter.matches(row), "{} {:?}", text, row);
        }
        prop_assert_eq!(describe(&read, Customer::META), text);
    }

    #[test]
    fn any_soup_of_paths_ends(tokens in prop::collection::vec(prop::sample::select(&[
        "customer", "payer", "parent", "region", "seller", "name", "id", ".", ".", "=", "1", " ", "NOT", "(", ")", "*", ":", "AND",
    ][..]), 0..24)) {
        let text = tokens.concat();
        if let Err(error) = parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.position), "{}: {}", text, error);
        }
    }
}
