//! The parameters of lists in the document.

use crate::schema;
use kwik_domain::EntityMeta;
use kwik_query::{DEFAULT_LIMIT, MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS};
use serde_json::{Value, json};

/// The parameters of whatever has pages.
pub fn page(meta: &'static EntityMeta) -> [Value; 2] {
    let skip = json!({ "type": "integer", "format": "int64", "minimum": 0, "default": 0 });
    let limit = json!({ "type": "integer", "minimum": 0, "maximum": meta.max_limit, "default": DEFAULT_LIMIT.min(meta.max_limit) });
    [query("skip", "How many rows to pass over.", &skip), query("limit", "How many rows to give at the most.", &limit)]
}

/// Pages that try operations out fill examples in: these parameters have theirs in words, so that a
/// list is not filtered and sorted without being asked for it.
pub(crate) fn of_list(meta: &'static EntityMeta) -> Vec<Value> {
    let open: Vec<_> = meta.fields.iter().filter(|f| f.is_open() && f.kind.is_ordered()).collect();
    let names: Vec<_> = open.iter().map(|f| f.name).collect();
    let one = format!("({})(:(asc|desc))?", names.join("|"));
    let sorting = json!({ "type": "string", "pattern": format!("^({one})?(,({one})?)*$") });
    let field = open.get(1).or(open.first());
    let name = field.map_or("id", |f| f.name);
    let value = field.map(|f| schema::example(f)).unwrap_or_default();
    let example = value.to_string();
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut parameters = vec![
        query(
            "sorting",
            &format!(
                "Fields to sort by, each once, with `:asc` or `:desc`, such as `{name}:asc,id:desc`; the key comes last."
            ),
            &sorting,
        ),
        query(
            "filter_key",
            &format!("Field that must have the `value`, such as `{name}`."),
            &json!({ "type": "string", "enum": names }),
        ),
        query(
            "value",
            &format!("Value that the field `filter_key` must have, such as `{value}`."),
            &json!({ "type": "string" }),
        ),
        query(
            "filter",
            &format!(
                "Condition on the rows, such as `{name} = {example}`: comparisons with `= != < <= > >=`, `:` for text \
                 that contains another, `*` at the ends of a text, `IN (...)`, `null`, joined by `AND`, `OR`, `NOT` and \
                 parentheses.{}",
                beyond(meta)
            ),
            &json!({ "type": "string", "maxLength": kwik_query::MAX_FILTER_LENGTH }),
        ),
        query(
            "page_token",
            "The `next_page_token` of the page before, beside the same order and conditions; in place of `skip`.",
            &json!({ "type": "string" }),
        ),
        query(
            "count",
            "Whether to count the rows of all pages: `exact`, `estimated` where exact would take long, or `none`.",
            &json!({ "type": "string", "enum": ["exact", "estimated", "none"], "default": "exact" }),
        ),
    ];
    let searched: Vec<_> = open.iter().filter(|f| f.search).map(|f| format!("`{}`", f.name)).collect();
    if !searched.is_empty() {
        let text = format!(
            "At most {MAX_SEARCH_WORDS} words that must all be found, the case of A to Z aside, in {}.",
            searched.join(", ")
        );
        let pattern = format!("^\\s*\\S+(\\s+\\S+){{0,{}}}\\s*$", MAX_SEARCH_WORDS - 1);
        let schema = json!({ "type": "string", "pattern": pattern, "maxLength": MAX_SEARCH_LENGTH });
        parameters.push(query("q", &text, &schema));
    }
    parameters
}

/// Which references a filter may follow.
fn beyond(meta: &'static EntityMeta) -> String {
    let references = meta.references().filter(|(index, _)| meta.fields[*index].is_open());
    let names: Vec<_> = references.map(|(_, to)| format!("`{}` ({})", to.name, to.target().name)).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(" Before a dot and a field of theirs: {}.", names.join(", ")),
    }
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}
