//! Databases that a former version of the framework made.

use super::{
    database::{Engine, TestDatabase, each_engine},
    entities::schema,
    files::embedded,
};
use kwik_schema::{Notify, Schema, check, migrate_up, new_migration};
use std::{fs, path::Path};

/// The framework's schema before users had logins, as its `schema.json` was written.
const FORMER: &str = include_str!("former_schema.json");

fn former() -> Schema {
    serde_json::from_str(FORMER).unwrap()
}

/// Two users, one of whom has capitals in the address.
async fn fill(database: &TestDatabase) {
    let now = if database.engine == Engine::Sqlite { "0" } else { "now()" };
    for email in ["ada@example.com", "Bea@Example.com"] {
        let insert = "INSERT INTO users (name, surname, email, hashed_password, is_active, version, creation_time)";
        database.run(&format!("{insert} VALUES ('N', 'S', '{email}', '$hash$', true, 1, {now})")).await;
    }
}

async fn has_what_there_is_now(database: &TestDatabase) {
    let login = "SELECT login FROM users WHERE NOT must_change_password AND hashed_password = '$hash$' ORDER BY id";
    assert_eq!(database.texts(login).await, ["ada@example.com", "bea@example.com"].map(|text| Some(text.to_owned())));
    // An address is unique by its login, and no more by itself.
    database.try_run("UPDATE users SET login = 'ada@example.com'").await.unwrap_err();
    database.run("UPDATE users SET email = 'ada@example.com'").await;
    database.run("UPDATE users SET email = login").await;
    if database.engine == Engine::Postgres {
        let triggers = "SELECT string_agg(tgname || ' ' || (tgtype & 1) || ' ' || encode(tgargs, 'escape'), ', ' \
             ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ";
        let of = async |table| database.text(&format!("{triggers} '{table}'::regclass")).await;
        assert_eq!(of("users").await, r"kwik_notify_access 1 id\000, kwik_notify_truncate 0 ");
        assert_eq!(of("user_roles").await, r"kwik_notify_access 1 user_id\000, kwik_notify_truncate 0 ");
        assert_eq!(of("roles").await, "kwik_notify_access 0 ");
    }
}

async fn migrate(database: &TestDatabase, dir: &Path) {
    let instance = database.open().await;
    assert_eq!(migrate_up(&instance, &embedded(dir), &mut |_| {}).await.unwrap(), 1);
    instance.close().await;
}

each_engine! {
    async fn development_follows(database) {
        database.develop(&former()).await;
        fill(&database).await;
        let now = schema([]);
        let drift = database.drift(&now).await;
        assert!(drift.iter().any(|line| line == "users: index users_email_key is not wanted"), "{drift:#?}");
        let announced = drift.iter().filter(|line| line.contains("announced to others")).count();
        assert_eq!(announced, if database.engine == Engine::Postgres { 2 } else { 0 }, "{drift:#?}");
        database.develop(&now).await;
        has_what_there_is_now(&database).await;
        assert_eq!(database.drift(&now).await, [""; 0]);
        assert_eq!(database.develop(&now).await, [""; 0]);
    }

    async fn a_migration_follows(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "former", &former()).unwrap();
        fs::write(dir.join("schema.json"), FORMER).unwrap();
        migrate(&database, &dir).await;
        fill(&database).await;
        let now = schema([]);
        new_migration(&dir, "identity", &now).unwrap();
        migrate(&database, &dir).await;
        has_what_there_is_now(&database).await;
        let instance = database.open().await;
        check(&instance, &embedded(&dir), &now).await.unwrap();
        instance.close().await;
        drop(instance);
        assert_eq!(database.develop(&now).await, [""; 0]);
    }

    async fn two_users_whose_addresses_differ_in_case_alone_are_in_the_way(database) {
        database.develop(&former()).await;
        fill(&database).await;
        database.run("UPDATE users SET email = 'ADA@example.com' WHERE email = 'Bea@Example.com'").await;
        let error = database.try_develop(&schema([]), false).await.unwrap_err();
        assert!(error.contains("rows have the same value there"), "{error}");
        database.try_run("SELECT login FROM users").await.unwrap_err();
    }
}

#[test]
fn announcements_of_former_files_are_to_everybody() {
    let users = former().tables.remove(0);
    assert_eq!((users.name.as_str(), users.notify), ("users", Some(Notify::Everybody)));
    let again: Schema = serde_json::from_str(&serde_json::to_string(&schema([])).unwrap()).unwrap();
    assert_eq!(again, schema([]));
}
