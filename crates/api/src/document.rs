//! The `OpenAPI` document (3.0.3).

use crate::{Access, resource::schema};
use kwik_domain::EntityMeta;
use poem::http::Method;
use poem_openapi::registry::Registry;
use serde_json::{Map, Value, json};
use std::{borrow::Cow, collections::BTreeSet};

/// What the document says of the whole.
#[derive(Clone, Debug)]
pub struct Info {
    /// Name of the interface.
    pub title: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
    /// What every path begins with: `/api/v1`.
    pub prefix: Cow<'static, str>,
}

/// The document, while it is put together.
#[derive(Debug, Default)]
pub(crate) struct Document {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    tags: Vec<Value>,
    scopes: BTreeSet<String>,
    operation_ids: BTreeSet<String>,
    problems: Vec<String>,
}

impl Document {
    /// Adds an operation, with who may call it and the answer that every error has.
    pub(crate) fn operation(&mut self, path: &str, method: &Method, access: &Access, mut operation: Value) {
        if let Some(id) = operation.get("operationId").and_then(Value::as_str)
            && !self.operation_ids.insert(id.to_owned())
        {
            self.problems.push(format!("{method} {path}: the operation id {id} is taken; ids are unique"));
        }
        operation["security"] = match access {
            Access::Public => json!([]),
            other => json!([{ "oauth2": other.scopes() }]),
        };
        self.scopes.extend(access.scopes());
        operation["responses"]["default"] = json!({
            "description": "What went wrong (RFC 9457).",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        self.paths.entry(path.to_owned()).or_insert_with(|| json!({}))[method.as_str().to_lowercase()] = operation;
    }

    /// Adds an entity's schemas and tag.
    pub(crate) fn entity(&mut self, meta: &'static EntityMeta) {
        self.tags.push(json!({ "name": meta.collection, "description": meta.doc }));
        for (name, value) in schema::all(meta) {
            if self.schemas.insert(name.clone(), value).is_some() {
                self.problems.push(format!("two entities are called {name}; rename one"));
            }
        }
    }

    /// Adds what users' endpoints need.
    pub(crate) fn registry(&mut self, registry: &Registry) {
        for (name, value) in &registry.schemas {
            let described = serde_json::to_value(value).unwrap_or_default();
            self.schemas.entry(name.clone()).or_insert(described);
        }
    }

    /// What is wrong with it.
    pub(crate) fn problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// The document as JSON.
    pub(crate) fn finish(mut self, info: &Info) -> String {
        self.schemas.insert("History".to_owned(), schema::history());
        self.schemas.insert("Problem".to_owned(), schema::problem());
        let scopes: Map<String, Value> = self.scopes.iter().map(|name| (name.clone(), json!(name.replace('_', " ")))).collect();
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": info.title, "version": info.version },
            "servers": [{ "url": info.prefix }],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "schemas": self.schemas,
                "securitySchemes": {
                    "oauth2": {
                        "type": "oauth2",
                        "flows": {
                            "password": {
                                "tokenUrl": format!("{}/login/access-token", info.prefix),
                                "scopes": scopes,
                            },
                        },
                    },
                },
            },
        });
        document.to_string()
    }
}
