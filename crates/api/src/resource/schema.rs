//! Schemas of the document, from metadata.

use kwik_domain::{Bound, EntityMeta, FieldMeta, Format, Kind, Value as Scalar, json as scalar};
use poem_openapi::registry::{MetaSchema, Registry};
use serde_json::{Map, Value, json};

/// How a decimal is written.
const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";

/// The schemas of an entity by name: itself, its inputs, its pages.
pub(crate) fn all(meta: &'static EntityMeta) -> Vec<(String, Value)> {
    let name = meta.name;
    let page = json!({
        "type": "object",
        "required": ["total", "data"],
        "properties": {
            "total": { "type": "integer", "format": "int64", "nullable": true, "description": "How many rows there are on all pages; null when they were not counted." },
            "data": { "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } },
        },
    });
    vec![
        (name.to_owned(), read(meta)),
        (format!("{name}Create"), input(meta, false)),
        (format!("{name}Update"), input(meta, true)),
        (format!("{name}Page"), page),
    ]
}

/// The schema of every error.
pub(crate) fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string", "example": "about:blank" },
            "title": { "type": "string", "description": "The status in words.", "example": "Not Found" },
            "status": { "type": "integer", "example": 404 },
            "code": { "type": "string", "description": "A stable word for programs.", "example": "not_found" },
            "detail": { "type": "string", "description": "A sentence for people." },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["code", "detail"],
                    "properties": {
                        "pointer": { "type": "string", "description": "Where in the body (RFC 6901).", "example": "/email" },
                        "parameter": { "type": "string", "description": "Which parameter or header." },
                        "code": { "type": "string", "example": "format" },
                        "detail": { "type": "string" },
                    },
                },
            },
            "request_id": { "type": "string", "description": "What to look for in the log." },
        },
    })
}

/// The schema of a page of history, which all entities share.
pub(crate) fn history() -> Value {
    let nullable = |ty: &str| json!({ "type": ty, "nullable": true });
    json!({
        "type": "object",
        "required": ["total", "data"],
        "properties": {
            "total": { "type": "integer", "format": "int64", "nullable": true },
            "data": { "type": "array", "items": {
                "type": "object",
                "required": ["action", "version", "at", "user_id", "user_email", "impersonator_user_id", "via", "request_id", "address", "changes"],
                "properties": {
                    "action": { "type": "string", "enum": ["create", "update", "delete"] },
                    "version": { "type": "integer", "format": "int64", "description": "The version that it had afterwards." },
                    "at": { "type": "string", "format": "date-time" },
                    "user_id": { "type": "integer", "format": "int64", "nullable": true, "description": "On whose account; null for the program itself." },
                    "user_email": nullable("string"),
                    "impersonator_user_id": { "type": "integer", "format": "int64", "nullable": true, "description": "Who acted in that user's place." },
                    "via": { "type": "string", "description": "By what means, such as a session." },
                    "request_id": { "type": "string" },
                    "address": nullable("string"),
                    "changes": { "type": "array", "items": {
                        "type": "object",
                        "required": ["field", "from", "to"],
                        "properties": {
                            "field": { "type": "string", "example": "credit_limit" },
                            "from": { "nullable": true, "description": "The value before." },
                            "to": { "nullable": true, "description": "The value after." },
                        },
                    } },
                },
            } },
        },
    })
}

/// Lets a user's endpoint refer to the schema of an entity that has no operations of its own.
pub(crate) fn register_reference(registry: &mut Registry, meta: &'static EntityMeta) {
    let mut schema = MetaSchema::new("object");
    schema.description = Some(meta.doc);
    registry.schemas.entry(meta.name.to_owned()).or_insert(schema);
}

fn read(meta: &'static EntityMeta) -> Value {
    let shown: Vec<_> = meta.fields.iter().filter(|f| f.is_shown()).collect();
    let properties: Map<String, Value> = shown.iter().map(|f| (f.name.to_owned(), field(f, false))).collect();
    let examples: Map<String, Value> = shown.iter().map(|f| (f.name.to_owned(), example(f))).collect();
    let required: Vec<_> = shown.iter().map(|f| f.name).collect();
    json!({ "type": "object", "title": meta.name, "description": meta.doc, "required": required, "properties": properties, "example": examples })
}

fn input(meta: &'static EntityMeta, update: bool) -> Value {
    let taken: Vec<_> = meta.own_fields().map(|(_, f)| f).skip(1).filter(|f| if update { f.on_update() } else { f.on_create() }).collect();
    let properties: Map<String, Value> = taken
        .iter()
        .map(|f| {
            let mut schema = field(f, true);
            if update && let Some(map) = schema.as_object_mut() {
                map.remove("default");
            }
            (f.name.to_owned(), schema)
        })
        .collect();
    let examples: Map<String, Value> = taken.iter().map(|f| (f.name.to_owned(), example(f))).collect();
    let mut out = json!({ "type": "object", "description": meta.doc, "additionalProperties": false, "properties": properties, "example": examples });
    let required: Vec<_> = taken.iter().filter(|f| f.default.is_none() && !f.nullable).map(|f| f.name).collect();
    if update {
        out["minProperties"] = json!(1);
    } else if !required.is_empty() {
        out["required"] = json!(required);
    }
    out
}

/// The schema of a field, as it is read or as it is given.
pub(crate) fn field(field: &FieldMeta, input: bool) -> Value {
    let mut out = match field.kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::I32 => json!({ "type": "integer", "format": "int32" }),
        Kind::I64 => json!({ "type": "integer", "format": "int64" }),
        Kind::F64 => json!({ "type": "number", "format": "double" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Decimal if input => json!({ "oneOf": [{ "type": "string", "pattern": DECIMAL }, { "type": "number" }] }),
        Kind::Decimal => json!({ "type": "string", "format": "decimal", "pattern": DECIMAL }),
        Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
    };
    out["title"] = json!(field.label);
    let description = description(field);
    if !description.is_empty() {
        out["description"] = json!(description);
    }
    if field.format == Format::Email {
        out["format"] = json!("email");
    }
    if let Some((least, most)) = field.length {
        if least > 0 {
            out["minLength"] = json!(least);
        }
        if let Some(most) = most {
            out["maxLength"] = json!(most);
        }
    }
    if matches!(field.kind, Kind::I32 | Kind::I64 | Kind::F64) {
        bound(&mut out, field, field.min, "minimum", "exclusiveMinimum");
        bound(&mut out, field, field.max, "maximum", "exclusiveMaximum");
    }
    if !field.variants.is_empty() {
        out["enum"] = json!(field.variants);
    }
    if field.nullable {
        out["nullable"] = json!(true);
        if let Some(variants) = out["enum"].as_array_mut() {
            variants.push(Value::Null);
        }
    }
    if field.read_only {
        out["readOnly"] = json!(true);
    }
    if field.write_only {
        out["writeOnly"] = json!(true);
    }
    if let Some(default) = field.default.filter(|_| input) {
        out["default"] = value(field.kind, default);
    }
    out.as_object_mut().map(|map| map.retain(|_, v| !v.is_null()));
    out
}

fn bound(out: &mut Value, field: &FieldMeta, bound: Option<Bound>, name: &str, exclusive: &str) {
    if let Some(bound) = bound {
        out[name] = value(field.kind, bound.value);
        if !bound.inclusive {
            out[exclusive] = json!(true);
        }
    }
}

/// The documentation, and the bounds of a decimal, which a schema of text cannot express.
fn description(field: &FieldMeta) -> String {
    let mut out = field.doc.to_owned();
    if field.kind == Kind::Decimal {
        for (bound, inclusive, exclusive) in [(field.min, "At least", "More than"), (field.max, "At most", "Less than")] {
            if let Some(bound) = bound {
                let words = if bound.inclusive { inclusive } else { exclusive };
                let space = if out.is_empty() { "" } else { " " };
                out.push_str(&format!("{space}{words} {}.", bound.value));
            }
        }
    }
    out
}

/// The field's example, or one made up from its type.
pub(crate) fn example(field: &FieldMeta) -> Value {
    if let Some(text) = field.example.or(field.default) {
        return value(field.kind, text);
    }
    if let Some(variant) = field.variants.first() {
        return json!(variant);
    }
    match field.kind {
        _ if field.nullable => Value::Null,
        Kind::Bool => json!(true),
        Kind::I32 | Kind::I64 => field.min.map_or(json!(1), |b| value(field.kind, b.value)),
        Kind::F64 => field.min.map_or(json!(1.5), |b| value(field.kind, b.value)),
        Kind::Text if field.format == Format::Email => json!("name@example.com"),
        Kind::Text => json!(field.label),
        Kind::Decimal => json!(field.min.map_or("12.50", |b| b.value)),
        Kind::Uuid => json!("01890a5d-ac96-774b-bcce-b302099a8057"),
        Kind::Date => json!("2026-01-31"),
        Kind::Timestamp => json!("2026-01-31T09:30:00.000000Z"),
    }
}

/// A value in its plain text form as JSON.
fn value(kind: Kind, text: &str) -> Value {
    let mut bytes = Vec::new();
    match Scalar::parse(kind, text) {
        Ok(parsed) => scalar::write_value(&mut bytes, parsed.as_ref()),
        Err(_) => return Value::Null,
    }
    serde_json::from_slice(&bytes).unwrap_or_default()
}
