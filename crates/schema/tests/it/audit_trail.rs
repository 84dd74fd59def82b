//! Triggers: the audit trail stays as it is, and changes of rights are announced.

use super::{
    database::{Engine, each_engine},
    entities::schema,
    tables::everything,
};
use kwik_schema::develop;
use sqlx::postgres::PgListener;

const RECORD: &str = "INSERT INTO kwik_audit (at, entity, entity_key, action, version, via, request_id) VALUES ";

each_engine! {
    async fn records_are_only_added(database) {
        database.develop(&schema([])).await;
        let at = if database.engine == Engine::Sqlite { "1" } else { "now()" };
        database.run(&format!("{RECORD} ({at}, 'customers', '7', 'create', 1, 'test', 'r1')")).await;
        let mut attempts = vec![
            "UPDATE kwik_audit SET via = 'x'".to_owned(),
            "DELETE FROM kwik_audit".to_owned(),
            "DELETE FROM kwik_audit WHERE id = 1".to_owned(),
        ];
        match database.engine {
            Engine::Postgres => attempts.extend([
                "TRUNCATE kwik_audit".to_owned(),
                "SET session_replication_role = replica; DELETE FROM kwik_audit".to_owned(),
                format!("{} (1, now(), 'a', '7', 'create', 1, 'x', 'y')", RECORD.replace("(at", "(id, at")),
            ]),
            Engine::Sqlite => attempts.push(format!(
                "{} (1, 1, 'a', '7', 'create', 1, 'x', 'y')",
                RECORD.replace("(at", "(id, at").replace("INSERT", "REPLACE")
            )),
        }
        for attempt in attempts {
            database.try_run(&attempt).await.expect_err(&attempt);
        }
        database.run(&format!("{RECORD} ({at}, 'customers', '7', 'delete', 2, 'test', 'r2')")).await;
        let trail = database.texts("SELECT action || via FROM kwik_audit ORDER BY id").await;
        assert_eq!(trail, [Some("createtest".to_owned()), Some("deletetest".to_owned())]);
    }

    async fn a_missing_trigger_is_drift(database) {
        let schema = schema([]);
        database.develop(&schema).await;
        match database.engine {
            Engine::Sqlite => database.run("DROP TRIGGER kwik_audit_no_delete; DROP TRIGGER kwik_audit_no_update; DROP TRIGGER kwik_audit_no_replace").await,
            Engine::Postgres => database.run("DROP TRIGGER kwik_append_only ON kwik_audit").await,
        }
        assert_eq!(database.drift(&schema).await, ["kwik_audit: rows can be changed and removed, and should not"]);
        database.develop(&schema).await;
        assert!(database.drift(&schema).await.is_empty());
    }
}

mod changes_of_rights_are_announced {
    use super::*;
    use crate::database::{TestDatabase, run};
    use std::sync::Arc;

    async fn test(database: Arc<TestDatabase>) {
        let instance = database.open().await;
        develop(&instance, &everything(), false).await.unwrap();
        instance.close().await;
        drop(instance);
        let mut listener = PgListener::connect(&database.postgres_url()).await.unwrap();
        listener.listen("kwik_access").await.unwrap();
        for change in
            ["INSERT INTO tags (code, name) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'x')", "TRUNCATE tags"]
        {
            database.run(change).await;
            assert_eq!(listener.recv().await.unwrap().channel(), "kwik_access");
        }
    }

    #[test]
    fn postgres() {
        run(Engine::Postgres, test);
    }
}
