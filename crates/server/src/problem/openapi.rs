//! Problems as what a user's `#[OpenApi]` endpoint returns.

use super::{PROBLEM_JSON, Problem};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaResponses, MetaSchemaRef, Registry},
};

impl ApiResponse for Problem {
    /// Nothing: every operation gets the document's one description of problems.
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(_: &mut Registry) {}
}

impl Payload for Problem {
    const CONTENT_TYPE: &'static str = PROBLEM_JSON;

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference("Problem".to_owned())
    }
}
