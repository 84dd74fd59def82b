//! The isolation of a request: a task of its own that nothing aborts and whose panics stay inside.

use std::{any::Any, sync::Arc, time::Duration};

use http::StatusCode;
use poem::{Endpoint, IntoResponse, Request, Response};
use tokio::time::timeout;
use tracing::{Instrument, Span};

use crate::problem::Problem;

use super::{RequestId, drain::at_work};

/// Runs a request to its end, whoever still waits for it.
///
/// Dropping the returned future, or its time running out, leaves the work going on; the server counts it as at
/// work until it is done.
///
/// # Errors
/// The endpoint's, or a problem: 500 `internal` after a panic, 503 `timeout` after `limit`.
pub(crate) async fn run<E: Endpoint + 'static>(
    endpoint: Arc<E>,
    request: Request,
    id: RequestId,
    span: Span,
    limit: Duration,
) -> poem::Result<Response> {
    let at_work = at_work();
    let work = async move {
        let result = endpoint.call(request).await;
        drop(at_work);
        result.map(IntoResponse::into_response)
    };
    let task = tokio::spawn(id.scope(work.instrument(span)));
    match timeout(limit, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(failure)) if failure.is_panic() => {
            log_panic(id, failure.into_panic().as_ref());
            Err(Problem::internal().into())
        }
        // Nothing aborts the task but the end of the runtime.
        Ok(Err(_)) => Err(Problem::from_status(StatusCode::SERVICE_UNAVAILABLE).into()),
        Err(_) => {
            tracing::warn!(target: "kwik::server", request_id = %id, "request timed out; its work goes on");
            Err(timed_out().into())
        }
    }
}

fn timed_out() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "timeout",
        "the request took too long; whether it takes effect is not known yet",
    )
}

fn log_panic(id: RequestId, payload: &(dyn Any + Send)) {
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    tracing::error!(target: "kwik::server", request_id = %id, message, "request panicked");
}
