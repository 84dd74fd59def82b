//! Somebody acts in another's place for as long as they may.

use crate::world::{World, at, bearer};
use kwik_domain::{Authenticate, AuthenticationError, Presented};
use std::sync::{Arc, atomic::Ordering::SeqCst};
use uuid::Uuid;

/// 9 acts in the place of 7.
struct Acting {
    world: Arc<World>,
    token: String,
    parent: Uuid,
}

fn acting() -> Acting {
    let world = World::of(&[(7, &["notes_read"]), (9, &["impersonification", "notes_read", "notes_update"])]);
    let parent = world.token(9).1;
    let token = world.token_of(7, Some((9, parent))).0;
    Acting { world, token, parent }
}

#[tokio::test]
async fn both_are_known_and_a_steady_request_makes_no_query() {
    let Acting { world, token, .. } = acting();
    let authenticator = world.authenticator();
    for _ in 0..10 {
        let actor = bearer(&authenticator, &token).await.unwrap();
        assert_eq!((actor.user_id(), actor.impersonator), (Some(7), Some(9)));
        assert!(!actor.grants.permissions.contains("notes_update"), "the rights are the user's own");
    }
    assert_eq!(world.queries(), 4, "sessions and rights of both");
}

/// What ends it.
type Change = fn(&Acting);

#[tokio::test]
async fn it_ends_with_the_impersonators_session_and_rights() {
    let changes: [(&str, i64, Change); 10] = [
        ("parent ended", 9, |it| {
            it.world.sessions.lock().unwrap().remove(&it.parent);
        }),
        ("parent over", 9, |it| it.world.sessions.lock().unwrap().get_mut(&it.parent).unwrap().expires_at = at(0)),
        ("parent another's", 9, |it| it.world.sessions.lock().unwrap().get_mut(&it.parent).unwrap().user_id = 7),
        ("parent nested", 9, |it| {
            it.world.sessions.lock().unwrap().get_mut(&it.parent).unwrap().impersonator = Some(8);
        }),
        ("inactive", 9, |it| drop(it.world.grants.lock().unwrap().remove(&9))),
        ("not allowed any more", 9, |it| it.world.grant(9, &["notes_read", "notes_update"])),
        ("lacks a right of the user", 9, |it| it.world.grant(9, &["impersonification", "notes_update"])),
        ("must change the password", 9, |it| {
            it.world.grants.lock().unwrap().get_mut(&9).unwrap().must_change_password = true;
        }),
        ("the user got more", 7, |it| it.world.grant(7, &["notes_read", "notes_delete"])),
        ("the user is inactive", 7, |it| drop(it.world.grants.lock().unwrap().remove(&7))),
    ];
    for (name, whose, change) in changes {
        let it = acting();
        let authenticator = it.world.authenticator();
        assert!(bearer(&authenticator, &it.token).await.is_some(), "{name}");
        change(&it);
        it.world.changed(whose);
        assert!(bearer(&authenticator, &it.token).await.is_none(), "{name}");
    }
}

#[tokio::test]
async fn it_ends_with_the_parents_time() {
    let it = acting();
    it.world.sessions.lock().unwrap().get_mut(&it.parent).unwrap().expires_at = at(30);
    let authenticator = it.world.authenticator();
    it.world.seconds.store(29, SeqCst);
    assert!(bearer(&authenticator, &it.token).await.is_some());
    it.world.seconds.store(30, SeqCst);
    assert!(bearer(&authenticator, &it.token).await.is_none());
}

#[tokio::test]
async fn a_session_in_anothers_place_has_a_parent_and_a_token_that_says_so() {
    let it = acting();
    let authenticator = it.world.authenticator();
    let (orphan, id) = it.world.token_of(7, Some((9, it.parent)));
    it.world.sessions.lock().unwrap().get_mut(&id).unwrap().parent = None;
    assert!(bearer(&authenticator, &orphan).await.is_none());
    let (silent, _) = it.world.token_of(7, Some((9, it.parent)));
    it.world.tokens.lock().unwrap().get_mut(&silent).unwrap().impersonator = None;
    assert!(bearer(&authenticator, &silent).await.is_none());
}

#[tokio::test]
async fn no_key_goes_with_it() {
    let it = acting();
    let key = it.world.key(7, "notes_read");
    let presented = Presented { bearer: Some(&it.token), api_key: Some(key.expose()) };
    let answer = it.world.authenticator().actor(presented).await;
    assert!(matches!(answer, Err(kwik_domain::Error::Authentication(AuthenticationError::InvalidToken))));
}
