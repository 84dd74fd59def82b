//! Entities as the answer of a user's endpoint.

use crate::resource::entity_tag;
use kwik_domain::{Entity, EntityMeta, Stored, json};
use poem::{IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};

/// An entity as JSON, without a derive of poem's on it: the fields that whoever it was read for may
/// see.
#[derive(Clone, Debug)]
pub struct Json<E>(pub Stored<E>);

impl<E: Entity> Payload for Json<E> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(E::META.name.to_owned())
    }
}

impl<E: Entity> IntoResponse for Json<E> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(256);
        json::write_entity(&mut body, E::META, &self.0, self.0.visible);
        let mut response = Response::builder().header(header::CONTENT_TYPE, Self::CONTENT_TYPE);
        if E::META.versioned {
            response = response.header(header::ETAG, entity_tag(E::META, self.0.version(), self.0.visible));
        }
        response.body(body)
    }
}

impl<E: Entity> ApiResponse for Json<E> {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: Self::schema_ref() }];
        response("OK", Some(200), content)
    }

    fn register(registry: &mut Registry) {
        register_reference(registry, E::META);
    }
}

fn response(description: &'static str, status: Option<u16>, content: Vec<MetaMediaType>) -> MetaResponses {
    let response = MetaResponse { description, status, status_range: None, content, headers: Vec::new() };
    MetaResponses { responses: vec![response] }
}

/// Lets a user's endpoint refer to the schema of an entity that has no operations of its own.
fn register_reference(registry: &mut Registry, meta: &'static EntityMeta) {
    let mut schema = MetaSchema::new("object");
    schema.description = Some(meta.doc);
    registry.schemas.entry(meta.name.to_owned()).or_insert(schema);
}
