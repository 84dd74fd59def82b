//! Schemas of fields.

use kwik_domain::{Bound, FieldMeta, Format, Item, Kind, Value as Scalar, json as scalar};
use serde_json::{Value, json};

/// How a decimal is written.
const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";
/// How a time of day is written and given.
const TIME: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?$";
/// How an address on the web begins.
const URL: &str = "^[Hh][Tt][Tt][Pp][Ss]?://";
/// The longest address on the web.
const URL_END: usize = 2048;
/// How a decimal is given. There are about 28 digits in all, which no short pattern can say.
const DECIMAL_INPUT: &str = "^-?[0-9]{1,29}(\\.[0-9]{1,28})?$";
/// How a decimal is given that must not be negative.
const UNSIGNED_INPUT: &str = "^[0-9]{1,29}(\\.[0-9]{1,28})?$";
/// Two to the power of 96: decimals are smaller.
const DECIMAL_END: f64 = 79_228_162_514_264_337_593_543_950_336.0;

/// The schema of a field, as it is read or as it is given. Which fields are read and which are given
/// is a matter of the schema that it stands in: marks for that on the field would make generators
/// write every type twice.
pub fn field(field: &FieldMeta, input: bool) -> Value {
    let mut out = match field.kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::I32 => json!({ "type": "integer", "format": "int32" }),
        Kind::I64 => json!({ "type": "integer", "format": "int64" }),
        Kind::F64 => json!({ "type": "number", "format": "double" }),
        Kind::Text if field.json => json!({ "type": "object", "additionalProperties": true }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Decimal if input => decimal_input(field),
        Kind::Decimal => json!({ "type": "string", "format": "decimal", "pattern": DECIMAL }),
        Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Time => json!({ "type": "string", "format": "time-local", "pattern": TIME }),
        Kind::Bytes => json!({ "type": "string", "format": "byte" }),
        Kind::Json => {
            field.item.map_or_else(|| json!({}), |item| json!({ "type": "array", "items": of_item(item, input) }))
        }
    };
    out["title"] = json!(field.label);
    describe(&mut out, &description(field));
    text_form(&mut out, field);
    length(&mut out, field, input);
    if let Some(pattern) = field.pattern {
        out["pattern"] = json!(format!("^(?:{pattern})$"));
    }
    if matches!(field.kind, Kind::I32 | Kind::I64 | Kind::F64) {
        bound(&mut out, field, field.min, "minimum", "exclusiveMinimum");
        bound(&mut out, field, field.max, "maximum", "exclusiveMaximum");
    }
    if !field.variants.is_empty() {
        out["enum"] = json!(field.variants);
    }
    if field.nullable {
        // Allowed beside a type alone.
        let typed = if out["oneOf"].is_array() { &mut out["oneOf"][0] } else { &mut out };
        if typed["type"].is_string() {
            typed["nullable"] = json!(true);
        }
        if let Some(variants) = out["enum"].as_array_mut() {
            variants.push(Value::Null);
        }
    }
    if let Some(default) = field.default.filter(|_| input) {
        out["default"] = value(field.kind, default);
    }
    if let Some(map) = out.as_object_mut() {
        map.retain(|_, v| !v.is_null());
    }
    out
}

/// What text must look like.
fn text_form(out: &mut Value, field: &FieldMeta) {
    match field.format {
        Format::Email => out["format"] = json!("email"),
        Format::Url => {
            out["format"] = json!("uri");
            out["pattern"] = json!(URL);
            out["maxLength"] = json!(URL_END);
        }
        Format::Plain if field.write_only && field.kind == Kind::Text => out["format"] = json!("password"),
        Format::Plain => {}
    }
}

/// How long it is: in characters, those of base64 included, or in items.
fn length(out: &mut Value, field: &FieldMeta, input: bool) {
    let Some((least, most)) = field.length else { return };
    let (min, max) = if field.item.is_some() { ("minItems", "maxItems") } else { ("minLength", "maxLength") };
    let written = |count: usize| if field.kind == Kind::Bytes { count.div_ceil(3) * 4 } else { count };
    if least > 0 {
        out[min] = json!(written(least));
    }
    if least > 0 && field.trim && input {
        out["pattern"] = json!("\\S");
    }
    if let Some(most) = most {
        let end = if field.format == Format::Url { URL_END } else { usize::MAX };
        out[max] = json!(written(most).min(end));
    }
}

/// The items of an array, as a field of their own.
fn item_field(item: Item) -> FieldMeta {
    let mut field = FieldMeta::of::<bool>("item").label("item");
    (field.kind, field.variants) = (item.kind, item.variants);
    field
}

fn of_item(item: Item, input: bool) -> Value {
    let mut schema = field(&item_field(item), input);
    schema.as_object_mut().map(|map| map.shift_remove("title"));
    schema
}

/// Text, which every client can keep exact, or a number.
fn decimal_input(field: &FieldMeta) -> Value {
    let unsigned = field.min.is_some_and(|b| !b.value.starts_with('-'));
    let pattern = if unsigned { UNSIGNED_INPUT } else { DECIMAL_INPUT };
    let text = json!({ "type": "string", "pattern": pattern });
    let mut number = json!({
        "type": "number",
        "minimum": -DECIMAL_END, "exclusiveMinimum": true,
        "maximum": DECIMAL_END, "exclusiveMaximum": true,
    });
    bound(&mut number, field, field.min, "minimum", "exclusiveMinimum");
    bound(&mut number, field, field.max, "maximum", "exclusiveMaximum");
    json!({ "oneOf": [text, number] })
}

fn bound(out: &mut Value, field: &FieldMeta, bound: Option<Bound>, name: &str, exclusive: &str) {
    if let Some(bound) = bound {
        out[name] = match field.kind {
            Kind::Decimal => serde_json::from_str(bound.value).unwrap_or_default(),
            kind => value(kind, bound.value),
        };
        if bound.inclusive {
            out.as_object_mut().map(|map| map.shift_remove(exclusive));
        } else {
            out[exclusive] = json!(true);
        }
    }
}

/// The documentation, and what a schema cannot express: the bounds of a decimal, the number of bytes.
fn description(field: &FieldMeta) -> String {
    let mut out = field.doc.to_owned();
    if out.is_empty() && field.kind == Kind::Json && field.item.is_none() {
        out.push_str("Any JSON.");
    }
    if let (Kind::Bytes, Some((least, most))) = (field.kind, field.length) {
        let space = if out.is_empty() { "" } else { " " };
        let most = most.map(|most| format!(" to {most}")).unwrap_or_default();
        out.extend([space, &least.to_string(), &most, " bytes, in base64."]);
    }
    if field.kind == Kind::Decimal {
        for (bound, inclusive, exclusive) in [(field.min, "At least", "More than"), (field.max, "At most", "Less than")]
        {
            if let Some(bound) = bound {
                let words = if bound.inclusive { inclusive } else { exclusive };
                let space = if out.is_empty() { "" } else { " " };
                out.extend([space, words, " ", bound.value, "."]);
            }
        }
    }
    out
}

/// The field's example, or one made up from its type.
pub fn example(field: &FieldMeta) -> Value {
    if let Some(text) = field.example.or(field.default) {
        return if field.json { serde_json::from_str(text).unwrap_or_default() } else { value(field.kind, text) };
    }
    if let Some(variant) = field.variants.first() {
        return json!(variant);
    }
    match field.kind {
        _ if field.nullable => Value::Null,
        Kind::Bool => json!(true),
        Kind::I32 | Kind::I64 => field.min.map_or(json!(1), |b| value(field.kind, b.value)),
        Kind::F64 => field.min.map_or(json!(1.5), |b| value(field.kind, b.value)),
        Kind::Text if field.json => json!({}),
        Kind::Text if field.format == Format::Email => json!("name@example.com"),
        Kind::Text if field.format == Format::Url => json!("https://example.com/"),
        Kind::Text => json!(field.label),
        Kind::Decimal => json!(field.min.map_or("12.50", |b| b.value)),
        Kind::Uuid => json!("01890a5d-ac96-774b-bcce-b302099a8057"),
        Kind::Date => json!("2026-01-31"),
        Kind::Timestamp => json!("2026-01-31T09:30:00.000000Z"),
        Kind::Time => json!("09:30:00.000000"),
        Kind::Bytes => json!("AQID"),
        Kind::Json => field.item.map_or_else(|| json!({}), |item| json!([example(&item_field(item))])),
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

pub(crate) fn describe(schema: &mut Value, text: &str) {
    if !text.is_empty() {
        schema["description"] = json!(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field's schema; the name is taken here.
    fn schema_of(field: &FieldMeta, input: bool) -> Value {
        super::field(field, input)
    }

    fn decimal(mut field: FieldMeta) -> FieldMeta {
        field.kind = Kind::Decimal;
        field
    }

    #[test]
    fn decimals_are_given_as_text_or_number_within_their_bounds() {
        let field = schema_of(&decimal(FieldMeta::of::<String>("price").min("0", false).max("9.5", true)), true);
        assert_eq!(field["description"], "More than 0. At most 9.5.");
        assert_eq!(field["oneOf"][0]["pattern"], UNSIGNED_INPUT);
        let number = &field["oneOf"][1];
        assert_eq!((&number["minimum"], &number["exclusiveMinimum"]), (&json!(0), &json!(true)));
        assert_eq!((&number["maximum"], &number["exclusiveMaximum"]), (&json!(9.5), &Value::Null));
    }

    #[test]
    fn null_stands_beside_a_type_alone() {
        let number = schema_of(&FieldMeta::of::<Option<i32>>("count"), false);
        assert_eq!(number["nullable"], true);
        let decimal = schema_of(&decimal(FieldMeta::of::<Option<String>>("price")), true);
        assert_eq!(decimal["nullable"], Value::Null);
        assert_eq!(decimal["oneOf"][0]["nullable"], true);
    }

    #[test]
    fn examples_of_objects_are_objects() {
        let payload = |example| {
            let mut field = FieldMeta::of::<String>("payload");
            (field.json, field.example) = (true, example);
            field
        };
        assert_eq!(example(&payload(None)), json!({}));
        assert_eq!(example(&payload(Some(r#"{"id": 1}"#))), json!({ "id": 1 }));
    }

    #[test]
    fn nullable_enums_name_null() {
        let mut field = FieldMeta::of::<Option<String>>("size");
        field.variants = &["small", "large"];
        assert_eq!(schema_of(&field, true)["enum"], json!(["small", "large", null]));
    }

    #[test]
    fn text_that_is_trimmed_is_not_blank_and_what_is_never_shown_is_a_secret() {
        let name = FieldMeta::of::<String>("name").trim().length(1, None);
        assert_eq!(schema_of(&name, true)["pattern"], "\\S");
        assert_eq!(schema_of(&name, false)["pattern"], Value::Null);
        let secret = FieldMeta::of::<String>("secret").write_only();
        assert_eq!(schema_of(&secret, true)["format"], "password");
    }
}
