//! What the tests of commands change.

use kwik::prelude::*;
use kwik_testkit::{Client, TestResponse};
use serde_json::Value;
use tokio::task::JoinSet;

/// What bookings are made on.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "accounts")]
pub struct Account {
    #[entity(key)]
    pub id: i64,
    #[entity(range(0..))]
    pub most: i64,
    #[entity(default = 0)]
    pub turns: i64,
}

/// A part of what an account has.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "bookings")]
pub struct Booking {
    #[entity(key)]
    pub id: i64,
    #[entity(indexed, create_only)]
    pub account_id: i64,
    #[entity(range(1..=1000))]
    pub amount: i64,
}

/// More than any test makes.
pub const PAGE: Page = Page { skip: 0, limit: 1000 };

/// How much is booked on an account.
pub async fn booked(ctx: &Ctx, work: &mut Work, account_id: i64) -> Result<i64> {
    let of_account = Booking::ACCOUNT_ID.eq(account_id);
    let bookings = work.repository::<Booking>().list(ctx, &of_account, &[], PAGE).await?;
    Ok(bookings.iter().map(|booking| booking.amount).sum())
}

/// Refuses what would be too much.
pub fn within(account: &Account, sum: i64) -> Result<()> {
    if sum > account.most {
        return Err(RuleViolation::new("too_much", "the account has not got so much").into());
    }
    Ok(())
}

/// The answers to requests that are all made at once.
pub async fn at_once<F>(number: usize, request: impl Fn(usize) -> F) -> Vec<TestResponse>
where
    F: Future<Output = TestResponse> + Send + 'static,
{
    let requests: JoinSet<_> = (0..number).map(request).collect();
    requests.join_all().await
}

/// All rows of a collection.
pub async fn rows(client: &Client, collection: &str) -> Vec<Value> {
    let list = client.get(&format!("/{collection}/?limit=1000")).await.ok();
    list["data"].as_array().unwrap().clone()
}

/// How many answers are a success, where all others are told to try again; never a defect.
pub fn succeeded(answers: &[TestResponse]) -> usize {
    let lost = |answer: &&TestResponse| match answer.status.as_u16() {
        409 => answer.refused(409, "contention").is_object() && answer.header("retry-after").is_some(),
        503 => answer.refused(503, "unavailable").is_object() && answer.header("retry-after").is_some(),
        _ => false,
    };
    let succeeded = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(succeeded + answers.iter().filter(lost).count(), answers.len(), "{answers:?}");
    succeeded
}
