//! The operations of an entity: their routes and their descriptions.

use super::{OperationKind, Resource, handler::Handler, schema};
use crate::{Access, Operation, Registrar};
use kwik_domain::EntityMeta;
use poem::EndpointExt;
use serde_json::{Value, json};
use std::sync::Arc;

/// Adds an entity's operations of these kinds, and its schemas, to the registrar.
pub fn register(registrar: &mut Registrar, resource: &Arc<dyn Resource>, kinds: &[OperationKind], prefix: &Arc<str>) {
    let meta = resource.meta();
    registrar.schemas(meta);
    for kind in kinds {
        if *kind == OperationKind::History && !meta.audited {
            continue;
        }
        let handler = Handler { resource: resource.clone(), kind: *kind, prefix: prefix.clone() };
        registrar.operation(Operation {
            method: kind.method(),
            path: kind.path(meta.collection),
            access: Access::Entity(kind.action(), meta),
            document: describe(meta, *kind),
            endpoint: handler.boxed(),
        });
    }
}

fn describe(meta: &'static EntityMeta, kind: OperationKind) -> Value {
    let (id, summary, status, answer, what) = match kind {
        OperationKind::List => (format!("list{}", meta.plural), format!("List {}", words(meta.plural)), 200, "Page", "The page."),
        OperationKind::Create => (format!("create{}", meta.name), format!("Create a {}", words(meta.name)), 201, "", "What was created."),
        OperationKind::Get => (format!("get{}", meta.name), format!("Get a {}", words(meta.name)), 200, "", "It."),
        OperationKind::Update => (format!("update{}", meta.name), format!("Change a {}", words(meta.name)), 200, "", "What it has become."),
        OperationKind::Patch => (format!("patch{}", meta.name), format!("Change a {} by JSON Merge Patch", words(meta.name)), 200, "", "What it has become."),
        OperationKind::Delete => (format!("delete{}", meta.name), format!("Delete a {}", words(meta.name)), 200, "", "What was deleted."),
        OperationKind::History => (format!("get{}History", meta.name), format!("Who changed a {}, from what to what", words(meta.name)), 200, "History", "The changes, the latest first."),
    };
    let schema = match kind {
        OperationKind::History => "History".to_owned(),
        _ => format!("{}{answer}", meta.name),
    };
    let mut response = json!({
        "description": what,
        "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
    });
    if meta.versioned && !matches!(kind, OperationKind::List | OperationKind::History) {
        response["headers"]["ETag"] = json!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" });
    }
    if kind == OperationKind::Create {
        response["headers"]["Location"] = json!({ "description": "Where it is.", "schema": { "type": "string" } });
    }
    let mut operation = json!({
        "tags": [meta.collection],
        "summary": summary,
        "operationId": id,
        "parameters": parameters(meta, kind),
        "responses": { status.to_string(): response },
    });
    if let Some(body) = request_body(meta, kind) {
        operation["requestBody"] = body;
    }
    operation
}

fn request_body(meta: &'static EntityMeta, kind: OperationKind) -> Option<Value> {
    let (suffix, media_types): (_, &[&str]) = match kind {
        OperationKind::Create => ("Create", &["application/json"]),
        OperationKind::Update => ("Update", &["application/json"]),
        OperationKind::Patch => ("Update", &["application/merge-patch+json", "application/json"]),
        _ => return None,
    };
    let mut body = json!({ "required": true });
    for media_type in media_types {
        body["content"][media_type] = json!({ "schema": { "$ref": format!("#/components/schemas/{}{suffix}", meta.name) } });
    }
    Some(body)
}

fn parameters(meta: &'static EntityMeta, kind: OperationKind) -> Vec<Value> {
    let mut out = Vec::new();
    if kind.has_key() {
        let mut key = schema::field(meta.key(), false);
        if let Some(map) = key.as_object_mut() {
            map.retain(|name, _| matches!(name.as_str(), "type" | "format"));
        }
        let example = schema::example(meta.key());
        out.push(json!({ "name": "id", "in": "path", "required": true, "description": meta.key().doc, "schema": key, "example": example }));
    }
    if matches!(kind, OperationKind::List | OperationKind::History) {
        out.push(query("skip", "How many rows to pass over.", json!({ "type": "integer", "format": "int64", "minimum": 0, "default": 0 }), &json!(0)));
        let limit = json!({ "type": "integer", "minimum": 0, "maximum": meta.max_limit, "default": 100.min(meta.max_limit) });
        out.push(query("limit", "How many rows to give at the most.", limit, &json!(20)));
    }
    if kind == OperationKind::List {
        let names: Vec<_> = meta.fields.iter().filter(|f| f.is_open()).map(|f| f.name).collect();
        let pattern = format!("^({0})(:(asc|desc))?(,({0})(:(asc|desc))?)*$", names.join("|"));
        let sorting = json!({ "type": "string", "pattern": pattern });
        out.push(query("sorting", "Fields to sort by, each with `:asc` or `:desc`; the key comes last.", sorting, &json!("id:desc")));
        out.push(query("filter_key", "Field that must have the `value`.", json!({ "type": "string", "enum": names }), &json!(null)));
        out.push(query("value", "Value that the field `filter_key` must have.", json!({ "type": "string" }), &json!(null)));
    }
    if kind.has_precondition() && meta.versioned {
        out.push(json!({
            "name": "If-Match", "in": "header", "required": false,
            "description": "The `ETag` that it must still have; else 412.",
            "schema": { "type": "string" }, "example": "\"1\"",
        }));
    }
    out
}

fn query(name: &str, description: &str, schema: Value, example: &Value) -> Value {
    let mut parameter = json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema });
    if !example.is_null() {
        parameter["example"] = example.clone();
    }
    parameter
}

/// `OrderLine` as `order line`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for (n, c) in name.chars().enumerate() {
        if c.is_uppercase() && n > 0 {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}
