//! The socket of a connection, which reports to the clock what it waits for.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{clock::ConnectionClock, patience::Patience};

/// A TCP stream that tells its [`ConnectionClock`] when bytes arrive and when a write waits for the client.
#[derive(Debug)]
pub(crate) struct ClockedStream {
    stream: TcpStream,
    clock: Arc<ConnectionClock>,
    patience: Patience,
    write_closed: bool,
}

impl ClockedStream {
    pub(crate) fn new(stream: TcpStream, clock: Arc<ConnectionClock>, patience: Patience) -> Self {
        Self { stream, clock, patience, write_closed: false }
    }

    fn watch_write(&mut self, result: &Poll<io::Result<usize>>) {
        match result {
            Poll::Pending => self.clock.write_waits(self.patience.wait()),
            Poll::Ready(Ok(bytes)) => {
                self.patience.moved(*bytes);
                self.clock.write_moved();
            }
            Poll::Ready(Err(_)) => {}
        }
    }

    /// Reads and drops what the client still sends, until it closes or fails.
    fn discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut bytes = [0; 16 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl AsyncRead for ClockedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.clock.bytes_read();
        }
        result
    }
}

impl AsyncWrite for ClockedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch_write(&result);
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch_write(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Closes the write side; after a request with a body also waits, as long as the clock allows, for the
    /// client to close, since closing a socket with unread bytes resets it and may cost the client its answer.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.write_closed {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.write_closed = true;
            if !self.clock.linger() {
                return Poll::Ready(Ok(()));
            }
        }
        self.discard(cx).map(Ok)
    }
}

impl Drop for ClockedStream {
    fn drop(&mut self) {
        if self.clock.is_reset() {
            // Fails only on a socket that is gone already.
            let _ = self.stream.set_zero_linger();
        }
    }
}
