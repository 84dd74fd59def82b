//! The `OpenAPI` document (3.0.3).

use crate::{Access, credentials::API_KEY_HEADER, form::FORM, problem, resource::schema::reference};
use kwik_domain::EntityMeta;
use poem::http::Method;
use poem_openapi::registry::Registry;
use serde_json::{Map, Value, json};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

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

/// What holds for every operation.
const DESCRIPTION: &str = "Bodies are JSON. Decimals are strings, so that they stay exact; times are RFC 3339 in UTC. \
     Every error is a problem (RFC 9457), whose `code` is for programs and whose `detail` is for people. \
     A change with `If-Match` is refused when somebody else was faster.";

/// The document, while it is put together.
#[derive(Debug, Default)]
pub(crate) struct Document {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    /// Schemas that users' endpoints brought along.
    referenced: Map<String, Value>,
    tags: Vec<Value>,
    /// Permissions and what they allow, in words.
    scopes: BTreeMap<String, String>,
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
        for tag in operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.tag(tag, tag_description(tag));
        }
        operation["security"] = match access {
            Access::Public => json!([]),
            // A key's scopes cannot be said here: only those of OAuth 2 can (OpenAPI 3.0.3).
            other => {
                let none = matches!(other, Access::Optional).then(|| json!({}));
                let tokens = other.alternatives().into_iter().map(|scopes| json!({ "oauth2": scopes }));
                none.into_iter().chain(tokens).chain([json!({ "apiKey": [] })]).collect()
            }
        };
        self.scopes.extend(access.described());
        operation["responses"]["default"] = json!({
            "description": "What went wrong (RFC 9457).",
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        self.paths.entry(path.to_owned()).or_insert_with(|| json!({}))[method.as_str().to_lowercase()] = operation;
    }

    /// Adds an entity's schemas and tag.
    pub(crate) fn entity(&mut self, meta: &'static EntityMeta, schemas: Vec<(String, Value)>) {
        self.tag(meta.collection, meta.doc);
        for (name, value) in schemas {
            self.schema(name, value);
        }
    }

    /// Adds a tag; operations stand under the tags in the order in which these were added.
    fn tag(&mut self, name: &str, description: &str) {
        let at = self.tags.iter().position(|tag| tag["name"] == name).unwrap_or_else(|| {
            self.tags.push(json!({ "name": name }));
            self.tags.len() - 1
        });
        if !description.is_empty() {
            self.tags[at]["description"] = json!(description);
        }
    }

    fn schema(&mut self, name: String, value: Value) {
        if self.schemas.contains_key(&name) || standard_schemas().any(|(standard, _)| standard == name) {
            self.problems.push(format!("the schema {name} is there already; call the entity otherwise"));
        } else {
            self.schemas.insert(name, value);
        }
    }

    /// Adds what users' endpoints need. An entity among it gives way to the entity's own description.
    pub(crate) fn registry(&mut self, registry: &Registry) {
        for tag in &registry.tags {
            self.tag(tag.name, tag.description.unwrap_or_default());
        }
        for (name, value) in &registry.schemas {
            let form = value.title.as_deref().and_then(|title| title.strip_prefix(FORM));
            let schema = form.and_then(|text| serde_json::from_str(text).ok());
            let schema = schema.unwrap_or_else(|| serde_json::to_value(value).unwrap_or_default());
            self.refer(name.clone(), schema);
        }
    }

    /// Adds schemas that give way to an entity's own description.
    pub(crate) fn related(&mut self, schemas: Vec<(String, Value)>) {
        for (name, schema) in schemas {
            self.refer(name, schema);
        }
    }

    /// The first that says more than that there is something stays.
    fn refer(&mut self, name: String, schema: Value) {
        let known = self.referenced.entry(name).or_insert(Value::Null);
        if known.get("properties").is_none() {
            *known = schema;
        }
    }

    /// What is wrong with it.
    pub(crate) fn problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// The document as JSON.
    pub(crate) fn finish(mut self, info: &Info) -> String {
        self.schemas.extend(standard_schemas());
        for (name, value) in self.referenced {
            self.schemas.entry(name).or_insert(value);
        }
        merge_slashes(&mut self.paths);
        for name in self.schemas.keys().cloned().collect::<Vec<_>>() {
            let properties =
                |schemas: &mut Map<String, Value>| schemas.get_mut(&name)?.get_mut("properties").map(Value::take);
            if let Some(mut properties) = properties(&mut self.schemas) {
                name_schemas(&mut properties, &mut self.schemas);
                self.schemas[&name]["properties"] = properties;
            }
        }
        self.paths.values_mut().for_each(|path| name_schemas(path, &mut self.schemas));
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": info.title, "version": info.version, "description": DESCRIPTION },
            "servers": [{ "url": info.prefix }],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "schemas": self.schemas,
                "securitySchemes": {
                    "oauth2": {
                        "type": "oauth2",
                        "description": "Sign in by email and password; the scopes are the permissions that operations need.",
                        "flows": {
                            "password": {
                                "tokenUrl": format!("{}/login/access-token", info.prefix),
                                "scopes": self.scopes,
                            },
                        },
                    },
                    "apiKey": {
                        "type": "apiKey",
                        "in": "header",
                        "name": API_KEY_HEADER,
                        "description": "An API key; it has as many of its owner's permissions as it was made for. \
                             It may be sent as a bearer token, too.",
                    },
                },
            },
        });
        document.to_string()
    }
}

/// A path answers with and without its final slash: what was declared of both stands at one.
fn merge_slashes(paths: &mut Map<String, Value>) {
    let slashed: Vec<_> =
        paths.keys().filter_map(|path| Some((path.clone(), path.strip_suffix('/')?.to_owned()))).collect();
    for (path, bare) in slashed {
        if let (Some(Value::Object(methods)), Some(Value::Object(all))) = (paths.remove(&bare), paths.get_mut(&path)) {
            all.extend(methods);
        }
    }
}

/// Puts every object in here that has a title among the schemas, by that name, and a reference in its place.
/// Where something of the program's own has the name, the object stays where it is.
fn name_schemas(value: &mut Value, schemas: &mut Map<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name_schemas(item, schemas)),
        Value::Object(members) => {
            let parts = members.iter_mut().filter(|(name, _)| *name != "example");
            parts.for_each(|(_, part)| name_schemas(part, schemas));
            let is_object = members.get("properties").is_some_and(Value::is_object) || members.contains_key("allOf");
            if let Some(Value::String(title)) = members.get("title").filter(|_| is_object) {
                let title = title.clone();
                if schemas.entry(title.clone()).or_insert_with(|| members.clone().into()).as_object() == Some(members) {
                    *value = reference(&title);
                }
            }
        }
        _ => {}
    }
}

/// What the framework's own tags stand for.
fn tag_description(tag: &str) -> &'static str {
    match tag {
        "login" => "Signing in and out, and acting in another user's place.",
        "users" => "The people who sign in.",
        "api-keys" => "Keys with which programs act on their owner's account.",
        "audit" => "Who did what, and what was tried.",
        "access" => "Who may do what, and why.",
        _ => "",
    }
}

/// The schemas that every document has.
fn standard_schemas() -> impl Iterator<Item = (String, Value)> {
    kwik_openapi::history_schemas().into_iter().chain(problem::schema::all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_with_a_title_are_named_unless_the_name_is_taken() {
        let token = json!({ "title": "Token", "properties": { "text": { "type": "string", "title": "text" } } });
        let pair =
            json!({ "title": "Pair", "allOf": [token.clone(), { "type": "object" }], "example": { "title": "x" } });
        let of_program = json!({ "type": "object" });
        let mut schemas: Map<String, Value> = [("Taken".to_owned(), of_program.clone())].into_iter().collect();
        let taken = json!({ "title": "Taken", "properties": {} });
        let mut found = json!([pair, { "items": token.clone() }, taken.clone()]);
        name_schemas(&mut found, &mut schemas);
        assert_eq!(found, json!([reference("Pair"), { "items": reference("Token") }, taken]));
        assert_eq!((&schemas["Token"], &schemas["Taken"]), (&token, &of_program));
        assert_eq!(schemas["Pair"]["allOf"][0], reference("Token"));
    }
}
