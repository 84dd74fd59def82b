//! Going on with a session.

use super::{clock::TestClock, refresh_of, text, tokens, trail, with};
use kwik::{
    App,
    domain::{Clock, Secret},
};
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::json;
use std::{collections::HashSet, time::Duration};
use tokio::task::JoinSet;

const PATH: &str = "/login/refresh-token";

on_each_engine! {
    async fn gives_new_tokens_of_the_same_session(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let first = tokens(&app, &user).await;
        let answer = app.anonymous().post(PATH, &refresh_of(&first)).await;
        let second = answer.ok();
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
        assert_eq!((&second["token_type"], &second["expires_in"]), (&json!("bearer"), &json!(900)));
        for name in ["access_token", "refresh_token"] {
            assert_ne!(second[name], first[name], "{name}");
        }
        let listed = with(&app, &second).get("/users/me/sessions").await.ok();
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["current"]), (1, &json!(true)));
        with(&app, &first).get("/users/me").await.ok();
        let mut chain = second;
        for _ in 0..5 {
            chain = app.anonymous().post(PATH, &refresh_of(&chain)).await.ok();
            with(&app, &chain).get("/users/me").await.ok();
        }
    }

    async fn a_token_that_is_used_again_ends_its_session(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let (stolen, other) = (tokens(&app, &user).await, tokens(&app, &user).await);
        let next = app.anonymous().post(PATH, &refresh_of(&stolen)).await.ok();
        app.anonymous().post(PATH, &refresh_of(&stolen)).await.refused(401, "invalid_token");
        for ended in [&stolen, &next] {
            with(&app, ended).get("/users/me").await.refused(401, "invalid_token");
            app.anonymous().post(PATH, &refresh_of(ended)).await.refused(401, "invalid_token");
        }
        with(&app, &other).get("/users/me").await.ok();
        let ends = trail::events(&app, "session_end").await;
        let reasons: Vec<_> = ends.iter().map(|end| (trail::detail(end, "reason").unwrap(), end.entity_key.clone())).collect();
        assert_eq!(reasons, [("replayed".to_owned(), user.id.to_string())]);
    }

    async fn a_request_that_was_held_back_is_not_early(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let stolen = tokens(&app, &user).await;
        let held_back = app.system();
        let next = app.anonymous().post(PATH, &refresh_of(&stolen)).await.ok();
        let sessions = &app.service().services.identity.sessions;
        sessions.refresh(&held_back, &Secret::new(text(&stolen["refresh_token"]))).await.unwrap_err();
        with(&app, &next).get("/users/me").await.refused(401, "invalid_token");
        assert_eq!(trail::events(&app, "session_end").await.len(), 1);
    }

    async fn only_against_the_last_one_is_a_race_lost(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        // Tokens say the second in which they were made; the clock stays within one.
        clock.pass(Duration::from_micros(1_500_000 - u64::from(clock.now().timestamp_subsec_micros() % 1_000_000)));
        let user = app.new_user(&[]).await;
        let first = tokens(&app, &user).await;
        let second = app.anonymous().post(PATH, &refresh_of(&first)).await.ok();
        let third = app.anonymous().post(PATH, &refresh_of(&second)).await.ok();
        clock.fall_back(Duration::from_millis(100));
        app.anonymous().post(PATH, &refresh_of(&second)).await.refused(401, "invalid_token");
        with(&app, &third).get("/users/me").await.ok();
        app.anonymous().post(PATH, &refresh_of(&first)).await.refused(401, "invalid_token");
        with(&app, &third).get("/users/me").await.refused(401, "invalid_token");
    }

    async fn of_many_at_once_one_wins_and_its_tokens_work(engine) {
        let app = TestApp::start(engine, App::new).await;
        let user = app.new_user(&[]).await;
        let first = tokens(&app, &user).await;
        let mut set = JoinSet::new();
        for _ in 0..32 {
            let (nobody, body) = (app.anonymous(), refresh_of(&first));
            set.spawn(async move { nobody.post(PATH, &body).await });
        }
        let answers = set.join_all().await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
        assert_eq!(won.len(), 1);
        for answer in lost {
            answer.refused(401, "invalid_token");
        }
        let next = won[0].ok();
        with(&app, &next).get("/users/me").await.ok();
        app.anonymous().post(PATH, &refresh_of(&next)).await.ok();
    }

    async fn whatever_is_wrong_is_one_answer(engine) {
        let app = TestApp::start(engine, App::new).await;
        let [gone, inactive, user] = [app.new_user(&[]).await, app.new_user(&[]).await, app.new_user(&[]).await];
        let (signed_out, of_inactive, good) =
            (tokens(&app, &gone).await, tokens(&app, &inactive).await, tokens(&app, &user).await);
        with(&app, &signed_out).post("/login/logout", &json!({})).await.ok();
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let good_token = text(&good["refresh_token"]);
        let bodies: HashSet<String> = {
            let mut bodies = HashSet::new();
            for token in [
                text(&signed_out["refresh_token"]), text(&of_inactive["refresh_token"]), text(&good["access_token"]), "",
                "a", "a.b.c", &good_token[..good_token.len() - 3], &format!("{good_token}x"), &"x".repeat(100_000),
            ] {
                let answer = app.anonymous().post(PATH, &json!({ "refresh_token": token })).await;
                assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""), "{token:.20}");
                bodies.insert(answer.problem(401).to_string());
            }
            bodies
        };
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        app.anonymous().post(PATH, &refresh_of(&good)).await.ok();
    }

    async fn takes_one_token_and_nothing_else(engine) {
        let app = TestApp::start(engine, App::new).await;
        let nobody = app.anonymous();
        nobody.post(PATH, &json!({})).await.refused(422, "invalid");
        nobody.post(PATH, &json!({ "refresh_token": 5 })).await.refused(422, "invalid");
        nobody.post(PATH, &json!({ "refresh_token": "a", "user_id": 1 })).await.refused(422, "invalid");
        nobody.form(PATH, &[("refresh_token", "a")]).await.refused(422, "content_type");
    }

    async fn an_unused_session_runs_out_before_its_time(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let user = app.new_user(&[]).await;
        let first = tokens(&app, &user).await;
        clock.minutes(16);
        with(&app, &first).get("/users/me").await.refused(401, "invalid_token");
        clock.minutes(24 * 60 - 20);
        let second = app.anonymous().post(PATH, &refresh_of(&first)).await.ok();
        with(&app, &second).get("/users/me").await.ok();
        clock.minutes(24 * 60 + 1);
        app.anonymous().post(PATH, &refresh_of(&second)).await.refused(401, "invalid_token");
    }

    async fn no_chain_outlives_the_session(engine) {
        let clock = TestClock::default();
        let app = TestApp::start(engine, || App::new().clock(clock.clone())).await;
        let (user, other) = (app.new_user(&["impersonification"]).await, app.new_user(&[]).await);
        let mut chain = tokens(&app, &user).await;
        let mut minutes = 0;
        let impersonate = format!("/login/impersonate?user_id={}", other.id);
        loop {
            let answer = app.anonymous().post(PATH, &refresh_of(&chain)).await;
            if !answer.status.is_success() {
                answer.refused(401, "invalid_token");
                break;
            }
            chain = answer.ok();
            let left = 7 * 24 * 60 - minutes;
            let taken = with(&app, &chain).post(&impersonate, &json!({})).await.ok();
            assert!(taken["expires_in"].as_u64().unwrap() <= left * 60, "{taken} with {left} minutes left");
            let back = with(&app, &taken).post("/login/stop_impersonating", &json!({})).await.ok();
            assert!(back["expires_in"].as_u64().unwrap() <= left * 60, "{back} with {left} minutes left");
            let last = with(&app, &back).post(&impersonate, &json!({})).await.ok();
            if left <= 10 {
                clock.minutes(left);
                for token in [&chain, &taken, &back, &last] {
                    with(&app, token).get("/users/me").await.refused(401, "invalid_token");
                }
                app.anonymous().post(PATH, &refresh_of(&chain)).await.refused(401, "invalid_token");
                return;
            }
            let step = if left > 24 * 60 { 23 * 60 } else { left - 10 };
            minutes += step;
            clock.minutes(step);
        }
        panic!("the session has ended before its time, after {minutes} minutes");
    }
}
