//! A sum that must not become too large, under many writers at once: by a lock, and without one.

use super::shop::{Account, Booking, BookingCreate, at_once, booked, rows, succeeded, within};
use kwik::prelude::*;
use kwik_testkit::{Client, TestApp, on_each_engine};
use serde_json::json;

permission!(pub Book = "bookings_book");

/// How many write at once, and how much each wants. A lock lets ten of them through, and then
/// there is nothing left; without one, the first who commits is to be the only one.
const WRITERS: usize = 64;
const EACH: i64 = 10;
const MOST: i64 = 100;

/// Locks the account, so that two bookings are looked at one after the other.
struct Locking;

#[async_trait]
impl Rule<Booking> for Locking {
    async fn before_create(&self, ctx: &Ctx, work: &mut Work, booking: &mut BookingCreate) -> Result<()> {
        let account = work.repository::<Account>().find_for_update(ctx, booking.account_id).await?;
        let account = account.ok_or(RuleViolation::new("no_account", "there is no such account"))?;
        within(&account, booked(ctx, work, account.id).await? + booking.amount)
    }
}

/// Books without a lock.
#[derive(Debug)]
struct BookUnlocked {
    account_id: i64,
}

#[async_trait]
impl Command for BookUnlocked {
    type Answer = Stored<Booking>;
    const ISOLATION: Isolation = Isolation::Serializable;

    async fn run(&self, ctx: &Ctx, work: &mut Work) -> Result<Stored<Booking>> {
        let account = work.repository::<Account>().get(ctx, self.account_id).await?;
        within(&account, booked(ctx, work, account.id).await? + EACH)?;
        tokio::task::yield_now().await;
        let new = BookingCreate { account_id: account.id, amount: EACH };
        work.create::<Booking>(ctx, new).await
    }
}

struct Bookings {
    data: Data,
}

#[OpenApi]
impl Bookings {
    /// Book.
    #[oai(path = "/accounts/:id/book", method = "post", operation_id = "book")]
    async fn book(&self, ctx: Allow<Book>, id: Path<i64>) -> ApiResult<Json<Booking>> {
        Ok(Json(self.data.run(&ctx, &BookUnlocked { account_id: id.0 }).await?))
    }
}

fn locking() -> App {
    App::new().resource::<Account>().resource::<Booking>().rule::<Booking>(Locking)
}

fn serializable() -> App {
    let app = App::new().resource::<Account>().resource::<Booking>();
    app.api(|services| Bookings { data: services.data.clone() })
}

async fn sum(client: &Client) -> i64 {
    rows(client, "bookings").await.iter().map(|booking| booking["amount"].as_i64().unwrap()).sum()
}

on_each_engine! {
    async fn a_lock_bounds_a_sum(engine) {
        let app = TestApp::start(engine, locking).await;
        let admin = app.admin().await;
        admin.post("/accounts/", &json!({ "most": MOST })).await.ok();
        let answers = at_once(WRITERS, |_| {
            let admin = admin.clone();
            async move { admin.post("/bookings/", &json!({ "account_id": 1, "amount": EACH })).await }
        }).await;
        let (refused, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.json()["code"] == "too_much");
        for answer in &refused {
            answer.refused(409, "too_much");
        }
        let made = succeeded(&others);
        assert_eq!((sum(&admin).await, made), (MOST, 10), "{} refused", refused.len());
    }

    async fn a_serializable_command_bounds_a_sum_without_a_lock(engine) {
        let app = TestApp::start(engine, serializable).await;
        let admin = app.admin().await;
        admin.post("/accounts/", &json!({ "most": EACH })).await.ok();
        let answers = at_once(WRITERS, |_| {
            let admin = admin.clone();
            async move { admin.post("/accounts/1/book", &json!({})).await }
        }).await;
        let (refused, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.json()["code"] == "too_much");
        for answer in &refused {
            answer.refused(409, "too_much");
        }
        let made = succeeded(&others);
        assert_eq!(sum(&admin).await, EACH * i64::try_from(made).unwrap());
        assert_eq!(made, 1, "{} of {WRITERS} refused", refused.len());
    }
}
