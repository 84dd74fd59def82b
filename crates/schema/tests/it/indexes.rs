//! Indexes: added, removed, and refused by the data.

use super::{
    database::each_engine,
    entities::{plain, schema, text, things},
};

each_engine! {
    async fn unique_is_added_and_removed(database) {
        let (free, unique) = (things(&[text("name")]), things(&[text("name").unique()]));
        database.develop(&free).await;
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        assert_eq!(database.develop(&unique).await, [r#"CREATE UNIQUE INDEX "things_name_key" ON "things" ("name");"#]);
        database.try_run("INSERT INTO things (name) VALUES ('Ada')").await.unwrap_err();
        assert_eq!(database.develop(&free).await, [r#"DROP INDEX "things_name_key";"#]);
        database.run("INSERT INTO things (name) VALUES ('Ada')").await;
        let error = database.try_develop(&unique, false).await.unwrap_err();
        assert!(error.contains("change or remove those first") && error.contains("things_name_key"), "{error}");
    }

    async fn a_group_is_unique_together(database) {
        let schema = schema([plain("things", &[text("a"), text("b").indexed()]).unique_groups(&[&[1, 2]])]);
        database.develop(&schema).await;
        database.run("INSERT INTO things (a, b) VALUES ('1', '1'), ('1', '2')").await;
        database.try_run("INSERT INTO things (a, b) VALUES ('1', '2')").await.unwrap_err();
        assert!(database.drift(&schema).await.is_empty());
    }

    async fn an_index_made_by_hand_is_left_alone(database) {
        let schema = things(&[text("name")]);
        database.develop(&schema).await;
        database.run("CREATE INDEX by_hand ON things (name)").await;
        assert!(database.develop(&schema).await.is_empty());
        assert!(database.drift(&schema).await.is_empty());
        database.run("DROP INDEX by_hand").await;
    }

    async fn an_index_that_is_missing_is_drift(database) {
        let schema = things(&[text("name").indexed()]);
        database.develop(&schema).await;
        database.run("DROP INDEX things_name_id_idx").await;
        assert_eq!(database.drift(&schema).await, ["things: index things_name_id_idx is missing"]);
        database.develop(&schema).await;
        assert!(database.drift(&schema).await.is_empty());
    }

    async fn an_index_has_the_key_behind_the_field(database) {
        let (free, indexed) = (things(&[text("name")]), things(&[text("name").indexed()]));
        database.develop(&free).await;
        let made = database.develop(&indexed).await;
        assert_eq!(made, [r#"CREATE INDEX "things_name_id_idx" ON "things" ("name", "id");"#]);
        // The one that the framework made before gives way.
        database.run("DROP INDEX things_name_id_idx").await;
        database.run("CREATE INDEX things_name_idx ON things (name)").await;
        let remade = database.develop(&indexed).await;
        assert!(remade.contains(&made[0]), "{remade:?}");
        assert!(remade.contains(&r#"DROP INDEX "things_name_idx";"#.to_owned()), "{remade:?}");
        assert!(database.drift(&indexed).await.is_empty());
    }
}
