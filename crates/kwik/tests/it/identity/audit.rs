//! The audit trail over HTTP: everything that is to be there, for those who may see it, and no secret.

use super::{
    api_keys::{by_key, new_key},
    clock::TestClock,
    mailbox::Mailbox,
    text,
};
use http::Method;
use kwik::{
    App,
    domain::{
        Filter, Page, Repository,
        access::{ApiKey, User},
    },
};
use kwik_testkit::{ADMIN_PASSWORD, Client, TestApp, TestUser, on_each_engine};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// The trail that somebody sees.
async fn trail(auditor: &Client, query: &str) -> Vec<Value> {
    auditor.get(&format!("/audit/?limit=1000&{query}")).await.ok()["data"].as_array().unwrap().clone()
}

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// The latest event of that kind.
async fn latest(auditor: &Client, action: &str) -> Value {
    let filter = format!("filter=entity%20%3D%20%22access%22%20AND%20action%20%3D%20%22{action}%22");
    trail(auditor, &filter).await.into_iter().next().unwrap_or_else(|| panic!("no {action} on the trail"))
}

async fn bare(client: &Client, method: Method, path: &str) -> Value {
    client.send(method, path, &[], Vec::new()).await.ok()
}

/// What a run through the operations leaves to look for.
struct Run {
    app: TestApp,
    admin: Client,
    target: TestUser,
    secrets: Vec<String>,
}

/// Somebody's life: each event of access comes up in it.
async fn run(app: TestApp, mailbox: &Mailbox) -> Run {
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    let admin = app.admin().await;
    let target = app.new_user(&["user_read"]).await;
    let mut secrets = vec![ADMIN_PASSWORD.to_owned(), target.password.clone()];
    let wrong = "a wrong password of somebody";
    let form = [("username", &*target.email), ("password", wrong)];
    app.anonymous().form("/login/access-token", &form).await.refused(401, "incorrect_credentials");
    let form = [("username", &*target.email), ("password", &*target.password)];
    let tokens = app.anonymous().from_address(address).form("/login/access-token", &form).await.ok();
    let user = app.anonymous().with_token(text(&tokens["access_token"]));
    user.get("/roles/").await.refused(403, "forbidden");
    let refreshed =
        app.anonymous().post("/login/refresh-token", &json!({ "refresh_token": tokens["refresh_token"] })).await.ok();
    for answer in [&tokens, &refreshed] {
        secrets.extend(["access_token", "refresh_token"].map(|name| text(&answer[name]).to_owned()));
    }
    let key = new_key(&user, &["user_read"]).await;
    by_key(&app, &key).from_address(address).get("/users/").await.ok();
    let rotated = bare(&user, Method::POST, &format!("/api-keys/{}/rotate", key["id"])).await;
    user.delete(&format!("/api-keys/{}", key["id"])).await.ok();
    secrets.extend([&key, &rotated].map(|key| text(&key["key"]).to_owned()));
    let acting = bare(&admin, Method::POST, &format!("/login/impersonate?user_id={}", target.id)).await;
    let acting_client = app.anonymous().with_token(text(&acting["access_token"]));
    acting_client.put("/users/me", &json!({ "surname": "Renamed" })).await.ok();
    acting_client.get("/roles/").await.refused(403, "forbidden");
    let stopped = bare(&acting_client, Method::POST, "/login/stop_impersonating").await;
    secrets.extend([&acting, &stopped].map(|answer| text(&answer["access_token"]).to_owned()));
    let admin = app.admin().await;
    let role = admin.post("/roles/", &json!({ "name": "auditors", "is_active": true })).await.ok();
    let permissions = admin.get("/permissions/?limit=1000").await.ok();
    let permission = permissions["data"].as_array().unwrap().iter().find(|p| p["name"] == "audit_read").unwrap();
    let (role, permission) = (format!("/roles/{}", role["id"]), permission["id"].clone());
    admin.post(&format!("{role}/permissions"), &json!({ "permission_id": permission })).await.ok();
    admin.post(&format!("{role}/users"), &json!({ "user_id": target.id })).await.ok();
    admin.delete(&format!("{role}/users/{}", target.id)).await.ok();
    admin.delete(&format!("{role}/permissions/{permission}")).await.ok();
    let new = "an entirely new password";
    user.put("/users/me/password", &json!({ "old_password": target.password, "new_password": new })).await.ok();
    app.anonymous().post("/login/request-password-reset", &json!({ "email": target.email })).await.ok();
    let token = mailbox.token().await;
    let last = "the password of the letter";
    app.anonymous().post("/login/reset-password", &json!({ "token": token, "password": last })).await.ok();
    let target = TestUser { password: last.to_owned(), ..target };
    bare(&app.as_user(&target).await, Method::POST, "/login/logout").await;
    secrets.extend([wrong, new, &token, last].map(str::to_owned));
    Run { app, admin, target, secrets }
}

async fn started(engine: kwik_testkit::database::Engine) -> Run {
    let mailbox = Mailbox::default();
    let kept = mailbox.clone();
    run(TestApp::start(engine, move || App::new().mailer(kept.clone())).await, &mailbox).await
}

on_each_engine! {
    async fn every_event_is_there_with_its_names_and_both_identities(engine) {
        let Run { app: _app, admin, target, .. } = started(engine).await;
        for (action, details) in [
            ("sign_in", &[][..]),
            ("sign_in_failed", &[]),
            ("denied", &[("operation", "GET /roles/"), ("code", "forbidden")]),
            ("grant", &[("role", "auditors"), ("user", &*target.email)]),
            ("revoke", &[("role", "auditors"), ("permission", "audit_read")]),
            ("session_end", &[]),
            ("impersonate", &[("email", &target.email)]),
            ("stop_impersonating", &[]),
            ("password_changed", &[]),
            ("password_reset_requested", &[]),
            ("password_reset", &[]),
            ("key_created", &[("name", "import"), ("scopes", "user_read")]),
            ("key_rotated", &[("name", "import")]),
            ("key_revoked", &[("name", "import")]),
            ("key_new_address", &[("name", "import"), ("address", "192.0.2.7")]),
        ] {
            let event = latest(&admin, action).await;
            assert_eq!((&event["entity"], &event["version"], &event["before"]), (&json!("access"), &json!(0), &Value::Null));
            for (name, value) in details {
                assert_eq!(event["after"][name], *value, "{event}");
            }
        }
        let target_key = json!(target.id.to_string());
        let signed_in = trail(&admin, "filter=action%20%3D%20%22sign_in%22").await;
        assert!(signed_in.iter().any(|event| event["address"] == "192.0.2.7" && event["entity_key"] == target_key), "{signed_in:?}");
        // In another's place: both stand there, on events and on changes of rows.
        let both = trail(&admin, "filter=impersonator_id%20%3D%201").await;
        for (entity, action) in [("users", "update"), ("access", "denied")] {
            let record = both.iter().find(|r| r["entity"] == entity && r["action"] == action);
            let record = record.unwrap_or_else(|| panic!("no {action} of {entity} among {both:?}"));
            assert_eq!((&record["user_id"], &record["impersonator_id"]), (&json!(target.id), &json!(1)));
        }
        let change = both.iter().find(|record| record["entity"] == "users").unwrap();
        assert_eq!((&change["after"], &change["entity_key"]), (&json!({ "surname": "Renamed" }), &json!(target.id.to_string())));
        assert!(change["before"]["surname"].is_string() && text(&change["via"]).starts_with("session:"), "{change}");
    }

    async fn no_secret_is_there(engine) {
        let Run { app, admin, secrets, .. } = started(engine).await;
        let all = trail(&admin, "").await;
        assert!(all.len() > 40 && all.len() < 1000, "{}", all.len());
        let trail = Value::Array(all).to_string();
        for secret in &secrets {
            assert!(secret.len() > 12 && !trail.contains(secret.as_str()), "{secret} is on the trail");
        }
        // Nor what is kept of them.
        let mut single = app.service().services.data.single();
        let page = Page { skip: 0, limit: 1000 };
        let users = single.repository::<User>().list(&app.system(), &Filter::All, &[], page).await.unwrap();
        let keys = single.repository::<ApiKey>().list(&app.system(), &Filter::All, &[], page).await.unwrap();
        let hashes = users.iter().map(|user| &user.hashed_password).chain(keys.iter().map(|key| &key.hash));
        for hash in hashes {
            assert!(hash.len() > 30 && !trail.contains(hash.as_str()), "{hash} is on the trail");
        }
        for word in ["$argon2", "kwik_0", "eyJ"] {
            assert!(!trail.contains(word), "{word} is on the trail");
        }
    }

    async fn the_list_is_filtered_sorted_and_paged(engine) {
        let clock = TestClock::default();
        let told = clock.clone();
        let app = TestApp::start(engine, move || App::new().clock(told.clone())).await;
        let admin = app.admin().await;
        let role = admin.post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        clock.minutes(5);
        let later = kwik::domain::json::rfc3339(kwik::domain::Clock::now(&clock));
        admin.put(&format!("/roles/{}", role["id"]), &json!({ "name": "writers" })).await.ok();
        let all = ids(&trail(&admin, "").await);
        assert!(all.is_sorted_by(|a, b| a > b) && all.len() > 3, "the newest first: {all:?}");
        assert!(ids(&trail(&admin, "sorting=id").await).is_sorted());
        let of_role = trail(&admin, &format!("filter=entity%20%3D%20%22roles%22%20AND%20entity_key%20%3D%20%22{}%22", role["id"])).await;
        let actions: Vec<_> = of_role.iter().map(|record| text(&record["action"])).collect();
        assert_eq!(actions, ["update", "create"]);
        assert_eq!((&of_role[0]["before"], &of_role[0]["after"]), (&json!({ "name": "clerks" }), &json!({ "name": "writers" })));
        assert_eq!(trail(&admin, &format!("filter=at%20%3E%3D%20%22{later}%22")).await, of_role[..1]);
        let by_admin = trail(&admin, "filter_key=user_id&value=1").await;
        assert!(by_admin.len() > 1 && by_admin.iter().all(|record| record["user_id"] == 1));
        assert_eq!(admin.get(&format!("/audit/{}", of_role[1]["id"])).await.ok(), of_role[1]);
        admin.get("/audit/999999999").await.refused(404, "not_found");
        // Page by page, while the trail grows.
        let (mut paged, mut query) = (Vec::new(), "limit=2&count=none".to_owned());
        loop {
            let page = admin.get(&format!("/audit/?{query}")).await.ok();
            paged.extend(ids(page["data"].as_array().unwrap()));
            admin.put(&format!("/roles/{}", role["id"]), &json!({ "name": format!("page {}", paged.len()) })).await.ok();
            let Some(token) = page["next_page_token"].as_str() else { break };
            query = format!("limit=2&count=none&page_token={token}");
        }
        assert_eq!(paged, all);
        for wrong in ["filter=before%20%3A%20%22x%22", "sorting=after", "limit=1001", "colour=red"] {
            admin.get(&format!("/audit/?{wrong}")).await.refused(400, "invalid_query");
        }
    }

    async fn it_is_for_those_who_may_read_it_and_for_nobody_to_change(engine) {
        let app = TestApp::start(engine, App::new).await;
        let admin = app.admin().await;
        let id = trail(&admin, "").await[0]["id"].clone();
        let others = app.with_permissions(&["user_read", "role_read", "session_read", "api_key_read", "access_explain"]).await;
        for path in ["/audit/".to_owned(), format!("/audit/{id}")] {
            app.anonymous().get(&path).await.refused(401, "not_authenticated");
            others.get(&path).await.refused(403, "forbidden");
            app.with_permissions(&["audit_read"]).await.get(&path).await.ok();
            admin.post(&path, &json!({})).await.refused(405, "method_not_allowed");
            admin.delete(&path).await.refused(405, "method_not_allowed");
            admin.put(&path, &json!({})).await.refused(405, "method_not_allowed");
        }
        admin.get(&format!("/audit/{id}/history")).await.refused(404, "not_found");
    }

    async fn histories_tell_others_no_more_than_the_kind_of_means(engine) {
        let app = TestApp::start(engine, App::new).await;
        let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
        let admin = app.admin().await;
        let by_admin_key = by_key(&app, &new_key(&admin, &["role_create"]).await);
        let made = by_admin_key.from_address(address).post("/roles/", &json!({ "name": "clerks", "is_active": true })).await.ok();
        let path = format!("/roles/{}", made["id"]);
        admin.from_address(address).put(&path, &json!({ "name": "writers" })).await.ok();
        let means = async |client: &Client| -> Vec<(String, Value)> {
            let page = client.get(&format!("{path}/history")).await.ok();
            let records = page["data"].as_array().unwrap().iter();
            records.map(|r| {
                assert!(text(&r["request_id"]).len() > 10 && r["user_id"] == 1, "{r}");
                (text(&r["via"]).to_owned(), r["address"].clone())
            }).collect()
        };
        let told = means(&app.with_permissions(&["role_read"]).await).await;
        assert_eq!(told, [("session".to_owned(), Value::Null), ("key".to_owned(), Value::Null)]);
        for auditor in [admin, app.with_permissions(&["role_read", "audit_read"]).await] {
            let told = means(&auditor).await;
            assert!(told[0].0.starts_with("session:") && told[1].0.starts_with("key:"), "{told:?}");
            assert!(told.iter().all(|(_, address)| address == "192.0.2.7"), "{told:?}");
        }
    }
}
