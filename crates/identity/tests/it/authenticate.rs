//! Sessions and rights are read once, and again only when they may have changed.

use crate::world::{World, at, bearer, present};
use kwik_domain::{Authenticate, AuthenticationError, Error, Presented, Via};
use std::sync::atomic::Ordering::SeqCst;
use uuid::Uuid;

#[tokio::test]
async fn a_steady_request_makes_no_query() {
    let world = World::of(&[(7, &["notes_read"])]);
    let (token, session) = world.token(7);
    let authenticator = world.authenticator();
    for _ in 0..10 {
        let actor = bearer(&authenticator, &token).await.unwrap();
        assert_eq!((actor.user_id(), actor.impersonator), (Some(7), None));
        assert_eq!(actor.via, Via::Session(session.to_string().into()));
        assert!(actor.grants.permissions.contains("notes_read"));
    }
    assert_eq!((world.queries(), world.signatures.load(SeqCst)), (2, 1), "session and rights");
}

#[tokio::test]
async fn a_change_makes_void_what_was_read_of_that_user_alone() {
    let world = World::of(&[(7, &[]), (8, &[])]);
    let (token, other) = (world.token(7).0, world.token(8).0);
    let authenticator = world.authenticator();
    bearer(&authenticator, &token).await.unwrap();
    bearer(&authenticator, &other).await.unwrap();
    let before = world.queries();
    world.changed(8);
    bearer(&authenticator, &token).await.unwrap();
    assert_eq!(world.queries(), before);
    world.grants.lock().unwrap().remove(&7);
    bearer(&authenticator, &token).await.expect("nobody was told");
    world.changed(7);
    assert!(bearer(&authenticator, &token).await.is_none());
    assert!(bearer(&authenticator, &other).await.is_some());
}

#[tokio::test]
async fn what_changes_while_it_is_read_is_read_again() {
    let world = World::of(&[(7, &[])]);
    let (token, session) = world.token(7);
    let key = world.key(7, "");
    let authenticator = world.authenticator();
    *world.meanwhile.lock().unwrap() = Some(7);
    bearer(&authenticator, &token).await.unwrap();
    world.sessions.lock().unwrap().remove(&session);
    assert!(bearer(&authenticator, &token).await.is_none(), "it was ended as it was read");
    *world.meanwhile.lock().unwrap() = Some(7);
    bearer(&authenticator, key.expose()).await.unwrap();
    bearer(&authenticator, key.expose()).await.unwrap();
    *world.meanwhile.lock().unwrap() = Some(7);
    world.changed(7);
    bearer(&authenticator, key.expose()).await.unwrap();
    world.keys.lock().unwrap().clear();
    assert!(bearer(&authenticator, key.expose()).await.is_none(), "it was revoked as it was read");
}

#[tokio::test]
async fn without_a_listener_each_request_asks() {
    let world = World::of(&[(7, &[]), (9, &["impersonification"])]);
    world.is_deaf.store(true, SeqCst);
    let (token, own) = (world.token(7).0, world.token(9).1);
    let impersonating = world.token_of(7, Some((9, own))).0;
    let key = world.key(7, "");
    let authenticator = world.authenticator();
    for (credential, queries) in [(token.as_str(), 2), (&impersonating, 4), (key.expose(), 2)] {
        for _ in 0..3 {
            let before = world.queries();
            bearer(&authenticator, credential).await.unwrap();
            assert_eq!(world.queries() - before, queries);
        }
    }
}

/// What makes a session no good.
type Change = fn(&World, Uuid);

#[tokio::test]
async fn a_session_that_is_not_the_tokens_own_and_alive_is_refused() {
    let world = World::of(&[(7, &[]), (8, &[])]);
    let authenticator = world.authenticator();
    let changes: [(&str, Change); 6] = [
        ("ended", |world, id| {
            world.sessions.lock().unwrap().remove(&id);
        }),
        ("over", |world, id| world.sessions.lock().unwrap().get_mut(&id).unwrap().expires_at = at(0)),
        ("another's", |world, id| world.sessions.lock().unwrap().get_mut(&id).unwrap().user_id = 8),
        ("impersonated", |world, id| {
            world.sessions.lock().unwrap().get_mut(&id).unwrap().impersonator = Some(8);
        }),
        ("of a user who is gone", |world, _| drop(world.grants.lock().unwrap().remove(&7))),
        ("none", |world, id| {
            world.tokens.lock().unwrap().get_mut(&format!("token of {id}")).unwrap().session = "7".into();
        }),
    ];
    for (name, change) in changes {
        let (token, id) = world.token(7);
        assert!(bearer(&authenticator, &token).await.is_some(), "{name}");
        let (token, id) = if name == "none" { world.token(7) } else { (token, id) };
        change(&world, id);
        world.changed(7);
        assert!(bearer(&authenticator, &token).await.is_none(), "{name}");
        world.grant(7, &[]);
    }
}

#[tokio::test]
async fn a_token_and_its_session_end_when_their_time_is_over() {
    let world = World::of(&[(7, &[])]);
    let (token, short) = (world.token(7).0, world.token(7));
    world.sessions.lock().unwrap().get_mut(&short.1).unwrap().expires_at = at(50);
    let authenticator = world.authenticator();
    for (seconds, long_is_good, short_is_good) in
        [(0, true, true), (49, true, true), (50, true, false), (100, false, false)]
    {
        world.seconds.store(seconds, SeqCst);
        assert_eq!(bearer(&authenticator, &token).await.is_some(), long_is_good, "{seconds}");
        assert_eq!(bearer(&authenticator, &short.0).await.is_some(), short_is_good, "{seconds}");
    }
    assert!(bearer(&authenticator, "forged").await.is_none());
}

#[tokio::test]
async fn without_credentials_nobody_is_somebody() {
    let authenticator = World::of(&[]).authenticator();
    let answer = authenticator.actor(Presented::default()).await;
    assert!(matches!(answer, Err(Error::Authentication(AuthenticationError::Missing))));
}

#[tokio::test]
async fn what_cannot_be_read_is_no_wrong_credential() {
    let world = World::of(&[(7, &[])]);
    let (token, key) = (world.token(7).0, world.key(7, ""));
    world.is_down.store(true, SeqCst);
    let authenticator = world.authenticator();
    for credential in [token.as_str(), key.expose()] {
        let presented = Presented { bearer: Some(credential), api_key: None };
        assert!(matches!(authenticator.actor(presented).await, Err(Error::Store(_))));
    }
    world.is_down.store(false, SeqCst);
    assert!(present(&authenticator, Presented { bearer: Some(&token), api_key: None }).await.is_some());
}
