//! What a connection beyond the cap gets: one answer, then the end.

use std::{io, sync::Arc, time::Duration};

use http::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

use crate::problem::Problem;

use super::RequestId;

/// Refusals at once. Further connections are closed without an answer, so that refusing stays cheap.
const AT_ONCE: usize = 64;

/// How long to wait for the client to take the answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers 503 `too_many_connections`.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Arc<Semaphore>);

impl Refusal {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// Answers and closes in the background, or closes at once when too many are being answered.
    pub(crate) fn refuse(&self, stream: TcpStream) {
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            // A client that does not even take a refusal has no claim to more.
            let _ = timeout(PATIENCE, answer(stream)).await;
            drop(permit);
        });
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let id = RequestId::generate();
    stream.write_all(&id.sync_scope(message)).await?;
    stream.shutdown().await?;
    // Closing a socket with unread bytes resets it, and the client may never see the answer.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

fn message() -> Vec<u8> {
    let body = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_connections",
        "the service has as many connections as it accepts; try again later",
    )
    .to_json();
    let id = RequestId::current().unwrap_or_else(RequestId::generate);
    let mut message = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\ncache-control: no-store\r\nretry-after: 1\r\nx-request-id: {id}\r\n\
         connection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    message.extend_from_slice(&body);
    message
}
