//! Each test has its own database, for as long as it runs.

use crate::database::{execute, migrate, notes, number};
use kwik_testkit::database::{Engine, ProvisionError, TestDatabase};
use kwik_testkit::on_each_engine;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

const COUNT: &str = "select count(*) from notes";

on_each_engine! {
    async fn tests_do_not_see_each_other(engine) {
        let (one, other) = tokio::join!(notes(engine), notes(engine));
        assert_ne!(one.url(), other.url());
        execute(one.url(), "insert into notes values ('mine')").await.unwrap();
        assert_eq!(number(one.url(), COUNT).await.unwrap(), 1);
        assert_eq!(number(other.url(), COUNT).await.unwrap(), 0);
        assert_eq!(number(notes(engine).await.url(), COUNT).await.unwrap(), 0);
    }

    async fn different_fingerprints_are_different_templates(engine) {
        let wide = TestDatabase::from_template(engine, "notes, wide", async |url: String| {
            migrate(&url).await?;
            execute(&url, "alter table notes add author varchar(100)").await?;
            Ok(())
        });
        let (plain, wide) = tokio::join!(notes(engine), wide);
        let author = "select count(author) from notes";
        assert_eq!(number(wide.unwrap().url(), author).await.unwrap(), 0);
        assert!(number(plain.url(), author).await.is_err());
    }

    async fn dropping_removes_the_database(engine) {
        let database = notes(engine).await;
        let url = database.url().to_owned();
        drop(database);
        assert!(number(&url, COUNT).await.is_err(), "{url} is still there");
    }

    async fn a_failed_migration_fails_the_test_and_the_next_one_tries_again(engine) {
        let failed = TestDatabase::from_template(engine, "fails once", async |url: String| {
            migrate(&url).await?;
            Err("half-way".into())
        }).await;
        assert!(matches!(failed, Err(ProvisionError::Migration(_))), "{failed:?}");
        let made = TestDatabase::from_template(engine, "fails once", async |url: String| {
            migrate(&url).await
        }).await.unwrap();
        assert_eq!(number(made.url(), COUNT).await.unwrap(), 0);
    }

    async fn a_test_may_fail_with_an_error(engine) -> Result<(), sqlx::Error> {
        number(notes(engine).await.url(), COUNT).await.map(|_| ())
    }
}

mod open_sessions {
    use super::{Connection, Engine, PgConnection, notes};

    #[tokio::test]
    async fn postgres() {
        let database = notes(Engine::Postgres).await;
        let mut open = PgConnection::connect(database.url()).await.unwrap();
        drop(database);
        assert!(open.ping().await.is_err(), "the session outlived its database");
    }
}
