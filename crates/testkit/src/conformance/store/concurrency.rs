//! Many at once.

use super::{Caller, Given, Sample, Unversioned, audit::object, sample};
use kwik_domain::{AuditRecord, Entity, Filter, StoreError, ValueRef, WriteOutcome};
use serde_json::Value;
use tokio::task::JoinSet;

const WRITERS: i64 = 12;
const TIMES: i64 = 8;

/// Writers that all write one field of one row, each its own numbers, without expecting a version.
pub(super) async fn write_at_once<E: Entity>(given: &Given, key: E::Key, field: usize) {
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        let (given, key) = (given.clone(), key.clone());
        writers.spawn(async move {
            let (caller, mut session) = (Caller::user(writer), given.session());
            for time in 0..TIMES {
                let values = [(field, ValueRef::Int(writer * 1000 + time))];
                caller.update::<E>(&mut *session, key.clone(), None, &values).await.expect("a row");
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer");
    }
}

/// Each record begins where the one before it ended. `records` has the latest first.
pub(super) fn assert_gapless(records: &[AuditRecord], name: &str) {
    assert_eq!(i64::try_from(records.len()), Ok(1 + WRITERS * TIMES));
    let value = |text: &Option<String>| -> Value { object(text.as_ref())[name].clone() };
    for pair in records.windows(2) {
        let (later, earlier) = (&pair[0], &pair[1]);
        assert_eq!(value(&later.before), value(&earlier.after), "between {} and {}", earlier.id, later.id);
    }
}

/// The trail of many writers is a chain: versions without a gap, each before the last one's after.
pub async fn writers_leave_a_gapless_chain(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    write_at_once::<Sample>(&given, key, Sample::LARGE.index()).await;
    let records = caller.history::<Sample>(&mut *session, key).await;
    assert_gapless(&records, "large");
    let versions: Vec<i64> = records.iter().rev().map(|record| record.version).collect();
    assert_eq!(versions, (1..=1 + WRITERS * TIMES).collect::<Vec<_>>());
    let row = caller.find::<Sample>(&mut *session, &key).await.expect("the row");
    assert_eq!(
        (row.version(), Value::from(row.large)),
        (1 + WRITERS * TIMES, object(records[0].after.as_ref())["large"].clone())
    );
}

/// The same where rows have no version.
pub async fn writers_without_a_version_leave_a_gapless_chain(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &Unversioned { id: 0, number: 0 }).await.id;
    write_at_once::<Unversioned>(&given, key, Unversioned::NUMBER.index()).await;
    assert_gapless(&caller.history::<Unversioned>(&mut *session, key).await, "number");
}

/// Writers that expect the version that they read: the sum is the number of those who succeeded.
pub async fn conditional_writers_lose_nothing(given: Given) {
    let key = Caller::new().insert(&mut *given.session(), &Sample { large: 0, ..sample() }).await.id;
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        let given = given.clone();
        writers.spawn(async move {
            let (caller, mut session) = (Caller::user(writer), given.session());
            let mut successes = 0;
            for _ in 0..TIMES {
                let row = caller.find::<Sample>(&mut *session, &key).await.expect("the row");
                let values = [(Sample::LARGE.index(), ValueRef::Int(row.large + 1))];
                match caller.update::<Sample>(&mut *session, key, Some(row.version()), &values).await {
                    Ok(_) => successes += 1,
                    Err(WriteOutcome::VersionConflict { current }) => assert!(current > row.version()),
                    Err(other) => panic!("{other:?}"),
                }
            }
            successes
        });
    }
    let mut successes = 0;
    while let Some(writer) = writers.join_next().await {
        successes += writer.expect("a writer");
    }
    let row = Caller::new().find::<Sample>(&mut *given.session(), &key).await.expect("the row");
    assert_eq!((row.large, row.version()), (successes, 1 + successes));
    assert!(successes > 0);
}

/// One of many takes a unique value; the others hear which field it was.
pub async fn one_of_many_takes_a_unique_value(given: Given) {
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        let given = given.clone();
        writers.spawn(async move {
            let row = Sample { code: Some("x".to_owned()), ..sample() };
            match Caller::user(writer).try_insert(&mut *given.session(), &row).await {
                Ok(outcome) => outcome.is_ok(),
                Err(StoreError::Unique { fields, .. }) if fields == ["code"] => false,
                Err(other) => panic!("{other}"),
            }
        });
    }
    let mut winners = 0;
    while let Some(writer) = writers.join_next().await {
        winners += u32::from(writer.expect("a writer"));
    }
    assert_eq!(winners, 1);
    assert_eq!(Caller::new().count::<Sample>(&mut *given.session(), &Filter::All).await, 1);
}

/// One of many deletes a row; for the others it is not there.
pub async fn one_of_many_deletes(given: Given) {
    let key = Caller::new().insert(&mut *given.session(), &sample()).await.id;
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        let given = given.clone();
        writers.spawn(async move {
            match Caller::user(writer).delete::<Sample>(&mut *given.session(), key, None).await {
                Ok(_) => true,
                Err(outcome) => {
                    assert_eq!(outcome, WriteOutcome::NotFound);
                    false
                }
            }
        });
    }
    let mut winners = 0;
    while let Some(writer) = writers.join_next().await {
        winners += u32::from(writer.expect("a writer"));
    }
    assert_eq!(winners, 1);
    assert_eq!(Caller::new().history::<Sample>(&mut *given.session(), key).await.len(), 2);
}
