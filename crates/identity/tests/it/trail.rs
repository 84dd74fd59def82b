//! Denials and the use of keys are on the audit trail, and do not fill it.

use crate::{
    trail_store::{KEY, OWNER, Row, TrailStore},
    world::{World, at},
};
use kwik_domain::{Actor, Authenticate, Ctx, Subject, Value, Via};
use kwik_identity::Authenticator;
use std::sync::{Arc, atomic::Ordering::SeqCst};

/// An authenticator that notes what there is to note in that store.
fn noting(store: &TrailStore) -> Authenticator {
    World::of(&[]).authenticator_over(store)
}

/// A request of a user by these means.
fn request(user_id: i64, via: Via, address: Option<&str>, seconds: i64) -> Ctx {
    let actor = Arc::new(Actor::user(user_id, via, Arc::default()));
    Ctx { actor, request_id: "r".into(), address: address.map(|text| text.parse().unwrap()), now: at(seconds) }
}

fn by_key(address: &str, seconds: i64) -> Ctx {
    request(OWNER, Via::Key(KEY), Some(address), seconds)
}

fn kept(address: &str, first: i64, last: i64) -> Vec<Value> {
    vec![Value::Int(KEY), Value::Text(address.to_owned()), Value::Timestamp(at(first)), Value::Timestamp(at(last))]
}

fn uses(store: &TrailStore) -> Vec<Vec<Value>> {
    store.uses.lock().unwrap().iter().map(|row| row.0[1..].to_vec()).collect()
}

#[tokio::test]
async fn a_key_is_noted_once_a_minute_and_announced_once_an_address() {
    let store = TrailStore::default();
    let authenticator = noting(&store);
    for (address, seconds, begun) in
        [("1.2.3.4", 0, 1), ("1.2.3.4", 59, 1), ("2001:db8::1", 59, 2), ("1.2.3.4", 60, 3), ("1.2.3.4", 119, 3)]
    {
        authenticator.note_key(&by_key(address, seconds)).await;
        assert_eq!(store.begun.load(SeqCst), begun, "{address} {seconds}");
    }
    assert_eq!(uses(&store), [kept("1.2.3.4", 0, 60), kept("2001:db8::/64", 59, 59)]);
    // Another instance, or this one after a start, knows the address from the database.
    noting(&store).note_key(&by_key("1.2.3.4", 200)).await;
    assert_eq!(uses(&store)[0], kept("1.2.3.4", 0, 200));
    let events = store.events.lock().unwrap();
    assert_eq!(events.len(), 2);
    let (ctx, event) = &events[0];
    assert_eq!((event.action, event.key.as_str()), ("key_new_address", "7"));
    assert_eq!(event.details, r#"{"name":"nightly import","suffix":"9f2c","address":"1.2.3.4"}"#);
    assert_eq!((ctx.actor.subject, &ctx.actor.via), (Subject::User(OWNER), &Via::Key(KEY)));
}

#[tokio::test]
async fn of_two_first_uses_at_once_one_is_announced() {
    let store = TrailStore::default();
    let rival = [vec![Value::Int(9)], kept("1.2.3.4", 0, 0)].concat();
    *store.rival.lock().unwrap() = Some(Row(rival));
    noting(&store).note_key(&by_key("1.2.3.4", 1)).await;
    assert_eq!(uses(&store), [kept("1.2.3.4", 0, 1)]);
    assert_eq!((store.begun.load(SeqCst), store.events.lock().unwrap().len()), (2, 0), "the other one's");
}

#[tokio::test]
async fn what_could_not_be_noted_is_noted_the_next_time() {
    let store = TrailStore::default();
    let authenticator = noting(&store);
    store.is_down.store(true, SeqCst);
    authenticator.note_key(&by_key("1.2.3.4", 0)).await;
    store.is_down.store(false, SeqCst);
    authenticator.note_key(&by_key("1.2.3.4", 1)).await;
    assert_eq!(uses(&store), [kept("1.2.3.4", 1, 1)]);
}

#[tokio::test]
async fn sessions_and_what_comes_over_no_network_are_not_noted() {
    let store = TrailStore::default();
    let authenticator = noting(&store);
    authenticator.note_key(&request(OWNER, Via::Key(KEY), None, 0)).await;
    authenticator.note_key(&request(OWNER, Via::Session("s".into()), Some("1.2.3.4"), 0)).await;
    assert_eq!(store.begun.load(SeqCst), 0);
}

#[tokio::test]
async fn denials_are_written_sixty_a_minute_and_user() {
    let store = TrailStore::default();
    let authenticator = noting(&store);
    let deny = async |ctx: Ctx| authenticator.note_denial(&ctx, "GET /notes/{id}", "forbidden", "no \"notes\"").await;
    let written = || store.events.lock().unwrap().len();
    for seconds in 0..100 {
        deny(request(7, Via::Nothing, None, seconds * 59 / 100)).await;
    }
    assert_eq!(written(), 61);
    deny(request(8, Via::Nothing, None, 59)).await;
    deny(request(7, Via::Nothing, None, 60)).await;
    deny(Ctx { actor: Arc::new(Actor::anonymous()), ..request(8, Via::Nothing, None, 59) }).await;
    assert_eq!(written(), 64, "another user's; the next minute's; nobody's");
    let events = store.events.lock().unwrap();
    let plain = r#"{"operation":"GET /notes/{id}","code":"forbidden","reason":"no \"notes\""#;
    let last = r#"{"operation":"GET /notes/{id}","code":"forbidden","reason":"no \"notes\"","suppressed":"further denials of this minute"}"#;
    for (at, (_, event)) in events.iter().enumerate() {
        assert_eq!(event.action, "denied");
        assert_eq!(
            event.key,
            if at == 61 {
                "8"
            } else if at == 63 {
                ""
            } else {
                "7"
            }
        );
        assert_eq!(event.details, if at == 60 { last.to_owned() } else { format!("{plain}\"}}") }, "{at}");
    }
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_harms_nobody() {
    let store = TrailStore::default();
    store.is_down.store(true, SeqCst);
    noting(&store).note_denial(&request(7, Via::Nothing, None, 0), "GET /notes/", "forbidden", "no").await;
    assert_eq!(store.events.lock().unwrap().len(), 0);
}
