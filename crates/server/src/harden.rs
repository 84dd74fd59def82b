//! The way of every request: what happens before and after the endpoint, in one order.

use std::sync::Arc;

use poem::{Endpoint, Request, Response};

use super::{
    HttpConfig, RequestId, access_log::AccessEntry, body_guard, client_address::ClientAddress, compression::Encoding,
    cors::Cors, poem_error, request_id::X_REQUEST_ID, security_headers::SecurityHeaders, shield,
};

/// Makes an endpoint fit for the open network. The result may be served by [`serve`](super::serve) or nested in
/// any poem server.
///
/// From the outside in: request id, client address, access log, security headers, CORS, compression, errors
/// to problems, body bounds, time limit, and a task of its own for the endpoint, panics included.
pub fn harden<E: Endpoint + 'static>(endpoint: E, config: &HttpConfig) -> Hardened<E> {
    Hardened {
        endpoint: Arc::new(endpoint),
        cors: Cors::new(&config.cors_origins),
        security: SecurityHeaders::new(config.hsts),
        config: config.clone(),
    }
}

/// An endpoint that never fails, panics or waits for ever; see [`harden`].
#[derive(Debug)]
pub struct Hardened<E> {
    endpoint: Arc<E>,
    config: HttpConfig,
    cors: Cors,
    security: SecurityHeaders,
}

impl<E: Endpoint + 'static> Endpoint for Hardened<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = RequestId::of(request.headers());
        Ok(id.scope(self.answer(request, id)).await)
    }
}

impl<E: Endpoint + 'static> Hardened<E> {
    async fn answer(&self, mut request: Request, id: RequestId) -> Response {
        let client = ClientAddress::find(&request, &self.config.trusted_proxies);
        if let Some(client) = client {
            request.extensions_mut().insert(client);
        }
        let entry = AccessEntry::begin(&request, id, client);
        let cors = self.cors.decide(&request);
        let encoding = Encoding::accepted_by(&request);

        let mut response = match cors.preflight() {
            Some(response) => response,
            None => self.run(request, id).await,
        };
        if self.config.compression {
            response = encoding.apply(response);
        }
        let headers = response.headers_mut();
        cors.apply(headers);
        self.security.apply(headers);
        headers.insert(X_REQUEST_ID, id.header());
        if let Some(entry) = entry {
            entry.end(&mut response);
        }
        response
    }

    /// The endpoint's answer, or the problem that took its place.
    async fn run(&self, mut request: Request, id: RequestId) -> Response {
        let verdict = match body_guard::guard(&mut request, &self.config) {
            Ok(verdict) => verdict,
            Err(problem) => return poem_error::answer(Err(problem.into())),
        };
        let span = tracing::info_span!(target: "kwik::request", "request", id = %id);
        let endpoint = Arc::clone(&self.endpoint);
        let limit = self.config.handler_timeout;
        let response = poem_error::answer(shield::run(endpoint, request, id, span, limit).await);
        if response.is_success() {
            return response;
        }
        // Whatever the endpoint made of the failed read, the body was the reason.
        match verdict.problem() {
            Some(problem) => poem_error::answer(Err(problem.into())),
            None => response,
        }
    }
}
