//! Who may see a row's audit records.

use super::{Caller, Given, Keyed, Sample, sample};
use kwik_domain::{Page, ValueRef, access::User};
use uuid::Uuid;

const ALL: Page = Page { skip: 0, limit: 100 };

fn small(value: i64) -> [kwik_domain::Change<'static>; 1] {
    [(Sample::SMALL.index(), ValueRef::Int(value))]
}

/// The latest record comes first; pages make the whole, and one beyond the last is empty.
pub async fn has_the_latest_first_in_pages(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let key = caller.insert(session, &sample()).await.id;
    caller.insert(session, &sample()).await;
    for value in 1..5 {
        caller.update::<Sample>(session, key, None, &small(value)).await.expect("a row");
    }
    let versions = async |session: &mut dyn kwik_domain::Session, skip, limit| {
        let page = Page { skip, limit };
        let records = caller.try_history::<Sample>(session, key, page).await.expect("a history");
        records.iter().map(|record| record.version).collect::<Vec<_>>()
    };
    assert_eq!(versions(session, 0, 100).await, [5, 4, 3, 2, 1]);
    assert_eq!(versions(session, 0, 2).await, [5, 4]);
    assert_eq!(versions(session, 3, 9).await, [2, 1]);
    assert_eq!(versions(session, 5, 1).await, [] as [i64; 0]);
    assert_eq!(versions(session, 0, 0).await, [] as [i64; 0]);
    caller.delete::<Sample>(session, key, None).await.expect("a row");
    assert_eq!(versions(session, 5, 9).await, [1]);
    assert_eq!(versions(session, 6, 9).await, [] as [i64; 0], "beyond the last page of a row that is gone");
}

/// Only of rows in the scope, as they are now.
pub async fn is_bounded_by_the_scope(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let key = all.insert(&mut *session, &Sample { small: 5, ..sample() }).await.id;
    let scoped = Caller::within(Sample::SMALL.ge(4));
    assert_eq!(scoped.history::<Sample>(&mut *session, key).await.len(), 1);
    all.update::<Sample>(&mut *session, key, None, &small(3)).await.expect("a row");
    assert_eq!(scoped.try_history::<Sample>(&mut *session, key, ALL).await, None);
    all.update::<Sample>(&mut *session, key, None, &small(4)).await.expect("a row");
    assert_eq!(scoped.history::<Sample>(&mut *session, key).await.len(), 3);
}

/// A row that is gone lies in no scope but that of all rows.
pub async fn of_a_deleted_row_is_for_those_who_see_all(given: Given) {
    let (all, mut session) = (Caller::new(), given.session());
    let key = all.insert(&mut *session, &Sample { small: 5, ..sample() }).await.id;
    let scoped = Caller::within(Sample::SMALL.ge(4));
    all.delete::<Sample>(&mut *session, key, None).await.expect("a row");
    assert_eq!(scoped.try_history::<Sample>(&mut *session, key, ALL).await, None);
    assert_eq!(all.history::<Sample>(&mut *session, key).await.len(), 2);
}

/// A key that no row ever had has no history, nor has the key of another entity's row.
pub async fn of_what_never_was_is_none(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let key = caller.insert(&mut *session, &sample()).await.id;
    assert_eq!(caller.try_history::<Sample>(&mut *session, key + 1, ALL).await, None);
    assert_eq!(caller.try_history::<super::Unversioned>(&mut *session, key, ALL).await, None);
    assert_eq!(caller.try_history::<Keyed>(&mut *session, Uuid::nil(), ALL).await, None);
}

/// A record has the email that the user has now, and none once the user is gone.
pub async fn names_the_user(given: Given) {
    let (admin, mut session) = (Caller::new(), given.session());
    let user = User {
        id: 0,
        name: "Ada".to_owned(),
        surname: "Byron".to_owned(),
        email: "ada@example.com".to_owned(),
        login: "ada@example.com".to_owned(),
        hashed_password: "!".to_owned(),
        must_change_password: false,
        is_active: true,
    };
    let user = admin.insert(&mut *session, &user).await;
    let key = Caller::user(user.id).insert(&mut *session, &sample()).await.id;
    let [record] = &admin.history::<Sample>(&mut *session, key).await[..] else { panic!("one record") };
    assert_eq!((record.user_id, record.user_email.as_deref()), (Some(user.id), Some("ada@example.com")));
    let values = [(User::EMAIL.index(), ValueRef::Text("ada@example.org"))];
    admin.update::<User>(&mut *session, user.id, None, &values).await.expect("a row");
    let records = admin.history::<Sample>(&mut *session, key).await;
    assert_eq!(records[0].user_email.as_deref(), Some("ada@example.org"));
    admin.delete::<User>(&mut *session, user.id, None).await.expect("a row");
    let records = admin.history::<Sample>(&mut *session, key).await;
    assert_eq!((records[0].user_id, records[0].user_email.as_ref()), (Some(user.id), None));
}
