//! Whether the process runs and whether it should get requests.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::StatusCode;
use poem::{
    Body, Endpoint, Response, Route,
    endpoint::{make, make_sync},
    get,
};
use tokio::time::timeout;

use crate::problem::Problem;

use super::Drain;

/// The longest that a readiness check may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Knows whether what the service depends on, such as its database, can be reached.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Checks it now. It is given one second.
    ///
    /// # Errors
    /// What is missing, for the log; clients do not see it.
    async fn ready(&self) -> Result<(), String>;
}

/// `/livez` and `/readyz`.
pub fn health_routes(readiness: Arc<dyn Readiness>, drain: Drain) -> Route {
    Route::new().at("/livez", get(livez())).at("/readyz", get(readyz(readiness, drain)))
}

/// Always 200: a process that answers is alive. It depends on nothing, so that no outage elsewhere gets the
/// process restarted.
pub fn livez() -> impl Endpoint<Output = Response> {
    make_sync(|_| ok())
}

/// 200 when the service can do its work, else 503 `unavailable`; 503 at once when the shutdown began.
pub fn readyz(readiness: Arc<dyn Readiness>, drain: Drain) -> impl Endpoint<Output = Response> {
    make(move |_| {
        let (readiness, drain) = (Arc::clone(&readiness), drain.clone());
        async move { check(readiness.as_ref(), &drain).await.map(|()| ok()) }
    })
}

async fn check(readiness: &dyn Readiness, drain: &Drain) -> Result<(), poem::Error> {
    if drain.begun() {
        return Err(unavailable("the service is shutting down").into());
    }
    let reason = match timeout(PATIENCE, readiness.ready()).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(reason)) => reason,
        Err(_) => "the check took longer than a second".to_owned(),
    };
    tracing::warn!(target: "kwik::server", %reason, "not ready");
    Err(unavailable("the service is not ready").into())
}

fn unavailable(detail: &'static str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(1)
}

fn ok() -> Response {
    Response::builder().content_type("application/json").body(Body::from(r#"{"status":"ok"}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answer(Result<(), String>);

    #[async_trait]
    impl Readiness for Answer {
        async fn ready(&self) -> Result<(), String> {
            self.0.clone()
        }
    }

    struct Hanging;

    #[async_trait]
    impl Readiness for Hanging {
        async fn ready(&self) -> Result<(), String> {
            std::future::pending().await
        }
    }

    async fn status(readiness: impl Readiness + 'static, drain: Drain, path: &str) -> StatusCode {
        let request = poem::Request::builder().uri_str(path).finish();
        health_routes(Arc::new(readiness), drain).get_response(request).await.status()
    }

    #[tokio::test]
    async fn ready_and_not() {
        let drain = Drain::default();
        assert_eq!(status(Answer(Ok(())), drain.clone(), "/readyz").await, 200);
        let missing = Answer(Err("no database".into()));
        assert_eq!(status(missing, drain, "/readyz").await, 503);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_check_is_not_ready_but_alive() {
        let drain = Drain::default();
        assert_eq!(status(Hanging, drain.clone(), "/readyz").await, 503);
        assert_eq!(status(Hanging, drain, "/livez").await, 200);
    }

    #[tokio::test]
    async fn a_shutdown_is_not_ready_but_alive() {
        let drain = Drain::default();
        drain.begin();
        assert_eq!(status(Answer(Ok(())), drain.clone(), "/readyz").await, 503);
        assert_eq!(status(Answer(Ok(())), drain, "/livez").await, 200);
    }
}
