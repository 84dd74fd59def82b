//! A proxy before PostgreSQL that counts what a client waits for.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    task::JoinHandle,
};

/// Forwards connections and counts Parse, Execute and Query (PostgreSQL documentation, "Message Formats"): what
/// is prepared already is one message, and so one round trip. The driver's Sync, when a connection goes back
/// to the pool, is none of them: no answer waits for it. Of connections that listen for notifications nothing
/// is counted: their signs of life belong to no request.
pub struct Wire {
    address: String,
    trips: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Wire {
    /// A proxy before the server of an address.
    pub async fn before(url: &str) -> Self {
        let server = parts(url).1.to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let trips = Arc::new(AtomicUsize::new(0));
        let counted = trips.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, counted) = (server.clone(), counted.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    let (from_client, mut to_client) = client.into_split();
                    let (mut from_server, to_server) = server.into_split();
                    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
                    // Either side may end the connection.
                    let _ = forward(from_client, to_server, &counted).await;
                });
            }
        });
        Self { address, trips, task }
    }

    /// The address of a database, through the proxy.
    pub fn url(&self, url: &str) -> String {
        let (before, _, after) = parts(url);
        format!("{before}{}{after}", self.address)
    }

    /// How many round trips there were until now.
    pub fn trips(&self) -> usize {
        self.trips.load(Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What an address has before, as and after its host and port.
fn parts(url: &str) -> (&str, &str, &str) {
    let begin = url.find('@').map_or_else(|| url.find("://").unwrap() + 3, |at| at + 1);
    let end = begin + url[begin..].find('/').unwrap();
    (&url[..begin], &url[begin..end], &url[end..])
}

/// Message by message; the first one has no type.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, trips: &AtomicUsize) -> std::io::Result<()> {
    let listens = AtomicBool::new(false);
    let size = from.read_u32().await?;
    pass(&mut from, &mut to, Vec::new(), size).await?;
    loop {
        let kind = from.read_u8().await?;
        let size = from.read_u32().await?;
        if matches!(kind, b'P' | b'E' | b'Q') && !listens.load(Ordering::Relaxed) {
            trips.fetch_add(1, Ordering::SeqCst);
        }
        let body = pass(&mut from, &mut to, vec![kind], size).await?;
        if body.windows(7).any(|word| word == b"LISTEN ") {
            listens.store(true, Ordering::Relaxed);
        }
    }
}

async fn pass(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut head: Vec<u8>,
    size: u32,
) -> std::io::Result<Vec<u8>> {
    let mut body = vec![0; size as usize - 4];
    from.read_exact(&mut body).await?;
    head.extend(size.to_be_bytes());
    head.extend(&body);
    to.write_all(&head).await?;
    Ok(body)
}
