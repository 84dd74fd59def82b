//! The document is the truth: every operation in it is described, and asks for what it says.

use crate::access::app;
use http::Method;
use kwik_testkit::{TestApp, on_each_engine};
use serde_json::{Value, json};
use std::collections::BTreeSet;

struct Operation<'d> {
    method: Method,
    path: String,
    description: &'d Value,
}

impl Operation<'_> {
    /// The permissions that it asks for; none when it is public. A key will do instead of a token.
    fn scopes(&self) -> Option<Vec<&str>> {
        let security = self.description["security"].as_array().unwrap();
        let scopes = security.first()?["oauth2"].as_array().unwrap();
        assert_eq!(security.last(), Some(&json!({ "apiKey": [] })), "{}", self.name());
        Some(scopes.iter().map(|scope| scope.as_str().unwrap()).collect())
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// No row has this key, so that what is refused is the operation and not the row.
const NO_KEY: &str = "987654321";

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut out = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, description) in methods.as_object().unwrap() {
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { NO_KEY } else { part })
                .collect::<Vec<_>>()
                .join("/");
            out.push(Operation { method: method.to_uppercase().parse().unwrap(), path, description });
        }
    }
    out
}

/// Every `$ref` in a document.
fn references<'d>(value: &'d Value, out: &mut BTreeSet<&'d str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, out)),
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, out));
        }
        _ => {}
    }
}

on_each_engine! {
    async fn every_operation_is_described(engine) {
        let app = TestApp::start(engine, app).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        assert_eq!(document["openapi"], "3.0.3");
        let tags: BTreeSet<_> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone().to_string()).collect();
        let mut ids = BTreeSet::new();
        for operation in operations(&document) {
            let (name, described) = (operation.name(), operation.description);
            assert!(ids.insert(described["operationId"].as_str().expect(&name).to_owned()), "{name}");
            assert!(described["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name} has no summary");
            assert!(described["tags"].as_array().is_some_and(|tags| !tags.is_empty()), "{name} has no tag");
            let default = &described["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(default, "#/components/schemas/Problem", "{name}");
            let success = described["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2'));
            assert!(success, "{name} has no success");
            for parameter in described["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["schema"].is_object() && parameter["description"].is_string(), "{name}: {parameter}");
            }
        }
        for expected in ["signIn", "listNotes", "createNote", "getNote", "updateNote", "patchNote", "deleteNote", "getNoteHistory", "publishNotes"] {
            assert!(ids.contains(expected), "{expected}: {ids:?}");
        }
        assert!(tags.contains("\"notes\""), "{tags:?}");
    }

    async fn every_reference_and_every_scope_leads_somewhere(engine) {
        let app = TestApp::start(engine, app).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.contains("#/components/schemas/NoteCreate"), "{found:?}");
        for reference in found {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
        let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["password"];
        assert_eq!(flow["tokenUrl"], "/api/v1/login/access-token");
        for operation in operations(&document) {
            for scope in operation.scopes().unwrap_or_default() {
                assert!(flow["scopes"].get(scope).is_some(), "{}: {scope}", operation.name());
            }
        }
    }

    async fn every_operation_asks_for_what_it_says(engine) {
        let app = TestApp::start(engine, app).await;
        let document: Value = serde_json::from_str(&app.service().document).unwrap();
        let nobody = app.anonymous();
        let mut public = Vec::new();
        for operation in operations(&document) {
            let ask = async |client: &kwik_testkit::Client| client.raw(operation.method.clone(), &operation.path, "{}").await;
            // Somebody new each time: some operations end the session that asks.
            let (anonymous, without) = (ask(&nobody).await, ask(&app.with_permissions(&[]).await).await);
            let Some(scopes) = operation.scopes() else {
                assert!(anonymous.status != 401 || anonymous.json()["code"] == "incorrect_credentials", "{}", operation.name());
                public.push(operation.name());
                continue;
            };
            anonymous.refused(401, "not_authenticated");
            assert_eq!(without.status == 403, !scopes.is_empty(), "{}: {}", operation.name(), without.status);
            if !scopes.is_empty() {
                let holder = app.with_permissions(&scopes).await;
                assert_ne!(ask(&holder).await.status, 403, "{}", operation.name());
            }
        }
        let expected = ["access-token", "refresh-token", "request-password-reset", "reset-password"];
        assert_eq!(public, expected.map(|name| format!("POST /login/{name}")));
    }

    async fn it_is_served_as_it_is_to_everybody(engine) {
        let app = TestApp::start(engine, app).await;
        let served = app.anonymous().get("/openapi.json").await;
        assert_eq!(served.json(), serde_json::from_str::<Value>(&app.service().document).unwrap());
        assert_eq!(served.header("content-type"), Some("application/json"));
    }
}
