//! Production: tables change by migrations only.

use super::harness::{FREE_PORT, Folder, JSON, KEY, PASSWORD, PRODUCTION, Running, at, empty, printed, refusal};
use serde_json::json;

kwik_testkit::on_each_engine! {
    async fn it_serves_after_its_migrations_and_not_before(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let settings = [PRODUCTION, at(database.url()), FREE_PORT, KEY, PASSWORD];
        for arguments in [&[][..], &["serve"], &["check"], &["migrate", "check"], &["user", "list"]] {
            let said = refusal(&folder, &settings, arguments);
            assert_eq!(said, "0001_initial, 0002_list_order, 0003_identity must be applied first; run `migrate up`", "{arguments:?}");
        }
        let pending = "0001_initial: pending\n0002_list_order: pending\n0003_identity: pending\n";
        assert_eq!(printed(&folder, &settings, &["migrate", "status"]), pending);
        let up = printed(&folder, &settings, &["migrate", "up"]);
        assert!(up.contains("0001_initial") && up.ends_with("3 migrations have run\n"), "{up}");
        let status = printed(&folder, &settings, &["migrate", "status"]);
        assert!(status.starts_with("0001_initial: applied at 20") && status.lines().count() == 3, "{status}");
        let again = printed(&folder, &settings, &["migrate", "up"]);
        assert_eq!(again, "nothing to do: every migration has run\n");
        assert_eq!(printed(&folder, &settings, &["migrate", "check"]), "the database is what the program needs\n");
        let check = printed(&folder, &settings, &["check"]);
        assert!(check.ends_with("its tables are what the entities need\n"), "{check}");
        let running = Running::start(&folder, &settings);
        let headers = running.admin() + JSON;
        let body = json!({ "name": "Acme", "email": "acme@example.com" }).to_string();
        assert_eq!(running.ask(("POST", "/api/v1/customers/"), &headers, &body).status, 201);
        running.stop();
        assert_eq!(folder.names(), [""; 0], "it keeps nothing beside its database");
    }

    async fn tables_of_development_are_what_the_migrations_make(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        printed(&folder, &[PRODUCTION, at(database.url()), KEY], &["migrate", "up"]);
        let developed = printed(&folder, &[at(database.url()), KEY], &["migrate", "develop"]);
        assert_eq!(developed, "nothing to do: the tables are what the entities need\n");
    }
}
