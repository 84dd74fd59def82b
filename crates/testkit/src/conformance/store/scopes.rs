//! A permit's row scope bounds everything.

use super::{Caller, Given, Sample, caller::Read, sample};
use kwik_domain::{
    Change, Column, Comparison, Entity, FieldType, Fields, Filter, Isolation, Page, ValueRef, Verb, WriteOutcome,
};
use rust_decimal::Decimal;

const MISSING: WriteOutcome = WriteOutcome::NotFound;
const OUTSIDE: WriteOutcome = WriteOutcome::OutOfScope;

fn small(value: i64) -> [Change<'static>; 1] {
    [(Sample::SMALL.index(), ValueRef::Int(value))]
}

/// Lists, pages with their total, counts and locked reads have only rows in the scope.
pub async fn bound_every_read(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let mut inside = Vec::new();
    for n in 0..6 {
        let key = all.insert(&mut *session, &Sample { small: n, ..sample() }).await.id;
        inside.extend((n >= 4).then_some(key));
    }
    let caller = Caller::within(Sample::SMALL.ge(4));
    assert_eq!(caller.keys::<Sample>(&mut *session, &Filter::All).await, inside);
    assert_eq!(caller.keys::<Sample>(&mut *session, &Sample::SMALL.le(4)).await, inside[..1]);
    assert_eq!(caller.count::<Sample>(&mut *session, &Filter::All).await, 2);
    // A filter that says the opposite, and one that would let everything in if it were or-ed.
    assert_eq!(caller.count::<Sample>(&mut *session, &Sample::SMALL.lt(4)).await, 0);
    let either = Filter::Or(vec![Filter::All, Sample::SMALL.lt(4)]);
    assert_eq!(caller.count::<Sample>(&mut *session, &either).await, 2);
    let read = Read { page: Some(Page { skip: 0, limit: 1 }), ..Read::of(&either) };
    let (rows, total) = caller.page::<Sample>(&mut *session, &read).await;
    assert_eq!((rows[0].id, rows.len(), total), (inside[0], 1, 2));
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    for key in 1..=6 {
        let found = caller.find_for_update::<Sample>(&mut *unit, &key).await;
        assert_eq!(found.is_some(), inside.contains(&key));
    }
}

/// A row outside is as if it did not exist, whatever version is expected of it.
pub async fn bound_the_old_row(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let row = all.insert(&mut *session, &Sample { small: 1, ..sample() }).await;
    let caller = Caller::within(Sample::SMALL.ge(4));
    for expected in [None, Some(1), Some(2)] {
        assert_eq!(caller.update::<Sample>(&mut *session, row.id, expected, &small(5)).await, Err(MISSING));
        assert_eq!(caller.delete::<Sample>(&mut *session, row.id, expected).await, Err(MISSING));
    }
    assert_eq!(all.find::<Sample>(&mut *session, &row.id).await.as_ref(), Some(&row));
    assert_eq!(all.history::<Sample>(&mut *session, row.id).await.len(), 1);
}

/// A value that is taken outside of the scope is none of the caller's business: a row that would lie there
/// is refused for this alone.
pub async fn come_before_constraints(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let taken = || Some("taken".to_owned());
    all.insert(&mut *session, &Sample { small: 1, code: taken(), ..sample() }).await;
    let row = all.insert(&mut *session, &Sample { small: 5, ..sample() }).await;
    let caller = Caller::within(Sample::SMALL.ge(4));
    let code = (Sample::CODE.index(), ValueRef::Text("taken"));
    for values in [vec![small(3)[0], code], vec![code, small(3)[0]]] {
        assert_eq!(caller.update::<Sample>(&mut *session, row.id, None, &values).await, Err(OUTSIDE));
    }
    let outside = Sample { small: 3, code: taken(), ..sample() };
    let refused = caller.try_insert(&mut *session, &outside).await.expect("an outcome");
    assert_eq!(refused.map(drop), Err(OUTSIDE));
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let refused = caller.try_insert(&mut *unit, &outside).await.expect("an outcome");
    assert_eq!(refused.map(drop), Err(OUTSIDE));
    // The unit of work is as good as before.
    caller.update::<Sample>(&mut *unit, row.id, None, &small(6)).await.expect("a row");
    unit.commit().await.expect("a commit");
    // Within the scope it is told.
    let inside = Sample { small: 4, code: taken(), ..sample() };
    let taken = caller.try_insert(&mut *session, &inside).await;
    assert!(matches!(taken, Err(kwik_domain::StoreError::Unique { .. })), "{taken:?}");
}

/// A row is not written out of the scope; a version conflict is told first.
pub async fn bound_the_new_row(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let row = all.insert(&mut *session, &Sample { small: 5, ..sample() }).await;
    let caller = Caller::within(Sample::SMALL.ge(4));
    for expected in [None, Some(1)] {
        assert_eq!(caller.update::<Sample>(&mut *session, row.id, expected, &small(3)).await, Err(OUTSIDE));
    }
    let conflict = Err(WriteOutcome::VersionConflict { current: 1 });
    assert_eq!(caller.update::<Sample>(&mut *session, row.id, Some(2), &small(3)).await, conflict);
    assert_eq!(all.find::<Sample>(&mut *session, &row.id).await.as_ref(), Some(&row));
    assert_eq!(all.history::<Sample>(&mut *session, row.id).await.len(), 1);
    assert_eq!(caller.update::<Sample>(&mut *session, row.id, Some(1), &small(4)).await.expect("a row").small, 4);
    // Another field may change freely, and a delete ends in no new row.
    let text = [(Sample::TEXT.index(), ValueRef::Text("x"))];
    assert!(caller.update::<Sample>(&mut *session, row.id, None, &text).await.is_ok());
    assert!(caller.delete::<Sample>(&mut *session, row.id, Some(3)).await.is_ok());
}

/// A row is not made out of the scope.
pub async fn bound_an_inserted_row(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let caller = Caller::within(Filter::And(vec![Sample::SMALL.ge(4), Sample::MAYBE_TEXT.is_null()]));
    let inside = Sample { small: 4, maybe_text: None, ..sample() };
    let outside = [Sample { small: 3, ..inside.clone() }, Sample { maybe_text: Some(String::new()), ..inside.clone() }];
    for row in &outside {
        assert_eq!(caller.try_insert(&mut *session, row).await.expect("an outcome"), Err(OUTSIDE));
    }
    assert_eq!(all.count::<Sample>(&mut *session, &Filter::All).await, 0);
    let key = caller.insert(&mut *session, &inside).await.id;
    assert_eq!(all.keys::<Sample>(&mut *session, &Filter::All).await, [key]);
    let nothing = Caller::within(Filter::Nothing);
    assert_eq!(nothing.try_insert(&mut *session, &inside).await.expect("an outcome"), Err(OUTSIDE));
}

/// The scope sees the values that a new row takes by default.
pub async fn know_defaults(given: Given) {
    let mut session = given.session();
    let row = sample();
    let left_out = [Sample::PRICE.index(), Sample::ACTIVE.index(), Sample::MAYBE_SMALL.index()];
    let values: Vec<_> =
        (1..Sample::META.own).filter(|index| !left_out.contains(index)).map(|index| (index, row.get(index))).collect();
    let price = Decimal::new(25, 1);
    let cases = [
        (Sample::ACTIVE.eq(true), true),
        (Sample::ACTIVE.eq(false), false),
        (Sample::PRICE.eq(price), true),
        (Sample::PRICE.gt(price), false),
        (Sample::MAYBE_SMALL.is_null(), true),
        (!Sample::MAYBE_SMALL.is_null(), false),
        (Sample::ACTIVE.eq(true) & Sample::SMALL.eq(-7), true),
    ];
    for (scope, fits) in cases {
        let caller = Caller::within(scope.clone());
        let outcome =
            caller.write::<Sample>(&mut *session, Verb::Insert { values: &values }).await.expect("an outcome");
        assert_eq!(outcome.err(), (!fits).then_some(OUTSIDE), "{scope:?}");
    }
}

/// The scope sees who made a row and who changes it: "one's own rows" is a scope like any other.
pub async fn know_the_creator_and_the_modifier(given: Given) {
    let mut session = given.session();
    let session = &mut *session;
    let first = Sample::META.audit_columns().expect("audit columns");
    let (creator, modifier) = (Column::<Sample, i64>::new(first + 1), Column::<Sample, i64>::new(first + 3));
    let version = Column::<Sample, i64>::new(Sample::META.version().expect("a version"));
    let own = Caller::user(8).scoped(creator.eq(8));
    let row = own.insert(session, &sample()).await;
    assert_eq!(own.update::<Sample>(session, row.id, Some(1), &small(1)).await.expect("a row").version(), 2);
    let stranger = Caller::user(9).scoped(creator.eq(9));
    assert_eq!(stranger.update::<Sample>(session, row.id, None, &small(2)).await, Err(MISSING));
    let elsewhere = Caller::user(9).scoped(creator.eq(8));
    assert_eq!(elsewhere.try_insert(session, &sample()).await.expect("an outcome"), Err(OUTSIDE));
    // As the row is going to be, it was last changed by the caller, for the third time.
    let last = Caller::user(9).scoped(Filter::Or(vec![modifier.eq(9), modifier.eq(8)]));
    assert!(last.update::<Sample>(session, row.id, None, &small(3)).await.is_ok());
    let not_me = Caller::user(8).scoped(modifier.ne(8));
    assert_eq!(not_me.update::<Sample>(session, row.id, None, &small(4)).await, Err(OUTSIDE));
    let still_young = Caller::user(8).scoped(version.lt(4));
    assert_eq!(still_young.update::<Sample>(session, row.id, None, &small(5)).await, Err(OUTSIDE));
    assert_eq!(own.history::<Sample>(session, row.id).await.len(), 3);
    let fresh = Caller::user(8).scoped(version.eq(1));
    assert_eq!(fresh.insert(session, &sample()).await.version(), 1);
    let time = Column::<Sample, chrono::DateTime<chrono::Utc>>::new(first);
    let today = Caller::user(8).scoped(time.ge(super::caller::now()));
    assert!(today.try_insert(session, &sample()).await.expect("an outcome").is_ok());
}

/// The new row's text compares by its bytes, too, as that of the rows that are read.
pub async fn compare_text_bytewise(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let words = ["", "B", "Z", "a", "aB", "ab", "z", "ä", "é"];
    for bound in words {
        for scope in [Sample::TEXT.lt(bound), Sample::TEXT.ge(bound), Sample::MAYBE_TEXT.lt(Some(bound.to_owned()))] {
            let caller = all.scoped(scope.clone());
            for word in words {
                let row = Sample { text: word.to_owned(), maybe_text: Some(word.to_owned()), ..sample() };
                let fits = scope.matches(&row);
                let outcome = caller.try_insert(&mut *session, &row).await.expect("an outcome");
                assert_eq!(outcome.is_ok(), fits, "insert of {word:?} within {scope:?}");
            }
        }
    }
    let row = all.insert(&mut *session, &Sample { text: "a".to_owned(), ..sample() }).await;
    let caller = all.scoped(Sample::TEXT.ge("a"));
    let upper = "B".to_owned();
    let text = [(Sample::TEXT.index(), upper.value())];
    assert_eq!(caller.update::<Sample>(&mut *session, row.id, None, &text).await, Err(OUTSIDE));
}

/// One after the other on one connection, scopes on each field: none is taken for that on a field of
/// another type, though they look alike.
pub async fn on_different_fields_are_told_apart(given: Given) {
    let all = Caller::new();
    let row = Sample { left: Some(1), right: Some("r".to_owned()), code: Some("c".to_owned()), ..sample() };
    for round in 0..2 {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        for index in Sample::compared().filter(|index| (1..Sample::META.own).contains(index)) {
            let value = row.get(index).to_owned();
            let equal = Filter::Compare(index, Comparison::Eq, value.clone());
            let listed = Filter::In(index, vec![value]);
            for (scope, fits) in [(!equal.clone(), false), (!listed.clone(), false), (equal, true), (listed, true)] {
                let caller = all.scoped(scope.clone());
                let outcome = caller.try_insert(&mut *unit, &row).await.expect("an outcome");
                assert_eq!(
                    outcome.as_ref().err(),
                    (!fits).then_some(&OUTSIDE),
                    "round {round}: insert within {scope:?}"
                );
                let Ok(made) = outcome else { continue };
                let values: Vec<_> = (1..Sample::META.own).map(|index| (index, row.get(index))).collect();
                let outcome = caller.update::<Sample>(&mut *unit, made.id, None, &values).await;
                assert!(outcome.is_ok(), "round {round}: update within {scope:?}");
                caller.delete::<Sample>(&mut *unit, made.id, None).await.expect("a row");
            }
        }
    }
}

/// A write that the scope, a version or a missing row kept back leaves the unit of work as it was.
pub async fn leave_the_unit_of_work_usable(given: Given) {
    let all = Caller::new();
    let caller = Caller::within(Sample::SMALL.ge(4));
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let row = caller.insert(&mut *unit, &Sample { small: 5, ..sample() }).await;
    assert_eq!(caller.update::<Sample>(&mut *unit, row.id, None, &small(1)).await, Err(OUTSIDE));
    assert_eq!(caller.try_insert(&mut *unit, &sample()).await.expect("an outcome"), Err(OUTSIDE));
    assert_eq!(caller.delete::<Sample>(&mut *unit, row.id + 100, None).await, Err(MISSING));
    let conflict = Err(WriteOutcome::VersionConflict { current: 1 });
    assert_eq!(caller.update::<Sample>(&mut *unit, row.id, Some(9), &small(6)).await, conflict);
    assert_eq!(caller.update::<Sample>(&mut *unit, row.id, Some(1), &small(6)).await.expect("a row").small, 6);
    unit.commit().await.expect("a commit");
    let mut session = given.session();
    assert_eq!(all.find::<Sample>(&mut *session, &row.id).await.expect("the row").small, 6);
    assert_eq!(all.history::<Sample>(&mut *session, row.id).await.len(), 2);
    assert_eq!(all.count::<Sample>(&mut *session, &Filter::All).await, 1);
}
