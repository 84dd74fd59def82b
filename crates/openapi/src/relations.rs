//! Related rows in representations, as the document describes them.

use crate::schema::{self, reference};
use kwik_domain::EntityMeta;
use serde_json::{Value, json};

/// A relation, as the document shows it.
#[derive(Clone, Copy, Debug)]
pub struct RelationTo {
    /// Its name.
    pub name: &'static str,
    /// The entity that it leads to.
    pub target: &'static EntityMeta,
    /// Whether to many rows.
    pub many: bool,
}

/// Says in the schema of an entity that related rows may stand in it.
pub fn with_relations(schema: &mut Value, relations: &[RelationTo], meta: &'static EntityMeta) {
    for RelationTo { name, target, many } in relations {
        let is_part = meta.children.iter().any(|part| part.name == *name);
        let when = if is_part { "With a row that is shown alone, and with" } else { "With" };
        let description = format!("{when} `expand={name}`.");
        if is_part {
            schema["example"][*name] = json!([schema::shown_example(target)]);
        }
        let target = reference(target.name);
        schema["properties"][*name] = if *many {
            json!({ "type": "array", "items": target, "description": description })
        } else {
            json!({ "type": "object", "nullable": true, "allOf": [target], "description": description })
        };
    }
}

/// The parameter `expand`.
pub fn expand_parameter(relations: &[&'static str]) -> Value {
    let names: Vec<_> = relations.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    json!({
        "name": "expand", "in": "query", "required": false,
        "description": format!(
            "Relations whose rows are to stand in the answer, separated by commas: {names}. A dot leads on from there: \
             `a.b` are the `b` of each `a`. What they lead to must be one's to read."
        ),
        "schema": { "type": "string" },
    })
}
