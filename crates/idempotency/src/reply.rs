//! The answers of commands, as responses.

use kwik_api::Json;
use kwik_domain::{Entity, Stored};
use poem::{
    IntoResponse, Response,
    http::{HeaderName, HeaderValue},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaHeader, MetaResponses, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};
use std::marker::PhantomData;

/// Whether an answer was given before: `true`, or the header is not there.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A response that a command's answer becomes. There is one for entities, one for objects of
/// poem-openapi; whoever wants another status implements it for a response of their own.
pub trait Reply<A>: ApiResponse + IntoResponse {
    /// The response.
    fn of(answer: A) -> Self;
}

impl<E: Entity> Reply<Stored<E>> for Json<E> {
    fn of(answer: Stored<E>) -> Self {
        Self(answer)
    }
}

impl<T: Type + ToJSON> Reply<T> for poem_openapi::payload::Json<T> {
    fn of(answer: T) -> Self {
        Self(answer)
    }
}

/// A response like `R`, given now or before.
pub struct Replayed<R> {
    response: Response,
    like: PhantomData<fn() -> R>,
}

impl<R> Replayed<R> {
    /// Given now.
    pub(crate) fn first(response: Response) -> Self {
        Self { response, like: PhantomData }
    }

    /// Given before.
    pub(crate) fn again(mut response: Response) -> Self {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Self::first(response)
    }
}

impl<R> IntoResponse for Replayed<R> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<R: ApiResponse> ApiResponse for Replayed<R> {
    fn meta() -> MetaResponses {
        let mut meta = R::meta();
        for response in &mut meta.responses {
            response.headers.push(MetaHeader {
                name: "Idempotency-Replayed".to_owned(),
                description: Some("`true` when the same request was answered before; this is that answer.".to_owned()),
                required: false,
                deprecated: false,
                schema: MetaSchemaRef::Inline(Box::new(poem_openapi::registry::MetaSchema::new("string"))),
            });
        }
        meta
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}
