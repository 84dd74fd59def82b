//! What the app keeps of its users bounds what they reach, from the next request on.

use kwik::{
    Error as StartError,
    adapters::Database,
    domain::{EntityMeta, RolePolicy, Secret},
    prelude::*,
    services::Data,
};
use kwik_testkit::{Client, TestApp, TestUser, database::Engine, on_each_engine};
use serde_json::{Value, json};
use std::sync::Arc;

/// What is kept of a user.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "profiles", profile(user_id))]
pub struct Profile {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub user_id: i64,
    pub tenant: Option<String>,
    #[entity(default = "1")]
    pub level: i32,
    #[entity(guard = "rating")]
    pub rating: Option<i32>,
    #[entity(hidden, default = "unspoken")]
    pub remark: String,
}

/// What a tenant owes.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "invoices")]
pub struct Invoice {
    #[entity(key)]
    pub id: i64,
    pub tenant: String,
    #[entity(default = "1")]
    pub level: i32,
}

/// Another entity that would be the profile.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "second_profiles", profile(person_id))]
pub struct SecondProfile {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub person_id: i64,
}

fn app() -> App {
    App::new()
        .resource::<Profile>()
        .resource::<Invoice>()
        .policy(Rows::matching(Invoice::TENANT, "tenant").unless("invoices_any_tenant"))
        .policy(Rows::matching(Invoice::LEVEL, "level").on(&[Action::Delete]).unless("invoices_any_tenant"))
}

const CLERK: [&str; 4] = ["invoices_read", "invoices_create", "invoices_update", "invoices_delete"];

/// Invoices 1 and 2 of red, 3 of blue; Ada, and a clerk without a profile.
async fn office(engine: Engine) -> (TestApp, Client, TestUser, Client) {
    let app = TestApp::start(engine, app).await;
    let ada = app.admin().await;
    for tenant in ["red", "red", "blue"] {
        ada.post("/invoices/", &json!({ "tenant": tenant })).await.ok();
    }
    let user = app.new_user(&CLERK).await;
    let clerk = app.as_user(&user).await;
    (app, ada, user, clerk)
}

async fn reached(client: &Client) -> Vec<i64> {
    let page = client.get("/invoices/").await.ok();
    assert_eq!(page["total"], page["data"].as_array().unwrap().len());
    page["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

on_each_engine! {
    async fn ones_own_profile_is_shown_with_oneself(engine) {
        let (app, ada, user, clerk) = office(engine).await;
        let me = clerk.get("/users/me").await;
        assert_eq!((&me.ok()["id"], &me.ok()["email"], &me.ok()["profile"]), (&json!(user.id), &json!(user.email), &Value::Null));
        assert!(me.ok().as_object().unwrap().contains_key("profile"));
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red", "rating": 5 })).await.ok();
        let me = clerk.get("/users/me").await;
        let mut seen = made.clone();
        seen.as_object_mut().unwrap().remove("rating");
        assert_eq!(me.ok()["profile"], seen, "without what is guarded");
        for secret in ["hashed_password", "unspoken", "remark", "rating"] {
            assert!(!String::from_utf8_lossy(&me.body).contains(secret), "{secret}");
        }
        assert_eq!(ada.get("/users/me").await.ok()["profile"], Value::Null, "everybody's own");
        let rated = app.new_user(&["profiles_read", "profiles_read_rating"]).await;
        ada.post("/profiles/", &json!({ "user_id": rated.id, "rating": 4 })).await.ok();
        let rated = app.as_user(&rated).await;
        assert_eq!(rated.get("/users/me").await.ok()["profile"]["rating"], 4);
        assert_eq!(rated.get("/users/me").await.ok()["profile"]["tenant"], Value::Null);
        app.anonymous().get("/users/me").await.refused(401, "not_authenticated");
        clerk.get("/users/me?colour=red").await.refused(400, "invalid_query");
    }

    async fn a_program_without_profiles_shows_none(engine) {
        let app = TestApp::start(engine, super::app).await;
        let nora = app.with_permissions(&[]).await;
        let me = nora.get("/users/me").await.ok();
        assert_eq!((&me["id"], me.get("profile")), (&json!(2), None));
    }

    async fn a_change_takes_effect_with_the_next_request(engine) {
        let (_app, ada, user, clerk) = office(engine).await;
        assert!(reached(&clerk).await.is_empty());
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red" })).await.ok();
        let path = format!("/profiles/{}", made["id"]);
        assert_eq!(reached(&clerk).await, [1, 2]);
        for _ in 0..5 {
            ada.put(&path, &json!({ "tenant": "blue" })).await.ok();
            assert_eq!(reached(&clerk).await, [3]);
            clerk.get("/invoices/1").await.refused(404, "not_found");
            assert_eq!(clerk.get("/users/me").await.ok()["profile"]["tenant"], "blue");
            ada.patch(&path, &json!({ "tenant": null })).await.ok();
            assert!(reached(&clerk).await.is_empty());
            ada.put(&path, &json!({ "tenant": "red" })).await.ok();
            assert_eq!(reached(&clerk).await, [1, 2]);
            clerk.put("/invoices/1", &json!({ "tenant": "blue" })).await.refused(403, "forbidden");
            clerk.put("/invoices/1", &json!({ "tenant": "red" })).await.ok();
            clerk.post("/invoices/", &json!({ "tenant": "blue" })).await.refused(403, "forbidden");
        }
    }

    async fn without_a_profile_no_row_is_reached(engine) {
        let (app, ada, user, clerk) = office(engine).await;
        let exempt = app.with_permissions(&[&CLERK[..], &["invoices_any_tenant"]].concat()).await;
        for _ in 0..3 {
            let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red" })).await.ok();
            assert_eq!(reached(&clerk).await, [1, 2]);
            ada.delete(&format!("/profiles/{}", made["id"])).await.ok();
            assert!(reached(&clerk).await.is_empty());
            clerk.get("/invoices/1").await.refused(404, "not_found");
            clerk.get("/invoices/1/history").await.refused(404, "not_found");
            clerk.put("/invoices/1", &json!({ "level": 2 })).await.refused(404, "not_found");
            clerk.delete("/invoices/1").await.refused(404, "not_found");
            clerk.post("/invoices/", &json!({ "tenant": "red" })).await.refused(403, "forbidden");
            assert_eq!(clerk.get("/users/me").await.ok()["profile"], Value::Null);
            assert_eq!(reached(&exempt).await, [1, 2, 3]);
        }
    }

    async fn a_profile_that_passes_to_another_user_counts_for_that_one(engine) {
        let (app, ada, user, clerk) = office(engine).await;
        let other = app.new_user(&CLERK).await;
        let second = app.as_user(&other).await;
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red" })).await.ok();
        assert_eq!((reached(&clerk).await.len(), reached(&second).await.len()), (2, 0));
        ada.put(&format!("/profiles/{}", made["id"]), &json!({ "user_id": other.id })).await.ok();
        assert_eq!((reached(&clerk).await.len(), reached(&second).await.len()), (0, 2));
        ada.post("/profiles/", &json!({ "user_id": other.id, "tenant": "blue" })).await.refused(409, "taken");
    }

    async fn attributes_of_every_kind_bound_rows(engine) {
        let (_app, ada, user, clerk) = office(engine).await;
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red", "level": 2 })).await.ok();
        clerk.delete("/invoices/1").await.refused(404, "not_found");
        ada.put(&format!("/profiles/{}", made["id"]), &json!({ "level": 1 })).await.ok();
        clerk.delete("/invoices/1").await.ok();
    }

    async fn nobody_sets_a_profile_without_the_right(engine) {
        let (_app, ada, user, clerk) = office(engine).await;
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red" })).await.ok();
        let path = format!("/profiles/{}", made["id"]);
        clerk.put(&path, &json!({ "tenant": "blue" })).await.refused(403, "forbidden");
        clerk.get(&path).await.refused(403, "forbidden");
        clerk.delete(&path).await.refused(403, "forbidden");
        clerk.put("/users/me", &json!({ "profile": { "tenant": "blue" } })).await.refused(422, "invalid");
        assert_eq!(reached(&clerk).await, [1, 2]);
    }

    async fn the_tenant_stands_in_the_audit_trail(engine) {
        let (app, ada, user, clerk) = office(engine).await;
        let made = ada.post("/profiles/", &json!({ "user_id": user.id, "tenant": "red" })).await.ok();
        clerk.put("/invoices/1", &json!({ "level": 2 })).await.ok();
        ada.put(&format!("/profiles/{}", made["id"]), &json!({ "tenant": "blue" })).await.ok();
        clerk.put("/invoices/3", &json!({ "level": 3 })).await.ok();
        ada.put("/invoices/2", &json!({ "level": 4 })).await.ok();
        drop((ada, clerk));
        let records = trail(app).await;
        let of = |user: i64, key: &str| {
            let record = records.iter().find(|r| r.entity.entity == "invoices" && r.entity_key == key && r.user_id == Some(user) && r.action == "update");
            record.unwrap().tenant.clone()
        };
        assert_eq!((of(user.id, "1"), of(user.id, "3"), of(1, "2")), (Some("red".into()), Some("blue".into()), None));
    }

    async fn two_profiles_are_one_too_many(engine) {
        let two = || app().resource::<SecondProfile>();
        assert!(matches!(two().fingerprint(), Err(StartError::Declaration(_))));
        let Err(error) = TestApp::first_start(engine, two(), |_| {}).await else { panic!("it has started") };
        let StartError::Declaration(problems) = error else { panic!("{error}") };
        assert_eq!(problems, ["users have one profile at the most; these are: Profile, SecondProfile"]);
    }
}

/// The trail as it lies in the database.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "trail", table = "kwik_audit", unaudited, unversioned)]
pub struct Trail {
    #[entity(key)]
    pub id: i64,
    pub entity: String,
    pub entity_key: String,
    pub action: String,
    pub user_id: Option<i64>,
    pub tenant: Option<String>,
}

/// Every record, after the program has let go of its database.
async fn trail(mut app: TestApp) -> Vec<Stored<Trail>> {
    let system = app.system();
    // What cannot start leaves nobody at the database.
    app.restart(|| App::new().entity::<Profile>().entity::<Profile>()).await.unwrap_err();
    let database = Database::connect(&Secret::new(app.database_url()), app.settings().pool).await.unwrap();
    let (random, clock) =
        (Arc::new(kwik::adapters::system::SystemRandom), Arc::new(kwik::adapters::system::SystemClock));
    let entities: [&'static EntityMeta; 1] = [Trail::META];
    let data = Data::new(database.store(), Arc::new(RolePolicy), random, clock, &entities);
    let all = Page { skip: 0, limit: 1000 };
    let records = data.single().repository::<Trail>().list(&system, &Filter::All, &[], all).await.unwrap();
    database.close().await;
    records
}
