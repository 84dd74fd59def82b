//! Ports that a program implements itself.

use super::shop::Product;
use kwik::{
    domain::{
        AuditSink, Clock, HashError, Mail, MailError, Mailer, PasswordHasher, Random, Secret, SinkError, Verdict,
        access::AuditEntry,
    },
    prelude::*,
};
use kwik_testkit::{ADMIN_EMAIL, TestApp, on_each_engine};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// It is always the same moment.
pub struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(1_800_014_400_000_000_000)
    }
}

/// Keeps letters instead of sending them.
#[derive(Clone)]
pub struct Drawer(UnboundedSender<Mail>);

#[async_trait]
impl Mailer for Drawer {
    async fn send(&self, mail: Mail) -> std::result::Result<(), MailError> {
        self.0.send(mail).map_err(|_| MailError("the drawer is closed".to_owned()))
    }
}

/// Foreseeable, and good for tests alone.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Random for Counter {
    fn bytes(&self) -> [u8; 16] {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed)).to_le_bytes()
    }
}

/// Passwords are checked by somebody else: here by their length.
pub struct Elsewhere;

#[async_trait]
impl PasswordHasher for Elsewhere {
    async fn hash(&self, password: Secret) -> std::result::Result<String, HashError> {
        Ok(format!("elsewhere:{}", password.expose().len()))
    }

    async fn verify(&self, password: Secret, hash: Option<Secret>) -> std::result::Result<Verdict, HashError> {
        let own = self.hash(password).await?;
        let right = hash.is_some_and(|hash| hash.expose() == own);
        Ok(if right { Verdict::Right } else { Verdict::Wrong })
    }
}

/// Counts the records of the audit trail.
#[derive(Clone, Default)]
pub struct RecordCount(Arc<AtomicU64>);

#[async_trait]
impl AuditSink for RecordCount {
    fn name(&self) -> &'static str {
        "record_count"
    }

    async fn take(&self, _: &AuditEntry) -> std::result::Result<(), SinkError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Products are an open book, and everything else is the administrator's: what roles grant on entities is not asked.
pub struct OpenBook;

impl PermissionPolicy for OpenBook {
    fn decide(&self, actor: &Actor, action: Action, entity: &'static EntityMeta) -> Decision {
        let open = entity.name == Product::META.name && action == Action::Read;
        if open || actor.grants.is_administrator() {
            return Decision::Allow(Scope::all());
        }
        Decision::Deny(Denial::new("this is not an open book"))
    }
}

fn app() -> App {
    App::new().resource::<Product>().clock(Noon).random(Counter::default()).password_hasher(Elsewhere)
}

on_each_engine! {
    async fn time_randomness_and_passwords_come_from_the_program(engine) {
        let app = TestApp::start(engine, app).await;
        let admin = app.admin().await;
        let made = admin.post("/products/", &json!({ "name": "Tea", "price": "1" })).await.ok();
        assert_eq!(made["creation_time"], "2027-01-15T12:00:00.000000Z", "{made}");
        let random = app.service().services.identity.ports.random.bytes();
        assert!(random[0] > 0 && random[8..] == [0; 8], "counted: {random:?}");
        // As long as the right one, and as good.
        let form = [("username", ADMIN_EMAIL), ("password", "Administrator-of-the-test")];
        app.anonymous().form("/login/access-token", &form).await.ok();
        let form = [("username", ADMIN_EMAIL), ("password", "another")];
        app.anonymous().form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
    }

    async fn letters_go_where_the_program_sends_them(engine) {
        let (drawer, mut letters) = unbounded_channel();
        let app = TestApp::start(engine, || App::new().mailer(Drawer(drawer.clone()))).await;
        let body = json!({ "email": ADMIN_EMAIL });
        app.anonymous().post("/login/request-password-reset", &body).await.ok();
        let letter = tokio::time::timeout(Duration::from_secs(30), letters.recv()).await.expect("in time").unwrap();
        assert_eq!(letter.to, ADMIN_EMAIL);
    }

    async fn a_sink_takes_the_whole_trail(engine) {
        let count = RecordCount::default();
        let app = TestApp::start(engine, || App::new().resource::<Product>().audit_sink(count.clone())).await;
        app.service().deliver_all().await.unwrap();
        let before = count.0.load(Ordering::Relaxed);
        let admin = app.admin().await;
        admin.post("/products/", &json!({ "name": "Tea", "price": "1" })).await.ok();
        app.service().deliver_all().await.unwrap();
        let (all, taken) = (admin.get("/audit/").await.ok()["total"].clone(), count.0.load(Ordering::Relaxed));
        assert!(taken > before && all.as_u64() >= Some(taken - before), "{before} {taken} {all}");
    }

    async fn a_policy_takes_the_place_of_roles_for_entities_alone(engine) {
        let app = TestApp::start(engine, || App::new().resource::<Product>().policies_only(OpenBook)).await;
        let admin = app.admin().await;
        admin.post("/products/", &json!({ "name": "Tea", "price": "1", "cost": "1" })).await.ok();
        let plain = app.with_permissions(&[]).await;
        // Groups of fields are what roles open: nobody looks for them any more.
        assert_eq!(plain.get("/products/1").await.ok()["cost"], "1");
        let tea = json!({ "name": "Rum", "price": "1" });
        let denied = plain.post("/products/", &tea).await.problem(403);
        assert_eq!(denied["detail"], "Not enough privileges: this is not an open book");
        app.with_permissions(&["products_create"]).await.post("/products/", &tea).await.refused(403, "forbidden");
        plain.get("/users/").await.refused(403, "forbidden");
        // Routes are as closed as ever, and so are operations that name permissions.
        app.anonymous().get("/products/").await.refused(401, "not_authenticated");
        plain.get("/access/explain?user_id=1&action=read&resource=products").await.refused(403, "forbidden");
        let auditor = app.with_permissions(&["access_explain"]).await;
        let told = auditor.get("/access/explain?user_id=1&action=read&resource=products").await.ok();
        assert_eq!(told["policies"][1]["policy"], "OpenBook", "{told}");
    }

    async fn other_policies_still_narrow_the_one_in_place_of_roles(engine) {
        let app = || App::new().resource::<Product>().policies_only(OpenBook).policy(Rows::of::<Product>(Product::LISTED.eq(true)));
        let app = TestApp::start(engine, app).await;
        super::shop::stock(&app).await;
        assert_eq!(app.with_permissions(&[]).await.get("/products/").await.ok()["total"], 1);
    }
}
