//! Related rows in representations: the seam to whatever reads them.

use super::schema::reference;
use async_trait::async_trait;
use kwik_domain::{Ctx, EntityMeta, Error, FieldSet, Fields, Issue, ParameterError, Result};
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

/// Reads the rows that are related to others, and writes them as members of their JSON.
#[async_trait]
pub trait Expand: Send + Sync {
    /// The relations of an entity.
    fn relations(&self, meta: &'static EntityMeta) -> Vec<RelationTo>;

    /// For each row what stands at the end of its JSON object: members, a comma before each. `names` are those
    /// of relations, separated by commas; `visible` are the fields of the rows that the reader sees.
    ///
    /// # Errors
    ///
    /// [`kwik_domain::Error::InvalidQuery`] for a name that is none, and for what is too much;
    /// [`kwik_domain::Error::Denied`] where the related entity may not be read.
    async fn members(
        &self,
        ctx: &Ctx,
        meta: &'static EntityMeta,
        names: &str,
        rows: &[&dyn Fields],
        visible: FieldSet,
    ) -> Result<Vec<Vec<u8>>>;
}

/// Puts members at the end of a JSON object that has been written.
pub fn close_object(object: &mut Vec<u8>, members: &[u8]) {
    if members.is_empty() {
        return;
    }
    object.pop();
    let first = usize::from(object.ends_with(b"{"));
    object.extend_from_slice(&members[first..]);
    object.push(b'}');
}

/// Says in the schema of an entity that related rows may stand in it.
pub(super) fn with_relations(schema: &mut Value, relations: &[RelationTo], meta: &'static EntityMeta) {
    for RelationTo { name, target, many } in relations {
        let is_part = meta.children.iter().any(|part| part.name == *name);
        let when = if is_part { "With a row that is shown alone, and with" } else { "With" };
        let description = format!("{when} `expand={name}`.");
        let target = reference(target.name);
        schema["properties"][*name] = if *many {
            json!({ "type": "array", "items": target, "description": description })
        } else {
            json!({ "type": "object", "nullable": true, "allOf": [target], "description": description })
        };
    }
}

/// The parameter `expand`.
pub(super) fn parameter(relations: &[&'static str]) -> Value {
    let names = relations.join(", ");
    json!({
        "name": "expand", "in": "query", "required": false,
        "description": format!("Related rows that stand in the answer, separated by commas: {names}. A dot follows theirs."),
        "schema": { "type": "string" },
    })
}

/// Takes `expand` out of a query's parameters, where there is anything to be expanded.
///
/// # Errors
///
/// [`Error::InvalidQuery`] when it is given twice.
pub(super) fn take(relations: &[&'static str], parameters: &mut Vec<(String, String)>) -> Result<String> {
    if relations.is_empty() {
        return Ok(String::new());
    }
    let mut given = parameters.extract_if(.., |(name, _)| name == "expand").map(|(_, value)| value);
    let expand = given.next().unwrap_or_default();
    if given.next().is_some() {
        let issue = Issue::new("duplicate", "must be given only once");
        return Err(Error::InvalidQuery(vec![ParameterError::new("expand", issue)]));
    }
    Ok(expand)
}
