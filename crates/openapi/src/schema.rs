//! Schemas of the document, from metadata.

pub use super::field::{example, field};

use super::field::describe;
use kwik_domain::{Action, Children, EntityMeta, FieldMeta, FieldSet};
use serde_json::{Value, json};

/// The schemas of an entity by name: itself, its inputs, its pages. Fields that the policy keeps from
/// somebody need not be there.
pub fn all(meta: &'static EntityMeta, guarded: FieldSet) -> Vec<(String, Value)> {
    let name = meta.name;
    let page = json!({
        "type": "object",
        "description": format!("A page of {}.", words(meta.plural)),
        "required": ["total", "data"],
        "properties": {
            "total": { "type": "integer", "format": "int64", "nullable": true, "description": "How many rows there are on all pages; null when they were not counted." },
            "data": { "type": "array", "items": reference(name) },
            "next_page_token": { "type": "string", "description": "The `page_token` of the next page; left out on the last one." },
        },
        "example": { "total": 1, "data": [shown_example(meta)] },
    });
    vec![
        (name.to_owned(), read(meta, guarded)),
        (format!("{name}Create"), create(meta)),
        (format!("{name}Update"), update(meta)),
        (format!("{name}Page"), page),
    ]
}

/// A schema that the document has by a name of its own, such as `Token`. If something of the program's own has
/// that name, it is described where it is used.
#[must_use]
pub fn named(name: &str, mut schema: Value) -> Value {
    schema["title"] = json!(name);
    schema
}

/// A reference to a schema that the document has by that name, such as an entity's.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An entity as it is shown; what is guarded need not be there.
pub fn read(meta: &'static EntityMeta, guarded: FieldSet) -> Value {
    let shown = shown(meta);
    let mut out = json!({ "type": "object" });
    describe(&mut out, meta.doc);
    let always = |(index, f): &(usize, &FieldMeta)| f.is_shown() && !guarded.contains(*index);
    out["required"] = meta.fields.iter().enumerate().filter(always).map(|(_, f)| f.name).collect();
    out["properties"] = properties(&shown, |f| {
        let mut schema = field(f, false);
        if let Some(group) = f.guard {
            let permission = meta.group_permission(Action::Read, group);
            let doc = schema["description"].as_str().map(|doc| format!("{doc} ")).unwrap_or_default();
            schema["description"] = json!(format!("{doc}Shown with the permission `{permission}`."));
        }
        schema
    });
    out["example"] = examples(&shown);
    out
}

/// What creating an entity takes.
pub fn create(meta: &'static EntityMeta) -> Value {
    let taken: Vec<_> = given(meta).filter(|f| f.on_create()).collect();
    let required: Vec<_> = taken.iter().filter(|f| f.default.is_none() && !f.nullable).map(|f| f.name).collect();
    let mut out = json!({ "type": "object", "description": format!("What a new {} is made of.", words(meta.name)) });
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    out["properties"] = properties(&taken, |f| field(f, true));
    out["additionalProperties"] = json!(false);
    out["example"] = examples(&taken);
    for part in meta.children {
        let items = named(&format!("{}Part", part.target().name), created_part(part));
        out["example"][part.name] = json!([items["example"]]);
        out["properties"][part.name] = json!({ "type": "array", "maxItems": part.target().max_limit, "items": items });
    }
    out
}

/// What a new part of a row is made of. Which row it is a part of need not be said.
fn created_part(part: &Children) -> Value {
    without(create(part.target()), part.target().fields[part.field].name)
}

/// What a body takes that makes no row by itself.
pub fn form(meta: &'static EntityMeta) -> Value {
    let mut schema = create(meta);
    schema.as_object_mut().map(|members| members.shift_remove("description"));
    describe(&mut schema, meta.doc);
    schema
}

/// What changing an entity takes.
pub fn update(meta: &'static EntityMeta) -> Value {
    let taken: Vec<_> = given(meta).filter(|f| f.on_update()).collect();
    let without_default = |f: &FieldMeta| {
        let mut schema = field(f, true);
        schema.as_object_mut().map(|map| map.shift_remove("default"));
        schema
    };
    let (mut properties, mut example) = (properties(&taken, without_default), examples(&taken));
    for part in meta.children {
        let target = part.target();
        let mut items = named(&format!("{}PartUpdate", target.name), created_part(part));
        items["description"] = json!(format!("{} as it is to be.", a(target.name).replacen('a', "A", 1)));
        if !target.given_key {
            let mut key = field(target.key(), false);
            key["description"] = json!("The key of one that is there; left out of a new one.");
            items["properties"][target.key().name] = key;
        }
        example[part.name] = json!([items["example"]]);
        let description = "All that there are to be: those with a key are changed, those without are new, others go.";
        properties[part.name] =
            json!({ "type": "array", "maxItems": target.max_limit, "items": items, "description": description });
    }
    json!({
        "type": "object",
        "description": format!("What changes of {}; what is left out stays as it is.", a(meta.name)),
        "minProperties": 1,
        "properties": properties,
        "additionalProperties": false,
        "example": example,
    })
}

/// A schema of an object without one of its members.
#[must_use]
pub fn without(mut schema: Value, name: &str) -> Value {
    for part in ["properties", "example"] {
        schema[part].as_object_mut().map(|members| members.shift_remove(name));
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|member| member != name);
    }
    if schema["required"].as_array().is_some_and(Vec::is_empty) {
        schema.as_object_mut().map(|members| members.shift_remove("required"));
    }
    schema
}

/// The fields that a client may give at all: neither a key that the framework gives nor the framework's own.
fn given(meta: &'static EntityMeta) -> impl Iterator<Item = &'static FieldMeta> {
    meta.own_fields().map(|(_, f)| f).skip(meta.first_given())
}

fn properties(fields: &[&'static FieldMeta], schema: impl Fn(&FieldMeta) -> Value) -> Value {
    fields.iter().map(|f| (f.name.to_owned(), schema(f))).collect()
}

fn shown(meta: &'static EntityMeta) -> Vec<&'static FieldMeta> {
    meta.fields.iter().filter(|f| f.is_shown()).collect()
}

/// A row as it is shown, without what is related to it.
pub(crate) fn shown_example(meta: &'static EntityMeta) -> Value {
    examples(&shown(meta))
}

fn examples(fields: &[&FieldMeta]) -> Value {
    fields.iter().map(|f| (f.name.to_owned(), example(f))).collect()
}

/// `OrderLine` as `order line`.
pub fn words(name: &str) -> String {
    let mut out = String::new();
    for (n, c) in name.chars().enumerate() {
        if c.is_uppercase() && n > 0 {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `OrderLine` as `an order line`.
pub fn a(name: &str) -> String {
    let article = if name.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} {}", words(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(a("OrderLine"), "an order line");
        assert_eq!(a("User"), "a user");
    }
}
