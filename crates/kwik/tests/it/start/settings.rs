//! Settings that do not fit the world.

use kwik::{App, Settings, domain::Secret};
use kwik_testkit::{TestApp, database::Engine};

async fn refusal(adjust: impl Fn(&mut Settings)) -> String {
    TestApp::first_start(Engine::Sqlite, App::new(), adjust).await.err().expect("it must not start").to_string()
}

async fn refused_url(url: &str) -> String {
    refusal(|settings| settings.database_url = Secret::new(url)).await
}

#[tokio::test]
async fn a_database_of_another_make_is_refused() {
    let text = refused_url("mysql://u:hunter2@localhost/x").await;
    assert!(text.contains("postgres:// or sqlite://") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_one_clear_line() {
    let text = refused_url("postgres://u:hunter2@127.0.0.1:1/x").await;
    assert!(!text.contains('\n') && !text.contains("hunter2") && text.contains("check the address"), "{text}");
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let text = refused_url("sqlite:///proc/nowhere/kwik.db").await;
    assert!(!text.contains('\n') && text.contains("/proc/nowhere"), "{text}");
}

#[tokio::test]
async fn a_key_that_is_too_short_is_refused() {
    let text = refusal(|settings| settings.secret_key = Secret::new("short")).await;
    assert_eq!(text, "KWIK_SECRET_KEY: the secret key must have at least 32 bytes");
}

#[tokio::test]
async fn production_does_not_make_tables_by_itself() {
    let text = refusal(|settings| settings.environment = kwik::Environment::Production).await;
    assert!(text.contains("migrate"), "it says what to do: {text}");
}
