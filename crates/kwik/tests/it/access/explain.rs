//! `GET /access/explain`: what it says is what happens.

use http::Method;
use kwik::{
    domain::{
        Secret,
        access::{Role, RoleUpdate},
    },
    identity::NewUser,
    prelude::*,
};
use kwik_testkit::{Client, TestApp, TestUser, database::Engine, on_each_engine};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Something that a department deals with.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "cases", owner(clerk_id))]
pub struct Case {
    #[entity(key)]
    pub id: i64,
    pub title: String,
    pub department: String,
    pub clerk_id: Option<i64>,
    #[entity(default = "open")]
    pub status: String,
    #[entity(guard = "fee")]
    pub fee: Option<Decimal>,
}

/// Where a user works.
#[derive(Clone, Debug, Entity)]
#[entity(collection = "clerks", profile(user_id))]
pub struct Clerk {
    #[entity(key)]
    pub id: i64,
    #[entity(unique)]
    pub user_id: i64,
    pub department: Option<String>,
}

fn app() -> App {
    App::new()
        .resource::<Case>()
        .resource::<Clerk>()
        .policy(Rows::matching(Case::DEPARTMENT, "department").unless("cases_any_department"))
        .policy(Rows::of::<Case>(Case::STATUS.ne("closed")).on(&[Action::Update, Action::Delete]).unless("cases_close"))
}

const ALL: [&str; 4] = ["cases_read", "cases_create", "cases_update", "cases_delete"];
const OWN: [&str; 3] = ["cases_read_own", "cases_update_own", "cases_delete_own"];
/// Keys of cases: four within reach of somebody, one of support, one of nobody, one that is not there.
const KEYS: [i64; 7] = [1, 2, 3, 4, 5, 6, 99];

struct Person {
    user: TestUser,
    client: Client,
}

/// Users of every kind, and cases.
struct Office {
    app: TestApp,
    ada: Client,
    people: Vec<Person>,
}

impl Office {
    async fn open(engine: Engine) -> Self {
        let app = TestApp::start(engine, app).await;
        let ada = app.admin().await;
        let mut people = Vec::new();
        for (permissions, profile) in [
            (&[][..], Some(json!("sales"))),
            (&["cases_read"], Some(json!("sales"))),
            (&OWN, Some(json!("sales"))),
            (&[&OWN[..2], &["cases_create"]].concat(), Some(json!("support"))),
            (&ALL, Some(json!("sales"))),
            (&ALL, Some(Value::Null)),
            (&ALL, None),
            (&[&ALL[..], &["cases_any_department"]].concat(), None),
            (&[&ALL[..], &["cases_close", "cases_read_fee"]].concat(), Some(json!("sales"))),
            (
                &[&ALL[..], &["cases_close", "cases_any_department", "cases_update_fee"]].concat(),
                Some(json!("support")),
            ),
        ] {
            let user = app.new_user(permissions).await;
            if let Some(department) = profile {
                ada.post("/clerks/", &json!({ "user_id": user.id, "department": department })).await.ok();
            }
            people.push(Person { client: app.as_user(&user).await, user });
        }
        let (own, other) = (people[2].user.id, people[3].user.id);
        for (department, status, clerk_id) in [
            ("sales", "open", Value::Null),
            ("support", "open", Value::Null),
            ("sales", "closed", json!(own)),
            ("sales", "open", json!(own)),
            ("support", "open", json!(own)),
            ("support", "closed", json!(other)),
        ] {
            // Written past the policies, which bind Ada too.
            let make = CaseCreate {
                title: "a case".into(),
                department: department.into(),
                clerk_id: clerk_id.as_i64(),
                status: status.into(),
                fee: None,
            };
            app.service().services.data.single().repository::<Case>().create(&app.system(), &make).await.unwrap();
        }
        Self { app, ada, people }
    }

    async fn explain(&self, user_id: i64, rest: &str) -> Value {
        self.ada.get(&format!("/access/explain?user_id={user_id}&{rest}")).await.ok()
    }
}

fn ids(page: &Value) -> Vec<i64> {
    page["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").unwrap();
        out
    })
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

/// What the policy of that name says.
fn of<'a>(explanation: &'a Value, policy: &str) -> &'a Value {
    explanation["policies"].as_array().unwrap().iter().find(|ground| ground["policy"] == policy).unwrap()
}

const BY_ATTRIBUTE: &str = "rows of cases by attribute";
const BY_CONDITION: &str = "rows of cases by condition";

on_each_engine! {
    async fn what_is_said_of_a_row_is_what_happens(engine) {
        let office = Office::open(engine).await;
        let mut reached = 0;
        for person in &office.people {
            for (action, method) in [("read", Method::GET), ("update", Method::PUT), ("delete", Method::DELETE)] {
                for id in KEYS {
                    let said = office.explain(person.user.id, &format!("action={action}&resource=cases&id={id}")).await;
                    // A version that no row has: whoever reaches the row is told so, and nothing changes.
                    let stale = [("if-match", "\"77\"")];
                    let headers = if action == "read" { &[][..] } else { &stale };
                    let path = format!("/cases/{id}");
                    let happens = person.client.json(method.clone(), &path, headers, &json!({ "title": "x" })).await.status.as_u16();
                    let expected = match (said["allowed"].as_bool().unwrap(), said["rows"].is_null() && said["fields"].is_null()) {
                        (true, _) if action == "read" => 200,
                        (true, _) => 412,
                        (false, true) => 403,
                        (false, false) => 404,
                    };
                    assert_eq!(happens, expected, "user {} {action} {id}: {said}", person.user.id);
                    reached += i32::from(happens == 200 || happens == 412);
                    let outside = said["policies"].as_array().unwrap().iter().any(|ground| ground["row_matches"] == false);
                    assert!(expected == 403 || outside == (expected == 404 && id != 99), "{said}");
                    assert_eq!(said["id"], id.to_string());
                }
            }
        }
        assert!(reached > 20, "somebody reaches something: {reached}");
    }

    async fn an_allowed_change_succeeds(engine) {
        let office = Office::open(engine).await;
        for person in &office.people {
            for id in KEYS {
                let said = office.explain(person.user.id, &format!("action=update&resource=cases&id={id}")).await;
                let changed = person.client.put(&format!("/cases/{id}"), &json!({ "title": "y" })).await;
                assert_eq!(changed.status == 200, said["allowed"] == true, "user {} {id}: {said}", person.user.id);
            }
        }
    }

    async fn what_is_said_of_rows_and_fields_is_what_lists_give(engine) {
        let office = Office::open(engine).await;
        let root = office.app.with_permissions(&["cases_read", "cases_any_department"]).await;
        for person in &office.people {
            let said = office.explain(person.user.id, "action=read&resource=cases").await;
            let list = person.client.get("/cases/").await;
            assert_eq!(said["allowed"] == true, list.status == 200, "{said}");
            assert_eq!((&said["id"], said["roles"].as_array().unwrap().is_empty()), (&Value::Null, list.status != 200));
            if list.status != 200 {
                assert_eq!((&said["rows"], &said["fields"]), (&Value::Null, &Value::Null));
                let detail = list.problem(403)["detail"].as_str().unwrap().to_owned();
                assert_eq!(detail, format!("Not enough privileges: {}", said["reason"].as_str().unwrap()));
                continue;
            }
            let rows = match said["rows"].as_str() {
                Some("FALSE") => Vec::new(),
                Some(filter) => ids(&root.get(&format!("/cases/?filter={}", encoded(filter))).await.ok()),
                None => ids(&root.get("/cases/").await.ok()),
            };
            assert_eq!(ids(&list.ok()), rows, "{said}");
            if let Some(row) = list.ok()["data"].as_array().unwrap().first() {
                let shown: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(names(&said["fields"]["readable"]), shown);
            }
            assert_eq!(said["fields"]["writable"], json!([]));
            let update = office.explain(person.user.id, "action=update&resource=cases").await;
            if update["allowed"] == true {
                let writable = names(&update["fields"]["writable"]);
                let fee = person.client.put("/cases/1", &json!({ "fee": "1" })).await;
                assert_eq!(writable.contains(&"fee"), !String::from_utf8_lossy(&fee.body).contains("the field fee"), "{update}");
                assert!(!writable.contains(&"id") && !writable.contains(&"version") && writable.contains(&"title"));
            }
        }
    }

    async fn what_is_said_of_new_rows_is_what_happens(engine) {
        let office = Office::open(engine).await;
        for person in &office.people {
            let said = office.explain(person.user.id, "action=create&resource=cases").await;
            for department in ["sales", "support"] {
                let new = json!({ "title": "new", "department": department });
                let made = person.client.post("/cases/", &new).await;
                let inside = match said["rows"].as_str() {
                    Some(rows) => rows == format!("department = \"{department}\""),
                    None => true,
                };
                let expected = if said["allowed"] == true && inside { 201 } else { 403 };
                assert_eq!(made.status, expected, "{said}");
                let outside = String::from_utf8_lossy(&made.body).contains("the row would lie outside");
                assert_eq!(outside, said["allowed"] == true && !inside, "{said}");
            }
        }
    }

    async fn each_ground_is_told(engine) {
        let office = Office::open(engine).await;
        let id = |n: usize| office.people[n].user.id;
        let denied = office.explain(id(0), "action=read&resource=cases&id=1").await;
        assert_eq!(denied["reason"], "the permission cases_read or cases_read_own is needed");
        assert_eq!(of(&denied, "roles"), &json!({
            "policy": "roles", "allowed": false, "reason": "the permission cases_read or cases_read_own is needed",
            "rows": null, "row_matches": null,
        }));
        let by_role = office.explain(id(4), "action=read&resource=cases&id=1").await;
        assert_eq!((&by_role["allowed"], &by_role["reason"], &by_role["rows"]), (&json!(true), &json!("allowed"), &json!("department = \"sales\"")));
        assert_eq!(of(&by_role, "roles")["reason"], "the permission cases_read reaches every row");
        assert_eq!(of(&by_role, BY_ATTRIBUTE)["reason"], "department must be the department of the user's profile");
        let by_owner = office.explain(id(2), "action=read&resource=cases&id=4").await;
        assert_eq!((&by_owner["allowed"], &of(&by_owner, "roles")["rows"]), (&json!(true), &json!(format!("clerk_id = {}", id(2)))));
        assert_eq!(by_owner["roles"], json!([{ "name": "role of test user 2", "permissions": ["cases_read_own"] }]));
        let others = office.explain(id(2), "action=read&resource=cases&id=1").await;
        assert_eq!(others["reason"], "the row lies outside of what roles leaves: the permission cases_read_own reaches the rows whose clerk_id is the user");
        let bounded = office.explain(id(4), "action=read&resource=cases&id=2").await;
        assert_eq!((&of(&bounded, "roles")["row_matches"], &of(&bounded, BY_ATTRIBUTE)["row_matches"]), (&json!(true), &json!(false)));
        for without in [5, 6] {
            let none = office.explain(id(without), "action=read&resource=cases&id=1").await;
            assert_eq!((&none["allowed"], &none["rows"]), (&json!(false), &json!("FALSE")));
            assert_eq!(of(&none, BY_ATTRIBUTE)["reason"], "the user's profile says no department, so that no row matches");
        }
        let lifted = office.explain(id(7), "action=read&resource=cases&id=2").await;
        assert_eq!((&lifted["allowed"], &lifted["rows"]), (&json!(true), &Value::Null));
        assert_eq!(of(&lifted, BY_ATTRIBUTE)["reason"], "the permission cases_any_department lifts it");
        assert_eq!(lifted["roles"], json!([{ "name": "role of test user 7", "permissions": ["cases_read", "cases_any_department"] }]));
        let closed = office.explain(id(4), "action=delete&resource=cases&id=3").await;
        assert_eq!((&closed["allowed"], &closed["rows"]), (&json!(false), &json!("department = \"sales\" AND status != \"closed\"")));
        assert_eq!(of(&closed, BY_CONDITION)["reason"], "its condition bounds everybody who is not exempt");
        assert_eq!(office.explain(id(8), "action=delete&resource=cases&id=3").await["allowed"], true);
        let missing = office.explain(id(4), "action=read&resource=cases&id=99").await;
        assert_eq!((&missing["allowed"], &missing["reason"]), (&json!(false), &json!("there is no such row")));
        assert_eq!(of(&missing, "roles")["row_matches"], Value::Null);
    }

    async fn a_user_who_is_not_active_is_told_apart(engine) {
        let office = Office::open(engine).await;
        let person = &office.people[4];
        let users = &office.app.service().services.users;
        users.set_active(&office.app.system(), &person.user.email, false).await.unwrap();
        person.client.get("/cases/1").await.refused(401, "invalid_token");
        let said = office.explain(person.user.id, "action=read&resource=cases&id=1").await;
        assert_eq!((&said["allowed"], &said["reason"]), (&json!(false), &json!("the user is not active")));
        assert_eq!((&said["roles"], &said["rows"], &said["fields"], &said["policies"]), (&json!([]), &Value::Null, &Value::Null, &json!([])));
        users.set_active(&office.app.system(), &person.user.email, true).await.unwrap();
        assert_eq!(office.explain(person.user.id, "action=read&resource=cases&id=1").await["allowed"], true);
    }

    async fn every_active_role_that_grants_it_is_named_and_no_other(engine) {
        let app = TestApp::start(engine, app).await;
        let (ada, ctx, services) = (app.admin().await, app.system(), &app.service().services);
        for (name, permissions) in [
            ("readers", &["cases_read"][..]),
            ("clerks", &["cases_update", "cases_read"]),
            ("roamers", &["cases_any_department", "cases_delete"]),
            ("deleters", &["cases_delete"]),
            ("sleepers", &["cases_read", "cases_any_department"]),
            ("strangers", &["cases_read"]),
        ] {
            let role = services.users.create_role(&ctx, name, permissions).await.unwrap();
            if name == "sleepers" {
                let update = RoleUpdate { is_active: Some(false), ..RoleUpdate::default() };
                services.data.single().repository::<Role>().update(&ctx, role.id, None, &update).await.unwrap();
            }
        }
        let new = NewUser {
            email: "clara@example.com".into(),
            name: "Clara".into(),
            surname: "Clerk".into(),
            password: Secret::new("a password of some length"),
            roles: ["readers", "clerks", "roamers", "deleters", "sleepers"].map(str::to_owned).into(),
        };
        let clara = services.users.create(&ctx, new).await.unwrap().id;
        let said = ada.get(&format!("/access/explain?user_id={clara}&action=read&resource=cases")).await.ok();
        assert_eq!(said["roles"], json!([
            { "name": "clerks", "permissions": ["cases_read"] },
            { "name": "readers", "permissions": ["cases_read"] },
            { "name": "roamers", "permissions": ["cases_any_department"] },
        ]));
    }

    async fn questions_that_are_none_are_refused(engine) {
        let office = Office::open(engine).await;
        let user = office.people[0].user.id;
        let ask = async |query: &str| office.ada.get(&format!("/access/explain?{query}")).await;
        ask("user_id=4711&action=read&resource=cases").await.refused(404, "not_found");
        ask("user_id=-1&action=read&resource=cases&id=1").await.refused(404, "not_found");
        for (query, expected) in [
            (format!("user_id={user}&action=read&resource=zqwx"), &["resource unknown"][..]),
            (format!("user_id={user}&action=zqwx&resource=cases"), &["action variant"]),
            (format!("user_id={user}&action=READ&resource=cases"), &["action variant"]),
            (format!("user_id={user}&action=create&resource=cases&id=1"), &["id unknown"]),
            (format!("user_id={user}&action=read&resource=cases&id=zqwx"), &["id type"]),
            (format!("user_id={user}&action=read&resource=cases&id="), &["id type"]),
            ("user_id=zqwx&action=read&resource=cases".into(), &["user_id type"]),
            (String::new(), &["user_id required", "action required", "resource required"]),
            ("user_id=zqwx&action=zqwx".into(), &["resource required", "user_id type", "action variant"]),
            (format!("user_id={user}&user_id=1&action=read&resource=cases&colour=red"), &["user_id duplicate", "colour unknown"]),
        ] {
            let answer = ask(&query).await;
            let problem = answer.refused(400, "invalid_query");
            let found: Vec<_> = problem["errors"].as_array().unwrap().iter()
                .map(|e| format!("{} {}", e["parameter"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
            assert_eq!(found, expected, "{query}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("zqwx"), "{query}");
        }
    }

    async fn asking_needs_a_permission_of_its_own(engine) {
        let office = Office::open(engine).await;
        let path = format!("/access/explain?user_id={}&action=read&resource=cases", office.people[0].user.id);
        office.app.anonymous().get(&path).await.refused(401, "not_authenticated");
        for person in &office.people {
            let problem = person.client.get(&path).await.problem(403);
            assert_eq!(problem["detail"], "Not enough privileges: the permission access_explain is needed");
            person.client.get("/access/explain?colour=red").await.refused(403, "forbidden");
        }
        let auditor = office.app.with_permissions(&["access_explain"]).await;
        assert_eq!(auditor.get(&path).await.ok(), office.ada.get(&path).await.ok());
        auditor.get("/cases/").await.refused(403, "forbidden");
    }
}
