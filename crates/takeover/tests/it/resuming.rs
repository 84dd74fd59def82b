//! A takeover that was stopped goes on; one that has ended does nothing.

use crate::kwik_database::Kwik;
use kwik::takeover::TakeoverError;

const USERS: &str = "SELECT count(*)::text FROM public.users";
const TURNED: &str = "SELECT count(*)::text FROM pg_constraint WHERE contype = 'f' \
    AND confrelid::regclass::text LIKE 'kwik_python.%' AND conrelid::regclass::text NOT LIKE 'kwik_python.%'";

#[tokio::test]
async fn the_second_run_has_nothing_to_do() {
    let kwik = Kwik::new().await;
    assert!(kwik.run().await.unwrap().is_some());
    let records = kwik.text("SELECT count(*)::text FROM kwik_audit").await;
    assert!(kwik.run().await.unwrap().is_none());
    assert!(kwik.examine().await.unwrap().is_none());
    assert_eq!(kwik.text("SELECT count(*)::text FROM kwik_audit").await, records);
}

#[tokio::test]
async fn it_goes_on_when_our_tables_could_not_be_made() {
    let kwik = Kwik::new().await;
    // A type of that name is in the way of the table, and is not seen before.
    kwik.sql("CREATE TYPE throttle_buckets AS (a integer)").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Refused(_) | TakeoverError::Schema(_))));
    kwik.sql("DROP TYPE throttle_buckets").await;
    kwik.run().await.unwrap().unwrap();
    assert_eq!((kwik.text(USERS).await, kwik.text(TURNED).await), ("4".to_owned(), "0".to_owned()));
}

#[tokio::test]
async fn it_goes_on_when_rows_could_not_be_copied() {
    let kwik = Kwik::new().await;
    fail_at(&kwik, "users").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Store(_))));
    assert_eq!(kwik.text(USERS).await, "0", "all or nothing");
    let report = kwik.examine().await.unwrap().unwrap();
    assert_eq!((report.users, report.foreign_keys), (4, 4), "it can be looked at halfway");
    mend(&kwik, "users").await;
    kwik.run().await.unwrap().unwrap();
    assert_eq!((kwik.text(USERS).await, kwik.text(TURNED).await), ("4".to_owned(), "0".to_owned()));
}

#[tokio::test]
async fn it_goes_on_when_foreign_keys_could_not_be_turned() {
    let kwik = Kwik::new().await;
    // A row that came past the foreign key: what the key says is not true, and checking it again fails.
    kwik.sql("ALTER TABLE notes DISABLE TRIGGER ALL; INSERT INTO notes (user_id) VALUES (555)").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Database(_))));
    assert_eq!(kwik.text(USERS).await, "4", "the copy stays");
    kwik.sql("DELETE FROM notes WHERE user_id = 555; ALTER TABLE notes ENABLE TRIGGER ALL").await;
    kwik.run().await.unwrap().unwrap();
    assert_eq!((kwik.text(USERS).await, kwik.text(TURNED).await), ("4".to_owned(), "0".to_owned()));
    assert!(kwik.run().await.unwrap().is_none());
}

#[tokio::test]
async fn rows_that_the_program_has_made_meanwhile_are_not_mixed_in() {
    let kwik = Kwik::new().await;
    fail_at(&kwik, "users").await;
    kwik.run().await.unwrap_err();
    mend(&kwik, "users").await;
    kwik.sql("INSERT INTO roles (name, is_active, version, creation_time) VALUES ('admin', true, 1, now())").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Started)));
    kwik.sql("TRUNCATE roles").await;
    kwik.run().await.unwrap().unwrap();
}

#[tokio::test]
async fn kwiks_tables_that_are_there_twice_are_refused() {
    let kwik = Kwik::new().await;
    kwik.sql("CREATE SCHEMA kwik_python; CREATE TABLE kwik_python.users (LIKE users)").await;
    assert!(matches!(kwik.run().await, Err(TakeoverError::Twice)));
}

/// Makes every new row of our table fail, as soon as there is such a table.
async fn fail_at(kwik: &Kwik, table: &str) {
    kwik.sql(&format!(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'failed'; END $$;
         CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
             IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.{table}'
                        AND command_tag = 'CREATE TABLE') THEN
                 CREATE TRIGGER failing BEFORE INSERT ON public.{table} FOR EACH ROW EXECUTE FUNCTION fail();
             END IF;
         END $$;
         CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch();"
    ))
    .await;
}

async fn mend(kwik: &Kwik, table: &str) {
    kwik.sql(&format!("DROP EVENT TRIGGER watching; DROP TRIGGER failing ON public.{table}")).await;
}
