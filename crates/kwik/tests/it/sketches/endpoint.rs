//! An endpoint of one's own.

use kwik::prelude::*;
use poem_openapi::payload::PlainText;

pub struct Greetings;

#[OpenApi]
impl Greetings {
    /// Say hello to everybody.
    #[oai(path = "/hello", method = "get", operation_id = "hello")]
    async fn hello(&self, _everybody: Public) -> PlainText<String> {
        PlainText("hello, stranger".to_owned())
    }

    /// Say who has signed in.
    #[oai(path = "/whoami", method = "get", operation_id = "whoAmI")]
    async fn who_am_i(&self, ctx: SignedIn) -> PlainText<String> {
        PlainText(format!("user {}", ctx.actor.user_id().unwrap_or_default()))
    }
}
