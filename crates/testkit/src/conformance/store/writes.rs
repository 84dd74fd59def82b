//! What becomes of a write.

use super::{Caller, Given, Keyed, Plain, Sample, Unaudited, Unversioned, caller, sample};
use kwik_domain::{Action, Entity, Filter, RowReader, StoreError, ValueRef, Verb, Write, WriteOutcome};
use rust_decimal::Decimal;
use uuid::Uuid;

/// An update sets the fields that it names and leaves the others and the other rows alone.
pub async fn an_update_sets_only_what_it_names(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let other = caller.insert(&mut *session, &sample()).await;
    let row = caller.insert(&mut *session, &sample()).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5)), (Sample::MAYBE_TEXT.index(), ValueRef::Null)];
    let written = caller.update::<Sample>(&mut *session, row.id, None, &values).await.expect("a row");
    assert_eq!(written.entity, Sample { small: 5, maybe_text: None, ..row.entity.clone() });
    assert_eq!(written.version(), 2);
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await, Some(written));
    assert_eq!(caller.find::<Sample>(&mut *session, &other.id).await.as_ref(), Some(&other));
}

/// An update that sets nothing is one all the same.
pub async fn an_update_of_nothing_counts(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &sample()).await;
    let written = caller.update::<Sample>(&mut *session, row.id, Some(1), &[]).await.expect("a row");
    assert_eq!((written.version(), &written.entity), (2, &row.entity));
    let plain = caller.insert(&mut *session, &Plain { id: 0, number: 1 }).await;
    assert_eq!(caller.update::<Plain>(&mut *session, plain.id, None, &[]).await, Ok(plain));
    let unversioned = caller.insert(&mut *session, &Unversioned { id: 0, number: 1 }).await;
    let written = caller.update::<Unversioned>(&mut *session, unversioned.id, None, &[]).await.expect("a row");
    assert_eq!(written.entity, unversioned.entity);
}

/// A delete gives the row as it was, and it is gone.
pub async fn a_delete_gives_the_row_as_it_was(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let other = caller.insert(&mut *session, &sample()).await;
    let row = caller.insert(&mut *session, &sample()).await;
    assert_eq!(caller.delete::<Sample>(&mut *session, row.id, None).await, Ok(row.clone()));
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await, None);
    assert_eq!(caller.keys::<Sample>(&mut *session, &Filter::All).await, [other.id]);
}

/// A key that no row has is not found, with and without a version.
pub async fn what_is_not_there_is_not_found(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    let missing = WriteOutcome::NotFound;
    for key in [key + 1, 0, -1, i64::MAX, i64::MIN] {
        for expected in [None, Some(1)] {
            assert_eq!(caller.update::<Sample>(&mut *session, key, expected, &values).await, Err(missing));
            assert_eq!(caller.delete::<Sample>(&mut *session, key, expected).await, Err(missing));
        }
    }
    assert!(caller.delete::<Sample>(&mut *session, key, None).await.is_ok());
    assert_eq!(caller.delete::<Sample>(&mut *session, key, None).await, Err(missing));
    assert_eq!(caller.update::<Sample>(&mut *session, key, Some(1), &values).await, Err(missing));
    assert_eq!(caller.delete::<Keyed>(&mut *session, Uuid::nil(), None).await, Err(missing));
    let amount = [(Keyed::AMOUNT.index(), ValueRef::Decimal(Decimal::ONE))];
    assert_eq!(caller.update::<Keyed>(&mut *session, Uuid::nil(), None, &amount).await, Err(missing));
    assert_eq!(caller.delete::<Plain>(&mut *session, 1, None).await, Err(missing));
}

/// The version that is expected is written over, another one is told and left alone.
pub async fn versions_are_compared(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &sample()).await;
    assert_eq!(row.version(), 1);
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    for current in 1..4 {
        for wrong in [0, current - 1, current + 1, i64::MAX, -1] {
            let conflict = Err(WriteOutcome::VersionConflict { current });
            assert_eq!(caller.update::<Sample>(&mut *session, row.id, Some(wrong), &values).await, conflict);
            assert_eq!(caller.delete::<Sample>(&mut *session, row.id, Some(wrong)).await, conflict);
        }
        let written = caller.update::<Sample>(&mut *session, row.id, Some(current), &values).await.expect("a row");
        assert_eq!(written.version(), current + 1);
    }
    assert_eq!(caller.history::<Sample>(&mut *session, row.id).await.len(), 4);
    assert_eq!(caller.delete::<Sample>(&mut *session, row.id, Some(4)).await.expect("a row").version(), 4);
}

/// An entity without versions has none to compare: what is expected does not matter.
pub async fn without_a_version_none_is_compared(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &Unversioned { id: 0, number: 1 }).await;
    assert_eq!(row.version(), 0);
    let values = [(Unversioned::NUMBER.index(), ValueRef::Int(5))];
    let written = caller.update::<Unversioned>(&mut *session, row.id, Some(9), &values).await.expect("a row");
    assert_eq!((written.number, written.version()), (5, 0));
    assert!(caller.delete::<Unversioned>(&mut *session, row.id, Some(9)).await.is_ok());
}

/// The framework's columns: the version, who made the row and when, who changed it last and when.
pub async fn system_columns_tell_who_and_when(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &sample()).await;
    let system = row.system;
    assert_eq!((system.version, system.creation_time, system.creator_user_id), (1, Some(caller::now()), Some(7)));
    assert_eq!((system.last_modification_time, system.last_modifier_user_id), (None, None));
    let mut other = Caller::user(8);
    other.ctx.now += chrono::Duration::microseconds(1);
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    let changed = other.update::<Sample>(&mut *session, row.id, None, &values).await.expect("a row").system;
    assert_eq!((changed.version, changed.creation_time, changed.creator_user_id), (2, Some(caller::now()), Some(7)));
    assert_eq!((changed.last_modification_time, changed.last_modifier_user_id), (Some(other.ctx.now), Some(8)));
    let plain = caller.insert(&mut *session, &Plain { id: 0, number: 1 }).await;
    assert_eq!(plain.system, kwik_domain::SystemFields::default());
}

/// The same outcomes where there is no version, no audit trail, or neither.
pub async fn of_entities_without_version_or_audit(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let row = caller.insert(session, &Unaudited { id: 0, number: 1 }).await;
    let values = [(Unaudited::NUMBER.index(), ValueRef::Int(5))];
    let conflict = Err(WriteOutcome::VersionConflict { current: 1 });
    assert_eq!(caller.update::<Unaudited>(session, row.id, Some(2), &values).await, conflict);
    let written = caller.update::<Unaudited>(session, row.id, Some(1), &values).await.expect("a row");
    assert_eq!((written.number, written.version()), (5, 2));
    assert_eq!(caller.delete::<Unaudited>(session, row.id, Some(2)).await.expect("a row").number, 5);
    let row = caller.insert(session, &Plain { id: 0, number: 1 }).await;
    let written = caller.update::<Plain>(session, row.id, None, &values).await.expect("a row");
    assert_eq!(written.number, 5);
    assert_eq!(caller.delete::<Plain>(session, row.id, None).await.expect("a row").number, 5);
    assert_eq!(caller.delete::<Plain>(session, row.id, None).await, Err(WriteOutcome::NotFound));
    assert_eq!(Plain::META.version(), None);
}

/// A permit for something else allows nothing: not another action, not a field outside of its scope, not
/// the framework's own columns.
pub async fn need_a_permit_for_themselves(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let row = caller.insert(&mut *session, &sample()).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    let system = [(Sample::META.version().expect("a version"), ValueRef::Int(9))];
    let key = ValueRef::Int(row.id).into();
    let update = Verb::Update { key, expected: None, values: &values };
    let forged = Verb::Update { key, expected: None, values: &system };
    let (delete, insert) = (Verb::Delete { key, expected: None }, Verb::Insert { values: &values });
    for (action, verb) in [
        (Action::Read, update),
        (Action::Create, update),
        (Action::Delete, update),
        (Action::Update, forged),
        (Action::Read, delete),
        (Action::Update, delete),
        (Action::Update, insert),
    ] {
        let permit = caller.permit::<Sample>(action);
        let write = Write { permit: &permit, verb, ctx: &caller.ctx };
        let outcome = session.write(&write, &mut |_: &dyn RowReader| Ok(())).await;
        assert!(matches!(outcome, Err(StoreError::Other(_))), "{verb:?} by a permit to {action:?}: {outcome:?}");
    }
    assert_eq!(caller.find::<Sample>(&mut *session, &row.id).await.as_ref(), Some(&row));
    assert_eq!(caller.history::<Sample>(&mut *session, row.id).await.len(), 1);
}

/// What a session wrote lasts when it returns: every other session sees it.
pub async fn last_when_they_return(given: Given) {
    let caller = Caller::new();
    let mut one = given.session();
    for n in 1..=20 {
        let row = caller.insert(&mut *one, &sample()).await;
        assert_eq!(caller.count::<Sample>(&mut *given.session(), &Filter::All).await, n);
        let values = [(Sample::SMALL.index(), ValueRef::Int(n.cast_signed()))];
        let row = caller.update::<Sample>(&mut *one, row.id, None, &values).await.expect("a row");
        assert_eq!(caller.find::<Sample>(&mut *given.session(), &row.id).await, Some(row));
    }
    given.store.ping().await.expect("a sign of life");
}
