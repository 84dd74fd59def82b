//! Users, their rights, their sessions and their keys, as signing in and authorization need to know them.

use super::{Caller, Given, caller::now};
use chrono::{DateTime, TimeDelta, Utc};
use kwik_domain::{
    Credentials, Isolation, KeyState, KeyUse, Rate, Session, SessionState, ValueRef,
    access::{
        ApiKey, ApiKeyUse, PasswordReset, Permission, Role, RolePermission, ThrottleBucket, User, UserRole,
        UserSession, login,
    },
};
use std::time::Duration;
use uuid::Uuid;

fn hours(hours: i64) -> DateTime<Utc> {
    now() + TimeDelta::hours(hours)
}

async fn user(session: &mut dyn Session, email: &str) -> i64 {
    let user = User {
        id: 0,
        name: "Ada".to_owned(),
        surname: "Byron".to_owned(),
        email: email.to_owned(),
        login: login(email),
        hashed_password: format!("hash of {email}"),
        must_change_password: false,
        is_active: true,
    };
    Caller::new().insert(session, &user).await.id
}

async fn set<E: kwik_domain::Entity>(session: &mut dyn Session, key: E::Key, field: usize, value: ValueRef<'_>) {
    Caller::new().update::<E>(session, key, None, &[(field, value)]).await.expect("a row");
}

fn session_of(user_id: i64, network: &str, started_at: DateTime<Utc>) -> UserSession {
    UserSession {
        id: Uuid::from_u128(u128::from_be_bytes(rand(user_id, network, started_at))),
        user_id,
        impersonator_id: None,
        parent_id: None,
        started_at,
        last_used_at: started_at,
        expires_at: hours(1),
        refresh_id: String::new(),
        former_refresh_id: String::new(),
        rotated_at: None,
        address: Some("192.0.2.9".to_owned()),
        network: Some(network.to_owned()),
        client: None,
        ended_at: None,
        end_reason: None,
    }
}

/// Another key for each session.
fn rand(user_id: i64, network: &str, started_at: DateTime<Utc>) -> [u8; 16] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (user_id, network, started_at).hash(&mut hasher);
    u128::from(hasher.finish()).to_be_bytes()
}

async fn credentials(given: &Given, email: &str, network: Option<&str>) -> Option<Credentials> {
    given.directory.find_credentials(email, network, now()).await.expect("an answer")
}

/// By the address, whatever the case of its letters, of active users and of others.
pub async fn finds_credentials_whatever_the_case(given: Given) {
    let mut session = given.session();
    assert!(credentials(&given, "Ada@Example.com", None).await.is_none());
    let ada = user(&mut *session, "Ada@Example.com").await;
    let bea = user(&mut *session, "bea@example.com").await;
    set::<User>(&mut *session, bea, User::IS_ACTIVE.index(), ValueRef::Bool(false)).await;
    for (email, id, hash, active) in [
        ("ada@example.com", ada, "hash of Ada@Example.com", true),
        (" ADA@EXAMPLE.COM ", ada, "hash of Ada@Example.com", true),
        ("bea@example.com", bea, "hash of bea@example.com", false),
    ] {
        let found = credentials(&given, email, Some("192.0.2.1")).await.expect("a user");
        assert_eq!((found.user_id, found.hash.expose(), found.is_active), (id, hash, active), "{email}");
        assert!(!found.is_familiar);
    }
    for email in ["", "%", "ad_@example.com", "ada@example.co"] {
        assert!(credentials(&given, email, None).await.is_none(), "{email:?}");
    }
}

/// Networks are familiar from which that user has signed in since, whether that session goes on or not.
pub async fn knows_familiar_networks(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let (ada, bea) = (user(session, "ada@example.com").await, user(session, "bea@example.com").await);
    let familiar = async |network| credentials(&given, "ada@example.com", network).await.expect("a user").is_familiar;
    for unfamiliar in [
        session_of(ada, "192.0.2.2", hours(0)),
        session_of(bea, "192.0.2.1", hours(0)),
        session_of(ada, "192.0.2.1", hours(-1)),
        UserSession { impersonator_id: Some(bea), ..session_of(ada, "192.0.2.1", hours(1)) },
        UserSession { network: None, ..session_of(ada, "", hours(1)) },
    ] {
        caller.insert(session, &unfamiliar).await;
        assert!(!familiar(Some("192.0.2.1")).await && !familiar(None).await, "{unfamiliar:?}");
    }
    let ended = UserSession { ended_at: Some(hours(2)), ..session_of(ada, "192.0.2.1", hours(0)) };
    caller.insert(session, &ended).await;
    assert!(familiar(Some("192.0.2.1")).await && !familiar(None).await);
    assert!(credentials(&given, "nobody@example.com", Some("192.0.2.1")).await.is_none());
}

/// A user with a role `clerk` that grants `a` and `b`, and one `guest` that grants `b` and `c`.
async fn clerk(session: &mut dyn Session) -> (i64, [i64; 2]) {
    let caller = Caller::new();
    let id = user(session, "ada@example.com").await;
    let mut permissions = Vec::new();
    for name in ["a", "b", "c"] {
        permissions.push(caller.insert(session, &Permission { id: 0, name: name.to_owned() }).await.id);
    }
    let mut roles = [0; 2];
    for (n, name) in ["clerk", "guest"].into_iter().enumerate() {
        let role_id = caller.insert(session, &Role { id: 0, name: name.to_owned(), is_active: true }).await.id;
        for permission_id in [permissions[n], permissions[n + 1]] {
            caller.insert(session, &RolePermission { id: 0, role_id, permission_id }).await;
        }
        caller.insert(session, &UserRole { id: 0, user_id: id, role_id }).await;
        roles[n] = role_id;
    }
    (id, roles)
}

/// What the user holds: permissions and roles in order, and whether the password must be changed; nothing
/// of a user who is missing or inactive.
async fn grants(given: &Given, user_id: i64) -> Option<(String, String, bool)> {
    let grants = given.directory.find_grants(user_id).await.expect("an answer")?;
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names.join(" ")
    };
    let permissions = sorted(grants.permissions.into_iter().collect());
    Some((permissions, sorted(grants.roles), grants.must_change_password))
}

fn held(permissions: &str, roles: &str) -> (String, String, bool) {
    (permissions.to_owned(), roles.to_owned(), false)
}

/// The union of what active roles grant, of active users.
pub async fn finds_the_rights_of_active_roles(given: Given) {
    let mut session = given.session();
    assert_eq!(grants(&given, 1).await, None);
    let (ada, [clerk, guest]) = clerk(&mut *session).await;
    let bea = user(&mut *session, "bea@example.com").await;
    assert_eq!(grants(&given, ada).await, Some(held("a b c", "clerk guest")));
    assert_eq!(grants(&given, bea).await, Some(held("", "")));
    let mut switch = async |role, on| {
        set::<Role>(&mut *session, role, Role::IS_ACTIVE.index(), ValueRef::Bool(on)).await;
        grants(&given, ada).await
    };
    assert_eq!(switch(clerk, false).await, Some(held("b c", "guest")));
    assert_eq!(switch(guest, false).await, Some(held("", "")));
    assert_eq!(switch(clerk, true).await, Some(held("a b", "clerk")));
    set::<User>(&mut *given.session(), ada, User::IS_ACTIVE.index(), ValueRef::Bool(false)).await;
    assert_eq!(grants(&given, ada).await, None);
}

/// Whoever must change the password first holds nothing until then.
pub async fn gives_no_rights_until_the_password_is_changed(given: Given) {
    let mut session = given.session();
    let (ada, _) = clerk(&mut *session).await;
    let must_change = User::MUST_CHANGE_PASSWORD.index();
    set::<User>(&mut *session, ada, must_change, ValueRef::Bool(true)).await;
    assert_eq!(grants(&given, ada).await, Some((String::new(), String::new(), true)));
    set::<User>(&mut *session, ada, must_change, ValueRef::Bool(false)).await;
    assert_eq!(grants(&given, ada).await, Some(held("a b c", "clerk guest")));
}

/// Sessions that have run out, too, but none that was ended.
pub async fn finds_sessions_that_were_not_ended(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let plain = session_of(1, "192.0.2.1", hours(-3));
    let over = UserSession {
        impersonator_id: Some(2),
        parent_id: Some(plain.id),
        expires_at: hours(-2),
        ..session_of(1, "192.0.2.2", hours(-3))
    };
    let ended = UserSession { ended_at: Some(hours(1)), ..session_of(1, "192.0.2.3", hours(-3)) };
    for row in [&plain, &over, &ended] {
        caller.insert(&mut *session, row).await;
    }
    let find = async |id| given.directory.find_session(id).await.expect("an answer");
    let expected = SessionState { user_id: 1, impersonator: None, parent: None, expires_at: hours(1) };
    assert_eq!(find(plain.id).await, Some(expected));
    let expected = SessionState { user_id: 1, impersonator: Some(2), parent: Some(plain.id), expires_at: hours(-2) };
    assert_eq!(find(over.id).await, Some(expected));
    assert_eq!((find(ended.id).await, find(Uuid::nil()).await), (None, None));
}

async fn key(session: &mut dyn Session, hash: &str) -> i64 {
    let key = ApiKey {
        id: 0,
        user_id: 7,
        name: "import".to_owned(),
        hash: hash.to_owned(),
        suffix: "9f2c".to_owned(),
        scopes: "a b".to_owned(),
        expires_at: None,
        revoked_at: None,
    };
    Caller::new().insert(session, &key).await.id
}

/// Keys that have run out, too, but none that was revoked.
pub async fn finds_keys_that_were_not_revoked(given: Given) {
    let mut session = given.session();
    let id = key(&mut *session, "one").await;
    let find = async |hash| given.directory.find_key(hash).await.expect("an answer");
    let mut expected = KeyState { id, user_id: 7, scopes: "a b".to_owned(), expires_at: None };
    assert_eq!(find("one").await.as_ref(), Some(&expected));
    set::<ApiKey>(&mut *session, id, ApiKey::EXPIRES_AT.index(), ValueRef::Timestamp(hours(-9))).await;
    expected.expires_at = Some(hours(-9));
    assert_eq!(find("one").await, Some(expected));
    set::<ApiKey>(&mut *session, id, ApiKey::REVOKED_AT.index(), ValueRef::Timestamp(hours(9))).await;
    for hash in ["one", "One", "on_", ""] {
        assert_eq!(find(hash).await, None, "{hash:?}");
    }
}

/// Of roles, by key, whatever the state of the users.
pub async fn counts_holders(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for (user_id, role_id) in [(1, 1), (2, 1), (3, 1), (1, 2), (1, 4)] {
        caller.insert(&mut *session, &UserRole { id: 0, user_id, role_id }).await;
    }
    let count = async |roles: &[i64]| {
        let mut counts = given.directory.count_holders(roles).await.expect("an answer");
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable();
        counts
    };
    assert_eq!(count(&[2, 3, 1]).await, [(1, 3), (2, 1)]);
    assert_eq!(count(&[]).await, []);
    assert_eq!(count(&(1..=1_000).collect::<Vec<_>>()).await, [(1, 3), (2, 1), (4, 1)]);
}

/// The latest use of each key, from whatever address.
pub async fn tells_last_uses(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    for (key_id, address, used) in [(1, "x", 1), (1, "y", 3), (1, "z", 2), (2, "x", 4), (3, "x", 5)] {
        let (first_used_at, last_used_at) = (hours(-9), hours(used));
        let used = ApiKeyUse { id: 0, key_id, address: address.to_owned(), first_used_at, last_used_at };
        caller.insert(&mut *session, &used).await;
    }
    let mut uses = given.directory.last_uses(&[1, 2, 9]).await.expect("an answer");
    uses.sort_unstable_by_key(|used| used.key_id);
    let used = |key_id, address: &str, at| KeyUse { key_id, at: hours(at), address: address.to_owned() };
    assert_eq!(uses, [used(1, "y", 3), used(2, "x", 4)]);
    assert_eq!(given.directory.last_uses(&[]).await.expect("an answer"), []);
}

/// What was over before that moment, however much of it there is, counts of tries that are over now, and
/// nothing else.
pub async fn forgets_what_is_over(given: Given) {
    let (caller, mut session) = (Caller::new(), given.session());
    let session = &mut *session;
    let at = |n: u32| UserSession { id: Uuid::from_u128(u128::from(n)), ..session_of(1, "x", hours(-9)) };
    let stays = [at(1), UserSession { ended_at: Some(hours(0)), ..at(2) }];
    let mut unit = given.store.begin(Isolation::ReadCommitted).await.expect("a unit of work");
    for row in &stays {
        caller.insert(&mut *unit, row).await;
    }
    caller.insert(&mut *unit, &UserSession { ended_at: Some(hours(-1)), ..at(3) }).await;
    for n in 10..1_200 {
        caller.insert(&mut *unit, &UserSession { expires_at: hours(-1), ..at(n) }).await;
    }
    unit.commit().await.expect("a commit");
    for (hash, expires_at) in [("old", hours(-1)), ("new", hours(0))] {
        let reset = PasswordReset { id: 0, user_id: 1, hash: hash.to_owned(), expires_at, used_at: None };
        caller.insert(session, &reset).await;
    }
    let rate = Rate { burst: 1, interval: Duration::from_hours(1) };
    for (bucket, at) in [("old", hours(0)), ("new", hours(1))] {
        assert_eq!(given.throttle.take(bucket, rate, at).await.expect("an answer"), None);
    }
    given.directory.forget(hours(0), hours(2)).await.expect("nothing");
    let all = kwik_domain::Filter::All;
    let keys = caller.keys::<UserSession>(session, &all).await;
    assert_eq!(keys, stays.map(|row| row.id));
    assert_eq!(caller.count::<PasswordReset>(session, &PasswordReset::HASH.eq("new")).await, 1);
    assert_eq!(caller.count::<PasswordReset>(session, &all).await, 1);
    assert_eq!(caller.count::<ThrottleBucket>(session, &ThrottleBucket::BUCKET.eq("new")).await, 1);
    assert_eq!(caller.count::<ThrottleBucket>(session, &all).await, 1);
    given.directory.forget(hours(0), hours(2)).await.expect("nothing");
}
