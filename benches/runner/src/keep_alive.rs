//! Requests one after the other over one connection, timed.

use std::{
    io,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection to a port of this machine.
pub(crate) struct KeepAlive {
    stream: BufReader<TcpStream>,
    head: String,
}

impl KeepAlive {
    /// Connects; every request carries the token.
    pub(crate) async fn connect(port: u16, token: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let head = format!("HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Ok(Self { stream: BufReader::new(stream), head })
    }

    /// A GET of the path: status, body, and how long it took.
    pub(crate) async fn get(&mut self, path: &str) -> io::Result<(u16, String, Duration)> {
        let started = Instant::now();
        let request = format!("GET {path} {}", self.head);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        let took = started.elapsed();
        Ok((status, String::from_utf8_lossy(&body).into_owned(), took))
    }
}
