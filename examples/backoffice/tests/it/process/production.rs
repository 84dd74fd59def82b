//! Production: tables come from the committed migrations alone.

use super::harness::{Folder, KEY, PASSWORD, Running, at, empty, printed, run};
use crate::shop::{customers, order, products};
use kwik_testkit::on_each_engine;
use serde_json::json;

const PRODUCTION: (&str, &str) = ("KWIK_ENV", "production");

on_each_engine! {
    async fn it_serves_after_its_migrations_and_not_before(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        let settings = [PRODUCTION, at(database.url()), KEY, PASSWORD];
        let refused = run(&folder, &settings, &["check"]);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("run `migrate up`"));
        assert!(printed(&folder, &settings, &["migrate", "up"]).ends_with("1 migration has run\n"));
        assert_eq!(printed(&folder, &settings, &["migrate", "up"]), "nothing to do: every migration has run\n");
        let check = printed(&folder, &settings, &["check"]);
        assert!(check.ends_with("its tables are what the entities need\n"), "{check}");
        let running = Running::on(&folder, database.url(), &[PRODUCTION]);
        let admin = running.admin();
        admin.make("/customers/", &customers()[0]);
        admin.make("/products/", &products()[0]);
        admin.make("/orders/", &order(1, &[(1, 2)]));
        assert_eq!(admin.make("/orders/1/confirm", &json!({}))["status"], "confirmed");
        assert_eq!(admin.make("/invoices/1/pay", &crate::shop::payment("98"))["status"], "paid");
        running.kill();
    }

    async fn tables_of_development_are_what_the_migrations_make(engine) {
        let (folder, database) = (Folder::new(), empty(engine).await);
        printed(&folder, &[PRODUCTION, at(database.url()), KEY], &["migrate", "up"]);
        let developed = printed(&folder, &[at(database.url()), KEY], &["migrate", "develop"]);
        assert_eq!(developed, "nothing to do: the tables are what the entities need\n");
    }
}
