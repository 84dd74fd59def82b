//! Schemas of a page of history, which all entities share.

use serde_json::{Value, json};

/// The schemas by name: the page, a record in it, a change in that.
pub fn all() -> [(String, Value); 3] {
    [("History", page()), ("HistoryRecord", record()), ("HistoryChange", change())]
        .map(|(name, schema)| (name.to_owned(), schema))
}

fn page() -> Value {
    json!({
        "type": "object",
        "description": "A page of history.",
        "required": ["total", "data"],
        "properties": {
            "total": { "type": "integer", "format": "int64", "nullable": true, "description": "Null: records are not counted." },
            "data": { "type": "array", "items": { "$ref": "#/components/schemas/HistoryRecord" } },
        },
        "example": { "total": null, "data": [record_example()] },
    })
}

fn record() -> Value {
    json!({
        "type": "object",
        "description": "Who changed what, when and by what means.",
        "required": ["action", "version", "at", "user_id", "user_email", "impersonator_user_id", "via", "request_id", "address", "changes"],
        "properties": {
            "action": { "type": "string", "enum": ["create", "update", "delete"] },
            "version": { "type": "integer", "format": "int64", "description": "The version that it had afterwards." },
            "at": { "type": "string", "format": "date-time" },
            "user_id": { "type": "integer", "format": "int64", "nullable": true, "description": "On whose account; null for the program itself." },
            "user_email": { "type": "string", "nullable": true, "description": "That user's email at the time." },
            "impersonator_user_id": { "type": "integer", "format": "int64", "nullable": true, "description": "Who acted in that user's place." },
            "via": { "type": "string", "description": "By what means: `session`, `key`, `job` or `command line`; to whoever may read the audit trail also which, as in `key:7`." },
            "request_id": { "type": "string", "description": "What to look for in the log." },
            "address": { "type": "string", "nullable": true, "description": "The client's network address; null to whoever may not read the audit trail." },
            "changes": { "type": "array", "items": { "$ref": "#/components/schemas/HistoryChange" } },
        },
        "example": record_example(),
    })
}

/// `from` and `to` are of any type: a schema without one says so, null included.
fn change() -> Value {
    json!({
        "type": "object",
        "description": "What became of one field.",
        "required": ["field", "from", "to"],
        "properties": {
            "field": { "type": "string", "description": "Name of the field." },
            "from": { "description": "The value before; null when there was none." },
            "to": { "description": "The value after; null when there is none." },
        },
        "example": change_example(),
    })
}

fn record_example() -> Value {
    json!({
        "action": "update",
        "version": 2,
        "at": "2026-01-31T09:30:00.000000Z",
        "user_id": 1,
        "user_email": "admin@example.com",
        "impersonator_user_id": null,
        "via": "session",
        "request_id": "01890a5dac96774bbcceb302099a8057",
        "address": "192.0.2.1",
        "changes": [change_example()],
    })
}

fn change_example() -> Value {
    json!({ "field": "name", "from": "Old name", "to": "New name" })
}
