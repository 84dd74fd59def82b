//! Enforces what operations declare.

use crate::{
    Access,
    credentials::presented,
    problem::Problem,
    server::{ClientAddress, RequestId},
};
use kwik_app::Data;
use kwik_domain::{Actor, Authenticate, Ctx, Error, Malformed, Result, Via};
use poem::{Endpoint, Request, endpoint::BoxEndpoint, http::StatusCode};
use std::{
    borrow::Cow,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

/// Authenticates and authorizes, once, for every route. The [`Authenticate`] hears of what is denied here or
/// behind it, and of who acts by a key.
pub struct Gate {
    authenticator: Arc<dyn Authenticate>,
    data: Data,
}

impl Gate {
    /// A gate over an authenticator and the data's policy and clock.
    pub fn new(authenticator: Arc<dyn Authenticate>, data: Data) -> Self {
        Self { authenticator, data }
    }

    /// An endpoint behind this gate, for routes of other routers than the registrar's. What is behind finds
    /// the [`Ctx`] in the request's extensions. The audit trail calls it by `operation`: `POST /hooks`.
    pub fn guard(
        self: &Arc<Self>,
        access: Access,
        operation: String,
        inner: BoxEndpoint<'static>,
    ) -> impl Endpoint<Output = poem::Response> + use<> {
        Guarded { gate: self.clone(), access, operation, inner }
    }

    /// The context of a request: who makes it, whether or not they may.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`].
    async fn identify(&self, request: &Request, access: &Access) -> Result<Ctx> {
        let actor = match access {
            Access::Public => Actor::anonymous(),
            Access::Optional if presented(request)?.is_nothing() => Actor::anonymous(),
            Access::Optional
            | Access::Account
            | Access::SignedIn
            | Access::Permissions(_)
            | Access::Entity(..)
            | Access::Entities(_) => self.authenticator.actor(presented(request)?).await?,
        };
        let ctx = Ctx {
            actor: Arc::new(actor),
            request_id: RequestId::current().map_or_else(|| "-".into(), |id| id.as_str().into()),
            address: ClientAddress::of(request).map(|client| client.0),
            now: self.data.clock().now(),
        };
        if matches!(ctx.actor.via, Via::Key(_)) {
            self.authenticator.note_key(&ctx).await;
        }
        Ok(ctx)
    }
}

/// A route behind the gate. What is behind it finds the [`Ctx`] in the request's extensions.
pub(crate) struct Guarded {
    pub(crate) gate: Arc<Gate>,
    pub(crate) access: Access,
    /// How the audit trail calls it: `GET /customers/{id}`.
    pub(crate) operation: String,
    pub(crate) inner: BoxEndpoint<'static>,
}

impl Endpoint for Guarded {
    type Output = poem::Response;

    async fn call(&self, request: Request) -> poem::Result<poem::Response> {
        let mut ctx = self.gate.identify(&request, &self.access).await.map_err(Problem::from)?;
        let answer = self.answer(&mut ctx, request).await;
        if let Some(denial) = denial(&answer) {
            let (code, reason) = (denial.code(), denial.detail());
            self.gate.authenticator.note_denial(&ctx, &self.operation, code, reason).await;
        }
        answer
    }
}

impl Guarded {
    /// The answer to who may have it.
    async fn answer(&self, ctx: &mut Ctx, mut request: Request) -> poem::Result<poem::Response> {
        self.access.check(self.gate.data.policy(), ctx).map_err(Problem::from)?;
        if !matches!(self.access, Access::Public) && receive(&mut request).await.map_err(Problem::from)? {
            // A body may take its time. What was taken away meanwhile must not be used any more.
            *ctx = self.gate.identify(&request, &self.access).await.map_err(Problem::from)?;
            self.access.check(self.gate.data.policy(), ctx).map_err(Problem::from)?;
        }
        request.extensions_mut().insert(ctx.clone());
        self.inner.call(request).await
    }
}

/// The problem with which an answer denies what was asked: the gate's own, a use case's, or any other 403.
fn denial(answer: &poem::Result<poem::Response>) -> Option<Cow<'_, Problem>> {
    let (status, problem) = match answer {
        Ok(response) => (response.status(), response.extensions().get::<Problem>()),
        Err(error) => (error.status(), error.data::<Problem>()),
    };
    let general = || Cow::Owned(Problem::from_status(status));
    (status == StatusCode::FORBIDDEN).then(|| problem.map_or_else(general, Cow::Borrowed))
}

/// Waits until the whole body is there, without looking into it; whether that took any time. Most bodies
/// come together with their head.
async fn receive(request: &mut Request) -> Result<bool> {
    let body = request.take_body();
    if body.is_empty() {
        return Ok(false);
    }
    let mut bytes = pin!(body.into_bytes());
    let at_once = poll_fn(|cx| Poll::Ready(bytes.as_mut().poll(cx))).await;
    let (bytes, waited) = match at_once {
        Poll::Ready(bytes) => (bytes, false),
        Poll::Pending => (bytes.await, true),
    };
    // Too large and too slow have answers of their own, which the server gives in place of this.
    request.set_body(bytes.map_err(|_| Malformed::Incomplete)?);
    Ok(waited)
}

/// The context that the gate has put there.
///
/// # Errors
///
/// [`Error::Internal`] on a route that is not behind the gate.
pub(crate) fn context(request: &Request) -> Result<&Ctx> {
    request.extensions().get::<Ctx>().ok_or_else(|| Error::Internal("a route is not behind the gate".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kwik_domain::Denial;

    #[test]
    fn every_403_is_a_denial_and_says_why() {
        let problem = || Problem::from(Error::Denied(Denial::new("no notes").with_code("locked")));
        let told = |answer: &poem::Result<poem::Response>| {
            denial(answer).map(|problem| (problem.code().to_owned(), problem.detail().to_owned()))
        };
        let own = Some(("locked".to_owned(), "Not enough privileges: no notes".to_owned()));
        assert_eq!(told(&Err(problem().into())), own, "as use cases fail");
        assert_eq!(told(&Ok(poem::IntoResponse::into_response(problem()))), own, "as endpoints answer");
        let general = Some(("forbidden".to_owned(), "the request is not allowed".to_owned()));
        assert_eq!(told(&Err(poem::Error::from_status(StatusCode::FORBIDDEN))), general);
        assert_eq!(told(&Ok(StatusCode::FORBIDDEN.into())), general);
        assert_eq!(told(&Ok(StatusCode::OK.into())), None);
        assert_eq!(told(&Err(Problem::from_status(StatusCode::NOT_FOUND).into())), None);
    }
}
