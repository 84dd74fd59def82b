//! A server that is far away: a proxy that delivers everything later.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
    time::Instant,
};

/// Forwards connections, each way with a delay.
pub(super) struct Proxy {
    address: SocketAddr,
    task: JoinHandle<()>,
    is_silent: Arc<AtomicBool>,
}

impl Proxy {
    /// One before `server`.
    pub(super) async fn start(server: String, delay: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_silent = Arc::new(AtomicBool::new(false));
        let silent = is_silent.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, silent) = (server.clone(), silent.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    client.set_nodelay(true).unwrap();
                    server.set_nodelay(true).unwrap();
                    let (from_client, to_client) = client.into_split();
                    let (from_server, to_server) = server.into_split();
                    forward(from_client, to_server, delay, silent.clone());
                    forward(from_server, to_client, delay, silent);
                });
            }
        });
        Self { address, task, is_silent }
    }

    /// Delivers nothing any more, and says nothing of it: a network that swallows.
    pub(super) fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::SeqCst);
    }

    /// The address of a database, through the proxy.
    pub(super) fn url(&self, url: &str) -> String {
        let (before, host, after) = parts(url);
        let _ = host;
        format!("{before}{}{after}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What an address has before, as and after its host and port.
pub(super) fn parts(url: &str) -> (&str, &str, &str) {
    let begin = url.find('@').map_or_else(|| url.find("://").unwrap() + 3, |at| at + 1);
    let end = begin + url[begin..].find('/').unwrap();
    (&url[..begin], &url[begin..end], &url[end..])
}

/// Delivers each piece when its delay is over; pieces that follow do not wait for one another.
fn forward(
    mut from: impl AsyncReadExt + Unpin + Send + 'static,
    mut to: impl AsyncWriteExt + Unpin + Send + 'static,
    delay: Duration,
    is_silent: Arc<AtomicBool>,
) {
    let (sender, mut pieces) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(size @ 1..) = from.read(&mut buffer).await {
            if sender.send((Instant::now() + delay, buffer[..size].to_vec())).is_err() {
                break;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((due, piece)) = pieces.recv().await {
            tokio::time::sleep_until(due).await;
            if is_silent.load(Ordering::SeqCst) {
                continue;
            }
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
        if is_silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let _ = to.shutdown().await;
    });
}
