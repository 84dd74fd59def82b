//! The entity at the top of the design, from JSON to a row and back.

use crate::row::Row;
use kwik_domain::entity::parse_json;
use kwik_domain::{Column, Entity, Error, FieldSet, Fields, Filter, Input, Stored, Value, ValueRef};
use rust_decimal::Decimal;

/// Somebody who buys.
#[derive(Clone, Debug, PartialEq, kwik_domain::Entity)]
#[entity(collection = "customers")]
pub(crate) struct Customer {
    #[entity(key)]
    pub(crate) id: i64,
    /// Full name.
    #[entity(length(1..=200))]
    pub(crate) name: String,
    #[entity(email, unique)]
    pub(crate) email: String,
    #[entity(default = "5000", range("0"..))]
    pub(crate) credit_limit: Decimal,
    pub(crate) note: Option<String>,
}

fn errors<I: Input + std::fmt::Debug>(body: &str) -> Vec<(String, &'static str)> {
    match parse_json::<I>(Customer::META, body.as_bytes()) {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| (e.field.into_owned(), e.issue.code)).collect(),
        other => panic!("{other:?}"),
    }
}

fn update(body: &str) -> CustomerUpdate {
    parse_json(Customer::META, body.as_bytes()).unwrap()
}

fn ada() -> Customer {
    Customer {
        id: 7,
        name: "Ada".into(),
        email: "ada@example.com".into(),
        credit_limit: Decimal::new(10, 1),
        note: None,
    }
}

#[test]
fn creating_takes_every_field_but_the_key_and_knows_defaults() {
    let body = br#"{"email":"ada@Example.com","name":"Ada"}"#;
    let create: CustomerCreate = parse_json(Customer::META, body).unwrap();
    assert_eq!(create.email, "ada@example.com");
    assert_eq!(create.credit_limit, Decimal::new(5000, 0));
    assert_eq!(create.note, None);
    let draft = Customer::draft(7, &create);
    assert_eq!((draft.key(), draft.name.as_str()), (7, "Ada"));
}

#[test]
fn every_error_is_found_at_once() {
    let body = r#"{"id":3,"name":"","email":"nobody","credit_limit":"-1","colour":"red"}"#;
    let expected = [("name", "length"), ("email", "format"), ("credit_limit", "range"), ("colour", "unknown")];
    assert_eq!(errors::<CustomerCreate>(body), expected.map(|(f, c)| (f.to_owned(), c)));
    let missing = [("name", "required"), ("email", "required")];
    assert_eq!(errors::<CustomerCreate>("{}"), missing.map(|(f, c)| (f.to_owned(), c)));
}

#[test]
fn a_nullable_field_of_a_change_has_three_states() {
    assert_eq!(update(r#"{"name":"B"}"#).note, None);
    assert_eq!(update(r#"{"note":null}"#).note, Some(None));
    assert_eq!(update(r#"{"note":"x"}"#).note, Some(Some("x".to_owned())));
    assert_eq!(errors::<CustomerUpdate>(r#"{"name":null}"#), [("name".to_owned(), "null")]);
    assert_eq!(errors::<CustomerUpdate>("{}"), [(String::new(), "empty")], "a change changes something");
}

#[test]
fn a_change_does_not_know_defaults() {
    let update = update(r#"{"name":"B"}"#);
    assert_eq!(update.credit_limit, None);
    let mut out = Vec::new();
    update.changes(&mut out);
    assert_eq!(out, [(1, ValueRef::Text("B"))]);
}

#[test]
fn changes_are_indexes_and_values() {
    let create =
        CustomerCreate { name: "Ada".into(), email: "ada@example.com".into(), credit_limit: Decimal::ONE, note: None };
    let mut out = Vec::new();
    create.changes(&mut out);
    assert_eq!(
        out,
        [
            (1, ValueRef::Text("Ada")),
            (2, ValueRef::Text("ada@example.com")),
            (3, ValueRef::Decimal(Decimal::ONE)),
            (4, ValueRef::Null),
        ]
    );
    out.clear();
    let update = CustomerUpdate { note: Some(None), ..CustomerUpdate::default() };
    update.changes(&mut out);
    assert_eq!(out, [(4, ValueRef::Null)]);
    const { assert!(!CustomerCreate::UPDATE && CustomerUpdate::UPDATE) };
}

#[test]
fn applying_a_change_leaves_the_rest_alone() {
    let mut customer = Customer { note: Some("old".into()), ..ada() };
    customer.apply(&CustomerUpdate { note: Some(None), ..CustomerUpdate::default() });
    assert_eq!(customer, ada());
    customer.apply(&update(r#"{"name":"Grace","credit_limit":2.50}"#));
    assert_eq!(customer.name, "Grace");
    assert_eq!(customer.credit_limit.to_string(), "2.50");
}

#[test]
fn rows_become_structs_by_index() {
    let mut columns = vec![
        Value::Int(7),
        Value::Text("Ada".into()),
        Value::Text("ada@example.com".into()),
        Value::Decimal(Decimal::new(10, 1)),
        Value::Null,
    ];
    assert_eq!(Customer::decode(&Row(columns.clone())).unwrap(), ada());
    columns.extend([Value::Int(3), Value::Null, Value::Int(1), Value::Null, Value::Null]);
    let stored = Stored::<Customer>::decode(&Row(columns.clone())).unwrap();
    assert_eq!((stored.version(), stored.system.creator_user_id), (3, Some(1)));
    assert_eq!((stored.get(1), stored.get(5)), (ValueRef::Text("Ada"), ValueRef::Int(3)));
    columns[1] = Value::Null;
    let error = Customer::decode(&Row(columns)).unwrap_err().to_string();
    assert_eq!(error, "column 1 is null, though its field is not optional");
}

#[test]
fn values_are_read_by_index() {
    let ada = ada();
    assert_eq!(ada.get(0), ValueRef::Int(7));
    assert_eq!(ada.get(4), ValueRef::Null);
    assert_eq!(ada.get(99), ValueRef::Null);
}

#[test]
fn handles_make_conditions() {
    let column: Column<Customer, String> = Customer::EMAIL;
    assert_eq!(column.index(), 2);
    let condition = Customer::CREDIT_LIMIT.ge(Decimal::ONE);
    assert!(matches!(condition, Filter::Compare(3, _, Value::Decimal(_))));
    assert!(matches!(Customer::NOTE.is_null(), Filter::IsNull(4)));
    assert_eq!(Customer::ID.index(), 0);
    assert!(FieldSet::ALL.contains(Customer::NAME.index()));
}

#[test]
fn inputs_are_clone_and_debug() {
    let update = update(r#"{"note":null,"credit_limit":"1"}"#);
    assert_eq!(
        format!("{:?}", update.clone()),
        "CustomerUpdate { name: None, email: None, credit_limit: Some(1), note: Some(None) }"
    );
}
