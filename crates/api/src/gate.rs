//! Enforces what operations declare.

use crate::{
    Access,
    problem::Problem,
    server::{ClientAddress, RequestId},
};
use kwik_app::Authenticator;
use kwik_domain::{Actor, AuthenticationError, Ctx, Error, Malformed, PermissionPolicy, Result, authorize};
use poem::{Endpoint, Request, endpoint::BoxEndpoint, http::header};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

/// Authenticates and authorizes, once, for every route.
pub struct Gate {
    authenticator: Arc<Authenticator>,
    policy: Arc<dyn PermissionPolicy>,
}

impl Gate {
    /// A gate over an authenticator and a policy.
    pub fn new(authenticator: Arc<Authenticator>, policy: Arc<dyn PermissionPolicy>) -> Self {
        Self { authenticator, policy }
    }

    /// The context of a request that may be made.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] and [`Error::Denied`].
    pub async fn admit(&self, request: &Request, access: &Access) -> Result<Ctx> {
        let actor = match access {
            Access::Public => Actor::anonymous(),
            Access::SignedIn | Access::Permissions(_) | Access::Entity(..) => {
                self.authenticator.actor(bearer(request)?).await?
            }
        };
        let ctx = Ctx {
            actor: Arc::new(actor),
            request_id: RequestId::current().map_or_else(|| "-".into(), |id| id.as_str().into()),
            address: ClientAddress::of(request).map(|client| client.0),
            now: self.authenticator.clock().now(),
        };
        match access {
            Access::Public | Access::SignedIn => {}
            Access::Permissions(names) => {
                for name in names {
                    self.policy.permits(&ctx.actor, name).map_err(Error::Denied)?;
                }
            }
            Access::Entity(action, meta) => drop(authorize(&*self.policy, &ctx, *action, meta)?),
        }
        Ok(ctx)
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750); the scheme's case does not matter.
fn bearer(request: &Request) -> Result<&str> {
    let mut given = request.headers().get_all(header::AUTHORIZATION).iter();
    let value = given.next().ok_or(AuthenticationError::Missing)?;
    if given.next().is_some() {
        return Err(AuthenticationError::InvalidToken.into());
    }
    let (scheme, token) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or(AuthenticationError::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(AuthenticationError::Missing.into()) }
}

/// A route behind the gate. What is behind it finds the [`Ctx`] in the request's extensions.
pub(crate) struct Guarded {
    pub(crate) gate: Arc<Gate>,
    pub(crate) access: Access,
    pub(crate) inner: BoxEndpoint<'static>,
}

impl Endpoint for Guarded {
    type Output = poem::Response;

    async fn call(&self, mut request: Request) -> poem::Result<poem::Response> {
        let mut ctx = self.gate.admit(&request, &self.access).await.map_err(Problem::from)?;
        if !matches!(self.access, Access::Public) && receive(&mut request).await.map_err(Problem::from)? {
            // A body may take its time. What was taken away meanwhile must not be used any more.
            ctx = self.gate.admit(&request, &self.access).await.map_err(Problem::from)?;
        }
        request.extensions_mut().insert(ctx);
        self.inner.call(request).await
    }
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
