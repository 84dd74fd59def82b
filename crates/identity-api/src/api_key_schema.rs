//! Schemas of API keys in the document.

use crate::api_key_form::ApiKeyForm;
use kwik_api::resource::schema;
use kwik_domain::{Entity, FieldSet};
use serde_json::{Value, json};

/// A key as it is shown.
pub(crate) fn read_schema() -> Value {
    schema::named("ApiKey", with_scopes(schema::read(ApiKeyForm::META, FieldSet::NONE)))
}

/// A key that was made just now.
pub(crate) fn made_schema() -> Value {
    let mut out = read_schema();
    out["properties"]["key"] = json!({ "type": "string", "description": "The key itself. It is kept nowhere." });
    if let Some(required) = out["required"].as_array_mut() {
        required.push(json!("key"));
    }
    out["example"]["key"] = json!("kwik_00000000000000000000000000000000000000005802333d");
    out["description"] = json!("A key that was made just now, with the key itself.");
    schema::named("NewApiKey", out)
}

/// What creating a key takes.
pub(crate) fn create_schema() -> Value {
    let mut out = with_scopes(schema::create(ApiKeyForm::META));
    out["properties"]["scopes"]["minItems"] = json!(1);
    out["properties"]["expires_at"]["description"] = json!("When it stops working, in the future. Null: never.");
    out["description"] = json!("What a new API key is made of.");
    schema::named("ApiKeyCreate", out)
}

/// What changing a key takes.
pub(crate) fn update_schema() -> Value {
    let mut out = schema::update(ApiKeyForm::META);
    out["description"] = json!("What changes of an API key; what is left out stays as it is.");
    schema::named("ApiKeyUpdate", out)
}

/// A page of keys.
pub(crate) fn page_schema() -> Value {
    let schema = json!({
        "type": "object",
        "description": "A page of API keys.",
        "required": ["total", "data"],
        "properties": {
            "total": { "type": "integer", "format": "int64", "description": "How many there are on all pages." },
            "data": { "type": "array", "items": read_schema() },
        },
        "example": { "total": 1, "data": [read_schema()["example"]] },
    });
    schema::named("ApiKeyPage", schema)
}

/// A list in the place of the text that is kept.
fn with_scopes(mut schema: Value) -> Value {
    let description = schema["properties"]["scopes"]["description"].clone();
    let list = json!({ "type": "array", "description": description, "items": { "type": "string", "minLength": 1 } });
    schema["properties"]["scopes"] = list;
    schema["example"]["scopes"] = json!(["customers_read"]);
    schema
}
