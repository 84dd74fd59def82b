//! Primary keys of several columns, and keys that nobody counts.

use super::{
    database::{Engine, each_engine},
    entities::{optional, schema, text},
    files::embedded,
};
use chrono::NaiveDate;
use kwik_domain::{EntityMeta, FieldMeta};
use kwik_schema::{Schema, check, migrate_up, new_migration};
use uuid::Uuid;

/// An entity whose key is the first `keys` of its fields.
fn keyed(table: &'static str, keys: usize, fields: &[FieldMeta]) -> EntityMeta {
    let fields: Vec<FieldMeta> = fields.to_vec();
    let own = fields.len();
    EntityMeta::with_given_key("Keyed", "Keyeds", table, fields.leak(), own, keys).unaudited().unversioned()
}

fn stocks(more: &[FieldMeta]) -> Schema {
    let key = [FieldMeta::of::<i32>("store"), FieldMeta::of::<i64>("product").indexed()];
    schema([keyed("stocks", 2, &[&key, more].concat())])
}

fn all_kinds() -> Schema {
    let parts = [
        FieldMeta::of::<NaiveDate>("day"),
        FieldMeta::of::<Uuid>("guest"),
        FieldMeta::of::<i32>("hall"),
        FieldMeta::of::<i64>("seat"),
        optional("note"),
    ];
    schema([
        keyed("bookings", 4, &parts),
        keyed("countries", 1, &[text("code"), text("name").unique()]),
        keyed("halls", 1, &[FieldMeta::of::<i32>("number"), optional("note")]),
        keyed("numbers", 1, &[FieldMeta::of::<i64>("number"), optional("note")]),
        keyed("days", 1, &[FieldMeta::of::<NaiveDate>("day"), optional("note")]),
        keyed("tokens", 1, &[FieldMeta::of::<Uuid>("token"), optional("note")]),
    ])
}

each_engine! {
    async fn are_made_and_found_as_they_are(database) {
        database.develop(&all_kinds()).await;
        assert_eq!(database.drift(&all_kinds()).await, Vec::<String>::new());
        assert!(database.develop(&all_kinds()).await.is_empty());
    }

    async fn of_several_columns_are_unique_together(database) {
        database.develop(&stocks(&[optional("note")])).await;
        database.run("INSERT INTO stocks (store, product) VALUES (1, 1), (1, 2), (2, 1)").await;
        database.try_run("INSERT INTO stocks (store, product) VALUES (1, 2)").await.unwrap_err();
        database.try_run("INSERT INTO stocks (product) VALUES (5)").await.unwrap_err();
        database.try_run("INSERT INTO stocks (store) VALUES (5)").await.unwrap_err();
    }

    async fn that_nobody_counts_must_be_given(database) {
        database.develop(&all_kinds()).await;
        database.try_run("INSERT INTO countries (name) VALUES ('x')").await.unwrap_err();
        database.run("INSERT INTO numbers (number) VALUES (5)").await;
        database.try_run("INSERT INTO numbers (number) VALUES (5)").await.unwrap_err();
        if database.engine == Engine::Postgres {
            database.try_run("INSERT INTO numbers (note) VALUES ('x')").await.unwrap_err();
        }
    }

    async fn last_while_other_columns_change(database) {
        database.develop(&stocks(&[optional("note"), optional("old")])).await;
        database.run("INSERT INTO stocks (store, product, note) VALUES (1, 2, 'x'), (2, 1, 'y')").await;
        // On SQLite this makes the table anew.
        let next = stocks(&[text("note").default("z"), FieldMeta::of::<i64>("pieces").default("0")]);
        database.try_develop(&next, true).await.unwrap();
        assert!(database.drift(&next).await.is_empty());
        let rows = database.texts("SELECT note FROM stocks ORDER BY store").await;
        assert_eq!(rows, [Some("x".to_owned()), Some("y".to_owned())]);
        database.try_run("INSERT INTO stocks (store, product) VALUES (1, 2)").await.unwrap_err();
        database.run("INSERT INTO stocks (store, product) VALUES (2, 2)").await;
    }

    async fn are_renamed(database) {
        database.develop(&stocks(&[])).await;
        database.run("INSERT INTO stocks (store, product) VALUES (1, 2)").await;
        let key = [FieldMeta::of::<i32>("shop").renamed_from("store"), FieldMeta::of::<i64>("product").indexed()];
        let renamed = schema([keyed("stocks", 2, &key)]);
        database.develop(&renamed).await;
        assert!(database.drift(&renamed).await.is_empty());
        database.try_run("INSERT INTO stocks (shop, product) VALUES (1, 2)").await.unwrap_err();
    }

    async fn of_existing_tables_are_taken_as_they_stand(database) {
        let text = if database.engine == Engine::Sqlite { "text" } else { "text COLLATE \"C\"" };
        let strict = if database.engine == Engine::Sqlite { " STRICT" } else { "" };
        database.run(&format!(
            "CREATE TABLE places (note {text}, seat bigint NOT NULL, hall integer NOT NULL, PRIMARY KEY (seat, hall)){strict};\
             CREATE TABLE countries (code {text} PRIMARY KEY NOT NULL, name {text} NOT NULL){strict}"
        ).replace("bigint", if database.engine == Engine::Sqlite { "integer" } else { "bigint" })).await;
        let parts = [FieldMeta::of::<i32>("hall"), FieldMeta::of::<i64>("seat"), optional("note")];
        let existing = schema([
            keyed("places", 2, &parts),
            keyed("countries", 1, &[FieldMeta::of::<String>("code"), FieldMeta::of::<String>("name")]),
        ]);
        let statements = database.develop(&existing).await;
        assert!(!statements.iter().any(|sql| sql.contains("places") || sql.contains("countries")), "{statements:#?}");
        assert!(database.drift(&existing).await.is_empty());
    }

    async fn that_are_others_are_told(database) {
        database.develop(&stocks(&[])).await;
        let fewer = schema([keyed("stocks", 1, &[FieldMeta::of::<i32>("store"), FieldMeta::of::<i64>("product")])]);
        let error = database.try_develop(&fewer, true).await.unwrap_err();
        assert!(error.starts_with("the primary key of stocks is product ("), "{error}");
        let more = [FieldMeta::of::<i32>("store"), FieldMeta::of::<i64>("product"), FieldMeta::of::<i32>("lot")];
        let error = database.try_develop(&schema([keyed("stocks", 3, &more)]), true).await.unwrap_err();
        assert!(error.contains("store ("), "{error}");
    }

    async fn a_counted_key_may_be_given_and_no_other_way_round(database) {
        database.develop(&crate::entities::things(&[])).await;
        let given = schema([keyed("things", 1, &[FieldMeta::of::<i64>("id")])]);
        assert!(database.drift(&given).await.is_empty());
        if database.engine == Engine::Postgres {
            database.develop(&all_kinds()).await;
            let fields = vec![FieldMeta::of::<i64>("number"), optional("note")];
            let counted = EntityMeta::new("Number", "Numbers", "numbers", fields.leak(), 2).unaudited().unversioned();
            let error = database.try_develop(&schema([counted]), false).await.unwrap_err();
            assert!(error.contains("number (bigint), but number (bigint, counted by the database)"), "{error}");
        }
    }

    async fn stand_in_migrations(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "first", &stocks(&[optional("note")])).unwrap();
        let next = stocks(&[text("note").default("z")]);
        new_migration(&dir, "second", &next).unwrap();
        let instance = database.open().await;
        migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap();
        check(&instance, &embedded(&dir), &next).await.unwrap();
        instance.close().await;
        drop(instance);
        assert!(database.drift(&next).await.is_empty());
    }
}

#[test]
fn an_index_has_the_rest_of_the_key_behind_it() {
    let schema = stocks(&[optional("note").indexed()]);
    let table = schema.tables.iter().find(|table| table.name == "stocks").unwrap();
    assert_eq!(table.indexes, [vec!["product", "store"], vec!["note", "store", "product"]]);
}
