//! The bounds of a request body: how large it may be and how long it may keep the server waiting.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header};
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Frame, SizeHint};
use poem::{Body, Request};
use tokio::time::{Sleep, sleep_until};

use crate::problem::Problem;

use super::{HttpConfig, patience::Patience};

/// Whether a body broke a bound. Reading it then failed, whatever the handler made of that.
#[derive(Debug, Default, Clone)]
pub(crate) struct BodyVerdict(Option<Arc<AtomicU8>>);

const TOO_LARGE: u8 = 1;
const TOO_SLOW: u8 = 2;

/// How much is gathered before it is passed on.
///
/// A frame of hyper holds on to the read buffer that it came in, 8 KiB at least. A client that sends a body byte
/// by byte could so make whoever collects the frames hold thousands of times what it sent.
const CHUNK: usize = 16 * 1024;

impl BodyVerdict {
    /// The answer to a broken bound.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self.0.as_ref()?.load(Relaxed) {
            TOO_LARGE => Some(too_large()),
            TOO_SLOW => Some(closing(Problem::from_status(StatusCode::REQUEST_TIMEOUT))),
            _ => None,
        }
    }
}

/// Bounds the body of a request; a request without one is left alone.
///
/// # Errors
/// 413 when the announced length is beyond the bound already.
pub(crate) fn guard(request: &mut Request, config: &HttpConfig) -> Result<BodyVerdict, Problem> {
    let body = BoxBody::from(request.take_body());
    let size = body.size_hint();
    if size.exact() == Some(0) {
        request.set_body(Body::from(body));
        return Ok(BodyVerdict::default());
    }
    if size.lower() > config.max_body_bytes {
        return Err(too_large());
    }
    let verdict = Arc::new(AtomicU8::new(0));
    request.set_body(Body::from(BoxBody::new(GuardedBody {
        body,
        gathered: BytesMut::new(),
        left: config.max_body_bytes,
        patience: Patience::new(config.body_timeout, config.min_body_rate),
        timer: None,
        verdict: Arc::clone(&verdict),
    })));
    Ok(BodyVerdict(Some(verdict)))
}

fn too_large() -> Problem {
    closing(Problem::from_status(StatusCode::PAYLOAD_TOO_LARGE))
}

/// The rest of the body is not wanted, so that the connection cannot go on.
fn closing(problem: Problem) -> Problem {
    problem.with_header(header::CONNECTION, HeaderValue::from_static("close"))
}

struct GuardedBody {
    body: BoxBody<Bytes, io::Error>,
    gathered: BytesMut,
    left: u64,
    patience: Patience,
    /// Made when the body is waited for; most come with the header block.
    timer: Option<Pin<Box<Sleep>>>,
    verdict: Arc<AtomicU8>,
}

impl GuardedBody {
    fn break_off(&self, verdict: u8, kind: io::ErrorKind) -> io::Error {
        self.verdict.store(verdict, Relaxed);
        kind.into()
    }

    /// The body is waited for.
    fn poll_timeout(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let deadline = self.patience.wait();
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx).map(|()| self.break_off(TOO_SLOW, io::ErrorKind::TimedOut))
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.patience.moved(bytes);
        match self.left.checked_sub(bytes as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.break_off(TOO_LARGE, io::ErrorKind::FileTooLarge)),
        }
    }

    /// Takes what arrived; returns what is to be passed on. A body in one piece passes uncopied. Trailers are
    /// dropped: nothing here knows any.
    fn gather(&mut self, frame: Frame<Bytes>) -> io::Result<Option<Bytes>> {
        let data = frame.into_data().unwrap_or_default();
        self.count(data.len())?;
        let is_last = self.body.is_end_stream();
        if is_last && self.gathered.is_empty() {
            return Ok(Some(data));
        }
        self.gathered.extend_from_slice(&data);
        let is_enough = is_last || self.gathered.len() >= CHUNK;
        Ok(is_enough.then(|| std::mem::take(&mut self.gathered).freeze()))
    }
}

impl hyper::body::Body for GuardedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.verdict.load(Relaxed) != 0 {
            return Poll::Ready(None);
        }
        loop {
            let frame = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => return self.poll_timeout(cx).map(|error| Some(Err(error))),
                Poll::Ready(frame) => frame.transpose()?,
            };
            let Some(frame) = frame else {
                let rest = std::mem::take(&mut self.gathered).freeze();
                return Poll::Ready((!rest.is_empty()).then(|| Ok(Frame::data(rest))));
            };
            if let Some(data) = self.gather(frame)? {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.gathered.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.gathered.is_empty() {
            return self.body.size_hint();
        }
        // What is gathered comes on top, and no one needs to know better.
        let mut hint = SizeHint::new();
        hint.set_lower(self.gathered.len() as u64);
        hint
    }
}
