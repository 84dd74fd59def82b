//! The accept loop, from the first connection to the last.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use poem::{Endpoint, Response};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};

use super::{
    ServerConfig,
    connection::Service,
    drain::{AtWork, Stage},
    refusal::Refusal,
};

/// First and longest pause after a failed accept, such as for want of file descriptors.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long connections may take to notice that the grace period is over.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// Serves HTTP/1.1 until `shutdown` ends and what was in flight is done.
///
/// Then nothing more is accepted, idle connections are closed at once, and requests in flight, those whose
/// client went away included, have [`ServerConfig::grace`] to finish. What is left after it is cut. Dropping the
/// returned future cuts everything at once.
///
/// There is no TLS and no HTTP/2 here: both belong to the proxy in front. Protocol upgrades are not served.
///
/// # Errors
/// When the listener cannot be used. Failures of single connections and accepts are logged and survived.
pub async fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stages, server) = watch::channel(Stage::Serving);
    let (drain, grace) = (config.drain.clone(), config.grace);
    let acceptor = Acceptor::new(endpoint, config, server);
    tokio::select! {
        biased;
        () = shutdown => {}
        () = acceptor.accept_all(&listener) => {}
    }
    drain.begin();
    acceptor.accept_waiting(listener)?;
    stages.send_replace(Stage::Draining);
    let slots = acceptor.close();
    if timeout(grace, stages.closed()).await.is_err() {
        tracing::warn!(target: "kwik::server", at_work = stages.receiver_count(), "grace period is over");
        stages.send_replace(Stage::Ended);
        // Requests whose work goes on are not waited for any longer; only sockets are.
        let _ = timeout(LAST_MOMENT, slots.closed()).await;
    }
    Ok(())
}

struct Acceptor<E> {
    service: Arc<Service<E>>,
    slots: Slots,
    refusal: Refusal,
    server: AtWork,
}

impl<E: Endpoint + 'static> Acceptor<E> {
    fn new(endpoint: E, config: ServerConfig, server: AtWork) -> Self {
        Self {
            slots: Slots::new(config.max_connections),
            service: Arc::new(Service::new(endpoint, config)),
            refusal: Refusal::new(),
            server,
        }
    }

    /// Accepts for ever.
    async fn accept_all(&self, listener: &TcpListener) {
        let mut pause = FIRST_PAUSE;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    pause = FIRST_PAUSE;
                    self.take(stream, peer);
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(target: "kwik::server", %error, ?pause, "cannot accept; pausing");
                    sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
            }
        }
    }

    /// Accepts those that already wait in the kernel's queue and closes the listener: for these clients the
    /// service was still there.
    fn accept_waiting(&self, listener: TcpListener) -> io::Result<()> {
        let listener = listener.into_std()?;
        while let Ok((stream, peer)) = listener.accept() {
            stream.set_nonblocking(true)?;
            self.take(TcpStream::from_std(stream)?, peer);
        }
        Ok(())
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr) {
        let Ok(slot) = Arc::clone(&self.slots.0).try_acquire_owned() else {
            tracing::debug!(target: "kwik::server", %peer, "too many connections; refusing");
            self.refusal.refuse(stream);
            return;
        };
        let service = Arc::clone(&self.service);
        let connection = service.connection(stream, peer, self.server.clone());
        tokio::spawn(async move {
            connection.await;
            drop(slot);
        });
    }

    /// Gives up the acceptor's own claim on the server; what is left are connections and requests.
    fn close(self) -> Slots {
        self.slots
    }
}

/// The places for connections.
struct Slots(Arc<Semaphore>, u32);

impl Slots {
    fn new(count: usize) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX >> 3);
        Self(Arc::new(Semaphore::new(count as usize)), count)
    }

    /// Waits until no place is taken.
    async fn closed(&self) {
        // The semaphore is never closed.
        let _ = self.0.acquire_many(self.1).await;
    }
}

/// Errors of a client that left before it was accepted: the next may well succeed.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
