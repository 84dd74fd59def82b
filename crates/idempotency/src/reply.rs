//! The answers of commands, as responses.

use kwik_api::Json;
use kwik_app::Data;
use kwik_domain::{Action, Ctx, Entity, FieldSet, Stored, authorize};
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
    /// The response to whoever asks in this context.
    fn of(answer: A, ctx: &Ctx, data: &Data) -> Self;
}

impl<E: Entity> Reply<Stored<E>> for Json<E> {
    /// A command may have read the row elevated: what is shown is what the caller may see, or where they may
    /// not read such rows at all, what is kept from nobody.
    fn of(mut answer: Stored<E>, ctx: &Ctx, data: &Data) -> Self {
        let seen = match authorize(data.policy(), ctx, Action::Read, E::META) {
            Ok(permit) => permit.scope().read,
            Err(_) => FieldSet::ALL.difference(data.policy().guarded(E::META)),
        };
        answer.visible = answer.visible.intersection(seen);
        Self(answer)
    }
}

impl<T: Type + ToJSON> Reply<T> for poem_openapi::payload::Json<T> {
    fn of(answer: T, _: &Ctx, _: &Data) -> Self {
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
