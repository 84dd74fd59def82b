//! The audit trail, read as rows: what happened to access, and every write.

use super::{
    Caller, Given, Sample,
    audit::object,
    caller::{Read, now},
    sample,
};
use kwik_domain::{
    AccessEvent, Ctx, Cursor, Fields, Filter, Isolation, Lock, Order, Page, Session, Stored, ValueRef, Via,
    access::{ACCESS, AuditEntry},
};
use serde_json::json;

async fn record(caller: &Caller, session: &mut dyn Session, event: AccessEvent) -> i64 {
    session.record(&caller.ctx, &event).await.expect("a record")
}

async fn all(session: &mut dyn Session) -> Vec<Stored<AuditEntry>> {
    Caller::new().fetch::<AuditEntry>(session, &Read::of(&Filter::All)).await
}

/// Who, in whose place, by what means, within which request, from where, when, what, to whom, and the details.
pub async fn tell_what_happened_to_access(given: Given) {
    let (mut caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let details = "it's \"quoted\" \\ \u{e9} $1";
    let event = AccessEvent::new("grant").about(12).with("role", details).with("x", "");
    let first = record(&caller, session, event).await;
    caller.ctx = Ctx::system(Via::CommandLine, now());
    let second = record(&caller, session, AccessEvent::new("denied")).await;
    let [grant, denied] = &all(session).await[..] else { panic!("two records") };
    assert!(grant.id < denied.id);
    assert_eq!((grant.id, denied.id), (first, second), "whoever records is told where");
    assert_eq!((grant.at, grant.entity.entity.as_str(), grant.entity_key.as_str()), (now(), ACCESS, "12"));
    assert_eq!((grant.action.as_str(), grant.version, grant.before.as_ref()), ("grant", 0, None));
    assert_eq!((grant.user_id, grant.impersonator_id, grant.tenant.as_deref()), (Some(7), Some(3), Some("acme")));
    assert_eq!((grant.via.as_str(), grant.request_id.as_str()), ("session:s-1", "request-1"));
    assert_eq!(grant.address.as_deref(), Some("2001:db8::7"));
    assert_eq!(object(grant.after.as_ref()), json!({"role": details, "x": ""}));
    assert_eq!((denied.entity_key.as_str(), denied.via.as_str()), ("", "command line"));
    assert_eq!((denied.user_id, denied.impersonator_id, denied.tenant.as_ref()), (None, None, None));
    assert_eq!((denied.address.as_ref(), object(denied.after.as_ref())), (None, json!({})));
}

/// Records of a unit of work last when it is committed, and not when it is dropped.
pub async fn of_a_unit_of_work_last_with_it(given: Given) {
    let caller = Caller::new();
    for (action, commits) in [("kept", true), ("dropped", false)] {
        let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
        let id = record(&caller, &mut *unit, AccessEvent::new(action)).await;
        let entries = all(&mut *unit).await;
        assert_eq!(entries.len(), 1 + usize::from(!commits), "seen within");
        assert_eq!(entries.last().map(|entry| entry.id), Some(id), "under its position");
        if commits {
            unit.commit().await.expect("a commit");
        }
    }
    let entries = all(&mut *given.session()).await;
    assert_eq!(entries.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["kept"]);
    // What fails once cannot be committed, and records nothing either.
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    let event = AccessEvent { details: "no JSON \0".to_owned(), ..AccessEvent::new("broken") };
    if unit.record(&caller.ctx, &event).await.is_err() {
        unit.record(&caller.ctx, &AccessEvent::new("after")).await.expect_err("it can only be dropped");
        unit.commit().await.expect_err("it can only be dropped");
    }
}

/// Changes of rows stand beside that, with what they changed; secrets are masked.
pub async fn of_every_write_are_listed(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let key = caller.insert(session, &sample()).await.id;
    record(&caller, session, AccessEvent::new("sign_in").about(7)).await;
    let values = [(Sample::SMALL.index(), ValueRef::Int(5)), (Sample::SECRET.index(), ValueRef::Text("hunter3"))];
    caller.update::<Sample>(session, key, None, &values).await.expect("a row");
    caller.delete::<Sample>(session, key, None).await.expect("a row");
    let entries = all(session).await;
    let seen: Vec<_> = entries.iter().map(|e| (e.entity.entity.as_str(), e.action.as_str(), e.version)).collect();
    let samples = "conformance_samples";
    let expected = [(samples, "create", 1), (ACCESS, "sign_in", 0), (samples, "update", 2), (samples, "delete", 2)];
    assert_eq!(seen, expected);
    assert_eq!(object(entries[2].before.as_ref()), json!({"small": -7, "secret": "***"}));
    assert_eq!(object(entries[2].after.as_ref()), json!({"small": 5, "secret": "***"}));
    assert_eq!((entries[0].before.as_ref(), entries[3].after.as_ref()), (None, None));
    assert_eq!(object(entries[3].before.as_ref())["small"], json!(5));
}

/// With filters, orders and pages, whose totals and places are those of any list.
pub async fn are_filtered_sorted_and_paged(given: Given) {
    let (mut caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    for (n, action) in ["sign_in", "denied", "sign_in", "grant", "denied"].into_iter().enumerate() {
        // Some of a user, some of nobody.
        caller.ctx = if n % 2 == 0 { Caller::user(8).ctx } else { Ctx::system(Via::Job("test"), now()) };
        record(&caller, session, AccessEvent::new(action).with("n", &n.to_string())).await;
    }
    let denied = AuditEntry::ACTION.eq("denied") & AuditEntry::ENTITY.eq(ACCESS);
    let latest = [Order { field: 0, descending: true }];
    let read = Read { order: &latest, page: Some(Page { skip: 0, limit: 1 }), ..Read::of(&denied) };
    let (rows, total) = caller.page::<AuditEntry>(session, &read).await;
    assert_eq!((rows.len(), total, object(rows[0].after.as_ref())), (1, 2, json!({"n": "4"})));
    let beyond = Read { page: Some(Page { skip: 2, limit: 1 }), ..read };
    assert_eq!(caller.page::<AuditEntry>(session, &beyond).await, (Vec::new(), 2));
    assert_eq!(caller.count::<AuditEntry>(session, &AuditEntry::USER_ID.eq(8)).await, 3);
    // From place to place, by a field that may be null, in both directions.
    for descending in [false, true] {
        let order = [Order { field: AuditEntry::USER_ID.index(), descending }, Order { field: 0, descending }];
        let whole = caller.fetch::<AuditEntry>(session, &Read { order: &order, ..Read::of(&Filter::All) }).await;
        let (mut walked, mut place) = (Vec::new(), None::<Cursor>);
        loop {
            let page = Some(Page { skip: 0, limit: 2 });
            let read = Read { order: &order, after: place.as_ref(), page, lock: Lock::None, filter: &Filter::All };
            let (rows, total) = caller.page::<AuditEntry>(session, &read).await;
            assert_eq!(total, 5);
            let Some(last) = rows.last() else { break };
            place = Some(Cursor(order.iter().map(|by| last.get(by.field).to_owned()).collect()));
            walked.extend(rows);
        }
        assert_eq!(walked, whole, "descending: {descending}");
    }
}
