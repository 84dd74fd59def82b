//! Units of work: all or nothing, and nobody else's business until then.

use super::{Caller, Given, Sample, sample};
use kwik_domain::{Action, Filter, Isolation, Lock, Select, Session, StoreError, ValueRef};

fn coded(code: &str) -> Sample {
    Sample { code: Some(code.to_owned()), ..sample() }
}

async fn count(session: &mut dyn Session) -> u64 {
    Caller::new().count::<Sample>(session, &Filter::All).await
}

/// What was written lasts after the commit, with its audit records.
pub async fn commits(given: Given) {
    let caller = Caller::new();
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let row = caller.insert(&mut *unit, &sample()).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    let row = caller.update::<Sample>(&mut *unit, row.id, Some(1), &values).await.expect("a row");
    let gone = caller.insert(&mut *unit, &sample()).await;
    caller.delete::<Sample>(&mut *unit, gone.id, Some(1)).await.expect("a row");
    unit.commit().await.expect("a commit");
    let mut session = given.session();
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await.as_ref(), Some(&row));
    assert_eq!(count(&mut *session).await, 1);
    assert_eq!(caller.history::<Sample>(&mut *session, row.id).await.len(), 2);
    assert_eq!(caller.history::<Sample>(&mut *session, gone.id).await.len(), 2);
    given
        .store
        .begin(Isolation::ReadCommitted)
        .await
        .expect("a unit of work")
        .commit()
        .await
        .expect("a commit of nothing");
}

/// Dropped without a commit, nothing of it remains, no audit record either.
pub async fn dropped_is_rolled_back(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let kept = caller.insert(&mut *session, &sample()).await;
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let lost = caller.insert(&mut *unit, &sample()).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    caller.update::<Sample>(&mut *unit, kept.id, None, &values).await.expect("a row");
    drop(unit);
    assert_eq!(caller.find::<Sample>(&mut *session, &kept.id).await.as_ref(), Some(&kept));
    assert_eq!(caller.find::<Sample>(&mut *session, &lost.id).await, None);
    assert_eq!(caller.history::<Sample>(&mut *session, kept.id).await.len(), 1);
    let none = kwik_domain::Page { skip: 0, limit: 10 };
    assert_eq!(caller.try_history::<Sample>(&mut *session, lost.id, none).await, None);
    // And the row can be written again at once.
    caller.update::<Sample>(&mut *session, kept.id, Some(1), &values).await.expect("a row");
}

/// Nobody else sees what is not committed.
pub async fn is_alone_until_it_commits(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &sample()).await;
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    caller.insert(&mut *unit, &sample()).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    caller.update::<Sample>(&mut *unit, row.id, None, &values).await.expect("a row");
    assert_eq!(count(&mut *session).await, 1);
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await.as_ref(), Some(&row));
    assert_eq!(caller.history::<Sample>(&mut *session, row.id).await.len(), 1);
    unit.commit().await.expect("a commit");
    assert_eq!(count(&mut *session).await, 2);
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await.expect("the row").small, 5);
}

/// Its own reads see what it wrote.
pub async fn sees_what_it_wrote(given: Given) {
    let caller = Caller::new();
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    assert_eq!(count(&mut *unit).await, 0);
    let row = caller.insert(&mut *unit, &sample()).await;
    assert_eq!(caller.find::<Sample>(&mut *unit, &row.id).await.as_ref(), Some(&row));
    assert_eq!(caller.history::<Sample>(&mut *unit, row.id).await.len(), 1);
    caller.delete::<Sample>(&mut *unit, row.id, None).await.expect("a row");
    assert_eq!((count(&mut *unit).await, caller.history::<Sample>(&mut *unit, row.id).await.len()), (0, 2));
}

/// A statement that failed ends a unit of work: nothing else goes through, and a commit is an
/// error. A commit that seemed to work, and had kept nothing, would be the worst of all.
pub async fn with_a_failed_statement_does_not_commit(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    caller.insert(&mut *session, &coded("x")).await;
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    caller.insert(&mut *unit, &coded("y")).await;
    let failed = caller.try_insert(&mut *unit, &coded("x")).await;
    assert!(matches!(failed, Err(StoreError::Unique { .. })), "{failed:?}");
    let after = caller.try_insert(&mut *unit, &coded("z")).await;
    assert!(after.is_err(), "a write after a failed one: {after:?}");
    assert!(unit.commit().await.is_err(), "a unit of work with a failed statement committed");
    assert_eq!(count(&mut *session).await, 1);
    // The connection is as good as new.
    for code in ["y", "z"] {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        caller.insert(&mut *unit, &coded(code)).await;
        unit.commit().await.expect("a commit");
    }
    assert_eq!(count(&mut *session).await, 3);
}

/// Many read a row for an update, add one, and write: no addition is lost.
pub async fn locked_rows_are_not_overwritten(given: Given) {
    const WRITERS: i64 = 6;
    const TIMES: i64 = 8;
    let key = Caller::new().insert(&mut *given.session(), &Sample { large: 0, ..sample() }).await.id;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let given = given.clone();
        writers.spawn(async move {
            let caller = Caller::new();
            for _ in 0..TIMES {
                let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
                let old = caller.find_for_update::<Sample>(&mut *unit, &key).await.expect("the row");
                tokio::task::yield_now().await;
                let values = [(Sample::LARGE.index(), ValueRef::Int(old.large + 1))];
                // Nobody wrote in between, so the version fits.
                let written = caller.update::<Sample>(&mut *unit, key, Some(old.version()), &values).await;
                written.expect("the row that was locked");
                unit.commit().await.expect("a commit");
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer");
    }
    let row = Caller::new().find::<Sample>(&mut *given.session(), &key).await.expect("the row");
    assert_eq!((row.large, row.version()), (WRITERS * TIMES, 1 + WRITERS * TIMES));
}

/// Many look whether there is a row and make one if there is none, serializable and without a lock: one of
/// them does, whoever loses may begin again, and nothing else goes wrong.
pub async fn serializable_ones_hold_what_they_read(given: Given) {
    async fn once(given: &Given) -> Result<bool, StoreError> {
        let caller = Caller::new();
        let mut unit = given.store.begin(Isolation::Serializable).await?;
        let permit = caller.permit::<Sample>(Action::Read);
        let all = Filter::All;
        let select = Select { permit: &permit, filter: &all, order: &[], after: None, page: None, lock: Lock::None };
        let is_free = unit.count(&select).await? == 0;
        tokio::task::yield_now().await;
        if is_free {
            caller.try_insert(&mut *unit, &sample()).await?.expect("a row");
        }
        unit.commit().await?;
        Ok(is_free)
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let given = given.clone();
        tasks.spawn(async move {
            loop {
                match once(&given).await {
                    Err(StoreError::Contention) => tokio::task::yield_now().await,
                    outcome => break outcome.expect("what ends otherwise than by losing"),
                }
            }
        });
    }
    let made = tasks.join_all().await;
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    assert_eq!(count(&mut *given.session()).await, 1);
}

/// While a row is locked nobody writes it, in a session neither; the waiting writer comes after.
pub async fn no_row_is_written_behind_a_lock(given: Given) {
    let caller = Caller::new();
    let key = caller.insert(&mut *given.session(), &Sample { large: 0, ..sample() }).await.id;
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let locked = caller.find_for_update::<Sample>(&mut *unit, &key).await.expect("the row");
    let other = given.clone();
    let waiting = tokio::spawn(async move {
        let values = [(Sample::SMALL.index(), ValueRef::Int(9))];
        Caller::user(8).update::<Sample>(&mut *other.session(), key, None, &values).await.expect("a row")
    });
    for _ in 0..50 {
        let now = caller.find::<Sample>(&mut *given.session(), &key).await;
        assert_eq!(now.as_ref(), Some(&locked), "written behind the lock");
    }
    assert!(!waiting.is_finished());
    let values = [(Sample::LARGE.index(), ValueRef::Int(5))];
    caller.update::<Sample>(&mut *unit, key, Some(1), &values).await.expect("a row");
    unit.commit().await.expect("a commit");
    let written = waiting.await.expect("the writer that waited");
    assert_eq!((written.large, written.small, written.version()), (5, 9, 3));
}

/// Units of work that are dropped, before and after they wrote, use up no connection.
pub async fn dropped_many_times_leaves_the_store_usable(given: Given) {
    let caller = Caller::new();
    for n in 0..40 {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        if n % 2 == 0 {
            caller.insert(&mut *unit, &sample()).await;
        }
        if n % 3 == 0 {
            let _ = caller.find_for_update::<Sample>(&mut *unit, &1).await;
        }
        drop(unit);
    }
    assert_eq!(count(&mut *given.session()).await, 0);
    caller.insert(&mut *given.session(), &sample()).await;
}
