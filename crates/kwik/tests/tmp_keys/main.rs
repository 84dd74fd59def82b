#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unused_async, missing_docs, unreachable_pub, dead_code)]
#[path = "../it/identity/access_matrix.rs"]
mod access_matrix;
#[path = "../it/identity/api_key_rights.rs"]
mod api_key_rights;
#[path = "../it/identity/api_keys.rs"]
mod api_keys;
#[path = "../it/identity/audit.rs"]
mod audit;
#[path = "../it/identity/clock.rs"]
mod clock;
#[path = "../it/identity/mailbox.rs"]
mod mailbox;
#[path = "../it/identity/trail.rs"]
mod trail;
use serde_json::Value;
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text but {value}"))
}
