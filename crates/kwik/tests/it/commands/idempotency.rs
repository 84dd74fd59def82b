//! Commands with a key: carried out once, however often they are asked for.

use super::shop::{Account, Booking, BookingCreate, at_once, booked, rows, within};
use crate::identity::clock::TestClock;
use http::Method;
use kwik::{idempotency::KeptAnswer, prelude::*};
use kwik_testkit::{Client, TestApp, TestResponse, on_each_engine};
use poem_openapi::payload;
use serde_json::{Value, json};
use std::time::Duration;

permission!(pub Book = "bookings_book");

/// Books, as far as the account goes.
#[derive(Debug)]
struct MakeBooking {
    account_id: i64,
    amount: i64,
}

#[async_trait]
impl Command for MakeBooking {
    type Answer = Stored<Booking>;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Booking>> {
        let account = work.repository::<Account>().find_for_update(ctx, self.account_id).await?;
        let account = account.ok_or(RuleViolation::new("no_account", "there is no such account"))?;
        within(&account, booked(ctx, work, account.id).await? + self.amount)?;
        work.create::<Booking>(ctx, BookingCreate { account_id: account.id, amount: self.amount }).await
    }
}

/// How much is booked.
#[derive(Debug, Object)]
struct Balance {
    sum: i64,
}

#[derive(Debug)]
struct BookOne {
    account_id: i64,
}

#[async_trait]
impl Command for BookOne {
    type Answer = Balance;
    const ISOLATION: Isolation = Isolation::Serializable;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Balance> {
        work.create::<Booking>(ctx, BookingCreate { account_id: self.account_id, amount: 1 }).await?;
        Ok(Balance { sum: booked(ctx, work, self.account_id).await? })
    }
}

#[derive(Object)]
struct Amount {
    amount: i64,
}

struct Bookings {
    data: Data,
}

#[OpenApi]
impl Bookings {
    /// Book.
    #[oai(path = "/accounts/:id/book", method = "post", operation_id = "book")]
    async fn book(
        &self,
        ctx: Allow<Book>,
        once: Once,
        id: Path<i64>,
        body: payload::Json<Amount>,
    ) -> ApiResult<Replayed<Json<Booking>>> {
        once.run(&ctx, &self.data, &MakeBooking { account_id: id.0, amount: body.amount }).await
    }

    /// Book one and tell the sum.
    #[oai(path = "/accounts/:id/book-one", method = "post", operation_id = "bookOne")]
    async fn book_one(
        &self,
        ctx: Allow<Book>,
        once: Once,
        id: Path<i64>,
    ) -> ApiResult<Replayed<payload::Json<Balance>>> {
        once.run(&ctx, &self.data, &BookOne { account_id: id.0 }).await
    }

    /// Whoever it is may book one.
    #[oai(path = "/accounts/:id/anybody-books", method = "post", operation_id = "anybodyBooks")]
    async fn anybody_books(
        &self,
        ctx: Public,
        once: Once,
        id: Path<i64>,
    ) -> ApiResult<Replayed<payload::Json<Balance>>> {
        once.run(&ctx.elevated(), &self.data, &BookOne { account_id: id.0 }).await
    }
}

fn undeclared() -> App {
    let app = App::new().resource::<Account>().resource::<Booking>();
    app.api(|services| Bookings { data: services.data.clone() })
}

fn app() -> App {
    undeclared().idempotent_commands()
}

async fn start(engine: kwik_testkit::database::Engine, app: impl Fn() -> App) -> TestApp {
    let app = TestApp::start(engine, app).await;
    app.admin().await.post("/accounts/", &json!({ "most": 100 })).await.ok();
    app
}

async fn book(client: &Client, key: &str, amount: i64) -> TestResponse {
    keyed(client, "/accounts/1/book", key, &json!({ "amount": amount })).await
}

async fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> TestResponse {
    client.json(Method::POST, path, &[("Idempotency-Key", key)], body).await
}

fn is_replayed(answer: &TestResponse) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

async fn kept(app: &TestApp) -> u64 {
    let (ctx, data) = (app.system(), &app.service().services.data);
    data.single().repository::<KeptAnswer>().count(&ctx, &Filter::All).await.unwrap()
}

on_each_engine! {
    async fn many_at_once_with_one_key_do_it_once_and_get_one_answer(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        for (path, body) in [("/accounts/1/book", json!({ "amount": 7 })), ("/accounts/1/book-one", json!({}))] {
            let before = rows(&admin, "bookings").await.len();
            let answers = at_once(32, |_| {
                let (admin, body) = (admin.clone(), body.clone());
                async move { keyed(&admin, path, path, &body).await }
            }).await;
            assert_eq!(rows(&admin, "bookings").await.len(), before + 1);
            let first = answers[0].ok();
            assert!(answers.iter().all(|answer| answer.ok() == first), "{answers:?}");
            let etags: Vec<_> = answers.iter().map(|answer| answer.header("etag")).collect();
            assert!(etags.iter().all(|etag| *etag == etags[0]) && etags[0].is_some() == (before == 0), "{etags:?}");
            assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
        }
    }

    async fn without_a_key_it_is_done_each_time(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        for sum in 1..=2 {
            let answer = admin.post("/accounts/1/book-one", &json!({})).await;
            assert_eq!((answer.ok(), is_replayed(&answer)), (json!({ "sum": sum }), false));
        }
        assert_eq!(kept(&app).await, 0);
    }

    async fn a_key_stands_for_one_request(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        book(&admin, "a", 7).await.ok();
        book(&admin, "a", 8).await.refused(422, "idempotency_key_reused");
        keyed(&admin, "/accounts/1/book-one", "a", &json!({})).await.refused(422, "idempotency_key_reused");
        keyed(&admin, "/accounts/2/book", "a", &json!({ "amount": 7 })).await.refused(422, "idempotency_key_reused");
        // With and without the slash it is the same.
        assert!(is_replayed(&keyed(&admin, "/accounts/1/book/", "a", &json!({ "amount": 7 })).await));
        assert_eq!(rows(&admin, "bookings").await.len(), 1);
    }

    async fn a_key_is_its_callers_own(engine) {
        let app = start(engine, app).await;
        let permissions = ["bookings_book", "bookings_create", "bookings_read", "accounts_read"];
        let user = app.new_user(&permissions).await;
        let (one, other) = (app.as_user(&user).await, app.with_permissions(&permissions).await);
        let first = book(&one, "a", 7).await;
        assert!(!is_replayed(&book(&other, "a", 8).await));
        assert_eq!(rows(&one, "bookings").await.len(), 2);
        // Somebody who has signed in again is the same.
        let again = book(&app.as_user(&user).await, "a", 7).await;
        assert_eq!((again.ok(), is_replayed(&again)), (first.ok(), true));
    }

    async fn what_has_failed_may_be_tried_again(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        book(&admin, "a", 101).await.refused(409, "too_much");
        assert_eq!(kept(&app).await, 0);
        assert!(!is_replayed(&book(&admin, "a", 100).await));
        // It is given again although it could not be done any more.
        assert!(is_replayed(&book(&admin, "a", 100).await));
        book(&admin, "b", 100).await.refused(409, "too_much");
    }

    async fn an_answer_is_kept_over_a_restart(engine) {
        let mut app = start(engine, app).await;
        let first = book(&app.admin().await, "a", 7).await;
        app.restart(self::app).await.unwrap();
        let again = book(&app.admin().await, "a", 7).await;
        assert!(is_replayed(&again));
        assert_eq!((again.status, &again.body, again.header("etag")), (first.status, &first.body, first.header("etag")));
        assert_eq!(again.header("content-type"), first.header("content-type"));
    }

    async fn an_answer_is_kept_for_a_day(engine) {
        let clock = TestClock::default();
        let app = start(engine, || app().clock(clock.clone())).await;
        book(&app.admin().await, "a", 7).await.ok();
        book(&app.admin().await, "b", 7).await.ok();
        clock.pass(Duration::from_hours(23));
        assert!(is_replayed(&book(&app.admin().await, "a", 7).await));
        clock.pass(Duration::from_hours(2));
        let admin = app.admin().await;
        assert!(!is_replayed(&book(&admin, "a", 7).await));
        assert_eq!((rows(&admin, "bookings").await.len(), kept(&app).await), (3, 1), "the other one went with it");
    }

    async fn who_may_not_call_is_told_nothing(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        book(&admin, "a", 7).await.ok();
        book(&app.anonymous(), "a", 7).await.refused(401, "not_authenticated");
        book(&app.with_permissions(&["bookings_read"]).await, "a", 7).await.refused(403, "forbidden");
        // A key that everybody shared would tell one the answers of others.
        let refused = keyed(&app.anonymous(), "/accounts/1/anybody-books", "a", &json!({})).await;
        assert_eq!(refused.refused(400, "invalid_query")["errors"][0]["parameter"], "Idempotency-Key");
        app.anonymous().post("/accounts/1/anybody-books", &json!({})).await.ok();
    }

    async fn a_key_is_printable_and_not_too_long(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        for wrong in ["", "a\tb", &"x".repeat(256)] {
            let refused = book(&admin, wrong, 7).await.refused(400, "invalid_query");
            assert_eq!(refused["errors"][0]["parameter"], "Idempotency-Key", "{refused}");
        }
        assert!(rows(&admin, "bookings").await.is_empty());
        book(&admin, &"x".repeat(255), 7).await.ok();
    }

    async fn nobody_reaches_what_is_kept(engine) {
        let app = start(engine, app).await;
        let admin = app.admin().await;
        book(&admin, "a", 7).await.ok();
        admin.get("/kwik_idempotency/").await.refused(404, "not_found");
        let permissions = admin.get("/permissions/?limit=1000").await.ok();
        assert!(!permissions.to_string().contains("idempotency"), "{permissions}");
        assert_eq!(admin.get("/audit/?filter_key=entity&value=kwik_idempotency").await.ok()["total"], 0);
    }

    async fn the_document_tells_of_the_header(engine) {
        let app = start(engine, app).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let operation = &document["paths"]["/accounts/{id}/book"]["post"];
        let parameters = operation["parameters"].as_array().unwrap();
        let header = parameters.iter().find(|parameter| parameter["in"] == "header").unwrap();
        assert_eq!((&header["name"], &header["required"]), (&json!("Idempotency-Key"), &json!(false)), "{header}");
        assert_eq!((&header["schema"]["maxLength"], &header["schema"]["title"]), (&json!(255), &Value::Null));
        assert!(header["description"].as_str().is_some_and(|text| text.contains("24 hours")), "{header}");
        let answer = &operation["responses"]["200"];
        assert!(answer["headers"]["Idempotency-Replayed"].is_object(), "{answer}");
        assert!(answer["content"].to_string().contains("Booking"), "{answer}");
    }

    async fn a_program_that_keeps_no_answers_does_not_start_with_such_an_endpoint(engine) {
        let refused = TestApp::first_start(engine, undeclared(), |_| {}).await;
        let problem = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(problem.contains("idempotent_commands"), "{problem}");
    }
}
