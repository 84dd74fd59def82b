//! `GET /access/explain`: why somebody may do something, or may not.

use kwik_api::{Access, Operation, Registrar, http::json_response};
use kwik_domain::{Action, Decision, EntityMeta, Error, FieldMeta, FieldSet, FieldType, Filter, Issue, Result, Scope};
use kwik_identity::{Explain, Explanation, Ground, Question};
use kwik_query::Parameters;
use poem::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// The permission for it.
pub const ACCESS_EXPLAIN: &str = "access_explain";

/// Adds `GET /access/explain`.
pub fn register_access_explain(registrar: &mut Registrar, explain: Explain) {
    let (id, access) = ((Method::GET, "/access/explain", "explainAccess"), Access::Permissions(vec![ACCESS_EXPLAIN]));
    let document = description(explain.entities());
    let mut operation = Operation::new(id, access, &Arc::new(explain), async |explain, call| {
        call.ctx()?;
        let question = question(call.query())?;
        let explanation = explain.run(&question).await?;
        Ok(json_response(body(&question, &explanation).to_string()))
    });
    operation.document = document;
    registrar.operation(operation);
}

fn question(mut reader: Parameters) -> Result<Question> {
    let [user, action, resource] = ["user_id", "action", "resource"].map(|name| reader.required(name));
    let key = reader.take("id");
    let user_id = user.and_then(|text| reader.checked("user_id", i64::from_text(&text)));
    let action = action.and_then(|text| reader.checked("action", verb(&text)));
    reader.finish(&["user_id", "action", "resource", "id"])?;
    match (user_id, action, resource) {
        (Some(user_id), Some(action), Some(resource)) => Ok(Question { user_id, action, resource, key }),
        _ => Err(Error::Internal("a parameter is missing, and nothing was said of it".to_owned())),
    }
}

fn verb(text: &str) -> std::result::Result<Action, Issue> {
    let verbs = || Action::ALL.map(Action::verb).join(", ");
    Action::from_verb(text).ok_or_else(|| Issue::new("variant", format!("must be one of: {}", verbs())))
}

fn body(question: &Question, explanation: &Explanation) -> Value {
    let Explanation { entity, allowed, reason, roles, scope, grounds, operations } = explanation;
    let roles: Vec<_> =
        roles.iter().map(|(name, permissions)| json!({ "name": name, "permissions": permissions })).collect();
    json!({
        "user_id": question.user_id,
        "action": question.action.verb(),
        "resource": question.resource,
        "id": question.key,
        "allowed": allowed,
        "reason": reason,
        "roles": roles,
        "rows": scope.as_ref().and_then(|scope| rows(entity, &scope.rows)),
        "fields": scope.as_ref().map(|scope| fields(entity, question.action, scope)),
        "policies": grounds.iter().map(|ground| policy(entity, ground)).collect::<Vec<_>>(),
        "operations": operations.iter().map(|(way, found)| json!({
            "operation": way.operation, "access": way.access(), "allowed": found.allowed, "reason": found.reason,
        })).collect::<Vec<_>>(),
    })
}

fn policy(entity: &'static EntityMeta, ground: &Ground) -> Value {
    let opinion = &ground.opinion;
    let (allowed, reason, rows) = match &opinion.decision {
        Decision::Allow(scope) => (true, &opinion.reason.text, rows(entity, &scope.rows)),
        Decision::Deny(denial) => (false, &denial.reason, None),
    };
    json!({
        "policy": opinion.policy,
        "allowed": allowed,
        "reason": reason,
        "rows": rows,
        "row_matches": ground.row_matches,
    })
}

/// The condition on rows in the filter language; none where every row satisfies it.
fn rows(entity: &'static EntityMeta, filter: &Filter) -> Option<String> {
    (*filter != Filter::All).then(|| kwik_query::describe(filter, entity))
}

fn fields(entity: &'static EntityMeta, action: Action, scope: &Scope) -> Value {
    let names = |set: FieldSet, which: fn(&FieldMeta) -> bool| -> Vec<&str> {
        let named = entity.fields.iter().enumerate().filter(|(index, field)| set.contains(*index) && which(field));
        named.map(|(_, field)| field.name).collect()
    };
    let written = |which: fn(&FieldMeta) -> bool| {
        let own: FieldSet = (entity.first_given()..entity.own).collect();
        names(scope.write.intersection(own), which)
    };
    let writable = match action {
        Action::Create => written(FieldMeta::on_create),
        Action::Update => written(FieldMeta::on_update),
        Action::Read | Action::Delete => Vec::new(),
    };
    json!({ "readable": names(scope.read, FieldMeta::is_shown), "writable": writable })
}

fn description(entities: &[&EntityMeta]) -> Value {
    let query = |name: &str, description: &str, example: Value, schema: Value| {
        let required = !example.is_null();
        let mut parameter =
            json!({ "name": name, "in": "query", "required": required, "description": description, "schema": schema });
        if required {
            parameter["example"] = example;
        }
        parameter
    };
    let verbs = Action::ALL.map(Action::verb);
    let collections: Vec<_> = entities.iter().map(|meta| meta.collection).collect();
    json!({
        "tags": ["access"],
        "summary": "Why a user may do something, or may not",
        "operationId": "explainAccess",
        "parameters": [
            query("user_id", "Who would act.", json!(1), json!({ "type": "integer", "format": "int64" })),
            query("action", "What would be done.", json!("read"), json!({ "type": "string", "enum": verbs })),
            query("resource", "The collection.", json!(collections.last()), json!({ "type": "string", "enum": collections })),
            query("id", "One row of it; not for `create`.", Value::Null, json!({ "type": "string" })),
        ],
        "responses": { "200": {
            "description": "The decision, and what each policy says.",
            "content": { "application/json": { "schema": schema() } },
        } },
    })
}

fn schema() -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": text() });
    let example = json!({
        "user_id": 7, "action": "read", "resource": "tickets", "id": "12",
        "allowed": true, "reason": "allowed",
        "roles": [{ "name": "clerks", "permissions": ["tickets_read_own"] }],
        "rows": "clerk_id = 7",
        "fields": { "readable": ["id", "title"], "writable": [] },
        "policies": [{
            "policy": "roles", "allowed": true,
            "reason": "the permission tickets_read_own reaches the rows whose clerk_id is the user",
            "rows": "clerk_id = 7", "row_matches": true,
        }],
        "operations": [],
    });
    let rows = || json!({ "type": "string", "nullable": true, "description": "The condition that rows must satisfy, as a filter; null where every row does." });
    json!({
        "type": "object",
        "title": "AccessExplanation",
        "example": example,
        "required": ["user_id", "action", "resource", "id", "allowed", "reason", "roles", "rows", "fields", "policies", "operations"],
        "properties": {
            "user_id": { "type": "integer", "format": "int64" },
            "action": text(),
            "resource": text(),
            "id": { "type": "string", "nullable": true },
            "allowed": { "type": "boolean" },
            "reason": text(),
            "roles": { "type": "array", "description": "The user's roles that grant what made the difference.", "items": {
                "type": "object",
                "required": ["name", "permissions"],
                "properties": { "name": text(), "permissions": texts() },
            } },
            "rows": rows(),
            "fields": {
                "type": "object",
                "nullable": true,
                "required": ["readable", "writable"],
                "properties": { "readable": texts(), "writable": texts() },
            },
            "policies": { "type": "array", "items": {
                "type": "object",
                "required": ["policy", "allowed", "reason", "rows", "row_matches"],
                "properties": {
                    "policy": text(),
                    "allowed": { "type": "boolean" },
                    "reason": text(),
                    "rows": rows(),
                    "row_matches": { "type": "boolean", "nullable": true, "description": "Whether the row satisfies it; null where none was asked about, or there is none." },
                },
            } },
            "operations": {
                "type": "array",
                "description": "The operations that do it, where some are for others than whoever has the permission for the action; else none.",
                "items": {
                    "type": "object",
                    "required": ["operation", "access", "allowed", "reason"],
                    "properties": {
                        "operation": text(), "access": text(), "allowed": { "type": "boolean" }, "reason": text(),
                    },
                },
            },
        },
    })
}
