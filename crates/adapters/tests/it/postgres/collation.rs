//! A database whose own collation is a language's: ours is bytewise all the same.

use crate::{fixture, process::skipped};
use kwik_schema::{Schema, develop};
use kwik_testkit::{
    conformance::store::{self, ENTITIES, Given},
    database::Engine,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Checks a promise on a database that sorts as English does, where `a` comes before `B`. Should it be
/// broken, the database goes with the run, by whose name its own begins.
async fn in_english<F: Future<Output = ()>>(promise: impl FnOnce(Given) -> F) {
    let place = fixture::place(Engine::Postgres).await;
    let mut administrator = PgConnection::connect(place.url()).await.unwrap();
    let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(&mut administrator).await.unwrap();
    if version.parse::<u32>().unwrap() < 150_000 {
        return skipped("a database has no language of ICU before PostgreSQL 15");
    }
    let url = format!("{}_english", place.url());
    let (_, name) = url.rsplit_once('/').unwrap();
    let sql = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut administrator).await.unwrap();
    let database = fixture::connect(&url).await;
    develop(&database, &Schema::of(&ENTITIES).unwrap(), false).await.unwrap();
    promise(fixture::given(&database)).await;
    database.close().await;
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut administrator).await.unwrap();
}

#[tokio::test]
async fn of_a_language_does_not_change_filters() {
    in_english(store::filters::text_compares_bytewise).await;
}

#[tokio::test]
async fn of_a_language_does_not_change_the_order() {
    in_english(store::order::of_every_kind).await;
}

#[tokio::test]
async fn of_a_language_does_not_change_the_scope_of_a_new_row() {
    in_english(store::scopes::compare_text_bytewise).await;
}

#[tokio::test]
async fn of_a_language_does_not_change_scopes_of_any_shape() {
    in_english(store::properties::scopes_of_writes_agree_with_memory).await;
}
