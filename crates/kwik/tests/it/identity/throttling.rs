//! Those who try too often wait.

use super::{clock::TestClock, tokens};
use crate::lists::counting::{Counter, Counting};
use kwik::{
    App, Settings,
    domain::{Error, HashError, PasswordHasher, Secret, Verdict},
    identity::{Attempt, Ports, SignIn},
    prelude::*,
};
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use std::{sync::Arc, time::Duration};

async fn try_it(client: &Client, email: &str, password: &str) -> TestResponse {
    client.form("/login/access-token", &[("username", email), ("password", password)]).await
}

fn few(settings: &mut Settings) {
    settings.identity.throttle.account.burst = 3;
    settings.identity.throttle.address.burst = 6;
}

fn retry_after(answer: &TestResponse) -> u64 {
    answer.refused(429, "too_many_requests");
    answer.header("retry-after").unwrap().parse().unwrap()
}

/// A hasher that has no time.
struct Busy;

#[async_trait]
impl PasswordHasher for Busy {
    async fn hash(&self, _: Secret) -> std::result::Result<String, HashError> {
        Err(HashError::Busy)
    }

    async fn verify(&self, _: Secret, _: Option<Secret>) -> std::result::Result<Verdict, HashError> {
        Err(HashError::Busy)
    }
}

fn attempt(email: &str) -> Attempt {
    Attempt { email: email.to_owned(), password: Secret::new("a wrong password"), client: None }
}

on_each_engine! {
    async fn an_account_is_tried_so_often_and_no_more(engine) {
        let clock = TestClock::default();
        let app = TestApp::start_with(engine, || App::new().clock(clock.clone()), few).await;
        let user = app.new_user(&[]).await;
        let nobody = app.anonymous();
        for name in [&*user.email, &*user.email.to_uppercase(), &*format!(" {}", user.email)] {
            try_it(&nobody, name, "a wrong password").await.refused(401, "incorrect_credentials");
        }
        let wait = retry_after(&try_it(&nobody, &user.email, &user.password).await);
        assert!((1..=30).contains(&wait), "{wait}");
        clock.pass(Duration::from_secs(wait));
        tokens(&app, &user).await;
        tokens(&app, &user).await;
    }

    async fn what_is_right_costs_no_turn(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let client = app.anonymous().from_address("192.0.2.7".parse().unwrap());
        for _ in 0..10 {
            try_it(&client, &user.email, &user.password).await.ok();
        }
    }

    async fn an_account_that_is_none_is_no_other(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let inactive = app.new_user(&[]).await;
        app.service().services.users.set_active(&app.system(), &inactive.email, false).await.unwrap();
        let answers = async |email: &str| {
            let mut answers = Vec::new();
            for _ in 0..5 {
                let answer = try_it(&app.anonymous(), email, "a wrong password").await;
                let mut problem = answer.problem(answer.status.as_u16());
                // Seconds may pass.
                problem["detail"] = problem["detail"].as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "").into();
                answers.push((answer.status, problem));
            }
            answers
        };
        let of_user = answers(&user.email).await;
        assert_eq!(of_user.iter().map(|(status, _)| status.as_u16()).collect::<Vec<_>>(), [401, 401, 401, 429, 429]);
        assert_eq!(of_user, answers("nobody@example.com").await);
        assert_eq!(of_user, answers(&inactive.email).await);
    }

    async fn an_attacker_does_not_lock_the_owner_out(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let (home, elsewhere) =
            (app.anonymous().from_address("192.0.2.7".parse().unwrap()), app.anonymous().from_address("192.0.2.8".parse().unwrap()));
        try_it(&home, &user.email, &user.password).await.ok();
        for _ in 0..3 {
            try_it(&elsewhere, &user.email, "a wrong password").await.refused(401, "incorrect_credentials");
        }
        retry_after(&try_it(&elsewhere, &user.email, &user.password).await);
        try_it(&home, &user.email, &user.password).await.ok();
        for _ in 0..3 {
            try_it(&home, &user.email, "a wrong password").await.refused(401, "incorrect_credentials");
        }
        retry_after(&try_it(&home, &user.email, &user.password).await);
    }

    async fn no_name_is_that_of_anothers_bucket(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let from = |address: &str| app.anonymous().from_address(address.parse().unwrap());
        let home = from("192.0.2.7");
        try_it(&home, &user.email, &user.password).await.ok();
        for (n, name) in [format!("{}@192.0.2.7", user.email), format!("192.0.2.7 {}", user.email)].iter().enumerate() {
            for _ in 0..3 {
                try_it(&from(&format!("192.0.2.{}", 50 + n)), name, "a wrong password").await.refused(401, "incorrect_credentials");
            }
        }
        try_it(&home, &user.email, &user.password).await.ok();
    }

    async fn in_one_network_the_owner_is_known(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let from = |address: &str| app.anonymous().from_address(address.parse().unwrap());
        try_it(&from("2001:db8:1:2::1"), &user.email, &user.password).await.ok();
        for _ in 0..3 {
            try_it(&from("192.0.2.8"), &user.email, "a wrong password").await.refused(401, "incorrect_credentials");
        }
        retry_after(&try_it(&from("2001:db8:1:3::1"), &user.email, &user.password).await);
        try_it(&from("2001:db8:1:2::99"), &user.email, &user.password).await.ok();
    }

    async fn a_busy_hasher_costs_no_turn(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let ports = Ports { hasher: Arc::new(Busy), ..app.service().services.identity.ports.clone() };
        let busy = SignIn::new(ports);
        for _ in 0..10 {
            let refused = busy.run(&app.system(), attempt(&user.email)).await.unwrap_err();
            assert!(matches!(refused, Error::Store(_)), "{refused}");
        }
        tokens(&app, &user).await;
    }

    async fn an_address_without_a_turn_costs_no_query(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let counter = Counter::default();
        let ports = app.service().services.identity.ports.clone();
        let directory = Arc::new(Counting { inner: ports.directory.clone(), counter: counter.clone() });
        let sign_in = SignIn::new(Ports { directory, ..ports });
        let ctx = Ctx { address: "192.0.2.7".parse().ok(), ..app.system() };
        for n in 0..9 {
            sign_in.run(&ctx, attempt(&format!("nobody{n}@example.com"))).await.unwrap_err();
        }
        assert_eq!(counter.get(), 6);
    }

    async fn an_address_tries_so_often_and_no_more(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let from = |address: &str| app.anonymous().from_address(address.parse().unwrap());
        for n in 0..6 {
            let client = from(&format!("2001:db8:1:2::{n:x}"));
            try_it(&client, &format!("nobody{n}@example.com"), "a wrong password").await.refused(401, "incorrect_credentials");
        }
        retry_after(&try_it(&from("2001:db8:1:2:ffff::1"), &user.email, &user.password).await);
        try_it(&from("2001:db8:1:3::1"), &user.email, &user.password).await.ok();
        try_it(&from("192.0.2.7"), &user.email, &user.password).await.ok();
    }

    async fn at_once_they_count_too(engine) {
        let app = TestApp::start_with(engine, App::new, few).await;
        let user = app.new_user(&[]).await;
        let mut set = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (nobody, email) = (app.anonymous(), user.email.clone());
            set.spawn(async move { try_it(&nobody, &email, "a wrong password").await.status.as_u16() });
        }
        let mut statuses = set.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 3, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 17, "{statuses:?}");
    }

    async fn without_a_burst_nothing_is_counted(engine) {
        let adjust = |settings: &mut Settings| settings.identity.throttle.account.burst = 0;
        let app = TestApp::start_with(engine, App::new, adjust).await;
        let user = app.new_user(&[]).await;
        for _ in 0..30 {
            try_it(&app.anonymous(), &user.email, "a wrong password").await.refused(401, "incorrect_credentials");
        }
        tokens(&app, &user).await;
    }
}
