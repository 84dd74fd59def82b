//! Setting a new password by a letter.

use super::{clock::TestClock, mailbox::Mailbox, refresh_of, tokens, trail, with};
use kwik::{
    App,
    domain::{Random, access::UserUpdate},
    identity::PasswordResets,
};
use kwik_testkit::{TestApp, TestUser, on_each_engine};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::{runtime::Handle, sync::oneshot, task::JoinSet, task::block_in_place};

const REQUEST: &str = "/login/request-password-reset";
const RESET: &str = "/login/reset-password";
const NEW: &str = "an entirely new password";

fn email(email: &str) -> Value {
    json!({ "email": email })
}

fn reset(token: &str, password: &str) -> Value {
    json!({ "token": token, "password": password })
}

/// Asks for a letter, and gives the token in it.
async fn token(app: &TestApp, mailbox: &Mailbox, user: &TestUser) -> String {
    app.anonymous().post(REQUEST, &email(&user.email)).await.ok();
    mailbox.token().await
}

/// Randomness that comes so late that something else is done first, once.
struct LateRandom {
    random: Arc<dyn Random>,
    first: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Dropped with it, when nobody needs randomness any more.
    _done: oneshot::Sender<()>,
}

impl Random for LateRandom {
    fn bytes(&self) -> [u8; 16] {
        let first = self.first.lock().unwrap().take();
        if let Some(first) = first {
            block_in_place(first);
        }
        self.random.bytes()
    }
}

on_each_engine! {
    async fn a_letter_lets_somebody_in_once(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let session = tokens(&app, &user).await;
        app.anonymous().post(REQUEST, &email(&user.email.to_uppercase())).await.ok();
        let letter = mailbox.next().await;
        assert_eq!(letter.to, user.email);
        assert!(letter.text.expose().contains("30 minutes"), "{}", letter.text.expose());
        let (first, second) = (token(&app, &mailbox, &user).await, token(&app, &mailbox, &user).await);
        assert_ne!(first, second);
        let nobody = app.anonymous();
        nobody.post(RESET, &reset(&first, "short")).await.refused(422, "invalid");
        let done = nobody.post(RESET, &reset(&first, NEW)).await.ok();
        assert_eq!(done, json!({ "msg": "Password updated successfully" }));
        for used in [&first, &second] {
            let problem = nobody.post(RESET, &reset(used, "yet another password")).await.problem(400);
            assert_eq!((&problem["code"], &problem["detail"]), (&json!("invalid_token"), &json!("Invalid token")));
        }
        with(&app, &session).get("/users/me").await.refused(401, "invalid_token");
        nobody.post("/login/refresh-token", &refresh_of(&session)).await.refused(401, "invalid_token");
        let form = [("username", user.email.as_str()), ("password", user.password.as_str())];
        nobody.form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
        tokens(&app, &TestUser { password: NEW.to_owned(), ..user.clone() }).await;
        let (asked, done) = (trail::events(&app, "password_reset_requested").await, trail::events(&app, "password_reset").await);
        assert_eq!((asked.len(), done.len(), &*done[0].entity_key), (3, 1, &*user.id.to_string()));
    }

    async fn the_answer_tells_nothing(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let (user, inactive) = (app.new_user(&[]).await, app.new_user(&[]).await);
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let nobody = app.anonymous();
        let mut answers = Vec::new();
        for _ in 0..5 {
            for address in ["nobody@example.com", &inactive.email, &user.email] {
                answers.push(nobody.post(REQUEST, &email(address)).await.ok());
            }
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        for _ in 0..3 {
            assert_eq!(mailbox.next().await.to, user.email, "three letters, and then no more");
        }
        for wrong in [json!({}), email("no address"), email(""), email("a\0b@example.com"), json!({ "email": 5 })] {
            nobody.post(REQUEST, &wrong).await.refused(422, "invalid");
        }
        assert!(mailbox.is_empty().await);
    }

    async fn parallel_uses_of_a_token_are_one(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let token = token(&app, &mailbox, &user).await;
        let mut set = JoinSet::new();
        for n in 0..16 {
            let (nobody, body) = (app.anonymous(), reset(&token, &format!("new password no. {n}")));
            set.spawn(async move { nobody.post(RESET, &body).await.status.as_u16() });
        }
        let mut statuses = set.join_all().await;
        statuses.sort_unstable();
        let (first, rest) = statuses.split_first().unwrap();
        assert_eq!(*first, 200);
        assert!(rest.iter().all(|status| *status == 400), "{statuses:?}");
        assert_eq!(trail::events(&app, "password_reset").await.len(), 1);
    }

    async fn a_letter_has_its_time(engine) {
        let (clock, mailbox) = (TestClock::default(), Mailbox::default());
        let app = TestApp::start(engine, || App::new().clock(clock.clone()).mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let (late, in_time) = (token(&app, &mailbox, &user).await, token(&app, &mailbox, &user).await);
        clock.minutes(29);
        let later = token(&app, &mailbox, &user).await;
        clock.minutes(2);
        for late in [&late, &in_time] {
            app.anonymous().post(RESET, &reset(late, NEW)).await.refused(400, "invalid_token");
        }
        app.anonymous().post(RESET, &reset(&later, NEW)).await.ok();
    }

    async fn what_is_no_token_is_refused(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let good = token(&app, &mailbox, &user).await;
        let nobody = app.anonymous();
        for wrong in ["", "a", &good[1..], &format!("{good} "), &format!("{good}0"), &"0".repeat(64), &"x".repeat(100_000)] {
            nobody.post(RESET, &reset(wrong, NEW)).await.refused(400, "invalid_token");
        }
        nobody.post(RESET, &reset("a\0b", NEW)).await.refused(422, "invalid");
        nobody.post(RESET, &json!({ "token": good })).await.refused(422, "invalid");
        // Whoever was made inactive meanwhile learns so, and the token stays.
        let users = &app.service().services.users;
        users.set_active(&app.system(), &user.email, false).await.unwrap();
        let problem = nobody.post(RESET, &reset(&good, NEW)).await.problem(400);
        assert_eq!((&problem["code"], &problem["detail"]), (&json!("inactive_user"), &json!("Inactive user")));
        users.set_active(&app.system(), &user.email, true).await.unwrap();
        nobody.post(RESET, &reset(&good, NEW)).await.ok();
    }

    async fn a_changed_password_makes_letters_void(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let token = token(&app, &mailbox, &user).await;
        let body = json!({ "old_password": user.password, "new_password": NEW });
        app.as_user(&user).await.put("/users/me/password", &body).await.ok();
        app.anonymous().post(RESET, &reset(&token, "yet another password")).await.refused(400, "invalid_token");
    }

    async fn a_temporary_password_is_replaced(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let temporary = json!({ "new_password": "a temporary password" });
        app.admin().await.put(&format!("/users/{}/reset-password", user.id), &temporary).await.ok();
        let token = token(&app, &mailbox, &user).await;
        app.anonymous().post(RESET, &reset(&token, NEW)).await.ok();
        let user = TestUser { password: NEW.to_owned(), ..user };
        app.as_user(&user).await.get("/users/me/permissions").await.ok();
    }

    async fn one_network_address_asks_so_often_and_no_more(engine) {
        let mailbox = Mailbox::default();
        let adjust = |settings: &mut kwik::Settings| settings.identity.throttle.address.burst = 2;
        let app = TestApp::start_with(engine, || App::new().mailer(mailbox.clone()), adjust).await;
        let from = |address: &str| app.anonymous().from_address(address.parse().unwrap());
        for _ in 0..2 {
            from("192.0.2.7").post(REQUEST, &email("nobody@example.com")).await.ok();
        }
        let answer = from("192.0.2.7").post(REQUEST, &email("anybody@example.com")).await;
        answer.refused(429, "too_many_requests");
        assert!(answer.header("retry-after").is_some());
        from("192.0.2.8").post(REQUEST, &email("anybody@example.com")).await.ok();
    }

    async fn an_address_that_changes_meanwhile_gets_no_letter(engine) {
        let mailbox = Mailbox::default();
        let app = TestApp::start(engine, || App::new().mailer(mailbox.clone())).await;
        let user = app.new_user(&[]).await;
        let identity = &app.service().services.identity;
        let mut ports = identity.ports.clone();
        let (users, system, id) = (identity.users.clone(), app.system(), user.id);
        let (sender, done) = oneshot::channel();
        let first = move || {
            let update = UserUpdate { email: Some("new@example.com".to_owned()), ..UserUpdate::default() };
            Handle::current().block_on(users.update(&system, id, None, update)).unwrap();
        };
        let first: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(Some(Box::new(first)));
        ports.random = Arc::new(LateRandom { random: ports.random.clone(), first, _done: sender });
        PasswordResets::new(ports).request(&app.system(), &user.email).await.unwrap();
        done.await.unwrap_err();
        assert!(mailbox.is_empty().await);
        app.anonymous().post(REQUEST, &email("new@example.com")).await.ok();
        assert_eq!(mailbox.next().await.to, "new@example.com");
        assert_eq!(trail::events(&app, "password_reset_requested").await.len(), 1);
    }

    async fn a_letter_makes_the_address_familiar(engine) {
        let mailbox = Mailbox::default();
        let adjust = |settings: &mut kwik::Settings| settings.identity.throttle.account.burst = 3;
        let app = TestApp::start_with(engine, || App::new().mailer(mailbox.clone()), adjust).await;
        let user = app.new_user(&[]).await;
        let from = |address: &str| app.anonymous().from_address(address.parse().unwrap());
        let form = |password| [("username", user.email.as_str()), ("password", password)];
        for _ in 0..3 {
            let answer = from("192.0.2.8").form("/login/access-token", &form("a wrong password")).await;
            answer.refused(401, "incorrect_credentials");
        }
        let here = "2001:db8:1:2::7";
        from(here).form("/login/access-token", &form(&user.password)).await.refused(429, "too_many_requests");
        let token = token(&app, &mailbox, &user).await;
        from(here).post(RESET, &reset(&token, NEW)).await.ok();
        let signed_in = from("2001:db8:1:2::8").form("/login/access-token", &form(NEW)).await.ok();
        let sessions = with(&app, &signed_in).get("/users/me/sessions").await.ok();
        assert_eq!(sessions.as_array().unwrap().len(), 1, "the reset began none: {sessions}");
        from("2001:db8:1:3::7").form("/login/access-token", &form(NEW)).await.refused(429, "too_many_requests");
    }
}
