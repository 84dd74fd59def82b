//! About how many rows there are.

use super::{
    Caller, Given, Sample,
    caller::Read,
    properties::{batch, insert_all},
    sample,
    strategies::{filter, row},
};
use crate::conformance::property::for_all;
use kwik_domain::{Filter, Isolation, Order, Page};
use proptest::collection::vec;

/// Within a scope a guess is no guess but the number, or there is none: however many rows there are
/// outside, and whatever part of a list is asked for. In a unit of work the same.
pub async fn within_a_scope_are_exact(given: Given) {
    let rows: Vec<Sample> = (0..60).map(|small| Sample { small, ..sample() }).collect();
    insert_all(&given, &rows, 1).await;
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let order = [Order { field: Sample::TEXT.index(), descending: true }];
    for (scope, filter, expected) in [
        (Sample::SMALL.ge(50), Filter::All, 10),
        (Sample::SMALL.ge(50), Sample::SMALL.lt(55), 5),
        (Sample::SMALL.ge(50), Sample::SMALL.lt(50), 0),
        (Sample::SMALL.lt(0), Filter::All, 0),
        (Filter::Nothing, Filter::All, 0),
        (Sample::SMALL.ge(0), Filter::All, 60),
    ] {
        let caller = Caller::within(scope.clone());
        let plain = Read::of(&filter);
        let paged = Read { page: Some(Page { skip: 2, limit: 1 }), order: &order, ..plain };
        for read in [plain, paged] {
            let alone = caller.estimate::<Sample>(&mut *given.session(), &read).await;
            let inside = caller.estimate::<Sample>(&mut *unit, &read).await;
            for estimate in [alone, inside] {
                assert!(estimate.is_none_or(|rows| rows == expected), "{scope:?} {filter:?}: {estimate:?}");
            }
        }
    }
}

/// Random filters within random scopes.
pub async fn agree_with_memory(given: Given) {
    let mut number = 0;
    for_all(12, (vec(row(), 0..10), vec((filter(), filter()), 1..4)), async |(rows, reads)| {
        number += 1;
        let (rows, mut session) = (insert_all(&given, rows, number).await, given.session());
        for (scope, filter) in reads {
            let caller = Caller::within(batch(number) & scope.clone());
            let expected = rows.iter().filter(|row| scope.matches(*row) && filter.matches(*row)).count() as u64;
            let estimate = caller.estimate::<Sample>(&mut *session, &Read::of(filter)).await;
            if estimate.is_some_and(|rows| rows != expected) {
                return Err(format!("{estimate:?} instead of {expected}: {filter:?} within {scope:?}"));
            }
            // Of all rows it may be a guess, but it is an answer.
            Caller::new().estimate::<Sample>(&mut *session, &Read::of(filter)).await;
        }
        Ok(())
    })
    .await;
}
