//! The audit trail that writes leave.

use super::{Caller, Given, Keyed, Plain, Sample, Unaudited, Unversioned, caller, sample};
use kwik_domain::{
    AuditAction, AuditRecord, Ctx, Entity, Filter, Isolation, StoreError, ValueRef, Via, WriteOutcome, json,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) fn object(text: Option<&String>) -> Value {
    serde_json::from_str(text.expect("an object")).expect("JSON")
}

fn both(record: &AuditRecord) -> (Value, Value) {
    (object(record.before.as_ref()), object(record.after.as_ref()))
}

/// Who, in whose place, by what means, within which request, from where, when, and what.
pub async fn tells_who_when_and_what(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let key = caller.insert(session, &sample()).await.id;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5)), (Sample::MAYBE_TEXT.index(), ValueRef::Text("t"))];
    caller.update::<Sample>(session, key, None, &values).await.expect("a row");
    let mut other = Caller::user(8);
    other.ctx.address = "192.0.2.8".parse().ok();
    caller.delete::<Sample>(session, key, None).await.expect("a row");
    let key_of_other = other.insert(session, &sample()).await.id;
    let [deleted, updated, created] = &caller.history::<Sample>(session, key).await[..] else {
        panic!("three records")
    };
    for record in [deleted, updated, created] {
        assert_eq!((record.user_id, record.impersonator_id), (Some(7), Some(3)));
        assert_eq!((record.via.as_str(), record.request_id.as_str()), ("session:s-1", "request-1"));
        assert_eq!((record.address.as_deref(), record.at), (Some("2001:db8::7"), caller::now()));
    }
    assert_eq!((created.action, created.version, created.before.as_ref()), (AuditAction::Create, 1, None));
    assert_eq!((updated.action, updated.version), (AuditAction::Update, 2));
    assert_eq!((deleted.action, deleted.version, deleted.after.as_ref()), (AuditAction::Delete, 2, None));
    let (before, after) = both(updated);
    assert_eq!(before, json!({"small": -7, "maybe_text": ""}));
    assert_eq!(after, json!({"small": 5, "maybe_text": "t"}));
    assert!(created.id < updated.id && updated.id < deleted.id);
    let [record] = &caller.history::<Sample>(session, key_of_other).await[..] else { panic!("one record") };
    assert_eq!((record.user_id, record.impersonator_id, record.via.as_str()), (Some(8), None, "key:9"));
    assert_eq!(record.address.as_deref(), Some("192.0.2.8"));
}

/// A delete's record has the row as it was, a creation's as it became: every field of the struct.
pub async fn of_a_delete_has_the_whole_row(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    caller.delete::<Sample>(&mut *session, key, None).await.expect("a row");
    let [deleted, created] = &caller.history::<Sample>(&mut *session, key).await[..] else { panic!("two records") };
    let (before, after) = (object(deleted.before.as_ref()), object(created.after.as_ref()));
    assert_eq!(before, after);
    let mut names: Vec<&str> = before.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = Sample::META.own_fields().map(|(_, field)| field.name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

/// Values that are hidden or sensitive do not stand in the trail, whatever is done to them.
pub async fn masks_secrets(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    let values =
        [(Sample::SECRET.index(), ValueRef::Text("hunter3")), (Sample::HIDDEN.index(), ValueRef::Text("$other$"))];
    caller.update::<Sample>(&mut *session, key, None, &values).await.expect("a row");
    caller.delete::<Sample>(&mut *session, key, None).await.expect("a row");
    let records = caller.history::<Sample>(&mut *session, key).await;
    let (before, after) = both(&records[1]);
    assert_eq!((&before, &after), (&json!({"secret": "***", "hidden": "***"}), &before));
    for record in records {
        let text = format!("{record:?}");
        assert!(!text.contains("hunter") && !text.contains("hidden$") && !text.contains("other$"), "{text}");
    }
}

/// Every kind of value stands in the trail in the form that representations have.
pub async fn has_every_kind_in_its_form(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for row in [sample(), sample().bare()] {
        let row = caller.insert(&mut *session, &row).await;
        let [created] = &caller.history::<Sample>(&mut *session, row.id).await[..] else { panic!("one record") };
        let after = object(created.after.as_ref());
        for (index, field) in Sample::META.own_fields().filter(|(_, field)| !field.is_masked()) {
            let mut expected = Vec::new();
            json::write_value(&mut expected, kwik_domain::Fields::get(&row, index));
            let expected: Value = serde_json::from_slice(&expected).expect("JSON");
            assert_eq!(after[field.name], expected, "{}", field.name);
        }
    }
}

/// A write that fails leaves no record and no row: taken values, other versions, scopes, missing
/// rows, units of work that were dropped.
pub async fn nothing_of_a_failed_write_remains(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let coded = |code: &str| Sample { code: Some(code.to_owned()), ..sample() };
    let row = caller.insert(session, &coded("x")).await;
    let other = caller.insert(session, &coded("y")).await;
    let values = [(Sample::CODE.index(), ValueRef::Text("x"))];
    let failed = caller.try_update::<Sample>(session, other.id, None, &values).await;
    assert!(matches!(failed, Err(StoreError::Unique { .. })));
    let values = [(Sample::SMALL.index(), ValueRef::Int(5))];
    let conflict = caller.update::<Sample>(session, other.id, Some(7), &values).await;
    assert_eq!(conflict, Err(WriteOutcome::VersionConflict { current: 1 }));
    let scoped = Caller::within(Sample::SMALL.lt(0));
    assert_eq!(scoped.update::<Sample>(session, other.id, None, &values).await, Err(WriteOutcome::OutOfScope));
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    caller.update::<Sample>(&mut *unit, other.id, None, &values).await.expect("a row");
    drop(unit);
    for row in [&row, &other] {
        assert_eq!(caller.find::<Sample>(session, &row.id).await.as_ref(), Some(row));
        assert_eq!(caller.history::<Sample>(session, row.id).await.len(), 1);
    }
    assert_eq!(caller.count::<Sample>(session, &Filter::All).await, 2);
}

/// What the program does itself names its job and no user.
pub async fn of_the_program_names_no_user(given: Given) {
    let (mut caller, mut session) = (Caller::new(), given.session());
    caller.ctx = Ctx::system(Via::Job("cleaning"), caller::now());
    let row = caller.insert(&mut *session, &sample()).await;
    assert_eq!(row.system.creator_user_id, None);
    let [record] = &caller.history::<Sample>(&mut *session, row.id).await[..] else { panic!("one record") };
    assert_eq!((record.user_id, record.impersonator_id, record.address.as_ref()), (None, None, None));
    assert_eq!(record.via, "job:cleaning");
}

/// An entity that is not audited has no records; one without a version has 0 in them; a UUID is a
/// key like any other.
pub async fn without_audit_leaves_none(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let key = caller.insert(session, &Unaudited { id: 0, number: 1 }).await.id;
    assert_eq!(caller.history::<Unaudited>(session, key).await, []);
    let key = caller.insert(session, &Plain { id: 0, number: 1 }).await.id;
    assert_eq!(caller.history::<Plain>(session, key).await, []);
    let key = caller.insert(session, &Unversioned { id: 0, number: 1 }).await.id;
    let values = [(Unversioned::NUMBER.index(), ValueRef::Int(2))];
    caller.update::<Unversioned>(session, key, None, &values).await.expect("a row");
    let records = caller.history::<Unversioned>(session, key).await;
    assert_eq!(records.iter().map(|record| record.version).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(both(&records[0]), (json!({"number": 1}), json!({"number": 2})));
    let id = Uuid::max();
    caller.insert(session, &Keyed { id, amount: Decimal::ONE }).await;
    assert_eq!(caller.history::<Keyed>(session, id).await.len(), 1);
}
