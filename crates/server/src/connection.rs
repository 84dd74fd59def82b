//! One connection: HTTP/1 on a watched socket until the client, the clock or the server ends it.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, header, uri::Scheme};
use http_body_util::combinators::BoxBody;
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use poem::{
    Addr, Endpoint, IntoResponse, Request, Response,
    web::{LocalAddr, RemoteAddr},
};
use tokio::net::TcpStream;

use super::{
    ServerConfig,
    clock::{ConnectionClock, Phase},
    drain::{AtWork, SERVER, Stage, next_stage},
    patience::Patience,
    stream::ClockedStream,
};

/// What a connection that never sent a request may still take for it once the server drains.
const LAST_REQUEST: Duration = Duration::from_millis(250);

/// hyper's buffers a connection; its smallest allowed is 8 KiB.
const MAX_BUFFER: usize = 64 * 1024;

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct Service<E> {
    endpoint: E,
    config: ServerConfig,
    http: http1::Builder,
}

impl<E: Endpoint + 'static> Service<E> {
    pub(crate) fn new(endpoint: E, config: ServerConfig) -> Self {
        let mut http = http1::Builder::new();
        // All time-outs are the clock's. hyper's own would allocate and visit the timer wheel for every request.
        http.header_read_timeout(None)
            .max_header_size(config.max_header_bytes.max(1024))
            .max_buf_size(MAX_BUFFER.max(config.max_header_bytes));
        Self { endpoint, config, http }
    }

    /// Serves a connection until it ends.
    pub(crate) async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, server: AtWork) {
        let Ok(local) = stream.local_addr() else {
            return;
        };
        // Answers are written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let stage = server.clone();
        SERVER.scope(server, self.run(stream, local, peer, stage)).await;
    }

    async fn run(self: Arc<Self>, stream: TcpStream, local: SocketAddr, peer: SocketAddr, mut stage: AtWork) {
        let config = &self.config;
        let clock = Arc::new(ConnectionClock::start(config.header_timeout, config.keep_alive));
        let patience = Patience::new(config.write_timeout, config.min_read_rate);
        let io = TokioIo::new(ClockedStream::new(stream, Arc::clone(&clock), patience));
        let service = service_fn(|request: http::Request<Incoming>| {
            clock.request_began(!request.body().is_end_stream());
            let clock = Arc::clone(&clock);
            let this = &self;
            async move { Ok::<_, Infallible>(this.answer(request, local, peer, clock).await) }
        });
        let mut connection = std::pin::pin!(self.http.serve_connection(io, service));
        let mut expired = std::pin::pin!(clock.expired());
        loop {
            tokio::select! {
                biased;
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(target: "kwik::server", %peer, %error, "connection failed");
                    }
                    return;
                }
                () = expired.as_mut() => {
                    tracing::debug!(target: "kwik::server", %peer, phase = ?clock.phase(), "client too slow");
                    if clock.is_write_waiting() {
                        clock.reset();
                    }
                    return;
                }
                next = next_stage(&mut stage) => match next {
                    Stage::Serving => {}
                    // Its request may be on the way; the answer to it will close the connection.
                    Stage::Draining if clock.phase() == Phase::Fresh => clock.hurry(LAST_REQUEST),
                    Stage::Draining => connection.as_mut().graceful_shutdown(),
                    Stage::Ended => {
                        clock.reset();
                        return;
                    }
                },
            }
        }
    }

    async fn answer(
        &self,
        request: http::Request<Incoming>,
        local: SocketAddr,
        peer: SocketAddr,
        clock: Arc<ConnectionClock>,
    ) -> http::Response<ClockedBody> {
        let request = Request::from((
            request,
            LocalAddr(Addr::SocketAddr(local)),
            RemoteAddr(Addr::SocketAddr(peer)),
            Scheme::HTTP,
        ));
        let mut response = match self.endpoint.call(request).await {
            Ok(response) => response.into_response(),
            Err(error) => error.into_response(),
        };
        if self.config.drain.begun() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        into_hyper(response, clock)
    }
}

fn into_hyper(response: Response, clock: Arc<ConnectionClock>) -> http::Response<ClockedBody> {
    http::Response::<BoxBody<Bytes, std::io::Error>>::from(response).map(|body| ClockedBody { body, clock })
}

/// An answer's body that tells the clock when hyper is done with it.
struct ClockedBody {
    body: BoxBody<Bytes, std::io::Error>,
    clock: Arc<ConnectionClock>,
}

impl Body for ClockedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ClockedBody {
    fn drop(&mut self) {
        self.clock.response_ended();
    }
}
