//! Foreign keys, and the names of the fields that break them.

use super::{Caller, Given, Keyed, Plain};
use kwik_domain::{Entity, Filter, Isolation, StoreError, UnitOfWork, ValueRef, Verb, WriteOutcome};
use rust_decimal::Decimal;
use std::fmt::Debug;
use uuid::Uuid;

/// Refers to rows with keys of either kind, and to its own.
#[derive(Clone, Debug, PartialEq, Entity)]
#[entity(collection = "conformance_links", crate = kwik_domain)]
pub(super) struct Link {
    #[entity(key)]
    pub id: i64,
    #[entity(references = Plain)]
    pub plain_id: i64,
    #[entity(references = Keyed)]
    pub keyed_id: Option<Uuid>,
    #[entity(references = Link, on_delete = "cascade")]
    pub parent_id: Option<i64>,
}

fn link(plain_id: i64) -> Link {
    Link { id: 0, plain_id, keyed_id: None, parent_id: None }
}

/// A write failed since these fields refer to nothing, of which a store names at least one.
fn broken<T: Debug>(outcome: Result<T, StoreError>, expected: &[&str]) {
    match outcome {
        Err(StoreError::Reference { fields }) => {
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            let some = names.is_empty() == expected.is_empty();
            assert!(some && names.iter().all(|name| expected.contains(name)), "{names:?} instead of {expected:?}");
        }
        other => panic!("{expected:?} should refer to nothing, but: {other:?}"),
    }
}

/// A new row that refers to one that is not there.
pub async fn a_new_row_names_the_field(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let plain = caller.insert(session, &Plain { id: 0, number: 1 }).await;
    let keyed = caller.insert(session, &Keyed { id: Uuid::from_u128(7), amount: Decimal::ONE }).await;
    broken(caller.try_insert(session, &link(plain.id + 1)).await, &["plain_id"]);
    let wrong = Link { keyed_id: Some(Uuid::from_u128(8)), ..link(plain.id) };
    broken(caller.try_insert(session, &wrong).await, &["keyed_id"]);
    broken(caller.try_insert(session, &Link { parent_id: Some(99), ..link(plain.id) }).await, &["parent_id"]);
    broken(caller.try_insert(session, &Link { plain_id: -1, ..wrong }).await, &["plain_id", "keyed_id"]);
    assert_eq!(caller.count::<Link>(session, &Filter::All).await, 0);
    let first = caller.insert(session, &Link { keyed_id: Some(keyed.id), ..link(plain.id) }).await;
    caller.insert(session, &Link { parent_id: Some(first.id), ..link(plain.id) }).await;
}

/// A changed row that refers to one that is not there; to refer to itself or to nothing is fine.
pub async fn a_changed_row_names_the_field(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let plain = caller.insert(session, &Plain { id: 0, number: 1 }).await;
    let row = caller.insert(session, &link(plain.id)).await;
    let (plain_id, parent_id) = (Link::PLAIN_ID.index(), Link::PARENT_ID.index());
    for (field, name) in [(plain_id, "plain_id"), (parent_id, "parent_id")] {
        let values = [(field, ValueRef::Int(-3))];
        broken(caller.try_update::<Link>(session, row.id, None, &values).await, &[name]);
    }
    assert_eq!(caller.history::<Link>(session, row.id).await.len(), 1);
    for value in [ValueRef::Int(row.id), ValueRef::Null] {
        caller.update::<Link>(session, row.id, None, &[(parent_id, value)]).await.expect("a row");
    }
}

/// A row to which others refer stays, in a unit of work too, which can then only be dropped.
pub async fn a_row_that_is_referred_to_stays(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let plain = caller.insert(session, &Plain { id: 0, number: 1 }).await;
    let first = caller.insert(session, &link(plain.id)).await;
    let second = caller.insert(session, &Link { parent_id: Some(first.id), ..link(plain.id) }).await;
    let key = ValueRef::Int(plain.id).into();
    broken(caller.write::<Plain>(session, Verb::Delete { key, expected: None }).await, &[]);
    // The same table on both sides.
    let key = ValueRef::Int(first.id).into();
    broken(caller.write::<Link>(session, Verb::Delete { key, expected: None }).await, &[]);
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    broken(caller.write::<Link>(&mut *unit, Verb::Delete { key, expected: None }).await, &[]);
    UnitOfWork::commit(unit).await.expect_err("a unit of work that has failed");
    assert_eq!(caller.count::<Link>(session, &Filter::All).await, 2);
    for id in [second.id, first.id] {
        caller.delete::<Link>(session, id, None).await.expect("a row");
    }
    caller.delete::<Plain>(session, plain.id, None).await.expect("a row");
}

/// A row outside of the scope is refused for that alone: what is there is nobody's business out there.
pub async fn the_scope_comes_first(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let plain = caller.insert(&mut *session, &Plain { id: 0, number: 1 }).await;
    let scoped = Caller::within(Link::PLAIN_ID.eq(plain.id));
    let outside = scoped.try_insert(&mut *session, &link(plain.id + 1)).await.expect("an outcome");
    assert_eq!(outside.expect_err("no row"), WriteOutcome::OutOfScope);
}
