//! Lists below a row: bare arrays, in the order of keys, bounded.

use crate::managed::{Managed, Shown};
use kwik_api::{
    Call, Operation,
    http::json_response,
    resource::{Reply, counted_entity_tag, schema::reference, write_array},
};
use kwik_domain::{Entity, Page, Result};
use kwik_identity::{Identity, Part};
use kwik_query::page_query;
use poem::{
    Response,
    http::{HeaderValue, header},
};
use serde_json::{Value, json};

/// The largest part, which is also what is given without being asked for less.
const MOST: u64 = 1000;

/// Which part is asked for.
///
/// # Errors
///
/// [`kwik_domain::Error::InvalidQuery`].
pub(crate) fn page(call: &Call) -> Result<Page> {
    let mut parameters = call.parameters();
    if !parameters.iter().any(|(name, _)| name == "limit") {
        parameters.push(("limit".to_owned(), MOST.to_string()));
    }
    page_query(MOST, parameters)
}

/// A part of a list, with a link to the next one if there is one.
///
/// # Errors
///
/// [`kwik_domain::Error::Store`].
pub(crate) async fn answer<E: Managed>(
    identity: &Identity,
    call: &Call,
    page: Page,
    part: &Part<E>,
) -> Result<Response> {
    let rows = E::show(identity, &part.rows).await?;
    let mut body = Vec::new();
    write_array(&mut body, &rows, |out, row: &Shown| out.extend_from_slice(&row.body));
    let mut response = json_response(body);
    if part.more {
        let path = call.request().original_uri().path();
        let (skip, limit) = (page.skip + page.limit, page.limit);
        // A path that was routed, its parameters being numbers, is a header value.
        if let Ok(link) = HeaderValue::try_from(format!("<{path}?skip={skip}&limit={limit}>; rel=\"next\"")) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

/// One row with its tag.
pub(crate) fn one_response<E: Entity>(reply: Reply) -> Response {
    let tag = reply.version.map(|version| counted_entity_tag(E::META, version, reply.visible, reply.count));
    let mut response = json_response(reply.body);
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Says in the document that an operation answers a part of a list.
pub(crate) fn answers_part<E: Entity>(operation: Operation, text: &str) -> Operation {
    let number = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema });
    let skip = json!({ "type": "integer", "format": "int64", "minimum": 0, "default": 0 });
    let limit = json!({ "type": "integer", "minimum": 0, "maximum": MOST, "default": MOST });
    let link = json!({
        "description": "The next part, if there is one (RFC 8288).", "schema": { "type": "string" },
    });
    operation
        .parameter(number("skip", "How many rows to pass over.", skip))
        .parameter(number("limit", "How many rows to give at the most.", limit))
        .answers(200, text, &json!({ "type": "array", "items": reference(E::META.name) }))
        .answer_header(200, "Link", link)
}

/// Says in the document that an operation answers one row.
pub(crate) fn answers_one<E: Entity>(operation: Operation, text: &str) -> Operation {
    let etag = json!({ "description": "The version.", "schema": { "type": "string" }, "example": "\"1\"" });
    operation.answers(200, text, &reference(E::META.name)).answer_header(200, "ETag", etag)
}
