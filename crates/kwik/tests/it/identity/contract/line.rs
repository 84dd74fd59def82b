//! A line of a table of the contract: who may do what, and what it answers.

use Answer::{List, New, One, Page, Removed, Token};
use http::Method;
use kwik_testkit::{Client, TestResponse};
use serde_json::Value;

/// What representations have behind the members that Kwik knows.
const SYSTEM: &[&str] =
    &["version", "creation_time", "creator_user_id", "last_modification_time", "last_modifier_user_id"];

/// What an operation answers, with the members of one representation.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    One(&'static [&'static str]),
    New(&'static [&'static str]),
    Removed(&'static [&'static str]),
    List(&'static [&'static str]),
    Page(&'static [&'static str]),
    Token,
}

/// A line of a table.
pub(super) struct Line {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) needs: &'static [&'static str],
    pub(super) body: Value,
    pub(super) answer: Answer,
}

pub(super) fn line(method: Method, path: String, needs: &'static [&'static str], body: Value, answer: Answer) -> Line {
    Line { method, path, needs, body, answer }
}

pub(super) fn get(path: String, needs: &'static [&'static str], answer: Answer) -> Line {
    line(Method::GET, path, needs, Value::Null, answer)
}

pub(super) fn delete(path: String, needs: &'static [&'static str], answer: Answer) -> Line {
    line(Method::DELETE, path, needs, Value::Null, answer)
}

impl Line {
    pub(super) async fn send(&self, client: &Client) -> TestResponse {
        match &self.body {
            Value::Null => client.raw(self.method.clone(), &self.path, "").await,
            body => client.json(self.method.clone(), &self.path, &[], body).await,
        }
    }

    /// The same with a body that is no JSON, where there is one.
    pub(super) async fn send_broken(&self, client: &Client) -> TestResponse {
        let body = if self.body.is_null() { "" } else { "{broken" };
        client.raw(self.method.clone(), &self.path, body).await
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(super) fn check(&self, answer: &TestResponse) {
        let (name, body) = (self.name(), answer.ok());
        let status = if matches!(self.answer, New(_)) { 201 } else { 200 };
        assert_eq!(answer.status, status, "{name}");
        match self.answer {
            One(members) => shape(&name, &body, members, &[]),
            Removed(members) => shape(&name, &body, members, &["removed"]),
            New(members) => {
                shape(&name, &body, members, &[]);
                let place = format!("/api/v1{}{}", self.path, body["id"]);
                assert_eq!(answer.header("location"), Some(&*place), "{name}");
            }
            List(members) => body.as_array().unwrap().iter().for_each(|row| shape(&name, row, members, &[])),
            Page(members) => {
                assert_eq!(keys(&body)[..2], ["total", "data"], "{name}");
                assert!(body["total"].is_u64(), "{name}: {body}");
                body["data"].as_array().unwrap().iter().for_each(|row| shape(&name, row, members, &[]));
            }
            Token => {
                assert_eq!(keys(&body)[..2], ["access_token", "token_type"], "{name}");
                assert_eq!(body["token_type"], "bearer", "{name}");
            }
        }
    }
}

pub(super) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap_or_else(|| panic!("no object but {object}")).keys().map(String::as_str).collect()
}

/// The members in their order, of their types.
fn shape(name: &str, row: &Value, members: &[&str], behind: &[&str]) {
    assert_eq!(keys(row), [members, SYSTEM, behind].concat(), "{name}");
    for (member, value) in row.as_object().unwrap() {
        let right = match member.as_str() {
            "id" | "user_count" | "version" => value.is_u64(),
            "is_active" => value.is_boolean(),
            "name" | "surname" | "email" | "creation_time" => value.is_string(),
            "last_modification_time" => value.is_null() || value.is_string(),
            "removed" => value.is_object(),
            _ => value.is_null() || value.is_u64(),
        };
        assert!(right, "{name}: {member} is {value}");
    }
}
