//! Columns: added, renamed, removed, made optional and not.

use super::{
    database::{Engine, each_engine},
    entities::{audited, optional, plain, schema, text, things},
};
use kwik_domain::FieldMeta;

each_engine! {
    async fn an_added_field_gets_its_default_in_rows_that_are_there(database) {
        database.develop(&things(&[])).await;
        database.run("INSERT INTO things DEFAULT VALUES").await;
        let more = things(&[text("colour").default("red; DROP TABLE things; --'"), optional("note")]);
        let statements = database.develop(&more).await;
        assert_eq!(statements.len(), 2, "{statements:#?}");
        assert_eq!(database.text("SELECT colour FROM things").await, "red; DROP TABLE things; --'");
        assert!(database.develop(&more).await.is_empty());
    }

    async fn an_added_field_is_computed_in_rows_that_are_there(database) {
        let name = || text("name");
        database.develop(&things(&[name()])).await;
        database.run("INSERT INTO things (name) VALUES ('Ada'), ('Bea')").await;
        // With a default, without one, and optional; and together with a change that SQLite makes by a rebuild.
        let computed = [text("a").default("").fill("lower(name)"), text("b").fill("name"), optional("c").fill("name")];
        let steps = [
            things(&[name(), computed[0].unique()]),
            things(&[name(), computed[0].unique(), computed[1]]),
            things(&[name(), computed[0].unique(), computed[1], computed[2].indexed()]),
            things(&[optional("name"), text("a").unique(), computed[1], computed[2].indexed(), text("d").default("x").fill("a || b")]),
        ];
        for step in steps {
            database.develop(&step).await;
            assert!(database.drift(&step).await.is_empty());
            assert!(database.develop(&step).await.is_empty());
        }
        let rows = database.texts("SELECT a || b || c || d FROM things ORDER BY id").await;
        assert_eq!(rows, ["adaAdaAdaadaAda", "beaBeaBeabeaBea"].map(|text| Some(text.to_owned())));
    }

    async fn an_added_field_without_default_is_refused_when_there_are_rows(database) {
        let more = || things(&[optional("first"), text("colour")]);
        database.develop(&things(&[])).await;
        database.run("INSERT INTO things DEFAULT VALUES").await;
        let error = database.try_develop(&more(), false).await.unwrap_err();
        assert!(error.contains("things.colour"), "{error}");
        assert!(error.contains("give the field a default or make it optional"), "{error}");
        assert!(database.develop(&things(&[])).await.is_empty(), "something was changed");
        database.run("DELETE FROM things").await;
        database.develop(&more()).await;
        assert!(database.drift(&more()).await.is_empty());
    }

    async fn a_renamed_field_keeps_its_values(database) {
        database.develop(&things(&[text("mail").unique(), text("other").indexed()])).await;
        database.run("INSERT INTO things (mail, other) VALUES ('a@b.c', 'x')").await;
        let renamed = things(&[text("email").unique().renamed_from("mail"), text("other").indexed()]);
        let statements = database.develop(&renamed).await;
        assert!(statements[0].contains("RENAME COLUMN"), "{statements:#?}");
        assert_eq!(database.text("SELECT email FROM things").await, "a@b.c");
        assert!(database.drift(&renamed).await.is_empty());
        assert!(database.develop(&renamed).await.is_empty());
    }

    async fn a_former_field_name_may_be_used_again(database) {
        database.develop(&things(&[text("name")])).await;
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        let next = things(&[text("given_name").renamed_from("name"), optional("name")]);
        database.develop(&next).await;
        assert_eq!(database.text("SELECT given_name FROM things WHERE name IS NULL").await, "Ada");
        assert!(database.develop(&next).await.is_empty());
    }

    async fn a_field_that_is_gone_keeps_its_values(database) {
        let fields = [text("name"), text("phone").unique(), optional("empty").indexed()];
        database.develop(&things(&fields)).await;
        database.run("INSERT INTO things (name, phone) VALUES ('Ada', '123')").await;
        let fewer = things(&[text("name")]);
        let report = database.develop(&fewer).await;
        let note = report.last().unwrap();
        assert!(note.starts_with("-- things.phone") && note.contains("migrate develop --drop-columns"), "{note}");
        assert_eq!(database.text("SELECT phone FROM things").await, "123");
        database.run("INSERT INTO things (name) VALUES ('Bea'), ('Cleo')").await;
        database.try_run("SELECT empty FROM things").await.unwrap_err();
        let again = database.develop(&fewer).await;
        assert!(again.len() == 1 && again[0].starts_with("-- "), "{again:#?}");
        let report = database.try_develop(&fewer, true).await.unwrap();
        assert_eq!(report.len(), 1, "{report:#?}");
        database.try_run("SELECT phone FROM things").await.unwrap_err();
        assert_eq!(database.texts("SELECT name FROM things").await.len(), 3);
        assert!(database.drift(&fewer).await.is_empty());
    }

    async fn a_field_becomes_optional_and_needed_again(database) {
        let needed = things(&[text("name").default("nobody")]);
        database.develop(&needed).await;
        let free = things(&[optional("name")]);
        assert!(!database.develop(&free).await.is_empty());
        assert!(database.drift(&free).await.is_empty());
        database.run("INSERT INTO things (name) VALUES ('Ada'), (NULL)").await;
        let error = database.try_develop(&things(&[text("name")]), false).await.unwrap_err();
        assert!(error.contains("give the field a default or make it optional"), "{error}");
        database.develop(&needed).await;
        assert_eq!(database.text("SELECT name FROM things WHERE name <> 'Ada'").await, "nobody");
        assert!(database.drift(&needed).await.is_empty());
        assert!(database.develop(&needed).await.is_empty());
    }

    async fn a_default_is_changed_and_removed(database) {
        for schema in [things(&[text("name").default("a")]), things(&[text("name").default("b")]), things(&[text("name")])] {
            assert!(!database.develop(&schema).await.is_empty());
            assert!(database.drift(&schema).await.is_empty());
            assert!(database.develop(&schema).await.is_empty());
        }
    }

    async fn an_entity_becomes_audited_and_unaudited(database) {
        let plain = schema([plain("things", &[text("name")])]);
        let audited = schema([audited("things", &[text("name")])]);
        database.develop(&plain).await;
        database.run("INSERT INTO things (name) VALUES ('Ada'), ('Bea')").await;
        database.develop(&audited).await;
        assert!(database.drift(&audited).await.is_empty());
        let seconds = match database.engine {
            Engine::Sqlite => "unixepoch('now') - creation_time / 1000000",
            Engine::Postgres => "extract(epoch FROM now() - creation_time)::int",
        };
        let rows = format!("SELECT name FROM things WHERE version = 1 AND {seconds} BETWEEN 0 AND 60");
        assert_eq!(database.texts(&rows).await.len(), 2);
        // The columns hold values, so they stay, and rows need not have them.
        database.develop(&plain).await;
        database.run("INSERT INTO things (name, version) VALUES ('Cleo', NULL)").await;
        database.develop(&audited).await;
        assert!(database.drift(&audited).await.is_empty());
        assert_eq!(database.texts(&rows).await.len(), 3);
    }

    async fn numbers_of_removed_rows_are_not_given_again(database) {
        database.develop(&things(&[text("name")])).await;
        database.run("INSERT INTO things (name) VALUES ('a'), ('b'), ('c'); DELETE FROM things WHERE name <> 'a'").await;
        database.develop(&things(&[optional("name")])).await;
        database.run("INSERT INTO things (name) VALUES ('d')").await;
        assert_eq!(database.text("SELECT CAST(id AS text) FROM things WHERE name = 'd'").await, "4");
        database.run("DELETE FROM things").await;
        database.develop(&things(&[text("name"), FieldMeta::of::<bool>("active").default("true")])).await;
        database.run("INSERT INTO things (name) VALUES ('e')").await;
        assert_eq!(database.text("SELECT CAST(id AS text) FROM things").await, "5");
    }

    async fn what_others_made_survives(database) {
        database.develop(&things(&[text("name"), optional("note")])).await;
        database.run("CREATE INDEX by_hand ON things (name) WHERE note IS NULL").await;
        database.run("CREATE VIEW seen AS SELECT id FROM things").await;
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        let next = things(&[optional("name"), optional("note")]);
        database.develop(&next).await;
        assert!(database.drift(&next).await.is_empty());
        database.run("DROP INDEX by_hand").await;
        assert_eq!(database.texts("SELECT CAST(id AS text) FROM seen").await.len(), 1);
    }
}
