//! One line a request, without query, body or credentials.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, StatusCode, Uri};
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Frame, SizeHint};
use poem::{Body, Request, Response};
use tokio::time::Instant;
use tracing::Level;

use super::{ClientAddress, RequestId};

/// What is known of a request before it is worked on.
///
/// Lines have the target `kwik::access`, level info, and the fields `method`, `path`, `status`, `duration_us`,
/// `bytes` (of the body as sent, compressed if it was), `request_id` and `client`. An answer of known length is
/// logged when it is ready, a streamed one when its stream ends or is given up.
#[derive(Debug)]
pub(crate) struct AccessEntry {
    method: Method,
    uri: Uri,
    started: Instant,
    id: RequestId,
    client: Option<ClientAddress>,
}

impl AccessEntry {
    /// Begins an entry, unless nobody listens.
    pub(crate) fn begin(request: &Request, id: RequestId, client: Option<ClientAddress>) -> Option<Self> {
        tracing::enabled!(target: "kwik::access", Level::INFO).then(|| Self {
            method: request.method().clone(),
            uri: request.original_uri().clone(),
            started: Instant::now(),
            id,
            client,
        })
    }

    /// Writes the line, or leaves that to the end of the stream.
    pub(crate) fn end(self, response: &mut Response) {
        let body = BoxBody::from(response.take_body());
        let status = response.status();
        if let Some(bytes) = body.size_hint().exact() {
            self.log(status, bytes);
            response.set_body(Body::from(body));
        } else {
            response.set_body(Body::from(BoxBody::new(LoggedBody { body, entry: self, status, bytes: 0 })));
        }
    }

    fn log(&self, status: StatusCode, bytes: u64) {
        // 584,000 years fit.
        let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(
            target: "kwik::access",
            method = self.method.as_str(),
            path = self.uri.path(),
            status = status.as_u16(),
            duration_us,
            bytes,
            request_id = self.id.as_str(),
            client = self.client.map(|client| tracing::field::display(client.0)),
        );
    }
}

/// A stream that is logged when it is dropped.
struct LoggedBody {
    body: BoxBody<Bytes, io::Error>,
    entry: AccessEntry,
    status: StatusCode,
    bytes: u64,
}

impl hyper::body::Body for LoggedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.bytes += data.len() as u64;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LoggedBody {
    fn drop(&mut self) {
        self.entry.log(self.status, self.bytes);
    }
}
