//! The operations of an entity, as the document describes them.

use crate::{
    OperationKind, list_parameters,
    schema::{self, a, words},
};
use kwik_domain::EntityMeta;
use serde_json::{Value, json};

/// One entity tag (RFC 9110, section 8.8.3), or any version.
const ENTITY_TAG: &str = "^(\\*|(W/)?\"[!#-~]*\")$";

/// Some entity tags, none, or any version.
const ENTITY_TAGS: &str = "^(|\\*|(W/)?\"[!#-~]*\"(, *(W/)?\"[!#-~]*\")*)$";

/// What an operation is called and what it answers.
struct Wording {
    id: String,
    summary: String,
    answer: String,
    /// Name of the answer's schema.
    schema: String,
}

fn wording(meta: &'static EntityMeta, kind: OperationKind) -> Wording {
    let (name, plural) = (meta.name, meta.plural);
    let (one, a_one, many) = (words(name), a(name), words(plural));
    let (id, summary, answer, schema) = match kind {
        OperationKind::List => {
            (format!("list{plural}"), format!("List {many}"), format!("A page of {many}."), format!("{name}Page"))
        }
        OperationKind::Create => (
            format!("create{name}"),
            format!("Create {a_one}"),
            format!("The {one} as it was created."),
            name.to_owned(),
        ),
        OperationKind::Get => (format!("get{name}"), format!("Get {a_one}"), format!("The {one}."), name.to_owned()),
        OperationKind::Update => {
            (format!("update{name}"), format!("Change {a_one}"), format!("The {one} as it is now."), name.to_owned())
        }
        OperationKind::Patch => (
            format!("patch{name}"),
            format!("Change {a_one} by JSON Merge Patch"),
            format!("The {one} as it is now."),
            name.to_owned(),
        ),
        OperationKind::Delete => {
            (format!("delete{name}"), format!("Delete {a_one}"), format!("The {one} as it was."), name.to_owned())
        }
        OperationKind::History => (
            format!("get{name}History"),
            format!("Who changed {a_one}, from what to what"),
            "The changes, the latest first.".to_owned(),
            "History".to_owned(),
        ),
    };
    Wording { id, summary, answer, schema }
}

/// What an operation is called, takes and answers.
pub fn describe(meta: &'static EntityMeta, kind: OperationKind) -> Value {
    let Wording { id, summary, answer, schema } = wording(meta, kind);
    let mut response = json!({
        "description": answer,
        "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
    });
    if meta.versioned && !matches!(kind, OperationKind::List | OperationKind::History) {
        response["headers"]["ETag"] =
            json!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" });
    }
    let mut status = "200";
    if kind == OperationKind::Create {
        status = "201";
        response["headers"]["Location"] =
            json!({ "description": "Where it is.", "schema": { "type": "string", "format": "uri-reference" } });
    }
    if kind == OperationKind::List {
        response["headers"]["Link"] = json!({
            "description": "The first page, and the next one if there is one (RFC 8288).",
            "schema": { "type": "string" },
        });
    }
    let mut operation = json!({
        "tags": [meta.collection],
        "summary": summary,
        "operationId": id,
        "responses": { status: response },
    });
    if kind == OperationKind::Get && meta.versioned {
        operation["responses"]["304"] = json!({ "description": "It is still what `If-None-Match` names." });
    }
    let parameters = parameters(meta, kind);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
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
        body["content"][media_type] =
            json!({ "schema": { "$ref": format!("#/components/schemas/{}{suffix}", meta.name) } });
    }
    Some(body)
}

fn parameters(meta: &'static EntityMeta, kind: OperationKind) -> Vec<Value> {
    let mut out = Vec::new();
    if kind.has_key() {
        out.push(key(meta));
    }
    if matches!(kind, OperationKind::List | OperationKind::History) {
        out.extend(list_parameters::page(meta));
    }
    if kind == OperationKind::List {
        out.extend(list_parameters::of_list(meta));
    }
    if kind == OperationKind::Get && meta.versioned {
        out.push(json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` of what one has already, such as `\"1\"`; if it is still the same, the answer is 304.",
            "schema": { "type": "string", "pattern": ENTITY_TAGS },
        }));
    }
    if kind.has_precondition() && meta.versioned {
        out.push(if_match_parameter());
    }
    out
}

/// The header `If-Match`.
pub fn if_match_parameter() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "The `ETag` that it must still have, such as `\"1\"`; else the answer is 412.",
        "schema": { "type": "string", "pattern": ENTITY_TAG },
    })
}

fn key(meta: &'static EntityMeta) -> Value {
    if meta.keys > 1 {
        let names: Vec<_> = meta.key_fields().iter().map(|field| field.name).collect();
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let example: Vec<_> = meta.key_fields().iter().map(|field| text(schema::example(field))).collect();
        let what = format!("Key of the {}: `{}`, with commas between them.", words(meta.name), names.join(","));
        let pattern = format!("^{}$", vec!["[^,]+"; names.len()].join(","));
        return json!({
            "name": "id", "in": "path", "required": true, "description": what,
            "schema": { "type": "string", "pattern": pattern }, "example": example.join(","),
        });
    }
    let mut schema = schema::field(meta.key(), false);
    if let Some(map) = schema.as_object_mut() {
        map.retain(|name, _| matches!(name.as_str(), "type" | "format"));
    }
    let description = match meta.key().doc {
        "" => format!("Key of the {}.", words(meta.name)),
        doc => doc.to_owned(),
    };
    json!({ "name": "id", "in": "path", "required": true, "description": description, "schema": schema, "example": schema::example(meta.key()) })
}
