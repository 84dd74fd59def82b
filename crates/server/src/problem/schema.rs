//! Schemas of error answers.

use serde_json::{Value, json};

/// The schemas by name: the problem, and one wrong place in it.
pub fn all() -> [(String, Value); 2] {
    [("Problem".to_owned(), problem()), ("ProblemError".to_owned(), error())]
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string", "description": "Always `about:blank`: `code` tells problems apart." },
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "format": "int32", "minimum": 400, "maximum": 599 },
            "code": { "type": "string", "description": "A stable word for programs." },
            "detail": { "type": "string", "description": "A sentence for people." },
            "errors": {
                "type": "array",
                "description": "The wrong places, all at once; left out when there are none.",
                "items": { "$ref": "#/components/schemas/ProblemError" },
            },
            "request_id": { "type": "string", "description": "What to look for in the log." },
        },
        "example": {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "invalid",
            "detail": "one field is not valid",
            "errors": [error_example()],
            "request_id": "01890a5dac96774bbcceb302099a8057",
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "description": "One wrong place in what was sent.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": { "type": "string", "description": "Where in the body (RFC 6901)." },
            "parameter": { "type": "string", "description": "Which parameter or header." },
            "code": { "type": "string", "description": "A stable word for programs." },
            "detail": { "type": "string", "description": "What would be right." },
        },
        "example": error_example(),
    })
}

fn error_example() -> Value {
    json!({ "pointer": "/email", "code": "format", "detail": "must be an email address, such as \"name@example.com\"" })
}
