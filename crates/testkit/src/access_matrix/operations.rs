//! The operations of a document, and requests of them that change nothing.

use crate::Client;
use http::{Method, header};
use serde_json::Value;

/// A key that no row has.
const NO_KEY: &str = "999999999";
/// The same where keys are UUIDs.
const NO_UUID: &str = "00000000-0000-7000-8000-000000000000";
/// A body that no operation takes: where one is taken at all, it is an object or a form.
const NO_BODY: &str = "[]";

/// An operation.
pub(super) struct Operation {
    method: Method,
    path: String,
    media_type: Option<String>,
    needs: String,
    request: String,
}

/// The operations of a document in the order of their paths.
///
/// # Panics
///
/// When it is no document.
pub(super) fn operations(document: &str) -> Vec<Operation> {
    #[expect(clippy::expect_used, reason = "a test with no document fails")]
    let document: Value = serde_json::from_str(document).expect("the document as JSON");
    let mut out = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            // What else stands there is no operation.
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            if operation["responses"].is_object() {
                out.push(Operation::new(method, path, operation));
            }
        }
    }
    out.sort_by(|a, b| (&a.path, order(&a.method)).cmp(&(&b.path, order(&b.method))));
    out
}

/// Reads before writes.
fn order(method: &Method) -> usize {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    methods.iter().position(|known| known == method).unwrap_or(methods.len())
}

impl Operation {
    fn new(method: Method, path: &str, operation: &Value) -> Self {
        let content = operation["requestBody"]["content"].as_object();
        let request =
            path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => no_key(operation, name),
                None => part,
            });
        Self {
            request: request.collect::<Vec<_>>().join("/"),
            media_type: content.and_then(|content| content.keys().next()).cloned(),
            needs: needs(&operation["security"]),
            path: path.to_owned(),
            method,
        }
    }

    /// What stands above its answers: `GET /customers/ (customers_read)`.
    pub(super) fn title(&self) -> String {
        format!("{} {} ({})", self.method, self.path, self.needs)
    }

    pub(super) fn only_reads(&self) -> bool {
        self.method == Method::GET
    }

    /// Status and code of the answer.
    pub(super) async fn answer(&self, client: &Client) -> String {
        let form = self.media_type.as_deref().is_some_and(|media_type| media_type.contains("form"));
        let (headers, body) = match &self.media_type {
            Some(media_type) if form => (vec![(header::CONTENT_TYPE.as_str(), &**media_type)], ""),
            Some(media_type) => (vec![(header::CONTENT_TYPE.as_str(), &**media_type)], NO_BODY),
            None => (Vec::new(), ""),
        };
        let answer = client.send(self.method.clone(), &self.request, &headers, body.into()).await;
        if answer.status.is_success() {
            return answer.status.as_str().to_owned();
        }
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        format!("{} {code}", answer.status.as_str())
    }
}

fn no_key(operation: &Value, name: &str) -> &'static str {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let format = parameters.filter(|p| p["in"] == "path" && p["name"] == name).map(|p| &p["schema"]["format"]).next();
    if format.is_some_and(|format| format == "uuid") { NO_UUID } else { NO_KEY }
}

/// The permissions that the document says it needs.
fn needs(security: &Value) -> String {
    let alternatives = security.as_array().into_iter().flatten().flat_map(|one| one.as_object().into_iter().flatten());
    let scopes = alternatives.map(|(_, scopes)| scopes.as_array().into_iter().flatten().filter_map(Value::as_str));
    let needs: Vec<String> = scopes.map(|scopes| scopes.collect::<Vec<_>>().join(" and ")).collect();
    // Other ways to sign in stand there beside, without permissions.
    // An empty one says that credentials may be left out.
    let optional = security
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one.as_object().is_some_and(serde_json::Map::is_empty)));
    let named: Vec<_> = needs.iter().filter(|names| !names.is_empty()).map(String::as_str).collect();
    match (needs.as_slice(), named.as_slice()) {
        _ if optional => "public".to_owned(),
        ([], _) => "public".to_owned(),
        (_, []) => "signed in".to_owned(),
        (_, named) => named.join(" or "),
    }
}
