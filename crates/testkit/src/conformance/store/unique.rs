//! Unique values, and the names of the fields that hold them.

use super::{Caller, Given, Keyed, Sample, sample};
use kwik_domain::{Entity, Filter, StoreError, ValueRef};
use rust_decimal::Decimal;
use std::fmt::Debug;
use uuid::Uuid;

/// A write failed since these fields of this entity are taken.
pub(super) fn taken<T: Debug, E: Entity>(outcome: Result<T, StoreError>, expected: &[&str]) {
    match outcome {
        Err(StoreError::Unique { entity, fields }) => {
            assert_eq!((entity, fields.as_slice()), (E::META.collection, expected));
        }
        other => panic!("{expected:?} should be taken, but: {other:?}"),
    }
}

fn coded(code: &str) -> Sample {
    Sample { code: Some(code.to_owned()), ..sample() }
}

fn paired(left: i64, right: &str) -> Sample {
    Sample { left: Some(left), right: Some(right.to_owned()), ..sample() }
}

/// One field that is unique, by insert and by update; a value that is free again may be taken.
pub async fn one_field_is_named(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let first = caller.insert(session, &coded("x")).await;
    taken::<_, Sample>(caller.try_insert(session, &coded("x")).await, &["code"]);
    let second = caller.insert(session, &coded("X")).await;
    let values = [(Sample::CODE.index(), ValueRef::Text("x"))];
    taken::<_, Sample>(caller.try_update::<Sample>(session, second.id, None, &values).await, &["code"]);
    assert_eq!(caller.find::<Sample>(session, &second.id).await, Some(second.clone()));
    assert_eq!(caller.history::<Sample>(session, second.id).await.len(), 1);
    assert!(caller.update::<Sample>(session, first.id, None, &values).await.is_ok());
    assert!(caller.delete::<Sample>(session, first.id, None).await.is_ok());
    assert!(caller.update::<Sample>(session, second.id, None, &values).await.is_ok());
}

/// Two fields that are unique together.
pub async fn a_pair_is_named(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    caller.insert(session, &paired(1, "a")).await;
    let other = caller.insert(session, &paired(1, "b")).await;
    caller.insert(session, &paired(2, "a")).await;
    taken::<_, Sample>(caller.try_insert(session, &paired(1, "a")).await, &["left", "right"]);
    let values = [(Sample::RIGHT.index(), ValueRef::Text("a"))];
    taken::<_, Sample>(caller.try_update::<Sample>(session, other.id, Some(1), &values).await, &["left", "right"]);
    assert_eq!(caller.count::<Sample>(session, &Filter::All).await, 3);
}

/// Null is no value that could be taken, in a pair neither.
pub async fn nulls_do_not_collide(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for _ in 0..3 {
        caller.insert(&mut *session, &sample()).await;
        caller.insert(&mut *session, &Sample { left: Some(1), ..sample() }).await;
        caller.insert(&mut *session, &Sample { right: Some("a".to_owned()), ..sample() }).await;
    }
}

/// Decimals that are equal are the same value, whatever their scale.
pub async fn decimals_collide_by_value(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = |n, amount| Keyed { id: Uuid::from_u128(n), amount };
    caller.insert(&mut *session, &row(1, Decimal::new(15, 1))).await;
    taken::<_, Keyed>(caller.try_insert(&mut *session, &row(2, Decimal::new(1500, 3))).await, &["amount"]);
    caller.insert(&mut *session, &row(3, Decimal::new(-15, 1))).await;
}

/// A key that the program made is taken by the first row that has it.
pub async fn a_key_is_unique(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = |amount| Keyed { id: Uuid::from_u128(1), amount };
    caller.insert(&mut *session, &row(Decimal::ONE)).await;
    taken::<_, Keyed>(caller.try_insert(&mut *session, &row(Decimal::TWO)).await, &["id"]);
}
