//! Views: made, made again, checked, made elsewhere.

use super::{
    database::{Engine, each_engine},
    entities::{optional, plain, schema, text},
    files::embedded,
};
use kwik_domain::{EntityMeta, FieldMeta};
use kwik_schema::{Schema, SchemaError, check, migrate_up, new_migration};

fn view(table: &'static str, query: &'static str, fields: &[FieldMeta]) -> EntityMeta {
    plain(table, fields).view(query, query)
}

fn things() -> EntityMeta {
    plain("things", &[text("name"), FieldMeta::of::<Option<i64>>("size")])
}

const NAMES: &str = "SELECT id, name FROM things";

fn named(query: &'static str) -> Schema {
    schema([things(), view("thing_names", query, &[text("name")])])
}

each_engine! {
    async fn one_is_made_once_and_read(database) {
        let wanted = named(NAMES);
        let statements = database.develop(&wanted).await;
        assert!(statements.iter().any(|sql| sql.starts_with("CREATE VIEW \"thing_names\"")), "{statements:#?}");
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        assert_eq!(database.text("SELECT name FROM thing_names").await, "Ada");
        assert!(database.drift(&wanted).await.is_empty());
        assert!(database.develop(&wanted).await.is_empty());
    }

    async fn another_query_makes_it_again(database) {
        database.develop(&named(NAMES)).await;
        let next = named("SELECT id, name || '!' AS name FROM things -- said loudly");
        assert_eq!(database.drift(&next).await, ["view thing_names has another query than its entity"]);
        database.develop(&next).await;
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        assert_eq!(database.text("SELECT name FROM thing_names").await, "Ada!");
        assert!(database.drift(&next).await.is_empty());
    }

    async fn tables_change_below_views_that_read_each_other(database) {
        let over = |fields: &[FieldMeta]| schema([
            plain("things", fields),
            view("thing_names", NAMES, &[text("name")]),
            view("short_names", "SELECT id, name FROM thing_names WHERE length(name) < 5", &[text("name")]),
        ]);
        database.develop(&over(&[text("name"), optional("gone")])).await;
        database.run("INSERT INTO things (name) VALUES ('Ada'), ('Charles')").await;
        let next = over(&[optional("name").unique(), FieldMeta::of::<i64>("size").default("3")]);
        database.develop(&next).await;
        assert_eq!(database.texts("SELECT name FROM short_names").await, [Some("Ada".to_owned())]);
        assert!(database.drift(&next).await.is_empty());
        assert!(database.develop(&next).await.is_empty());
    }

    async fn one_that_no_entity_has_any_more_goes(database) {
        database.develop(&named(NAMES)).await;
        let next = schema([things()]);
        assert_eq!(database.drift(&next).await, ["view thing_names is no entity's"]);
        database.develop(&next).await;
        database.try_run("SELECT * FROM thing_names").await.unwrap_err();
        // Somebody's own stays.
        database.run("CREATE VIEW theirs AS SELECT 1 AS one").await;
        assert!(database.develop(&next).await.is_empty());
        database.run("SELECT * FROM theirs").await;
    }

    async fn one_that_lacks_a_column_is_refused(database) {
        database.develop(&schema([things()])).await;
        let wanted = schema([things(), view("thing_names", NAMES, &[text("name"), text("city")])]);
        let error = database.try_develop(&wanted, false).await.unwrap_err();
        assert_eq!(error, "view thing_names: column city is missing; correct the query, or the entity; nothing was changed");
        database.try_run("SELECT * FROM thing_names").await.unwrap_err();
        assert_eq!(database.drift(&wanted).await, ["view thing_names is missing"]);
        let wrong = named("SELECT id, name FROM nothing");
        let error = database.try_develop(&wrong, false).await.unwrap_err();
        assert!(error.contains("nothing"), "{error}");
        if database.engine == Engine::Postgres {
            let typed = schema([things(), view("sums", "SELECT 1::bigint AS id, sum(size) AS total FROM things", &[FieldMeta::of::<Option<i64>>("total")])]);
            let error = database.try_develop(&typed, false).await.unwrap_err();
            assert!(error.starts_with("view sums: column total is numeric and should be bigint; cast it in the query"), "{error}");
        }
    }

    async fn one_that_is_made_elsewhere_only_has_to_be_there(database) {
        let wanted = schema([things(), view("theirs", "", &[text("name")])]);
        let error = database.try_develop(&wanted, false).await.unwrap_err();
        assert!(error.starts_with("view theirs is missing"), "{error}");
        database.develop(&schema([things()])).await;
        database.run("CREATE VIEW theirs AS SELECT id, name, 1 AS more FROM things").await;
        assert!(database.develop(&wanted).await.is_empty());
        assert!(database.drift(&wanted).await.is_empty());
        let more = schema([things(), view("theirs", "", &[text("city")])]);
        assert_eq!(database.drift(&more).await, ["view theirs: column city is missing"]);
    }

    async fn migrations_follow_queries_and_tables(database) {
        let dir = database.folder().join("migrations");
        let renamed = || plain("items", &[optional("name")]).renamed_from("things");
        let life = [
            ("init", named(NAMES)),
            ("query", named("SELECT id, name FROM things WHERE id > 0;\n")),
            ("tables", schema([renamed(), view("thing_names", "SELECT id, name FROM items", &[optional("name")])])),
            ("away", schema([])),
        ];
        for (name, wanted) in life {
            new_migration(&dir, name, &wanted).unwrap();
            let instance = database.open().await;
            migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap();
            check(&instance, &embedded(&dir), &wanted).await.unwrap();
            instance.close().await;
            drop(instance);
            assert!(database.develop(&wanted).await.is_empty(), "{name}");
            assert_eq!(new_migration(&dir, "more", &wanted).unwrap_err().to_string(), SchemaError::NothingToDo.to_string());
        }
    }

    async fn production_refuses_another_query(database) {
        let dir = database.folder().join("migrations");
        new_migration(&dir, "init", &named(NAMES)).unwrap();
        let instance = database.open().await;
        migrate_up(&instance, &embedded(&dir), &mut |_| {}).await.unwrap();
        let error = check(&instance, &embedded(&dir), &named("SELECT id, name FROM things WHERE id > 1")).await.unwrap_err();
        assert!(error.to_string().contains("view thing_names has another query than its entity"), "{error}");
        instance.close().await;
        drop(instance);
    }
}

#[test]
fn a_view_has_no_table_and_no_name_of_a_table() {
    let wanted = named(NAMES);
    assert!(wanted.tables.iter().all(|table| table.name != "thing_names"));
    assert_eq!(wanted.views[0].columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "name"]);
    let twice: Vec<&'static EntityMeta> =
        vec![Box::leak(Box::new(things())), Box::leak(Box::new(view("things", NAMES, &[text("name")])))];
    assert!(matches!(Schema::of(&twice).unwrap_err(), SchemaError::DuplicateTable { .. }));
}
