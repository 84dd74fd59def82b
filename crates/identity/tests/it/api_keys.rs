//! Keys are as good as their owner, and no better.

use crate::world::{World, at, bearer, present};
use kwik_domain::{Grants, Presented, Value, Via};
use kwik_identity::ApiKeyText;
use std::sync::atomic::Ordering::SeqCst;

fn names(grants: &Grants) -> Vec<&str> {
    let mut names: Vec<_> = grants.permissions.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_key_has_what_it_was_made_for_as_far_as_its_owner_has_it() {
    let world = World::of(&[(7, &["notes_read", "notes_update"])]);
    let attributes = [("tenant".into(), Value::Text("north".into()))].into();
    world.grants.lock().unwrap().get_mut(&7).unwrap().attributes = attributes;
    let key = world.key(7, "notes_read  notes_delete");
    let authenticator = world.authenticator();
    let presented = Presented { api_key: Some(key.expose()), ..Presented::default() };
    for _ in 0..10 {
        let actor = present(&authenticator, presented).await.unwrap();
        assert_eq!((actor.user_id(), &actor.via), (Some(7), &Via::Key(100)));
        assert_eq!(names(&actor.grants), ["notes_read"]);
        assert_eq!((actor.grants.roles.len(), actor.tenant.as_deref()), (0, Some("north")));
        assert!(actor.in_person().is_err());
    }
    assert_eq!(world.queries(), 3, "whose it is; the key; rights");
    bearer(&authenticator, key.expose()).await.unwrap();
    assert_eq!(world.queries(), 3, "it is the same key as a bearer token");
    world.grant(7, &["notes_delete"]);
    assert_eq!(names(&present(&authenticator, presented).await.unwrap().grants), ["notes_delete"]);
    assert_eq!(world.queries(), 5);
}

/// What makes a key with that hash bad.
type Change = fn(&World, &str);

#[tokio::test]
async fn every_bad_key_is_refused_alike() {
    let world = World::of(&[(7, &[]), (8, &[])]);
    let authenticator = world.authenticator();
    let unknown = ApiKeyText::generate(&*world);
    assert!(bearer(&authenticator, unknown.expose()).await.is_none());
    let changes: [(&str, Change); 5] = [
        ("revoked", |world, hash| drop(world.keys.lock().unwrap().remove(hash))),
        ("expired", |world, hash| world.keys.lock().unwrap().get_mut(hash).unwrap().expires_at = Some(at(0))),
        ("owner inactive", |world, _| drop(world.grants.lock().unwrap().remove(&7))),
        ("owner must change the password", |world, _| {
            world.grants.lock().unwrap().get_mut(&7).unwrap().must_change_password = true;
        }),
        ("another's by now", |world, hash| world.keys.lock().unwrap().get_mut(hash).unwrap().user_id = 8),
    ];
    for (name, change) in changes {
        let key = world.key(7, "");
        assert!(bearer(&authenticator, key.expose()).await.is_some(), "{name}");
        change(&world, &key.hash());
        world.changed(7);
        assert!(bearer(&authenticator, key.expose()).await.is_none(), "{name}");
        world.grant(7, &[]);
    }
}

#[tokio::test]
async fn a_key_ends_when_its_time_is_over_though_it_is_known() {
    let world = World::of(&[(7, &[])]);
    let key = world.key(7, "");
    world.keys.lock().unwrap().get_mut(&key.hash()).unwrap().expires_at = Some(at(50));
    let authenticator = world.authenticator();
    world.seconds.store(49, SeqCst);
    assert!(bearer(&authenticator, key.expose()).await.is_some());
    world.seconds.store(50, SeqCst);
    assert!(bearer(&authenticator, key.expose()).await.is_none());
}

#[tokio::test]
async fn a_changed_character_costs_no_query() {
    let world = World::of(&[(7, &[])]);
    let key = world.key(7, "");
    let authenticator = world.authenticator();
    let text = key.expose();
    for at in 0..text.len() {
        for other in "0123456789abcdefgkwi_ X".chars().filter(|c| !text[at..].starts_with(*c)) {
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            let presented = Presented { api_key: Some(&changed), ..Presented::default() };
            assert!(present(&authenticator, presented).await.is_none(), "{changed}");
            assert!(bearer(&authenticator, &changed).await.is_none(), "{changed}");
        }
    }
    for wrong in ["", "kwik_", "token of 7", &text[1..]] {
        let presented = Presented { api_key: Some(wrong), ..Presented::default() };
        assert!(present(&authenticator, presented).await.is_none(), "{wrong}");
    }
    assert_eq!(world.queries(), 0);
    assert!(bearer(&authenticator, text).await.is_some());
}

#[tokio::test]
async fn a_token_and_a_key_are_of_the_same_user_and_the_key_counts() {
    let world = World::of(&[(7, &["notes_read", "notes_update"]), (8, &["notes_read"])]);
    let (token, others) = (world.token(7).0, world.token(8).0);
    let (key, second) = (world.key(7, "notes_read"), world.key(7, "notes_read"));
    let authenticator = world.authenticator();
    let both = |bearer, key| Presented { bearer: Some(bearer), api_key: Some(key) };
    let actor = present(&authenticator, both(&token, key.expose())).await.unwrap();
    assert_eq!((names(&actor.grants), &actor.via), (vec!["notes_read"], &Via::Key(100)));
    for (bearer, key) in [
        (others.as_str(), key.expose()),
        ("forged", key.expose()),
        (&token, ApiKeyText::generate(&*world).expose()),
        (&token, "kwik_"),
        (key.expose(), key.expose()),
        (second.expose(), key.expose()),
        (&token, &token),
    ] {
        assert!(present(&authenticator, both(bearer, key)).await.is_none(), "{bearer} {key}");
    }
}
